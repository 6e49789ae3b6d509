"""Every text there is, as it is sent about a case whose citizen stays unknown: on a phone that others may read."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from flows.delivery.message_policy import TABLE
from flows.menu.model import Flow
from sessions.messages import render_text
from storage.schema.tables import Complaint
from tests.flows.library import shipped

FLOWS = ("complaints", "by_text", "power_cut")
LANGUAGES = ("en", "ur-Latn", "ur")
WORDS, NOTE = "He took five hundred rupees from my sister", "We spoke to the clerk at the counter"
SENSITIVE = tuple(row.code for row in shipped().lists["category"] if row.columns["sensitive"] == "yes")


def case(category: str, status: str = "resolved_pending") -> Complaint:
    """A case whose citizen stays unknown, with words from both sides."""
    row = shipped().rows["category"][category]
    return Complaint(
        number="482719304",
        kind="complaint",
        category=category,
        district="rahim_yar_khan",
        office=row.columns["office"],
        details=WORDS,
        note=NOTE,
        private=True,
        status=status,
        due_on=dt.date(2026, 6, 24),
    )


@cache
def telling(category: str) -> frozenset[str]:
    """What must not be read: names of category, group, office and district in each language, and what was written."""
    flow = shipped()
    row = flow.rows["category"][category]
    rows = [
        row,
        flow.rows["group"][row.columns["group"]],
        flow.rows["office"][row.columns["office"]],
        flow.rows["district"]["rahim_yar_khan"],
    ]
    words = {WORDS, NOTE, category, "rahim_yar_khan"} | {each.text[language] for each in rows for language in LANGUAGES}
    return frozenset(word.casefold() for word in words if word)


def events(flow: Flow) -> list[str]:
    return sorted({*flow.texts, *TABLE})


EVERY = [(name, event) for name in FLOWS for event in events(shipped(name))]


@pytest.mark.parametrize(("name", "event"), EVERY)
def test_no_text_about_an_unknown_citizens_case_tells_what_it_is_about(name: str, event: str) -> None:
    flow = shipped(name)
    for language in LANGUAGES:
        for category in SENSITIVE:
            body = (render_text.render_sms(flow, event, language, case(category)) or "").casefold()
            assert not [word for word in telling(category) if word in body], (language, category)


@pytest.mark.parametrize("name", FLOWS)
def test_the_same_texts_do_tell_it_about_an_ordinary_case(name: str) -> None:
    """The walk above would find something."""
    ordinary = case(SENSITIVE[0])
    ordinary.private = False
    bodies = [render_text.render_sms(shipped(name), event, "en", ordinary) or "" for event in events(shipped(name))]
    found = {word for word in telling(SENSITIVE[0]) for body in bodies if word in body.casefold()}
    row = shipped().rows["category"][SENSITIVE[0]]
    office = shipped().rows["office"][row.columns["office"]].text["en"].casefold()
    assert {row.text["en"].casefold(), office, NOTE.casefold()} <= found


@pytest.mark.parametrize("name", FLOWS)
def test_the_number_is_in_every_text_that_names_the_case_otherwise(name: str) -> None:
    flow = shipped(name)
    for event in events(flow):
        plain, hidden = case(SENSITIVE[0]), case(SENSITIVE[0])
        plain.private = False
        if "482-719-304" in (render_text.render_sms(flow, event, "en", plain) or ""):
            assert "482-719-304" in (render_text.render_sms(flow, event, "en", hidden) or ""), event
