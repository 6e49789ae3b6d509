"""What is tried through each gateway, in both directions, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flows.text import gsm
from gateway.aggregators.contract import smpp
from tests.gateways.service import Service
from tests.gateways.smsc import LOST, REFUSED, Smsc, join, wait_for
from tests.gateways.tap import Tap

PATIENCE = 30.0  # seconds for a text to go through every process
URDU = (
    "محلے میں تین دن سے پانی نہیں آ رہا، کوئی سننے والا نہیں، بچے اور بزرگ سب پریشان ہیں، مہربانی فرما کر جلد بھیجیں۔"
)
LONG = "Gali number 5 mein gutter band hai aur paani ghar tak aa gaya hai. " * 10
LATIN = "café à l'été"
CODED = "a@b € [ü] {x} §1"  # letters of GSM 03.38 that are elsewhere in ASCII, or need an escape


class Verdict(NamedTuple):
    """What was tried, and what was wrong; "" if nothing was."""

    tried: str
    wrong: str


def play(service: Service, smsc: Smsc, tap: Tap) -> Iterator[Verdict]:
    """Every step, in order."""
    yield from _filed(service, smsc)
    yield from _inbound(service, smsc)
    yield from _outgoing(service, smsc)
    yield _down(service, smsc, tap)
    yield Verdict("nothing is unreadable", f"{service.unreadable()} requests" if service.unreadable() else "")


def _filed(service: Service, smsc: Smsc) -> Iterator[Verdict]:
    """A citizen's SMS files a complaint, and the reply comes back to the phone."""
    smsc.deliver("923001234567", _gsm("SHIKAYAT gutter band hai Shah Alam Lahore"))
    got = wait_for(lambda: any(part.to == "923001234567" for part in smsc.parts), PATIENCE)
    yield Verdict("a citizen's SMS is filed and answered", "" if got else "no answer came")


def _inbound(service: Service, smsc: Smsc) -> Iterator[Verdict]:
    wide = URDU.encode("utf-16-be")
    cases = {
        "letters of GSM 03.38": (lambda to: smsc.deliver(to, _gsm(CODED)), CODED),
        "Latin-1 in eight bits": (lambda to: smsc.deliver(to, LATIN.encode("latin-1"), coding=3), LATIN),
        "Urdu in two parts": (lambda to: smsc.deliver_parts(to, wide, 134, coding=8), URDU),
        "Urdu in the order 2, 1": (lambda to: smsc.deliver_parts(to, wide, 134, coding=8, backwards=True), URDU),
        "two parts by optional fields": (lambda to: smsc.deliver_parts(to, wide, 134, coding=8, sar=True), URDU),
        "five parts": (lambda to: smsc.deliver_parts(to, _gsm(LONG), 153), LONG.strip()),
        "two parts with a reference of 16 bits": (
            lambda to: smsc.deliver_parts(to, wide, 132, coding=8, wide=True),
            URDU,
        ),
        "a message class": (lambda to: smsc.deliver(to, _gsm("HELP"), coding=0xF1), "HELP"),
        "binary octets": (lambda to: smsc.deliver(to, b"\x00\xff\x01", coding=4), "00ff01"),
        "a whole text in one PDU": (lambda to: smsc.deliver(to, _gsm(LONG)), LONG.strip()),
    }
    for number, (name, (deliver, due)) in enumerate(cases.items()):
        digits = f"9230076500{number:02}"
        deliver(digits)

        def found(phone: str = f"+{digits}", due: str = due) -> bool:
            return "".join(service.inbound(phone)).strip() == due

        came = wait_for(found, PATIENCE)
        texts = service.inbound(f"+{digits}")
        joined = "" if len(texts) == 1 else f" (in {len(texts)} SMS)"
        yield Verdict(f"inbound: {name}{joined if came else ''}", "" if came else f"stored: {texts!r}, not {due!r}")


def _outgoing(service: Service, smsc: Smsc) -> Iterator[Verdict]:
    bodies = {
        "one part": "Shikayat darj: 482-719-304",
        "letters of GSM 03.38": CODED,
        "Urdu in two parts": URDU,
        "five parts": LONG.strip(),
        "an emoji": "پانی 💧",
    }
    for number, (name, body) in enumerate(bodies.items()):
        digits = f"92300765100{number}"
        owed = service.send(f"+{digits}", body)
        wait_for(lambda owed=owed: service.state(owed) == "delivered", PATIENCE)  # type: ignore[misc]  # mypy: a default
        found = [(octets, parts) for to, octets, parts in join(smsc.parts) if to == digits]
        coding = next((part.coding for part in smsc.parts if part.to == digits), -1)
        texts = [smpp.decode_sms(octets, coding) for octets, _ in found]
        parts, due = sum(many for _, many in found), gsm.parts(body)
        wrong = "" if texts == [body] and parts == due else f"the phone got {texts!r} in {parts} parts, not {due}"
        if not wrong and service.state(owed) != "delivered":
            wrong = f"its state is {service.state(owed)}; reports: {sorted(service.statuses(owed))}"
        yield Verdict(f"outgoing: {name}, delivered", wrong)
    for to, name, due in (
        (REFUSED, "a text that the telco refuses", "failed"),
        (LOST, "one that never arrives", "failed"),
    ):
        owed = service.send(f"+{to}", "Shikayat darj")
        came = wait_for(lambda owed=owed, due=due: service.state(owed) == due, PATIENCE)  # type: ignore[misc]  # as above
        told = sorted(service.statuses(owed))
        yield Verdict(f"report: {name}", "" if came else f"its state is {service.state(owed)}; reports: {told}")


def _down(service: Service, smsc: Smsc, tap: Tap) -> Verdict:
    """An SMS that comes while the service is down is repeated until it is up again."""
    tap.down = True
    smsc.deliver("923007652000", _gsm("STATUS"))
    tried = wait_for(lambda: tap.refused >= 2, PATIENCE)
    tap.down = False
    came = wait_for(lambda: service.inbound("+923007652000") == ["STATUS"], PATIENCE)
    wrong = "" if tried and came else f"tried {tap.refused} times; stored: {service.inbound('+923007652000')}"
    return Verdict("inbound: while the service is down", wrong)


def _gsm(text: str) -> bytes:
    """A text in GSM 03.38, one septet in an octet."""
    octets = bytearray()
    for letter in text:
        if letter in gsm.EXTENSION:
            octets += bytes([0x1B, b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65"[gsm.EXTENSION.index(letter)]])
        else:
            at = gsm.BASIC.index(letter)
            octets.append(at if at < 0x1B else at + 1)
    return bytes(octets)
