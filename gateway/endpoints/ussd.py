"""The endpoint for USSD hops, directly on WSGI: they are nearly all requests, and Flask would take longer than a hop.

`/hooks/<aggregator>/<secret>/ussd`; some aggregators add to that (`…/ussd/session/<id>/start`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from gateway.aggregators.contract.protocol import Aggregator, BadPhone, Form, HopAnswer, NoHop, answer
from gateway.endpoints.callback_secrets import Secrets, SourceNetworks
from gateway.http.errors import BAD_PHONE, BUSY, TOO_BUSY, report_failure
from gateway.http.forms import FORM, BadForm, is_content_type, parse_form
from gateway.http.inbound_request import InboundRequest
from gateway.monitoring import logs
from gateway.monitoring.counters import COUNTERS
from gateway.settings.clock import Clock, utc_now
from sessions.messages.inbound_types import SessionEndNotice
from sessions.ussd.hop_types import AnsweredHop, Hop

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")
DOOR = "ussd"
NOT_FOUND = answer("Not Found\n", "404 Not Found")


class HopAnswerer(Protocol):
    """Answers hops: sessions.ussd.hop.Hops."""

    def answer(self, hop: Hop, now: datetime) -> AnsweredHop:
        """The answer to one hop; never raises."""
        ...


class BadSignature(Exception):
    """A request that its aggregator's signature does not fit."""


class HopDoor:
    """The endpoint for USSD hops: always 200 and a screen, unless the request is not a hop.

    `joined` answers the hops of aggregators that send only the last entry; `ended` is called when a call has ended.
    `public` is our address from outside.
    """

    def __init__(
        self,
        secrets: Secrets,
        aggregators: Mapping[str, Aggregator],
        hops: HopAnswerer,
        *,
        joined: HopAnswerer | None = None,
        ended: Callable[[SessionEndNotice], None] = lambda ended: None,  # noqa: ARG005
        public: str = "",
        clock: Clock = utc_now,
        networks: SourceNetworks | None = None,
    ) -> None:
        self._networks = networks
        self._secrets, self._hops, self._joined = secrets, hops, joined or hops
        self._aggregators = {name: each for name, each in aggregators.items() if DOOR in each.doors}
        self._ended, self._public, self._clock = ended, public, clock
        self._found: dict[str, Aggregator] = {}  # by each path that was right: aggregators times secrets, at most

    def find(self, path: str) -> Aggregator | None:
        """The aggregator whose USSD endpoint this path is; None for any other path or a wrong secret.

        A path that was right is found again by its hash, whose key nobody knows: the time reveals nothing of it.
        """
        return self._found.get(path) or self._look(path)

    def _look(self, path: str) -> Aggregator | None:
        parts = path.split("/", 8)
        if len(parts) < 5 or parts[4] != DOOR or parts[1] != "hooks":
            return None
        aggregator = self._aggregators.get(parts[2]) if self._secrets.know(parts[3], parts[2], DOOR) else None
        if aggregator is None or (len(parts) > 5) != (DOOR in aggregator.deep):
            return None
        if len(parts) == 5:
            self._found[path] = aggregator
        return aggregator

    def begins_call(self, environ: WSGIEnvironment) -> bool:
        """True for the first hop of a call, as far as it tells. Its body can be read again."""
        aggregator = self.find(environ["PATH_INFO"])
        if aggregator is None:
            return False
        try:
            return _begins(aggregator, self._form, environ)
        finally:
            environ["wsgi.input"].seek(0)

    def form_handler(self, told: Mapping[str, str]) -> HopForms | None:
        """What answers the hops that come under a head which tells this, by the keys of WSGI.

        None where more than their bodies is to be looked at, or nothing like that is a hop.
        """
        aggregator = self.find(told["PATH_INFO"])
        if aggregator is None or not aggregator.plain_hops or told["REQUEST_METHOD"] != "POST":
            return None
        if self._networks is not None and self._networks.limit(aggregator.name):
            return None
        return HopForms(self, aggregator) if is_content_type(told.get("CONTENT_TYPE", ""), FORM) else None

    def answer(self, aggregator: Aggregator, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one hop. Never raises: whatever fails, the caller gets a screen."""
        refused = self._networks is not None and self._networks.refuses(aggregator.name, DOOR, environ)
        too_busy = TOO_BUSY in environ
        answered = NOT_FOUND if refused else self.answer_form(aggregator, self._form, environ, too_busy=too_busy)
        status, headers, body = answered
        start_response(status, headers)
        return [body]

    def _form(self, aggregator: Aggregator, environ: WSGIEnvironment) -> Form:
        inbound = InboundRequest(environ, self._public)
        if not aggregator.genuine(inbound):
            raise BadSignature
        return aggregator.body(inbound, DOOR)

    def answer_form(
        self, aggregator: Aggregator, read: Callable[[Aggregator, T], Form], given: T, *, too_busy: bool = False
    ) -> HopAnswer:
        """The answer to a hop, whose form is read from what is given. Never raises."""
        started = time.perf_counter()
        form: Form = {}
        try:
            form = read(aggregator, given)
            hop = aggregator.read_hop(form)
            if too_busy:
                COUNTERS.hop("refused", time.perf_counter() - started)
                logs.hop((time.perf_counter() - started) * 1000, True, hop.network, "refused")
                return aggregator.hop_answer(BUSY, form)
            answered = (self._hops if aggregator.accumulates else self._joined).answer(hop, self._clock())
            body = _screen(answered)
            dressed = aggregator.hop_answer(body, form)
        except BadSignature:
            return _forged(aggregator)
        except BadPhone as error:
            COUNTERS.hop("bad_phone", time.perf_counter() - started)
            COUNTERS.count("bad_phone")
            logs.log().warning("bad_phone", door=DOOR, aggregator=aggregator.name, problem=error.problem)
            return aggregator.hop_answer(BAD_PHONE, form)
        except BadForm as error:
            return aggregator.refused(*report_failure(error, DOOR))
        except NoHop as notice:
            return self._noted(notice)
        except Exception as error:  # noqa: BLE001 - a caller waits on the line: any answer is better than an error
            COUNTERS.hop("failed", time.perf_counter() - started)
            COUNTERS.count("hops_failed")
            report_failure(error, DOOR)
            return aggregator.hop_answer(BUSY, form)
        took = time.perf_counter() - started
        COUNTERS.hop(answered.how, took)
        logs.hop(took * 1000, body[0] == "E", hop.network, answered.how)
        return dressed

    def _noted(self, notice: NoHop) -> HopAnswer:
        """Process a notice. Nothing depends on it: whatever fails, the aggregator gets its answer."""
        if notice.ended is not None:
            try:
                self._ended(notice.ended)
            except Exception as error:  # noqa: BLE001
                report_failure(error, DOOR)
        return notice.answer


class HopForms:
    """Hops of one aggregator that are forms with nothing else to look at: gateway.server.hop_request.FormHandler."""

    def __init__(self, door: HopDoor, aggregator: Aggregator) -> None:
        self._door, self._aggregator = door, aggregator

    def answer(self, form: bytes) -> HopAnswer:
        """The answer to a hop."""
        return self._door.answer_form(self._aggregator, _parse, form)

    def refuse(self, form: bytes) -> HopAnswer:
        """The screen for a caller who is refused because too many wait."""
        return self._door.answer_form(self._aggregator, _parse, form, too_busy=True)

    def begins_call(self, form: bytes) -> bool:
        """True for the first hop of a call, as far as it tells."""
        return _begins(self._aggregator, _parse, form)


def _parse(_aggregator: Aggregator, form: bytes) -> Form:
    return parse_form(form)


def _begins(aggregator: Aggregator, read: Callable[[Aggregator, T], Form], given: T) -> bool:
    try:
        hop = aggregator.read_hop(read(aggregator, given))
    except Exception:  # noqa: BLE001 - whoever answers reads it again and says what is wrong
        return False
    return not hop.text if aggregator.accumulates else hop.new is True


def _forged(aggregator: Aggregator) -> HopAnswer:
    COUNTERS.count("bad_signature")
    logs.log().warning("bad_signature", door=DOOR, aggregator=aggregator.name)
    return NOT_FOUND


def _screen(answered: AnsweredHop) -> str:
    """The screen to show. The citizen already sees that something failed; here it is logged."""
    if answered.error is not None:
        COUNTERS.count("hops_failed")
        report_failure(answered.error, "ussd")
    if not answered.store:
        COUNTERS.count("hops_without_store")
    if not answered.body.startswith(("CON ", "END ")):
        raise ValueError("a hop's answer begins with CON or END")
    return answered.body
