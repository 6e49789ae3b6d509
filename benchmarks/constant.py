"""The floor under any Flask webhook: an idiomatic view that reads the form and answers one constant screen."""

from __future__ import annotations

import sys

from flask import Flask, Response, request

from gateway.server.command import open_listener
from gateway.server.http_server import HttpServer
from gateway.server.limits import HOOKS

SCREEN = "CON Shikayat line 8484\n1 Nayi shikayat\n2 Meri shikayatein\n3 Number se haal\n4 Tajweez\n5 Zaban badlein"
FIELDS = ("sessionId", "serviceCode", "phoneNumber", "networkCode", "text")

app = Flask(__name__)


@app.post("/ussd")
def ussd() -> Response:
    """One hop: every field of Africa's Talking is read, so a form that lacks one is a 400."""
    for name in FIELDS:
        request.form[name]
    return Response(SCREEN, mimetype="text/plain")


if __name__ == "__main__":
    HttpServer(app, open_listener("127.0.0.1", int(sys.argv[1])), HOOKS).run()
