"""Which way out a text takes: by network when it is known, else by the longest prefix, else by the rule for all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.delivery.route_rules import choose_routes, parse_route_rules

RULES = parse_route_rules(
    "+92300 +92301=jazz,africastalking; +9230=telenor; +92=africastalking;"
    "network:63902=infobip; network:41001=jazz , infobip; *=infobip,africastalking"
)


@pytest.mark.parametrize(
    ("phone", "network", "roads"),
    [
        ("+923001234567", "", ("jazz", "africastalking")),
        ("+923011234567", "", ("jazz", "africastalking")),
        ("+923021234567", "", ("telenor",)),
        ("+923451234567", "", ("africastalking",)),
        ("+254711000111", "", ("infobip", "africastalking")),
        ("+254711000111", "63902", ("infobip",)),
        ("+923451234567", "41001", ("jazz", "infobip")),  # the number was taken along to another network
        ("+923451234567", "99999", ("africastalking",)),  # a network without a rule says nothing
    ],
)
def test_the_narrowest_rule_chooses(phone: str, network: str, roads: tuple[str, ...]) -> None:
    assert tuple(choose_routes(RULES, phone, network)) == roads


def test_without_a_rule_there_is_no_road() -> None:
    assert choose_routes(parse_route_rules("+92300=jazz"), "+254711000111") == ()
    assert choose_routes(parse_route_rules(""), "+923001234567") == ()


def test_every_road_is_named_once() -> None:
    assert RULES.named() == {"jazz", "africastalking", "telenor", "infobip"}
    assert parse_route_rules("").named() == frozenset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jazz", "has no key and routes"),
        ("=jazz", "has no key and routes"),
        ("+92300=", "names no route"),
        ("+92300=jazz,", "names no route"),
        ("+92300=Jazz", "names no route"),
        ("+92300=jazz,jazz", "names a route twice"),
        ("+92300=jazz; +92300=infobip", 'two rules for "+92300"'),
        ("*=jazz; *=infobip", 'two rules for "*"'),
        ("92300=jazz", 'has the key "92300"'),
        ("+0300=jazz", 'has the key "+0300"'),
        ("network:jazz=jazz", 'has the key "network:jazz"'),
        ("+٩٢=jazz", "has the key"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_route_rules(text)


@given(st.text(max_size=60))
def test_any_text_is_rules_or_a_sentence(text: str) -> None:
    try:
        rules = parse_route_rules(text)
    except ValueError:
        return
    choose_routes(rules, "+923001234567", "41001")


@given(st.from_regex(r"\+92[0-9]{10}", fullmatch=True), st.integers(2, 12))
def test_a_longer_prefix_always_wins(phone: str, length: int) -> None:
    rules = parse_route_rules(f"+92=short; {phone[: length + 1]}=long" if length > 2 else "+92=long")
    assert choose_routes(rules, phone) == ("long",)
