"""A screen as a form and as lines: what is not changed keeps its bytes, what is changed reads as the form says."""

from __future__ import annotations

import string
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.editing.screen_blocks import (
    add_screen,
    block,
    copy_screen,
    form,
    links_to,
    remove_screen,
    rename_hashes,
    rename_screen,
    spans,
    with_block,
)
from flows.editing.screen_form import Choice, ScreenForm, Words, form_of
from flows.editing.screen_form_writer import first_lines, write_form
from flows.editing.yaml_nodes import CannotEdit
from flows.parsing.flow import parse_flow
from tests.examples import examples
from tests.flows.library import shipped_files

FLOWS = ("complaints.yaml", "power_cut.yaml", "survey.yaml", "by_text.yaml")
SCREENS = [(file, screen) for file in FLOWS for screen in spans(shipped_files()[file])]
TAGS = ("ur-Latn", "ur", "en")
SAID = st.text(
    st.characters(codec="utf-8", exclude_characters="{}", exclude_categories=["Cs"]), min_size=1, max_size=30
)
CODE = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8)

MENU = """\
menu:        # where 000 leads
  ask: {en: "Hello", ur: سلام}     # said first
  choose:
    # most callers
    new:   {en: New one,  ur: نئی,    go: form}
    old:   {en: Old one,  ur: پرانی,  go: look}   # by number
    # the way out
    done:
      en: Finish
      ur: "ختم"
      go: bye
  save: what   # kept
"""


def test_every_screen_of_the_library_comes_back_byte_for_byte_from_its_lines_and_from_its_form() -> None:
    for file, screen in SCREENS:
        text = shipped_files()[file]
        lines = block(text, screen)
        assert with_block(text, screen, lines) == text
        assert write_form(lines, form_of(lines), TAGS) == lines
        assert not form_of(lines).odd, (file, screen)


def test_a_form_says_all_that_a_screen_says() -> None:
    """A form written anew, without the lines it was read from, makes the same screen."""
    text = shipped_files()["complaints.yaml"]
    before = parse_flow(shipped_files(), "complaints.yaml").flow
    assert before is not None
    for screen in ("menu", "danger", "place", "details", "leaf", "my_list", "file_private", "filed", "take_back"):
        wanted = form(text, screen)
        empty = f"{screen}:\n  {wanted.kind}: {wanted.fields.get('do', 'x')}\n"
        made = with_block(text, screen, write_form(empty, wanted, TAGS))
        after = parse_flow({**shipped_files(), "complaints.yaml": made}, "complaints.yaml").flow
        assert after is not None
        assert after.screens == before.screens


@settings(max_examples=examples(80), deadline=None)
@given(st.data())
def test_whatever_is_changed_in_a_form_reads_so_in_the_lines(data: st.DataObject) -> None:
    file, screen = data.draw(st.sampled_from(SCREENS))
    lines = block(shipped_files()[file], screen)
    wanted = _changed(data, form_of(lines))
    made = write_form(lines, wanted, TAGS)
    assert _settled(form_of(made)) == _settled(wanted)
    assert write_form(made, form_of(made), TAGS) == made


@settings(max_examples=examples(8), deadline=None)
@given(st.data())
def test_other_screens_compile_to_the_same_whatever_is_done_to_one(data: st.DataObject) -> None:
    file, screen = data.draw(st.sampled_from(SCREENS))
    text = shipped_files()[file]
    before = parse_flow(shipped_files(), file).flow
    after = parse_flow({**shipped_files(), file: with_form(text, _changed(data, form(text, screen)), TAGS)}, file).flow
    assert before is not None
    assert after is not None
    others = [name for name in before.screens if name.partition(".")[0] != screen]
    assert {name: after.screens.get(name) for name in others} == {name: before.screens[name] for name in others}
    assert list(after.lists) == list(before.lists)


def with_form(text: str, wanted: ScreenForm, languages: Sequence[str]) -> str:
    """The file with a screen as its form says."""
    return with_block(text, wanted.screen, write_form(block(text, wanted.screen), wanted, languages))


def _changed(data: st.DataObject, now: ScreenForm) -> ScreenForm:
    words = {part: _said(data, each) if data.draw(st.booleans()) else each for part, each in now.words.items()}
    choices = [
        replace(
            choice,
            words=_said(data, choice.words) if data.draw(st.booleans()) else choice.words,
            key=data.draw(st.sampled_from([choice.key, "7", "08", ""])),
            when=data.draw(st.sampled_from([choice.when, "a = b", "not x and y > 3", ""])),
            go=data.draw(st.sampled_from([choice.go, "menu", ""])),
        )
        for choice in now.choices
    ]
    if now.kind == "ask":
        new = data.draw(CODE)
        if new not in [choice.code for choice in choices]:
            choices.append(Choice("", new, _said(data, Words({"en": ""})), go="menu"))
        choices = [choice for choice in data.draw(st.permutations(choices)) if data.draw(st.integers(0, 4))]
        fields = now.fields | {"tries": data.draw(st.sampled_from(["2", ""])), "save": data.draw(CODE)}
        return replace(now, words=words, choices=tuple(choices), fields=fields)
    then = (*now.then, ("other", "menu")) if now.kind == "do" else ()
    return replace(now, words=words, then=then)


def _said(data: st.DataObject, now: Words) -> Words:
    if now.same:
        return Words(dict.fromkeys(now.said, data.draw(SAID)), True)
    return Words({tag: data.draw(SAID) for tag in data.draw(st.sets(st.sampled_from(TAGS), min_size=1))})


def _settled(given: ScreenForm) -> ScreenForm:
    """A form without what says nothing, every option under the code it has now."""
    return replace(
        given,
        words={part: words for part, words in given.words.items() if any(words.said.values())},
        fields={name: word for name, word in given.fields.items() if word},
        choices=tuple(replace(choice, was=choice.code) for choice in given.choices),
        odd=(),
    )


def test_comments_stay_with_what_they_are_about() -> None:
    now = form_of(MENU)
    _, old, done = now.choices
    wanted = replace(
        now,
        choices=(
            replace(done, code="finish"),
            Choice("", "help", Words({"en": "Help, please", "ur": "مدد"}), go="help"),
            old,
        ),
        words={**now.words, "ask": Words({"en": "Good day", "ur": "سلام"})},
    )
    assert (
        write_form(MENU, wanted, ("en", "ur"))
        == """\
menu:        # where 000 leads
  ask: {en: "Good day", ur: سلام}     # said first
  choose:
    # the way out
    finish:
      en: Finish
      ur: "ختم"
      go: bye
    help: {en: "Help, please", ur: مدد, go: help}
    old:   {en: Old one,  ur: پرانی,  go: look}   # by number
  save: what   # kept
"""
    )


def test_a_list_with_a_filter_becomes_a_map_and_stands_where_one_looks_for_it() -> None:
    lines = "kind:\n  ask: {en: What?, ur: کیا؟}\n  choose_from: group\n  save: kind\n  go: next\n"
    fields = {
        **form_of(lines).fields,
        "where": "area = contact.area",
        "or_list": "city",
        "or_save": "city",
        "or_go": "x",
    }
    wanted = replace(form_of(lines), fields=fields, words={**form_of(lines).words, "bad_choice": Words({"en": "No"})})
    assert write_form(lines, wanted, ("en", "ur")) == (
        "kind:\n  ask: {en: What?, ur: کیا؟}\n  choose_from: {list: group, where: area = contact.area}\n"
        "  or_type: {list: city, save: city, go: x}\n  bad_choice: {en: No}\n  save: kind\n  go: next\n"
    )


def test_an_argument_in_quotes_stays_the_value_itself() -> None:
    lines = 'act:\n  do: me_too\n  with: {complaint: known.number, days: 14, kind: "water"}\n  then: {else: bye}\n'
    now = form_of(lines)
    assert now.given == (("complaint", "known.number"), ("days", "14"), ("kind", '"water"'))
    given = (("complaint", '"known.number"'), ("days", "21"), ("kind", "water"))
    made = write_form(lines, replace(now, given=given), ("en",))
    assert 'with: {complaint: "known.number", days: 21, kind: water}' in made


def test_what_a_form_cannot_hold_stays_and_is_named() -> None:
    lines = "odd:\n  ask: {en: Hello}\n  colour: [red, blue]   # of the sign\n  go: {en: menu}\n  save: it\n"
    now = form_of(lines)
    assert now.odd == ("colour", "go")
    made = write_form(lines, replace(now, fields={"save": "that"}), ("en",))
    assert made == lines.replace("save: it", "save: that")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("menu:\n  ask: {en: Hello\n", "line "),
        ("menu:\n  ask: &a Hello\n", "anchors"),
        ("menu:\n  ask: Hello\nother:\n  end: Bye\n", "one screen begins with its name"),
        ("menu: bye\n", "a screen holds words"),
        ("other:\n  ask: Hello\n", "must stay 'menu'"),
    ],
)
def test_lines_that_are_not_this_screen_are_refused_with_a_sentence(lines: str, says: str) -> None:
    with pytest.raises(CannotEdit, match=says):
        with_block(shipped_files()["complaints.yaml"], "menu", lines)


def test_a_screen_under_another_name_is_found_by_all_that_led_to_it() -> None:
    text = shipped_files()["complaints.yaml"]
    made = rename_screen(text, "menu", "main")
    assert links_to(made, "menu") == ()
    assert links_to(made, "main") == tuple(
        tuple("main" if step == "menu" and at == 1 else step for at, step in enumerate(path))
        for path in links_to(text, "menu")
    )
    assert ("keys", "home", "go") in links_to(made, "main")
    assert "main" in spans(made)
    assert rename_screen(made, "main", "menu") == text
    hashes = "screens.menu.ask: {ur: abcdefgh}\nscreens.menus.ask: {ur: abcdefgh}\n"
    assert rename_hashes(hashes, "menu", "main") == hashes.replace("screens.menu.", "screens.main.")


def test_a_screen_is_added_copied_and_taken_out_again_without_a_trace() -> None:
    for file, screen in (("complaints.yaml", "menu"), ("complaints.yaml", "bye"), ("survey.yaml", "rating")):
        text = shipped_files()[file]
        copy = copy_screen(text, screen, "another")
        assert form(copy, "another").choices == form(text, screen).choices
        assert remove_screen(copy, "another") == text
        new = add_screen(text, first_lines("another", "ask", TAGS, go=screen))
        assert links_to(new, screen)[-1] == ("screens", "another", "go")
        assert remove_screen(new, "another") == text
    with pytest.raises(CannotEdit, match="already"):
        copy_screen(text, "rating", "words")


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\u2029"])
def test_a_sign_that_only_some_take_for_a_line_end_stays_within_its_text(sign: str) -> None:
    text = f'screens:\n  a:\n    ask: {{en: "One{sign}two"}}\n    go: b\n  b:\n    end: {{en: Bye}}\n'
    made = with_form(text, replace(form(text, "a"), fields={"go": "c"}), ["en"])
    assert made == text.replace("go: b", "go: c")
