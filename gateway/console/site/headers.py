"""What a browser is told of every answer of the console: whose scripts, whose frames, what to keep."""

from __future__ import annotations

from flask import Response, request

from gateway.console.site.guard import sunwai

_ONLY_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_NEVER = "accelerometer=(), camera=(), clipboard-read=(), geolocation=(), microphone=(), payment=(), usb=()"


def add_security_headers(response: Response) -> Response:
    """The same answer with the headers of the console."""
    settings = sunwai().settings
    headers = response.headers
    headers["Content-Security-Policy"] = _ONLY_OURS
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"  # with no-referrer browsers send forms with `Origin: null`
    headers["Permissions-Policy"] = _NEVER
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not settings.in_development:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "console.static" and response.status_code < 400:
        headers["Cache-Control"] = "public, max-age=3600"
    else:
        headers["Cache-Control"] = "no-store"
    return response
