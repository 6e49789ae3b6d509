"""Codes given to flows and taken from them."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.endpoints.application import Sunwai
from tests.gateway.operating import as_typed, publish, run
from tests.sessions.filing import LIBRARY


def test_a_flow_that_no_code_leads_to_is_offered_its_own(app: Sunwai, flow: Path) -> None:
    survey = flow.with_name("survey.yaml")
    said = publish(app, survey, "Rate", "--reason", "x").output.splitlines()[-1]
    assert said == "No code leads to it yet: flask flows route '*8486#' survey"
    assert as_typed(app, said).output == "*8486# leads to survey.\n"
    assert "No code leads" not in publish(app, survey).output


def test_a_code_is_not_taken_from_another_flow_unseen(app: Sunwai, flow: Path) -> None:
    for file, code in ((LIBRARY, "*8484#"), (flow.with_name("survey.yaml"), "*8486#")):
        publish(app, file, "First", "--reason", "x")
        assert run(app, "flows", "route", code, file.stem).exit_code == 0
    refused = run(app, "flows", "route", "*8484#", "survey")
    assert refused.exit_code == 1
    assert re.match(r"Error: \*8484# leads to complaints now \(revision 1 of 20\d\d-", refused.output)
    assert "calls to *8484# since" in run(app, "flows", "status").output.splitlines()[0]
    assert as_typed(app, refused.output).output == "*8484# leads to survey.\n"
    assert run(app, "flows", "route", "*8484#", "survey").exit_code == 0  # where it leads already


def test_a_code_can_lead_nowhere_again(app: Sunwai) -> None:
    publish(app, LIBRARY)
    run(app, "flows", "route", "*8484#", "complaints")
    asked = run(app, "flows", "route", "--remove", "*8484#")
    assert (asked.exit_code, asked.output.count("\n")) == (1, 1)
    assert re.match(r"Error: \*8484# leads to complaints now \(revision 1 of 20\d\d-.*: nobody would ", asked.output)
    assert "calls to *8484# since" in run(app, "flows", "status").output
    gone = as_typed(app, asked.output)
    assert gone.output.startswith("*8484# leads nowhere now; it led to complaints. Calls in progress continue.")
    assert "no code yet (flask flows route '*8484#' complaints)" in run(app, "flows", "status").output
    again = run(app, "flows", "route", "--remove", "*8484#")
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    assert as_typed(app, gone.output).output == "*8484# leads to complaints.\n"
    assert run(app, "flows", "route", "*8484#").exit_code == 2
    assert run(app, "flows", "route", "--remove", "*8484#", "complaints").exit_code == 2


def test_a_code_that_people_dial_is_not_given_to_a_flow_made_for_texts(app: Sunwai, flow: Path) -> None:
    said = publish(app, flow.with_name("by_text.yaml"), "By SMS", "--reason", "x").output.splitlines()[-1]
    assert said == "No code leads to it yet: flask flows route 8484 by_text"
    for more in ((), ("--force",)):
        refused = run(app, "flows", "route", "*8484#", "by_text", *more)
        assert refused.exit_code == 1
        assert refused.output == (
            "Error: *8484# is dialled, and by_text answers texts only (channel: sms). "
            "Give it a short code: flask flows route 8484 by_text\n"
        )
    assert as_typed(app, refused.output).output == "8484 leads to by_text.\n"


def test_who_gives_a_short_code_to_a_menu_is_told_what_it_does_not_take(app: Sunwai) -> None:
    publish(app, LIBRARY)
    assert run(app, "flows", "route", "8484", "complaints").output == (
        "8484 leads to complaints.\n"
        "Whoever texts a new complaint to 8484 is asked to dial: only a flow with channel: sms takes it.\n"
    )


def test_a_flow_that_people_dial_does_not_become_one_for_texts_unseen(app: Sunwai, tmp_path: Path) -> None:
    file = tmp_path / "word.yaml"
    menu = "flow: word\nlanguages: {en: English}\nscreens:\n  thanks: {end: {en: Thank you}}\n"
    for words in (f"channel: sms\n{menu}", menu):
        file.write_text(words, encoding="utf-8")
        done = publish(app, file, "Words", "--reason", "x")
        assert done.exit_code == 0, done.output
    assert run(app, "flows", "route", "*8484#", "word").exit_code == 0
    file.write_text(f"channel: sms\n{menu}", encoding="utf-8")
    for refused in (publish(app, file, "x", "--reason", "x"), run(app, "flows", "rollback", "1")):
        assert refused.exit_code == 1
        assert "*8484# leads to word, and an SMS flow (channel: sms) answers no calls." in refused.output
    assert "*8484# leads nowhere now" in as_typed(app, refused.output).output
    done = publish(app, file, "x", "--reason", "x", "--base", "2")
    assert "revision 3 is live now" in done.output
