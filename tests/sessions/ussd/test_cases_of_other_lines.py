"""A caller who filed on another line reads what that line calls the complaint, and no codes."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from sqlalchemy.orm import Session

from flows.menu.model import Flow, Record, Row
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_handlers import ActionRun
from storage.cases import contacts
from storage.menus import revisions
from storage.schema.tables import Complaint, Contact

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
PLACE = Row("kasur", {"en": "Kasur"})


def flow(name: str, category: Row, office: Row) -> Flow:
    lists: dict[str, tuple[Row, ...]] = {"category": (category,), "office": (office,), "district": (PLACE,)}
    languages = {"en": "English", "ur-Latn": "Roman Urdu"}
    return Flow(name, name, "", "", languages, keys={}, errors={}, screens={}, lists=lists)


WATER = flow("water", Row("mun01", {"en": "No water", "ur-Latn": "Pani band"}), Row("wasa", {"en": "WASA"}))
CLINIC = flow("clinic", Row("no_medicine", {"en": "No medicine"}), Row("health_office", {"en": "Health office"}))


def record(monkeypatch: pytest.MonkeyPatch, filed: str, *, live: bool = True, spoken: str = "ur-Latn") -> Record:
    monkeypatch.setattr(revisions, "live_id", lambda *_: 7 if live else None)
    monkeypatch.setattr(contacts, "find", lambda *_: Contact(language=spoken, seen_at=NOW))
    water, clinic = (PublishedFlow(each, 1, each_flow, NOW) for each, each_flow in ((7, WATER), (8, CLINIC)))
    db = cast("Session", None)  # nothing else is read
    scene = ActionContext("s", 1, "+923001234567", clinic, NOW, SHIPPED_POLICY, lambda _: 0, flow_of=lambda _: water)
    run = ActionRun(ActContext(db, NOW, CITIZEN, CLINIC, SHIPPED_POLICY), scene)
    case = Complaint(
        number="482719300", flow=filed, category="mun01", district="kasur", office="wasa", status="received"
    )
    case.filed_at, case.due_on, case.private, case.coerced = NOW, NOW.date(), False, False
    return run.record_of(case)


def test_a_case_of_another_line_is_shown_in_the_words_of_that_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record(monkeypatch, "water")
    assert (seen["category"], seen["district"], seen["office"]) == ("Pani band", "kasur", "WASA")


def test_a_code_that_no_line_has_words_for_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record(monkeypatch, "water", live=False)
    assert (seen["category"], seen["district"], seen["office"]) == ("", "kasur", "")


def test_a_case_of_this_line_keeps_its_codes_for_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert record(monkeypatch, "clinic")["category"] == "mun01"
