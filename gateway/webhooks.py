"""The aggregators' callbacks: `/hooks/<aggregator>/<secret>/<door>`.

A USSD hop takes a trimmed way (`HopDoor`, straight from WSGI), because it is what the machine does all day; the other
doors are an ordinary blueprint. Both read forms, tell errors and count with the same functions.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import ServiceUnavailable

from gateway import forms, logs
from gateway.aggregators.protocol import Aggregator, BadPhone, HopAnswer
from gateway.errors import BAD_PHONE, BUSY, PLAIN, told
from gateway.forms import BadForm
from gateway.metrics import COUNTERS
from sessions import delivery, inbox
from sessions.hop import Answered, Hop
from sessions.shelf import Shelf
from storage.database import Database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Wake = Callable[[Sequence[int]], None]


class Secrets:
    """The secrets a callback address may carry; several are valid while one replaces another."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._digests = [sha256(secret.encode()).digest() for secret in secrets]

    def know(self, given: str) -> bool:
        """True for one of ours. Every secret is compared, by digest: the time taken says nothing about any."""
        digest = sha256(given.encode("utf-8", "surrogateescape")).digest()
        found = False
        for each in self._digests:
            found |= hmac.compare_digest(each, digest)
        return found


class Answers(Protocol):
    """What answers hops: sessions.hop.Hops."""

    def answer(self, hop: Hop, now: datetime) -> Answered:
        """The answer to one hop; never raises."""
        ...


class HopDoor:
    """The way of a USSD hop: always 200 and a screen, unless what was posted is no hop at all."""

    def __init__(self, secrets: Secrets, aggregators: Mapping[str, Aggregator], hops: Answers) -> None:
        self._secrets, self._aggregators, self._hops = secrets, aggregators, hops

    def find(self, path: str) -> Aggregator | None:
        """The aggregator whose USSD door this path is; None for any other path, or a secret that is not ours."""
        parts = path.split("/")
        if len(parts) != 5 or parts[1] != "hooks" or parts[4] != "ussd":
            return None
        return self._aggregators.get(parts[2]) if self._secrets.know(parts[3]) else None

    def answer(self, aggregator: Aggregator, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one hop. Nothing is raised: whatever fails is told to the caller in words."""
        status, headers, body = self._answer(aggregator, environ)
        start_response(status, headers)
        return [body]

    def _answer(self, aggregator: Aggregator, environ: WSGIEnvironment) -> HopAnswer:
        started = time.perf_counter()
        try:
            hop = aggregator.read_hop(forms.receive(environ))
            answered = self._hops.answer(hop, datetime.now(UTC))
            body = _screen(answered)
            answer = aggregator.hop_answer(body)
        except BadPhone as error:
            COUNTERS.count("hops")
            COUNTERS.count("bad_phone")
            logs.log().warning("bad_phone", door="ussd", aggregator=aggregator.name, problem=error.problem)
            return aggregator.hop_answer(BAD_PHONE)
        except BadForm as error:
            code, sentence = told(error, "ussd")
            raw = sentence.encode()
            return f"{code} Refused", [("Content-Type", PLAIN), ("Content-Length", str(len(raw)))], raw
        except Exception as error:  # noqa: BLE001 - a caller waits on the line: any answer is better than an error
            COUNTERS.count("hops")
            COUNTERS.count("hops_failed")
            told(error, "ussd")
            return aggregator.hop_answer(BUSY)
        COUNTERS.count("hops")
        logs.hop((time.perf_counter() - started) * 1000, body[0] == "E", hop.network, answered.how)
        return answer


def _screen(answered: Answered) -> str:
    """The screen to show. What failed behind it was told to the citizen already; here it is told to the log."""
    if answered.error is not None:
        COUNTERS.count("hops_failed")
        told(answered.error, "ussd")
    if not answered.store:
        COUNTERS.count("hops_without_store")
    if not answered.body.startswith(("CON ", "END ")):
        raise ValueError("a hop's answer begins with CON or END")
    return answered.body


class Doors:
    """The doors beside the hop. Each stores what came before it answers 200: an aggregator repeats until it does."""

    def __init__(self, database: Database, shelf: Shelf, wake: Wake, short_code: str) -> None:
        self._database, self._shelf, self._wake, self._short_code = database, shelf, wake, short_code

    def sms(self, aggregator: Aggregator, form: dict[str, str]) -> None:
        """Store the SMS, then understand and answer it; what fails after storing is found by the sweep."""
        sms = aggregator.read_sms(form)
        now = datetime.now(UTC)
        stored = inbox.receive(self._database, now, sms)
        COUNTERS.count("sms")
        if stored is None:
            return
        logs.log().info("sms_stored", inbound=stored)
        try:
            published = self._shelf.for_code(sms.to) or self._shelf.for_code(self._short_code)
            if published is not None:
                self._wake(inbox.handle(self._database, now, stored, published.flow))
        except Exception as error:  # noqa: BLE001 - it is stored: the aggregator must not send it again
            told(error, "sms")

    def delivery(self, aggregator: Aggregator, form: dict[str, str]) -> None:
        """What became of a text."""
        delivery.report(self._database, datetime.now(UTC), aggregator.read_report(form))
        COUNTERS.count("reports")

    def opt_out(self, aggregator: Aggregator, form: dict[str, str]) -> None:
        """A phone that wants no more texts."""
        inbox.opt_out(self._database, datetime.now(UTC), aggregator.read_opt_out(form))

    def ussd_events(self, aggregator: Aggregator, form: dict[str, str]) -> None:
        """The notice that a call ended. Nothing depends on it."""
        inbox.call_ended(self._database, datetime.now(UTC), aggregator.read_end(form))

    def set_aside(self, aggregator: Aggregator, door: str, error: BadForm, shape: dict[str, int]) -> None:
        """Note a form nobody could read: field names and lengths, never their values."""
        COUNTERS.count("unreadable")
        inbox.set_aside(
            self._database,
            datetime.now(UTC),
            aggregator=aggregator.name,
            door=door,
            problem=error.problem,
            shape=shape,
        )


# What no aggregator of ours sends by mistake: answered with its own status, since repeating cannot be our loss.
_FOREIGN = frozenset({"method", "query_string", "content_type", "too_long"})


def blueprint(secrets: Secrets, aggregators: Mapping[str, Aggregator], doors: Doors) -> Blueprint:
    """The doors as routes. A wrong secret, an unknown aggregator and an unknown door are one and the same 404."""
    hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
    by_name: dict[str, Callable[[Aggregator, dict[str, str]], None]] = {
        "sms": doors.sms,
        "delivery": doors.delivery,
        "opt-out": doors.opt_out,
        "ussd-events": doors.ussd_events,
    }

    @hooks.route("/<aggregator>/<secret>/<door>", methods=["GET", "POST"], provide_automatic_options=False)
    def callback(aggregator: str, secret: str, door: str) -> Response:
        if not secrets.know(secret):
            COUNTERS.count("bad_secret")
            abort(404)
        if aggregator not in aggregators or door not in by_name:
            abort(404)
        return _take(doors, aggregators[aggregator], door, by_name[door], request.environ)

    return hooks


def _take(
    doors: Doors,
    aggregator: Aggregator,
    door: str,
    act: Callable[[Aggregator, dict[str, str]], None],
    environ: Mapping[str, Any],
) -> Response:
    form: dict[str, str] | None = None
    try:
        try:
            form = forms.receive(environ)
            act(aggregator, form)
        except BadForm as error:
            status, sentence = told(error, door)
            doors.set_aside(aggregator, door, error, forms.shape(form) if form else _size(environ))
            if error.problem in _FOREIGN:
                return Response(sentence + "\n", status, content_type=PLAIN)
    except Exception as error:  # noqa: BLE001 - not stored, so it must come again: 503 makes the aggregator repeat it
        told(error, door)
        raise ServiceUnavailable from None
    return Response("ok\n", content_type=PLAIN)


def _size(environ: Mapping[str, Any]) -> dict[str, int]:
    stated = str(environ.get("CONTENT_LENGTH") or "")
    return {"bytes": int(stated)} if stated.isascii() and stated.isdigit() and len(stated) < 10 else {}
