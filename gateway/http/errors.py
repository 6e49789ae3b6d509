"""The answers to clients when something fails: a plain sentence, and on a USSD hop always a screen."""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from gateway.http.forms import BadForm
from gateway.monitoring.counters import COUNTERS
from gateway.monitoring.logs import fault, log

# Shown when no flow can provide its own text: English, then Roman Urdu, within 160 GSM-7 characters together.
BUSY = (
    "END Service is busy. Please dial again. Nothing was lost.\n"
    "Service masroof hai. Dobara dial karein. Kuch zaya nahi hua."
)
BAD_PHONE = (
    "END Your phone number could not be read. Please dial again.\n"
    "Aap ka phone number parha nahi gaya. Dobara dial karein."
)

TOO_BUSY = "sunwai.too_busy"  # in the environ of a hop that is to be refused, because too many wait before it

PLAIN = "text/plain; charset=utf-8"


def report_failure(error: BaseException, door: str) -> tuple[int, str]:
    """Count and log a failed request. Returns the status and the sentence of the answer."""
    match error:
        case BadForm():
            COUNTERS.count("bad_form")
            log().warning("bad_form", door=door, problem=error.problem, status=error.status)
            return error.status, str(error)
        case SecurityError():
            log().warning("wrong_host", door=door, status=400)
            return 400, "This is not one of our host names (TRUSTED_HOSTS)."
        case HTTPException():
            return error.code or 500, error.name
        case _:
            COUNTERS.count("faults")
            log().error("fault", door=door, **fault(error))
            return 500, "Something went wrong here. Please try again."


def register(app: Flask) -> None:
    """Answer every error of Flask views in plain text, without internal details."""

    def answer(error: Exception) -> Response:
        status, sentence = report_failure(error, "web")
        response = Response(sentence + "\n", status, content_type=PLAIN)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(error.valid_methods)
        return response

    app.register_error_handler(Exception, answer)
