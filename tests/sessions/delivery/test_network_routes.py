"""The network a phone last called from chooses its route, because people who change networks keep their number."""

from __future__ import annotations

import datetime as dt
import functools

from sqlalchemy import select

from flows.delivery.route_rules import choose_routes, parse_route_rules
from sessions.delivery.claim_batch import ClaimedMessage
from sessions.ussd.hop_types import Hop
from storage.schema.tables import Contact
from tests.sessions.calls import CODE, NEW_CALLER, NOW, Line, Phone
from tests.sessions.posting import rules, take

ROADS = parse_route_rules("+92300=jazz; network:41006=telenor; *=africastalking")


def claimed(line: Line) -> list[ClaimedMessage]:
    under = rules("jazz", "telenor", "africastalking", routes_for=functools.partial(choose_routes, ROADS))
    return take(line.database, NOW + dt.timedelta(minutes=1), 10, under)


def call(line: Line, number: str, network: str) -> None:
    """A complaint filed from this number on this network."""
    phone = Phone(line, number)
    phone.dial()
    for entry in NEW_CALLER:
        phone.text = f"{phone.text}*{entry}" if phone.text else entry
        line.hops.answer(Hop("africastalking", phone.session, number, CODE, phone.text, network), NOW)


def test_a_text_takes_the_route_of_the_network_its_phone_called_from(line: Line) -> None:
    call(line, "+923001234567", "41006")
    call(line, "+923001234568", "41001")
    call(line, "+923331234567", "")
    routes = {post.phone: post.route for post in claimed(line)}
    assert routes == {"+923001234567": "telenor", "+923001234568": "jazz", "+923331234567": "africastalking"}


def test_the_network_of_the_last_call_is_remembered(line: Line) -> None:
    call(line, "+923001234567", "41001")
    call(line, "+923001234567", "41006")
    call(line, "+923001234567", "")
    with line.database.read() as db:
        assert db.scalars(select(Contact.network)).all() == ["41006"]
