"""An OpenID provider, with the authorization code flow and PKCE.

Its metadata and keys are fetched at each sign-in: keys change, and sign-ins are rare.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct
from requests.auth import _basic_auth_str

from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError

_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA", "Ed25519"]  # signed by a key that only the provider has
_LEEWAY = 60  # seconds that its clock and ours may differ
_PATIENCE = (2.0, 5.0)  # seconds to connect, to read
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class NoAnswer(Exception):
    """The provider did not answer, or its answer is not valid. The text is a token for the log."""


class PendingSignIn(Struct, frozen=True):
    """What must be stored of a sign-in that has begun: the provider's answer must match it."""

    state: str
    nonce: str
    verifier: str


class OpenIdProvider:
    """The provider in the settings. Every method may raise NoAnswer."""

    def __init__(self, issuer: str, client_id: str, secret: str, *, loopback: bool = False, ca_file: str = "") -> None:
        self._issuer, self._client, self._secret, self._ca_file = issuer, client_id, secret, ca_file
        self._loopback = loopback  # http is allowed on one machine, in development

    def ask(self, back: str, *, again: bool = False) -> tuple[str, PendingSignIn]:
        """Where to send a user who signs in, and what to store. `again`: they must prove who they are once more."""
        with _Line(self._ca_file) as line:
            told = self._metadata(line)
        asked = PendingSignIn(generate_token(43), generate_token(43), generate_token(64))
        more = {"prompt": "login", "max_age": 0} if again else {}
        address = prepare_grant_uri(
            told["authorization_endpoint"], self._client, "code", redirect_uri=back, scope="openid profile email",
            state=asked.state, nonce=asked.nonce, code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256", **more,
        )  # fmt: skip
        return str(address), asked

    def claims(self, asked: PendingSignIn, code: str, back: str, now: datetime) -> dict[str, Any]:
        """The provider's claims about the user, verified with its keys."""
        with _Line(self._ca_file) as line:
            told = self._metadata(line)
            form = {
                "grant_type": "authorization_code", "code": code, "redirect_uri": back,
                "client_id": self._client, "code_verifier": asked.verifier,
            }  # fmt: skip
            headers = dict(_FORM)
            if "client_secret_post" in told.get("token_endpoint_auth_methods_supported", ()):
                form["client_secret"] = self._secret
            else:
                headers["Authorization"] = _basic_auth_str(self._client, self._secret)
            answer = line.json("POST", told["token_endpoint"], data=form, headers=headers)
            keys = line.json("GET", told["jwks_uri"])
        try:
            token = jwt.decode(str(answer["id_token"]), KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
            registry = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()), leeway=_LEEWAY,
                iss={"essential": True, "value": self._issuer}, aud={"essential": True, "value": self._client},
                nonce={"essential": True, "value": asked.nonce}, exp={"essential": True}, iat={"essential": True},
                sub={"essential": True},
            )  # fmt: skip
            registry.validate(token.claims)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise NoAnswer(f"id_token_{type(error).__name__}") from None
        if token.claims.get("azp", self._client) != self._client:
            raise NoAnswer("id_token_azp")
        return token.claims

    def _metadata(self, line: _Line) -> dict[str, Any]:
        told = line.json("GET", self._issuer + "/.well-known/openid-configuration")
        try:
            metadata = OpenIDProviderMetadata(told)
            metadata.validate_issuer() if not self._loopback else None
        except ValueError:
            raise NoAnswer("metadata") from None
        ours = told.get("issuer", "").rstrip("/") == self._issuer
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if not ours or not all(self._safe(told.get(name)) for name in names):
            raise NoAnswer("metadata")
        self._issuer = told["issuer"]  # with its slash at the end, where it has one
        return told

    def _safe(self, url: object) -> bool:
        return isinstance(url, str) and url.startswith(("https://", "http://") if self._loopback else "https://")


class _Line:
    """An HTTP client for a few requests."""

    def __init__(self, ca_file: str) -> None:
        self._ca_file = ca_file

    def __enter__(self) -> _Line:
        self._wire = HttpClient(connections=1, ca_file=self._ca_file)
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def json(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The JSON object at an address."""
        try:
            answer = self._wire.request(method, url, timeout=_PATIENCE, **more)
            found = json.loads(answer.body)
        except (UnsentRequestError, LostAnswerError) as error:
            raise NoAnswer(str(error)) from None
        except ValueError:
            raise NoAnswer("no_json") from None
        if answer.status != 200 or not isinstance(found, dict):
            raise NoAnswer(f"status_{answer.status}")
        return found
