"""A small OpenID provider on this machine: it knows one person, and checks what a client must send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "sunwai-console", "a secret of the client"


class OpenId:
    """Runs until `stop`. `person` is who is signed in there; `twist` spoils the next token's claims."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "248289761001", "preferred_username": "Sana"}
        self.twist: dict[str, Any] = {}
        self.header: dict[str, Any] = {}  # what the next token says of its key
        self.key = self.signs = RSAKey.generate_key(2048, {"kid": "one"})
        self.asked = list[str]()  # the paths of every request
        self.silent = threading.Event()  # while it is set, no request is answered
        self.junk: dict[str, dict[str, Any]] = {}  # what is answered at some paths instead of what should be
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sign_in(self, address: str) -> str:
        """What a browser does with the address that the client sent it to: the way back, with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def hear(self, path: str) -> None:
        self.asked.append(path)
        deadline = time.monotonic() + 60
        while self.silent.is_set() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        good = asked and proof == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]
        if not asked or not good or authorization != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"],
            **({"auth_time": now} if asked.get("prompt") == "login" else {}), **self.person, **self.twist,
        }  # fmt: skip
        signed = self._signed({"alg": "RS256", "kid": "one"} | self.header, claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def _signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        if header["alg"] == "RS256":
            return jwt.encode(header, claims, self.signs)
        said = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)
        )
        public = self.key.as_pem(private=False)  # which everybody has, taken for a shared secret
        mark = hmac.digest(public, said.encode(), "sha256") if header["alg"] == "HS256" else b""
        return f"{said}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                provider.hear(self.path)
                if self.path in provider.junk:
                    self._answer(200, provider.junk[self.path])
                elif self.path == "/.well-known/openid-configuration":
                    here = provider.issuer
                    self._answer(200, {
                        "issuer": here, "authorization_endpoint": f"{here}/authorize",
                        "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
                    })  # fmt: skip
                else:
                    self._answer(200, {"keys": [provider.key.as_dict(private=False)]})

            def do_POST(self) -> None:
                provider.hear(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._answer(*provider._token(form, self.headers.get("Authorization", "")))

            def _answer(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
