"""Reading `keywords.yaml` and `channel:`."""

from __future__ import annotations

import pytest

from flows.menu.diagnostics import ParsedFlow
from flows.menu.keyword_rule import Rule
from flows.parsing.flow import parse_flow


def read(keywords: str, top: str = "") -> ParsedFlow:
    return parse_flow({"flow.yaml": f"flow: t\n{top}keywords: k.yaml\n", "k.yaml": keywords}, "flow.yaml")


def told(parsed: ParsedFlow, file: str = "k.yaml") -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in parsed.problems if each.file == file]


def test_a_rule_has_words_that_anything_may_follow_words_that_stand_alone_and_words_beside_them() -> None:
    parsed = read("- intent: 'yes'\n  words: [HAAN]\n  alone: [1, JI]\n  beside: [SIR]\n")
    assert parsed.flow is not None
    assert parsed.flow.keywords == (Rule("yes", ("HAAN",), ("1", "JI"), ("SIR",)),)
    assert told(parsed) == []


@pytest.mark.parametrize(
    ("keywords", "line"),
    [
        ("- words: [A]\n", 1),
        ("- intent: new\n", 1),
        ("- intent: new\n  words: A\n", 1),
        ("- intent: new\n  words: [A]\n  alone: B\n", 3),
        ("- intent: new\n  words: [A]\n  aloen: [B]\n", 3),
        ("- new\n", 1),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_at_its_line(keywords: str, line: int) -> None:
    assert told(read(keywords)) == [(line, "F001")]


def test_a_flow_is_a_call_unless_it_says_that_it_is_texted() -> None:
    channels = {top: read("", top).flow for top in ("", "channel: sms\n", "channel: ussd\n")}
    assert [flow.channel for flow in channels.values() if flow] == ["ussd", "sms", "ussd"]


@pytest.mark.parametrize("channel", ["whatsapp", "[sms]", "SMS"])
def test_an_unknown_channel_is_told_and_taken_for_a_call(channel: str) -> None:
    parsed = read("", f"channel: {channel}\n")
    assert (2, "F001") in told(parsed, "flow.yaml")
    assert parsed.flow is not None
    assert parsed.flow.channel == "ussd"
