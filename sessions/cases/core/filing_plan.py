"""What a filing would come to: its office, its due date and, in danger, whom to call. Asks no database."""

import datetime as dt
from collections.abc import Mapping

from flows.cases import escalation_clock
from flows.cases.local_offices import office_of_place
from flows.engine.variables import base_language, screen_call_words
from flows.menu.model import Flow, Outcome, Record, Value
from flows.understanding.danger_detection import FoundDanger
from sessions.cases.core import case_clock
from sessions.cases.core.category_rules import category_rules, given_in_danger
from sessions.cases.rules.case_policy import CasePolicy
from sessions.cases.rules.danger_files import helplines_of, words_of_danger


def plan_filing(flow: Flow, policy: CasePolicy, now: dt.datetime, given: Mapping[str, Value]) -> Outcome:
    """The outcome of `plan_complaint` with these arguments: "failed" for a category that the flow does not have.

    Words of danger are planned as they are filed: urgent, and due sooner.
    """
    category, district = str(given.get("category")), word_of(given.get("district"))
    if category not in flow.rows.get("category", {}):
        return Outcome("failed")
    danger = words_of_danger(flow, given, "plan_complaint")
    if danger is None:
        rules = category_rules(flow, category, policy.life)
    else:
        filed = given_in_danger(flow, policy.life, given, danger)
        rules = category_rules(flow, word_of(filed["category"]), policy.life).in_danger(policy.life.answers.danger)
    calendar = case_clock.calendar_for(policy, flow, district, urgent=rules.urgent)
    due = escalation_clock.first_due(policy.life, calendar, now, rules.days)
    planned: Record = {"office": office_of_place(flow, rules.office_for(district), district), "due": due.isoformat()}
    if danger is None:
        return Outcome("ok", planned)
    call = call_of(flow, danger, word_of(given.get("language")))
    return Outcome("danger", {**planned, "call": call, "private": danger.private})


def call_of(flow: Flow, danger: FoundDanger, language: str | None) -> str:
    """The helplines that a screen names."""
    return screen_call_words(flow, helplines_of(flow), danger.call, language or base_language(flow))


def word_of(value: Value) -> str | None:
    """A value as a word; None for nothing."""
    return str(value) if value not in (None, "") else None
