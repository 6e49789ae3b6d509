"""An OpenID provider, with the authorization code flow and PKCE.

Its metadata and keys are kept for some minutes. It is asked from threads of its own, few at a time and for a bounded
time, so that a provider that hangs stops only those who sign in with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from queue import Empty, Queue
from threading import BoundedSemaphore, Thread
from typing import Any, TypeVar

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

T = TypeVar("T")

_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA", "Ed25519"]  # signed by a key that only the provider has
_LEEWAY = 60  # seconds that its clock and ours may differ
PATIENCE = 6.0  # seconds that a user waits for the provider in all, however slowly it answers
_CONNECT = 2.0  # of them, to connect
AT_ONCE = 2  # users for whom the provider is asked at the same time, and as many strangers; others must try again
KEPT = 600.0  # seconds for which metadata and keys are used again
KEYS_AT_LEAST = 60.0  # seconds between two fetches of keys because of a signature that none of them made
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class NoAnswer(Exception):
    """The provider did not answer, or its answer is not valid. The text is a token for the log."""


class PendingSignIn(Struct, frozen=True):
    """What must be stored of a sign-in that has begun: the provider's answer must match it."""

    state: str
    nonce: str
    verifier: str


class Rules(Struct, frozen=True):
    """What the provider must say about how it authenticated a user; empty: anything."""

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()

    def broken(self, claims: Mapping[str, Any]) -> str:
        """The name of the claim that breaks a rule; "" if none does."""
        methods = claims.get("amr")
        if self.acr and claims.get("acr") not in self.acr:
            return "acr"
        if self.amr and not (isinstance(methods, list) and any(each in self.amr for each in methods)):
            return "amr"
        return ""


class OpenIdProvider:
    """The provider in the settings; one for each process. Every method may raise NoAnswer."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        secret: str,
        *,
        rules: Rules | None = None,
        loopback: bool = False,
        ca_file: str = "",
    ) -> None:
        self._issuer, self._client, self._secret, self._ca_file = issuer, client_id, secret, ca_file
        self._rules = rules or Rules()
        self._loopback = loopback  # http is allowed on one machine, in development
        self._places = {known: BoundedSemaphore(AT_ONCE) for known in (True, False)}
        self._kept: dict[str, tuple[float, Any]] = {}  # what was fetched and found to be valid, and when

    def ask(self, back: str, *, again: bool = False, known: bool = False) -> tuple[str, PendingSignIn]:
        """Where to send a user who signs in, and what to store. `again`: they must prove who they are once more.

        `known`: somebody signed in in this browser before, so that no crowd of strangers takes their place.
        """
        told = self._still_kept(self._described_at(), KEPT) or self._meanwhile(self._metadata, known)
        asked = PendingSignIn(generate_token(43), generate_token(43), generate_token(64))
        more: dict[str, Any] = {"prompt": "login", "max_age": 0} if again else {}
        more |= {"acr_values": " ".join(self._rules.acr)} if self._rules.acr else {}
        address = prepare_grant_uri(
            told["authorization_endpoint"], self._client, "code", redirect_uri=back, scope="openid profile email",
            state=asked.state, nonce=asked.nonce, code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256", **more,
        )  # fmt: skip
        return str(address), asked

    def claims(
        self, asked: PendingSignIn, code: str, back: str, now: datetime, *, known: bool = False
    ) -> dict[str, Any]:
        """The provider's claims about the user, verified with its keys and against our rules. `known`: as in `ask`."""
        found = self._meanwhile(lambda line: self._claims(line, asked, code, back, now), known)
        if rule := self._rules.broken(found):
            raise NoAnswer(f"rule_{rule}")
        return found

    def _meanwhile(self, act: Callable[[_Line], dict[str, Any]], known: bool) -> dict[str, Any]:
        """What `act` returns, from a thread of its own. One that is stuck keeps its place, and nobody waits for it."""
        places = self._places[known]
        if not places.acquire(blocking=False):
            raise NoAnswer("busy")
        answer: Queue[dict[str, Any] | Exception] = Queue()

        def run() -> None:
            try:
                with _Line(self._ca_file) as line:
                    answer.put(act(line))
            except Exception as error:  # noqa: BLE001 - raised again where it is waited for
                answer.put(error)
            finally:
                places.release()

        Thread(target=run, name="openid", daemon=True).start()
        try:
            found = answer.get(timeout=PATIENCE)
        except Empty:
            raise NoAnswer("timeout") from None
        if isinstance(found, Exception):
            raise found
        return found

    def _claims(self, line: _Line, asked: PendingSignIn, code: str, back: str, now: datetime) -> dict[str, Any]:
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
        try:
            token = self._decode(line, told["jwks_uri"], str(answer["id_token"]))
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

    def _decode(self, line: _Line, where: str, token: str) -> jwt.Token:
        """The token, verified with the keys that are kept; with newer ones if it was signed with none of those."""
        try:
            return _verified(token, self._keys(line, where, KEPT))
        except (JoseError, KeyError, ValueError, TypeError):
            if time.monotonic() - self._kept[where][0] < KEYS_AT_LEAST:
                raise
            return _verified(token, self._keys(line, where, KEYS_AT_LEAST))

    def _keys(self, line: _Line, where: str, seconds: float) -> KeySet:
        keys: KeySet | None = self._still_kept(where, seconds)
        return keys or self._keep(where, _valid_keys(line.json("GET", where)))

    def _metadata(self, line: _Line) -> dict[str, Any]:
        where = self._described_at()
        told: dict[str, Any] | None = self._still_kept(where, KEPT)
        return told or self._keep(where, self._valid_metadata(line.json("GET", where)))

    def _described_at(self) -> str:
        return self._issuer.rstrip("/") + "/.well-known/openid-configuration"

    def _still_kept(self, where: str, seconds: float) -> Any:
        """What is kept of an address and at most so many seconds old; None otherwise."""
        at, found = self._kept.get(where, (0.0, None))
        return None if found is None or time.monotonic() - at > seconds else found

    def _keep(self, where: str, found: T) -> T:
        self._kept[where] = (time.monotonic(), found)
        return found

    def _valid_metadata(self, told: dict[str, Any]) -> dict[str, Any]:
        try:
            metadata = OpenIDProviderMetadata(told)
            metadata.validate_issuer() if not self._loopback else None
        except (ValueError, TypeError, AttributeError):
            raise NoAnswer("metadata") from None
        ours = str(told.get("issuer", "")).rstrip("/") == self._issuer.rstrip("/")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        methods = isinstance(told.get("token_endpoint_auth_methods_supported", []), list)
        if not ours or not methods or not all(self._safe(told.get(name)) for name in names):
            raise NoAnswer("metadata")
        self._issuer = told["issuer"]  # with its slash at the end, where it has one
        return told

    def _safe(self, url: object) -> bool:
        return isinstance(url, str) and url.startswith(("https://", "http://") if self._loopback else "https://")


def _verified(token: str, keys: KeySet) -> jwt.Token:
    return jwt.decode(token, keys, algorithms=_ALGORITHMS)


def _valid_keys(told: dict[str, Any]) -> KeySet:
    try:
        keys = KeySet.import_key_set(told)  # type: ignore[arg-type]  # whatever it is, it is checked here
    except (JoseError, KeyError, ValueError, TypeError, AttributeError):
        raise NoAnswer("keys") from None
    if not keys.keys:
        raise NoAnswer("keys")
    return keys


class _Line:
    """An HTTP client for a few requests, which have PATIENCE together."""

    def __init__(self, ca_file: str) -> None:
        self._ca_file, self._until = ca_file, time.monotonic() + PATIENCE

    def __enter__(self) -> _Line:
        self._wire = HttpClient(connections=1, ca_file=self._ca_file)
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def json(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The JSON object at an address."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise NoAnswer("timeout")
        connect = min(_CONNECT, left / 2)
        try:
            answer = self._wire.request(method, url, timeout=(connect, left - connect), **more)
            found = json.loads(answer.body)
        except (UnsentRequestError, LostAnswerError) as error:
            raise NoAnswer(str(error)) from None
        except (ValueError, RecursionError):
            raise NoAnswer("no_json") from None
        if answer.status != 200 or not isinstance(found, dict):
            raise NoAnswer(f"status_{answer.status}")
        return found
