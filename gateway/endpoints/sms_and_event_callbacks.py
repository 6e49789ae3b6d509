"""The aggregators' callbacks other than hops: `/hooks/<aggregator>/<secret>/<door>`. Hops are in ussd.py.

Both read requests with the aggregator's adapter, and report errors and count with the same functions.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import NotFound, ServiceUnavailable

from gateway.aggregators.contract.payload_fields import find_sender
from gateway.aggregators.contract.protocol import Aggregator, Form, HopAnswer, Unreadable
from gateway.aggregators.contract.report_addresses import ReportAddresses
from gateway.endpoints.callback_secrets import Secrets, SourceNetworks
from gateway.http import forms
from gateway.http.errors import PLAIN, report_failure
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from gateway.settings.clock import Clock, utc_now
from gateway.settings.values.phone_numbers import Phones
from sessions.delivery import match_reports
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.sms import inbound_transaction
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.screen_counters import ScreenKey
from storage.connection.database import Database
from storage.messages.quarantine import UnreadableRequest

T = TypeVar("T")
Wake = Callable[[Sequence[int]], None]
QUARANTINED = frozenset({"sms", "delivery", "opt-out"})  # what cannot be read there is kept whole


class Doors:
    """The endpoints other than hops. Each stores the request before it answers 200, so that nothing is lost."""

    def __init__(
        self,
        database: Database,
        texting: SmsReceiver,
        clock: Clock = utc_now,
        *,
        waited: Callable[[SessionEndNotice], ScreenKey | None] = lambda ended: None,  # noqa: ARG005
        phones: Phones | None = None,
    ) -> None:
        self._database, self._texting, self._now, self._waited = database, texting, clock, waited
        self._phones = phones or Phones(())

    def sms(self, aggregator: Aggregator, form: Form) -> None:
        """Store every SMS of a call. If one cannot be stored, the aggregator repeats the call; none is stored twice."""
        _each(aggregator.read_sms, form, self._sms)

    def _sms(self, sms: Sms) -> None:
        """Store an SMS and answer it. If that fails after storing, the sweep finds it."""
        stored = self._texting.take(self._now(), sms)
        COUNTERS.count("sms")
        if stored is not None:
            logs.log().info("sms_stored", inbound=stored)

    def delivery(self, aggregator: Aggregator, form: Form, text_id: int | None = None) -> None:
        """Store delivery reports: of the text that the address was made for, if it was made for one."""
        _each(aggregator.read_reports, form, partial(self._report, text_id))

    def _report(self, text_id: int | None, report: DeliveryReport) -> None:
        if match_reports.record_delivery_report(self._database, self._now(), report, text_id):
            COUNTERS.count("reports")
        else:
            COUNTERS.count("bad_secret")
            logs.log().warning("report_of_another_text", door="delivery", aggregator=report.aggregator)

    def opt_out(self, aggregator: Aggregator, form: Form) -> None:
        """Store an opt-out: this phone wants no more texts."""
        inbound_transaction.opt_out(self._database, self._now(), aggregator.read_opt_out(form))

    def ussd_events(self, aggregator: Aggregator, form: Form) -> None:
        """Store the notice that a call ended. Nothing depends on it."""
        self.call_ended(aggregator.read_end(form))

    def call_ended(self, ended: SessionEndNotice) -> None:
        """Record that a call ended, and the screen on which the caller waited too long."""
        inbound_transaction.record_session_end(self._database, self._now(), ended, self._waited(ended))

    def set_aside(self, aggregator: Aggregator, door: str, error: BadForm, inbound: InboundRequest, form: Form) -> bool:
        """Keep a request that could not be read, whole, until a person settles it; False if it could not be kept.

        Only the shape is kept of the notice that a call ended: nothing depends on it.
        """
        COUNTERS.count("unreadable")
        raw = inbound.kept() if door in QUARANTINED else None
        request = UnreadableRequest(
            aggregator=aggregator.name,
            door=door,
            problem=error.problem,
            shape=forms.shape(form) if form else _size(inbound.environ),
            method=inbound.method,
            content_type=forms.clean(inbound.content_type),
            raw=raw,
            phone=find_sender(self._phones, raw, aggregator.senders) if raw and door == "sms" else "",
        )
        kept = inbound_transaction.set_aside(self._database, self._now(), request)
        if not kept:
            logs.log().error("quarantine_full", door=door, aggregator=aggregator.name)
        return kept and (raw is not None or door not in QUARANTINED)


def _each(read: Callable[[Form], Sequence[T]], form: Form, take: Callable[[T], None]) -> None:
    """Process each item of a call. If some cannot be read, process the others before raising."""
    try:
        found = read(form)
    except Unreadable as error:
        for each in error.readable:
            take(each)
        raise
    for each in found:
        take(each)


# Requests that no aggregator sends unless it is set up wrongly: they get their own status, so that whoever set it up
# sees it. What they hold is kept all the same: some aggregators repeat a request only a few times.
_FOREIGN = frozenset({"method", "query_string", "content_type", "too_long", "length", "cut_short"})


def blueprint(
    secrets: Secrets,
    aggregators: Mapping[str, Aggregator],
    doors: Doors,
    public: str = "",
    *,
    networks: SourceNetworks | None = None,
    reports: ReportAddresses | None = None,
) -> Blueprint:
    """The Flask routes. A wrong secret or signature, an unknown aggregator and an unknown endpoint give the same 404.

    So does a request from a network that is not the aggregator's. `public` is our address from outside: signatures
    cover it. An address from `reports` is for reports about one text.
    """
    hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
    by_name: dict[str, Callable[[Aggregator, Form], None]] = {
        "sms": doors.sms,
        "delivery": doors.delivery,
        "opt-out": doors.opt_out,
        "ussd-events": doors.ussd_events,
    }

    @hooks.route("/<aggregator>/<secret>/<door>", methods=["GET", "POST"], provide_automatic_options=False)
    def callback(aggregator: str, secret: str, door: str) -> Response:
        text_id = reports.find_text(aggregator, secret) if reports is not None and door == "delivery" else None
        if text_id is None and not secrets.know(secret, aggregator, door):
            COUNTERS.count("bad_secret")
            abort(404)
        vendor = aggregators.get(aggregator)
        if vendor is None or door not in by_name or door not in vendor.doors:
            abort(404)
        if networks is not None and networks.refuses(aggregator, door, request.environ):
            abort(404)
        act = by_name[door] if text_id is None else partial(doors.delivery, text_id=text_id)
        return _take(doors, vendor, door, act, InboundRequest(request.environ, public))

    return hooks


def _take(
    doors: Doors, aggregator: Aggregator, door: str, act: Callable[[Aggregator, Form], None], inbound: InboundRequest
) -> Response:
    form: Form | None = None
    try:
        try:
            if not aggregator.genuine(inbound):
                COUNTERS.count("bad_signature")
                logs.log().warning("bad_signature", door=door, aggregator=aggregator.name)
                abort(404)
            form = aggregator.body(inbound, door)
            act(aggregator, form)
        except BadForm as error:
            status, sentence = report_failure(error, door)
            kept = doors.set_aside(aggregator, door, error, inbound, form or {})
            if error.problem in _FOREIGN:
                return Response(sentence + "\n", status, content_type=PLAIN)
            if not kept:
                raise ServiceUnavailable from None
    except (NotFound, ServiceUnavailable):
        raise
    except Exception as error:  # noqa: BLE001 - not stored, so it must come again: 503 makes the aggregator repeat it
        report_failure(error, door)
        raise ServiceUnavailable from None
    return _response(aggregator.taken(door))


def _response(answer: HopAnswer) -> Response:
    status, headers, body = answer
    return Response(body, status, headers)


def _size(environ: Mapping[str, Any]) -> dict[str, int]:
    stated = str(environ.get("CONTENT_LENGTH") or "")
    return {"bytes": int(stated)} if stated.isascii() and stated.isdigit() and len(stated) < 10 else {}
