"""The floor under any Flask webhook: an idiomatic view that reads the form and answers one constant screen."""

from __future__ import annotations

from flask import Flask, Response, request

SCREEN = "CON Shikayat line 8484\n1 Nayi shikayat\n2 Meri shikayatein\n3 Number se haal\n4 Tajweez\n5 Zaban badlein"
FIELDS = ("sessionId", "serviceCode", "phoneNumber", "networkCode", "text")

app = Flask(__name__)


@app.post("/ussd")
def ussd() -> Response:
    """One hop: every field of Africa's Talking is read, so a form that lacks one is a 400."""
    for name in FIELDS:
        request.form[name]
    return Response(SCREEN, mimetype="text/plain")
