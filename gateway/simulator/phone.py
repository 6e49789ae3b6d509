"""A phone as the aggregator sees it: it dials and texts through our real webhook, and receives from the stand-in."""

import time
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import msgspec
from msgspec import Struct

from gateway.http.client import Answer, HttpClient, LostAnswerError, UnsentRequestError

NO_ANSWER = "END Connection problem or invalid MMI code."
MOST_WIRE = 50  # requests that are remembered
AGGREGATOR_WAITS = (3.0, 10.0)  # seconds to connect and to answer; after them a real phone shows an error


class Unreachable(Exception):
    """Nothing answers there; the text is a sentence that says what to do."""


class ReceivedText(Struct, frozen=True):
    """A text that arrived."""

    seq: int
    sender: str
    text: str
    parts: int


class Inbox(Struct, frozen=True):
    """The stand-in's answer."""

    messages: list[ReceivedText]


class WireEntry(Struct, frozen=True):
    """One request of the aggregator and its answer; status 0 if nothing came back in time."""

    door: str
    form: dict[str, str]
    status: int
    body: str
    seconds: float


class Phone:
    """One phone and its USSD session. `base` is the web server's address, `now` gives the time in UTC.

    The answers of USSD are on the way for `slow` seconds; of those that take longer than an aggregator waits, the
    phone sees an error. `wire` is what went over the wire, the newest last.
    """

    def __init__(
        self, base: str, secret: str, number: str, *, code: str, network: str, now: Callable[[], datetime]
    ) -> None:
        self.slow, self.wire = 0.0, list[WireEntry]()
        self.number, self.code, self.network = number, code, network
        self.base = base.rstrip("/")
        self.reached = code  # the service code of the call, which may be another one
        self.body = ""  # the last answer, with its CON or END
        self._hooks = f"{self.base}/hooks/africastalking/{secret}/"
        self._now, self._http = now, HttpClient()
        self._session, self._inputs, self._hops, self._began = "", list[str](), 0, now()
        self._seen = 0

    @property
    def screen(self) -> str:
        """What the screen shows."""
        return self.body[4:]

    @property
    def asked(self) -> bool:
        """True while the session waits for an answer."""
        return self.body.startswith("CON ")

    def dial(self, code: str) -> str:
        """Begin a session. `*8484*1*2#` dials *8484# with 1 and 2 already answered."""
        stem = self.code.removesuffix("#") + "*"
        deep = code.startswith(stem) and code.endswith("#")
        self._inputs = code[len(stem) : -1].split("*") if deep else []
        self._session, self._hops, self._began = f"ATUid_{uuid4().hex}", 0, self._now()
        self.reached = self.code if deep else code
        return self._hop()

    def answer(self, typed: str) -> str:
        """Type an answer and send it."""
        self._inputs.append(typed)
        return self._hop()

    def repeat(self) -> str:
        """Send the last request again, as an aggregator may."""
        return self._hop()

    def break_off(self, why: str) -> None:
        """End the session in the middle and report that, as the aggregator does."""
        lasted = int((self._now() - self._began).total_seconds() * 1000)
        fields = {"status": "Incomplete", "cost": "0", "durationInMillis": str(lasted), "hopsCount": str(self._hops)}
        fields |= {"input": "*".join(self._inputs), "lastAppResponse": self.body, "errorMessage": why}
        self._post("ussd-events", {"date": self._date(), **self._who(self.reached), **fields})
        self.body = "END " + why

    def text(self, to: str, message: str) -> None:
        """Send an SMS. Raises Unreachable unless it was accepted."""
        fields = {"date": self._date(), "from": self.number, "id": str(uuid4()), "linkId": ""}
        answer = self._post("sms", {**fields, "text": message, "to": to, "networkCode": self.network})
        if answer.status != 200:
            raise Unreachable(f"The text was not accepted (HTTP {answer.status}).")

    def received(self) -> list[ReceivedText]:
        """The texts that have arrived since the last call."""
        try:
            wanted = {"to": self.number, "after": str(self._seen)}
            answer = self._http.request("GET", f"{self.base}/simulator/messages", params=wanted)
        except (UnsentRequestError, LostAnswerError):
            raise self._nobody() from None
        if answer.status != 200:
            raise Unreachable("Texts cannot be shown: the stand-in aggregator does not answer. Is `make run` running?")
        new = msgspec.json.decode(answer.body, type=Inbox).messages
        self._seen = max([self._seen, *(each.seq for each in new)])
        return new

    def _hop(self) -> str:
        answer = self._post("ussd", {**self._who(self.reached), "text": "*".join(self._inputs)})
        if answer.status == 404:
            raise Unreachable(f"{self.base} does not know this webhook secret: give the right one with --secret.")
        self._hops += 1
        body = answer.body.decode("utf-8", "replace")
        self.body = body if answer.status == 200 and body[:4] in ("CON ", "END ") else NO_ANSWER
        return self.screen

    def _who(self, code: str) -> dict[str, str]:
        return {
            "sessionId": self._session,
            "serviceCode": code,
            "phoneNumber": self.number,
            "networkCode": self.network,
        }

    def _post(self, door: str, form: dict[str, str]) -> Answer:
        began = time.monotonic()
        try:
            answer = self._http.request("POST", self._hooks + door, data=form, timeout=AGGREGATOR_WAITS)
        except UnsentRequestError:
            raise self._nobody() from None
        except LostAnswerError:
            answer = Answer(0, {}, b"")
        if door == "ussd" and self.slow:
            time.sleep(max(0.0, min(self.slow, AGGREGATOR_WAITS[1]) - (time.monotonic() - began)))
            answer = answer if self.slow <= AGGREGATOR_WAITS[1] else Answer(0, {}, b"")
        body, took = answer.body.decode("utf-8", "replace"), time.monotonic() - began
        self.wire = [*self.wire[-MOST_WIRE:], WireEntry(door, form, answer.status, body, took)]
        return answer

    def _date(self) -> str:
        return self._now().strftime("%Y-%m-%d %H:%M:%S")

    def _nobody(self) -> Unreachable:
        return Unreachable(f"Nothing answers at {self.base}. Start it with `make run`, or give its address with --url.")
