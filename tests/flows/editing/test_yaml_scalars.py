"""Words changed inside YAML: the new words read back, and no other line changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.editing.yaml_edits import edit, graft
from flows.editing.yaml_nodes import CannotEdit, Source
from tests.flows.library import shipped_files

FLOW = """\
# A small line.
flow: line   # its name
languages: {en: English, ur: اردو}

screens:
  menu:
    ask: {en: "Hello", ur: سلام}      # said first
    choose:
      new:  {en: New one,  ur: 'نئی',  go: end}   # most callers
      # the other way out
      old:
        en: Old one   # a remark
        go: end
  end:
    end:
      en: >-  # folded
        Good
        bye

    # kept
    sms: "Thanks, {name}"
"""
TAGS = ("en", "ur")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("path", "words", "old", "new"),
    [
        (("screens", "menu", "ask", "en"), "Good day", '"Hello"', '"Good day"'),
        (("screens", "menu", "ask", "ur"), "آداب", "سلام}", "آداب}"),
        (("screens", "menu", "ask", "ur"), "a, b", "سلام}", '"a, b"}'),
        (("screens", "menu", "ask", "ur"), "8484", "سلام}", '"8484"}'),
        (("screens", "menu", "choose", "new", "ur"), "it's", "'نئی'", '"it\'s"'),
        (("screens", "menu", "choose", "new", "ur"), "two\nlines", "'نئی'", '"two\\nlines"'),
        (("screens", "menu", "choose", "old", "en"), "Older", "Old one   # a", "Older   # a"),
        (("screens", "menu", "choose", "old", "ur"), "پرانا", "# a remark\n", '# a remark\n        ur: "پرانا"\n'),
        (("screens", "end", "end", "en"), "Bye", ">-  # folded\n        Good\n        bye\n", '"Bye" # folded\n'),
        (("screens", "end", "sms"), 'Say "hi"', '"Thanks, {name}"', '"Say \\"hi\\""'),
    ],
)
def test_new_words_stand_where_the_old_ones_stood_and_nothing_else_moves(
    path: tuple[str, ...], words: str, old: str, new: str
) -> None:
    assert FLOW.count(old) == 1
    made = edit(FLOW, {path: words}, TAGS)
    assert made == FLOW.replace(old, new)
    assert Source(made).words(path) == words


def test_a_missing_translation_comes_after_the_last_language_of_its_text() -> None:
    flow = FLOW.replace("en: New one,  ur: 'نئی',", "en: New one,")
    made = edit(flow, {("screens", "menu", "choose", "new", "ur"): "نئی"}, TAGS)
    assert '{en: New one, ur: "نئی", go: end}   # most callers' in made


def test_several_changes_are_made_at_once() -> None:
    flow = "a: {go: x}\nb: {en: One, go: y}\n"
    made = edit(flow, {("b", "en"): "Two", ("b", "ur"): "دو", ("b", "ur-Latn"): "do"}, ("en", "ur", "ur-Latn"))
    assert made == 'a: {go: x}\nb: {en: Two, ur: "دو", ur-Latn: "do", go: y}\n'


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    flow = "\ufeff" + FLOW.replace("\n", "\r\n")
    made = edit(flow, {("screens", "menu", "choose", "old", "ur"): "پرانا"}, TAGS)
    assert made == flow.replace("# a remark\r\n", '# a remark\r\n        ur: "پرانا"\r\n')


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (FLOW, ("screens", "none", "ask", "en"), "no text at screens none ask en"),
        (FLOW, ("screens", "menu"), "no text at screens menu"),
        (FLOW, ("screens", "end", "sms", "en"), "no text at"),
        ("a: 1\na: 2\n", ("a",), "is used twice \\(first on line 1\\)"),
        ("a: !!python/object:os.system x\n", ("a",), "the tag"),
        ("a:\n\tb: 1\n", ("a",), "tabs"),
        ("a: &x {en: y}\nb: *x\n", ("a", "en"), "anchors"),
    ],
)
def test_what_cannot_be_edited_is_one_line(text: str, path: tuple[str, ...], said: str) -> None:
    with pytest.raises(CannotEdit, match=said) as raised:
        edit(text, {path: "x"}, TAGS)
    assert "\n" not in str(raised.value)


@settings(deadline=None)
@given(st.sampled_from([path for path in Source(FLOW).all_words() if path[0] == "screens"]), WORDS)
def test_any_words_can_be_put_anywhere(path: tuple[str, ...], words: str) -> None:
    made = edit(FLOW, {path: words}, TAGS)
    assert Source(made).words(path) == words
    before, after = FLOW.splitlines(), made.split("\n")
    assert len([line for line in after if line not in before]) <= 1, "only the line of the words differs"
    assert made.count("#") >= FLOW.count("#")


def test_every_text_of_the_shipped_flow_can_be_written_anew_at_once() -> None:
    flow = shipped_files()["complaints.yaml"]
    texts = {path: f"{words} : #1" for path, words in Source(flow).all_words().items() if path[-1] in TAGS}
    made = edit(flow, texts, TAGS)
    assert {path: words for path, words in Source(made).all_words().items() if path in texts} == texts
    back = edit(made, {path: words.removesuffix(" : #1") for path, words in texts.items()}, TAGS)
    assert back.replace('"', "") == flow.replace('"', "")  # words without quotes may have come back in quotes


def test_comments_inside_a_map_in_braces_are_above_it_once_it_is_written_again() -> None:
    text = 's: # kept\n  ask: {\n    en: "a # b", # one\n    # two\n    fr: z}  # three\n  go: x\n'
    made = '  # one\n  # two\n  ask: {en: "a # b", ur: "c", fr: z}  # three\n'
    assert edit(text, {("s", "ask", "ur"): "c"}, ["en", "ur"]) == f"s: # kept\n{made}  go: x\n"
    assert graft("a: b  # one\nc: d\n", {"a": {"en": "b"}, "c": "d"}) == "# one\na: {en: b}\nc: d\n"
