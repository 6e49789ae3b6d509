"""A stand-in for Africa's Talking on this machine: accepts texts, shows what each phone received, reports delivery.

For development only, and on 127.0.0.1 only. `POST /behave` makes it fail as a real aggregator does. It answers like the
messaging API (201, SMSMessageData), so the `africastalking` SDK works with it unchanged.
"""

import contextlib
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import msgspec
import phonenumbers
from flask import Flask, Response, request
from msgspec import Struct

from flows.text import gsm
from gateway.development.processes.loopback_server import HangUp, Server
from gateway.development.standin.faults import ActiveBehaviour, Behaviour, parse_behaviour
from gateway.development.standin.reports import Reporter, reports
from gateway.http.client import HttpClient

PRICE = 0.8  # KES for each part, as in the vendor's examples
REMEMBERED = 2_000  # texts read back at start
REPORTS = "http://127.0.0.1:8000/hooks/africastalking/local/delivery"
_STATUSES = {
    100: "Processed",
    101: "Success",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
_JSON = "application/json"  # exactly: with a charset, the SDK returns a string


class Text(Struct, frozen=True):
    """A text that was accepted, as the phone shows it. `seq` grows by one with each text."""

    seq: int
    id: str
    to: str
    sender: str
    text: str
    parts: int
    at: str


class Texts:
    """Every text accepted, oldest first. A file of JSON lines keeps them from one run to the next."""

    def __init__(self, keep: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._keep = keep
        self._texts = _kept(keep) if keep and keep.exists() else []
        self._last = self._texts[-1].seq if self._texts else 0

    def add(self, to: str, sender: str, text: str) -> Text:
        """Accept one text for one phone."""
        with self._lock:
            self._last += 1
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
            new = Text(self._last, f"ATXid_{uuid4().hex}", to, sender, text, gsm.parts(text), stamp)
            self._texts.append(new)
            if self._keep:
                with self._keep.open("ab") as file:
                    file.write(msgspec.json.encode(new) + b"\n")
            return new

    def to(self, number: str | None, after: int, most: int) -> list[Text]:
        """The latest `most` texts that one phone (or, with None, every phone) received with `seq` above `after`."""
        with self._lock:
            found = [each for each in self._texts if each.seq > after and number in (None, each.to)]
        return found[-most:] if most else found


def _kept(file: Path) -> list[Text]:
    """The last texts of the file, which is rewritten without older ones and without an incomplete line."""
    texts = []
    for line in file.read_bytes().splitlines()[-REMEMBERED:]:
        with contextlib.suppress(msgspec.DecodeError):
            texts.append(msgspec.json.decode(line, type=Text))
    file.write_bytes(b"".join(msgspec.json.encode(text) + b"\n" for text in texts))
    return texts


def create_standin(report_url: str, keep: Path | None = None) -> Flask:
    """The stand-in as a Flask application. It posts delivery reports to `report_url` (empty = none)."""
    app = Flask(__name__, static_folder=None)
    texts, behaving = Texts(keep), ActiveBehaviour()
    wire = HttpClient()
    reporter = Reporter(lambda form: wire.request("POST", report_url, data=form).status)

    @app.before_request
    def local_only() -> Response | None:
        # No web site may reach us through the developer's browser (DNS rebinding).
        if request.host.partition(":")[0] in ("127.0.0.1", "localhost"):
            return None
        return _plain("The stand-in answers on 127.0.0.1 only.", 403)

    @app.post("/version1/messaging")
    def messaging() -> Response:
        rule = behaving.take()
        if rule.drop == "before":
            time.sleep(rule.delay)
            raise HangUp
        if rule.status is not None and not rule.accept:
            time.sleep(rule.delay)
            return _misbehaved(rule)
        answer, accepted = _take(texts, rule)
        due = [each for text in accepted for each in reports(text.id, text.to, rule)] if report_url else []
        (reporter.now if rule.reports == "early" else reporter.later)(due)
        time.sleep(rule.delay)
        if rule.drop == "after":
            raise HangUp
        return answer if rule.status is None else _misbehaved(rule)

    @app.get("/messages")
    def messages() -> Response:
        after, most = (request.args.get(name, 0, type=int) for name in ("after", "most"))  # most 0: all
        return _json({"messages": texts.to(_number(request.args.get("to")), after, most)})

    @app.post("/behave")
    def behave() -> Response:
        try:
            behaving.set(parse_behaviour(request.get_data()))
        except ValueError as error:
            return _plain(f"Cannot do that: {error}", 400)
        return _json(behaving.shown())

    @app.get("/behaviour")
    def behaviour() -> Response:
        return _json(behaving.shown())

    return app


def _take(texts: Texts, rule: Behaviour) -> tuple[Response, list[Text]]:
    """The answer to one request to send, and the texts that were accepted."""
    if not request.headers.get("apiKey"):
        return _plain("The supplied authentication is invalid", 401), []
    for field in ("username", "to", "message"):
        if not request.form.get(field):
            return _plain(f"Request is missing required form field '{field}'", 400), []
    if rule.refuse:
        return _json({"SMSMessageData": {"Message": rule.refuse, "Recipients": []}}, 201), []
    sender, message = request.form.get("from", "AFRICASTKNG"), request.form["message"]
    recipients, accepted = [], []
    for to in request.form["to"].split(","):
        code = rule.code or (101 if _possible(to) else 403)
        text = texts.add(to, sender, message) if code < 200 else None
        accepted += [text] if text else []
        recipients.append(
            {
                "statusCode": code,
                "number": to,
                "status": _STATUSES.get(code, "GatewayError"),
                "cost": f"KES {text.parts * PRICE:.4f}" if text else "0",
                "messageId": text.id if text else "None",
                "messageParts": text.parts if text else 0,
            }
        )
    total = f"KES {sum(text.parts for text in accepted) * PRICE:.4f}" if accepted else "0"
    summary = f"Sent to {len(accepted)}/{len(recipients)} Total Cost: {total}"
    return _json({"SMSMessageData": {"Message": summary, "Recipients": recipients}}, 201), accepted


def _possible(number: str) -> bool:
    try:
        return number.startswith("+") and phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _number(given: str | None) -> str | None:
    """A phone number from a query string, in which an unescaped + arrives as a space."""
    return "+" + given.strip().lstrip("+") if given else None


def _misbehaved(rule: Behaviour) -> Response:
    answer = _plain("The stand-in was told to answer like this.", rule.status or 500)
    if rule.retry_after is not None:
        answer.headers["Retry-After"] = str(rule.retry_after)
    return answer


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, content_type=_JSON)


@click.command()
@click.option("--port", default=8001, show_default=True)
@click.option("--reports", "report_url", envvar="STANDIN_REPORTS", default=REPORTS, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="A file that keeps the texts from one run to the next.")
def main(port: int, report_url: str, keep: Path | None) -> None:
    """Run the stand-in aggregator until it is stopped."""
    try:
        server = Server(create_standin(report_url, keep), port)
    except OSError as error:
        raise click.ClickException(f"Cannot listen on 127.0.0.1:{port}: {error.strerror}.") from None
    print(f"stand-in {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
