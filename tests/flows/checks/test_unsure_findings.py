"""What may be right is a warning: only what nobody can have meant refuses a flow."""

from __future__ import annotations

import pytest

from flows.parsing.flow import parse_flow
from tests.flows.checks.test_checks import TOP, found
from tests.flows.fixtures import FILES, whole
from tests.flows.library import check

UNSURE = """
flow: t
title: t
languages: {{{tag}: One}}
{more}
errors: {{bad_choice: {{{tag}: A}}, too_many: {{{tag}: B}}}}
screens:
  menu: {{ask: {{{tag}: "{words}"}}, choose: {{a: {{{tag}: X, go: bye}}, b: {{{tag}: Z, go: bye}}}}}}
  bye: {{end: {{{tag}: "{end}"}}}}
"""


@pytest.mark.parametrize(
    ("code", "severity", "tag", "words", "end", "more"),
    [
        ("F211", "W", "tr", "Basın 5 kişi aldı.", "B", ""),
        ("F211", "E", "tr", "5 tuşlayın.", "B", ""),
        ("F211", "E", "en", "Press 5 to go on.", "B", ""),
        ("F211", "W", "en", "Pressure 5 is normal.", "B", ""),
        ("F211", "E", "ur", "آگے کے لیے 5 دبائیں", "B", ""),
        ("F212", "W", "en", "M", "Call 1222 now.", "helplines: F708_lines.yaml"),
        ("F212", "E", "en", "M", "Call 1222 (rescue) now.", "helplines: F708_lines.yaml"),
    ],
)
def test_what_may_be_right_is_a_warning_and_what_cannot_be_is_an_error(
    code: str, severity: str, tag: str, words: str, end: str, more: str
) -> None:
    text = UNSURE.format(tag=tag, words=words, end=end, more=more)
    problems = check(parse_flow({**FILES, "flow.yaml": text}, "flow.yaml"))
    assert [each.severity for each in problems if each.code == code] == [severity], [*map(str, problems)]


@pytest.mark.parametrize(("label", "severity"), [("No bridge", "W"), ("No", "E"), ("No, keep it", "E")])
def test_a_label_that_begins_with_no_may_name_what_is_missing(label: str, severity: str) -> None:
    menu = "screens:\n  menu:\n    ask: {en: Menu, ur: مینو}\n    choose:\n"
    option = f'      a: {{en: "{label}", ur: ہاں, go: bye}}\n      b: {{en: Road, ur: سڑک, go: bye}}\n'
    problems = found(TOP + menu + option + "  bye: {end: {en: Bye, ur: شکریہ}}\n")
    assert [each.severity for each in problems if each.code == "F208"] == [severity]


@pytest.mark.parametrize(
    ("words", "severity"), [("Bring your registered card.", "W"), ("Your complaint is registered.", "E")]
)
def test_success_after_a_failure_is_sure_where_it_is_said_of_the_complaint(words: str, severity: str) -> None:
    text = FILES["F112_near.yaml"].replace("Could not finish now. Nothing was filed.", words)
    problems = check(parse_flow({**FILES, "a.yaml": whole(text)}, "a.yaml"))
    assert [each.severity for each in problems if each.code == "F112"] == [severity], [*map(str, problems)]


def test_an_alias_that_begins_the_label_of_another_choice_is_a_warning() -> None:
    text = FILES["F508_near.yaml"].replace("Leave it,", '"Extra, leave it",').replace("two: extra", "two: further")
    problems = check(parse_flow({**FILES, "a.yaml": whole(text)}, "a.yaml"))
    assert [each.severity for each in problems if each.code == "F508"] == ["W", "W"], [*map(str, problems)]


@pytest.mark.parametrize(("code", "severities"), [("secret_fee", ["W"]), ("secret", ["E"])])
def test_a_code_of_two_words_promises_nothing(code: str, severities: list[str]) -> None:
    text = FILES["F411_bad_code.yaml"].replace(
        "anonymous: {ta: Peyar illamal, en: Send too", f"{code}: {{ta: Kaasu, en: Secret payments"
    )
    problems = check(parse_flow({**FILES, "a.yaml": text}, "a.yaml"))
    assert [each.severity for each in problems if each.code == "F411"] == severities, [*map(str, problems)]
