"""Mistakes in a description are told one by one, with their line; nothing in a file can do more than fill in forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aggregators.descriptions.loader import BadDescription, parse_description
from gateway.settings.validation import DESCRIPTIONS

HOUSE = Path(__file__).parents[3]

GOOD = """about: a gateway
settings: {user: the user}
ussd:
  request: json
  session: id
  phone: msisdn
  input: text
  carries: last
  new: {field: new, is: true}
  answer:
    json: {message: "{message}", more: "{more}"}
    says: {more: {going: true, over: false}}
send:
  method: POST
  url: https://sms.example.pk/send
  form: {user: "{user}", to: "{to}", text: "{message}"}
  answer: json
  sent: {field: status, is: ok}
  refused:
    - {field: status, is: poor, means: account}
"""

MISTAKES = [
    ("about: a gateway", "abut: a gateway", [(1, "about is missing"), (1, "unknown word 'abut'")]),
    ("{user: the user}", "{user: }", [(2, "say what user is")]),
    ("{user: the user}", "{User-Name: x, user: y}", [(2, "User-Name cannot be the name of a setting")]),
    ("{user: the user}", "{token: x, user: y}", [(2, "token cannot be the name of a setting")]),
    ("request: json", "request: soap", [(4, "request is one of form, json, query, form_or_query")]),
    ("  session: id\n", "", [(3, "session is missing")]),
    ("carries: last", "carries: some", [(8, "carries is one of everything, last")]),
    ("  new: {field: new, is: true}\n", "", [(8, "with `carries: last`, `new` must say")]),
    ("is: true}", "equals: true}", [(9, "say what new must be"), (9, "unknown word 'equals'")]),
    ("is: true}", "is: [], }", [(9, "is needs a word")]),
    ('"{message}", more', '"{mesage}", more', [(11, "{mesage} is not known here"), (11, "{message} is missing here")]),
    ('"{more}"}', '"{more.x}"}', [(11, "{more.x} is not a variable")]),
    ('"{more}"}', '"{{more}"}', [(11, "{ is not a variable")]),
    ('"{more}"}', '"{user}"}', [(11, "{user} is not known here")]),
    (
        "    says: {more: {going: true, over: false}}\n",
        "",
        [(11, "{more} is not known"), (11, "nothing distinguishes the last screen")],
    ),
    ("{going: true, over: false}", "{going: true}", [(12, "more needs going and over")]),
    ("    json: {message", "    jsn: {message", [(10, "answer has one of text, json"), (11, "unknown word 'jsn'")]),
    ("method: POST", "method: PUT", [(14, "method is one of GET, POST")]),
    ("method: POST", "method: GET", [(14, "a GET has params only")]),
    ("https://sms", "http://sms", [(15, "with http:// others can read passwords")]),
    ("https://sms.example.pk/send", "https://u:p@sms.example.pk/send", [(15, "url is a plain https:// address")]),
    ("https://sms.example.pk/send", "https://sms.example.pk/send?key=1", [(15, "url is a plain https:// address")]),
    ("https://sms.example.pk/send", '"https://{to}.example.pk"', [(15, "{to} is not known here")]),
    ("https://sms.example.pk/send", "file:///etc/passwd", [(15, "url is a plain https:// address")]),
    ('to: "{to}", ', "", [(13, "{to} is missing in params, form and json")]),
    ('text: "{message}"}', 'text: "{coding}{message}"}', [(16, "{coding} is not known here")]),
    ('text: "{message}"}', 'text: "{token}{message}"}', [(16, "{token} is not known here")]),
    ("answer: json\n  sent", "answer: yaml\n  sent", [(17, "answer is one of json, xml, text, form")]),
    ("  sent: {field: status, is: ok}\n", "", [(13, "sent is missing")]),
    ("means: account", "means: whatever", [(20, "means is one of number, account, later, login")]),
    ("means: account", "means: login", [(19, "means: login, but there is no login")]),
    ("means: account", 'means: account, why: "Dear {to}"', [(20, "why is one word for the log")]),
    ("send:\n", "snd:\n", [(13, "unknown word 'snd'")]),
    ("carries: last", "carries: last\n  session: other", [(9, "cannot be read as YAML")]),
    ("about: a gateway", "about: !!python/object/apply:os.system [id]", [(1, "the tag")]),
    ("about: a gateway", "about: &a x", [(1, "anchors and aliases")]),
    ("about: a gateway", "about: [a", [(1, "the [ opened on this line is not closed")]),
]


def test_the_good_one_is_good() -> None:
    told = parse_description(GOOD, "jazz", "jazz.yaml")
    assert told.name == "jazz" and told.ussd is not None and told.send is not None


@pytest.mark.parametrize(("right", "wrong", "due"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_told_with_its_line(right: str, wrong: str, due: list[tuple[int, str]]) -> None:
    assert GOOD.count(right) == 1, "the example must have it once"
    with pytest.raises(BadDescription) as refused:
        parse_description(GOOD.replace(right, wrong), "jazz", "jazz.yaml")
    lines = str(refused.value).splitlines()
    for line, said in due:
        assert any(each.startswith(f"jazz.yaml:{line}: ") and said in each for each in lines), lines
    assert len(lines) == len(due), lines


@pytest.mark.parametrize("text", ["", "[]", "x", "about: nothing else", "- a: 1"])
def test_a_file_that_describes_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadDescription):
        parse_description(text, "jazz", "jazz.yaml")


def mistakes(text: str) -> list[str]:
    """What is told of a file; nothing when it can be used."""
    try:
        parse_description(text, "jazz", "jazz.yaml")
    except BadDescription as refused:
        return str(refused).split("\n")
    return []


@given(st.data())
def test_a_description_with_anything_in_it_is_read_or_refused(data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    odd = st.one_of(st.text(max_size=30), st.sampled_from(["[]", "{}", "1", "null", "- a", "{a: {b: []}}", "*x", "|"]))
    key = lines[at].partition(":")[0]
    lines[at] = data.draw(st.sampled_from([key + ": ", ""])) + data.draw(odd)
    assert all(re.match(r"jazz\.yaml:\d+: .", mistake) for mistake in mistakes("\n".join(lines)))


@pytest.mark.parametrize("path", sorted(DESCRIPTIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_description_can_be_used_and_says_where_it_is_from(path: Path) -> None:
    text = path.read_text("utf-8")
    assert parse_description(text, path.stem, path.name).name == path.stem
    assert "ource" in text.partition("about:")[0]


def test_the_examples_of_the_page_can_be_used() -> None:
    page = (HOUSE / "docs" / "operators" / "described-aggregators.md").read_text("utf-8")
    examples = re.findall(r"```yaml\n(about:.*?)```", page, re.DOTALL)
    assert examples
    for example in examples:
        parse_description(example, "jazz", "jazz.yaml")
