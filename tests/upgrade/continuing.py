"""What is done with data that was there: each thing answers with what was said, to the byte.

The script that wrote the data did these things once and kept the answers; the tests do them again on a copy.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from tests.gateway.console.conftest import Visitor
from tests.recordings.phones import Handset
from tests.recordings.product import OutboxMessage, Sms, Sunwai
from tests.recordings.world import Clock

THINKS = 7  # seconds somebody looks at a screen
SECOND = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # the secret of a second factor
PASSWORD = "a-password-of-the-commit-before-17"
COMMANDS = (
    "complaints list", "flows list", "flows status", "offices show", "sms questions", "sms refused", "staff list",
    "texts alarms", "texts list", "texts roads", "texts stuck", "sweep --once",
)  # fmt: skip


def at(clock: Clock, told: str) -> None:
    """It is then."""
    clock.now = dt.datetime.fromisoformat(told)


def go_on(app: Sunwai, clock: Clock, call: dict[str, Any]) -> list[str]:
    """A call in the middle: the hop that was answered last comes once more, then each entry, the last one twice."""
    phone = Handset(**{**call["phone"], "entries": tuple(call["phone"]["entries"])})
    heard = [phone.again(app)]
    for words in call["then"]:
        clock.passes(seconds=THINKS)
        heard.append(phone.type(app, words))
    return [*heard, phone.again(app)]


def dial_again(app: Sunwai, clock: Clock, call: dict[str, Any]) -> list[str]:
    """Somebody who left a call dials: what is offered, and what comes of it."""
    phone = Handset(**{**call["phone"], "entries": ()})
    heard = [phone.dial(app, "later-" + phone.session)]
    for words in call["then"]:
        clock.passes(seconds=THINKS)
        heard.append(phone.type(app, words))
    return heard


def text(app: Sunwai, clock: Clock, sms: dict[str, str]) -> str:
    """An SMS comes in: the words of its answer, "" for none."""
    clock.passes(seconds=THINKS)
    stored = app.texting.take(clock(), Sms("africastalking", sms["id"], sms["from"], "8484", sms["text"], clock()))
    with app.database.read() as db:
        found = db.scalars(select(OutboxMessage).where(OutboxMessage.dedupe == f"reply:{stored}")).one_or_none()
        return found.body if found is not None else ""


def command(app: Sunwai, words: str) -> str:
    """What a `flask` command says."""
    with app.app_context():
        done = app.test_cli_runner().invoke(args=words.split())
    return f"exit code {done.exit_code}\n{done.output}"


def page(app: Sunwai, browser: dict[str, str], path: str) -> tuple[int, str]:
    """A page of the console, in a browser that is signed in."""
    answer = Visitor(app, browser["name"], browser["token"]).get(path)
    return answer.status_code, answer.text


def sign_in(app: Sunwai, name: str, code: str) -> tuple[int, str]:
    """Name and password are given, then a code where one is asked for: where it leads."""
    visitor = Visitor(app, "", "")
    form = {"sign_in_name": name, "sign_in_password": PASSWORD}
    answer = visitor.post("/console/sign-in", form, proved=False)
    if code:
        answer = visitor.post("/console/sign-in/code", {"code": code}, proved=False)
    return answer.status_code, answer.headers.get("Location", "")


def everything(app: Sunwai, clock: Clock, facts: dict[str, Any]) -> dict[str, Any]:
    """All that is done with the data, one thing after the other, and what is answered: numbers are drawn in order."""
    heard: dict[str, Any] = {"calls": [], "left": [], "texts": [], "complaints": {}, "commands": {}}
    for call in facts["calls"]:
        at(clock, facts["now"])
        heard["calls"].append(call | {"heard": go_on(app, clock, call)})
    for call in facts["left"]:
        at(clock, facts["now"])
        heard["left"].append(call | {"heard": dial_again(app, clock, call)})
    for sms in facts["texts"]:
        at(clock, facts["now"])
        heard["texts"].append(sms | {"answer": text(app, clock, sms)})
    at(clock, facts["now"])
    for number in facts["complaints"]:
        heard["complaints"][number] = command(app, f"complaints show {number}")
    for words in COMMANDS:
        heard["commands"][words] = command(app, words)
    return heard
