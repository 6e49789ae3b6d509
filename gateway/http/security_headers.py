"""The headers that tell browsers what an answer of ours may never do: on every answer that Flask or we make.

They are added where the answer leaves, so errors, redirects, 304 and files have them too, and so have answers of the
server itself (without HSTS: it knows no settings). A view may set stricter or other values of its own, as the console
does for its pages. Hops have none: no browser sees an answer behind a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

NEVER = (
    "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
)
ALWAYS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", NEVER),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
HTTPS_ONLY = (("Strict-Transport-Security", "max-age=31536000"),)  # a year; outside development


def add_security_headers(start_response: StartResponse, *, https_only: bool) -> StartResponse:
    """The same `start_response`, which adds every header that the answer does not have yet."""
    ours = ALWAYS + HTTPS_ONLY if https_only else ALWAYS

    def start(status: str, headers: Iterable[tuple[str, str]], *error: Any) -> Any:
        said = list(headers)
        names = {name.lower() for name, _ in said}
        return start_response(status, [*said, *(each for each in ours if each[0].lower() not in names)], *error)

    return start
