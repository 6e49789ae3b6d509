"""Which translations the base text has left behind, and how that is known from one save to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.checks.texts.translations import build_hash_file
from flows.editing.yaml_edits import edit
from flows.editing.yaml_nodes import CannotEdit
from flows.parsing.flow import parse_flow
from flows.translation.flow_texts import load_flow_texts
from flows.translation.translation_hashes import add_hash_file, confirm_translations, stale_translations, update_hashes
from flows.versions.three_way_merge import merge
from tests.flows.library import check

LIBRARY = Path(__file__).resolve().parents[3] / "flows" / "library"
LIST = "code,en,ur\nwater,Water,پانی\nlight,Light,بجلی\n"
FLOW = """\
flow: line  # a comment that stays
languages: {en: English, ur: اردو}
lists: {area: area.csv}
screens:
  menu:
    ask: {en: "Hello {area}", ur: "سلام {area}"}
    choose_from: area
    go: bye
  bye:
    end: {en: Bye, ur: خدا حافظ}
"""
FILES = {"line.yaml": FLOW, "area.csv": LIST}
ASK = ("screens.menu.ask", "ur")
ROW = ("lists.area.water", "ur")


def changed(files: dict[str, str], *path: str, words: str) -> dict[str, str]:
    """The files with other words, as any editor saves them."""
    if path[0] == "lists":
        made = {**files, "area.csv": files["area.csv"].replace(path[1], words)}
    else:
        made = {**files, "line.yaml": edit(files["line.yaml"], {path: words}, ("en", "ur"))}
    return update_hashes(files, made, "line.yaml")


def stale(files: dict[str, str]) -> set[tuple[str, str]]:
    return set(stale_translations(load_flow_texts(files, "line.yaml")))


@pytest.mark.parametrize("name", ["complaints", "by_text", "survey", "power_cut"])
def test_a_file_begun_is_the_one_that_the_command_writes(name: str) -> None:
    files = {file.relative_to(LIBRARY).as_posix(): file.read_text("utf-8") for file in LIBRARY.rglob("*.[yc][as]*")}
    made = add_hash_file(files, f"{name}.yaml")
    parsed = parse_flow(made, f"{name}.yaml")
    assert parsed.flow is not None
    assert parsed.translated
    commanded = {**made, "translations.yaml": build_hash_file(parsed, parsed.flow)}
    assert parse_flow(commanded, f"{name}.yaml").translated == parsed.translated
    assert not stale_translations(load_flow_texts(made, f"{name}.yaml"))
    assert not [each for each in check(parsed) if each.code == "F205"]


def test_naming_the_file_moves_nothing_else_in_the_flow() -> None:
    made = add_hash_file(FILES, "line.yaml")["line.yaml"]
    assert made.replace('translations: "translations.yaml"\n', "") == FLOW
    with pytest.raises(CannotEdit, match="already"):
        add_hash_file(add_hash_file(FILES, "line.yaml"), "line.yaml")


def test_a_changed_base_text_leaves_its_translation_behind_until_that_is_written_anew() -> None:
    files = add_hash_file(FILES, "line.yaml")
    files = changed(files, "screens", "menu", "ask", "en", words="Good day {area}")
    assert stale(files) == {ASK}
    files = changed(files, "screens", "bye", "end", "en", words="Good bye")  # another save tells nothing of this one
    assert stale(files) == {ASK, ("screens.bye.end", "ur")}
    files = changed(files, "screens", "menu", "ask", "ur", words="خوش آمدید {area}")
    assert stale(files) == {("screens.bye.end", "ur")}
    assert {each.screen for each in check(parse_flow(files, "line.yaml")) if each.code == "F205"} == {"bye"}


def test_a_translation_said_to_be_right_is_so_until_the_next_change() -> None:
    files = changed(add_hash_file(FILES, "line.yaml"), "screens", "menu", "ask", "en", words="Hello, {area}")
    files = confirm_translations(files, "line.yaml", [ASK])
    assert stale(files) == set()
    assert stale(changed(files, "screens", "menu", "ask", "en", words="Go away, {area}")) == {ASK}


def test_rows_of_lists_are_left_behind_too() -> None:
    files = changed(add_hash_file(FILES, "line.yaml"), "lists", "Water", words="No water")
    assert stale(files) == {ROW}
    assert [each.file for each in check(parse_flow(files, "line.yaml")) if each.code == "F205"] == ["area.csv"]


def test_a_text_that_is_put_in_later_is_kept_track_of() -> None:
    files = add_hash_file(FILES, "line.yaml")
    files = update_hashes(files, {**files, "area.csv": LIST + "gas,Gas,گیس\n"}, "line.yaml")
    assert stale(files) == set()
    assert stale(changed(files, "lists", "Gas", words="No gas")) == {("lists.area.gas", "ur")}


def test_a_renamed_screen_takes_its_hashes_along() -> None:
    files = changed(add_hash_file(FILES, "line.yaml"), "screens", "bye", "end", "en", words="Farewell")
    renamed = {**files, "line.yaml": files["line.yaml"].replace("bye", "end_of_call")}
    assert stale(update_hashes(files, renamed, "line.yaml")) == {("screens.end_of_call.end", "ur")}


def test_without_a_file_a_draft_is_compared_with_what_it_was_made_from() -> None:
    now = load_flow_texts({**FILES, "line.yaml": FLOW.replace("en: Bye", "en: Ciao")}, "line.yaml")
    assert stale_translations(now) == set()
    assert stale_translations(now, load_flow_texts(FILES, "line.yaml")) == {("screens.bye.end", "ur")}
    both = load_flow_texts(
        {**FILES, "line.yaml": FLOW.replace("en: Bye, ur: خدا حافظ", "en: Ciao, ur: چاؤ")}, "line.yaml"
    )
    assert stale_translations(both, load_flow_texts(FILES, "line.yaml")) == set()


def test_what_is_stale_when_track_keeping_begins_stays_so() -> None:
    now = {**FILES, "line.yaml": FLOW.replace("en: Bye", "en: Ciao")}
    assert stale(add_hash_file(now, "line.yaml", FILES)) == {("screens.bye.end", "ur")}


@pytest.mark.parametrize("spoilt", ["", "flow: [", "- a\n- b\n"])
def test_files_that_cannot_be_read_are_kept_as_they_are(spoilt: str) -> None:
    before = add_hash_file(FILES, "line.yaml")
    broken = {**before, "line.yaml": "translations: translations.yaml\n" + spoilt}
    assert update_hashes(before, broken, "line.yaml") == broken
    mended = update_hashes(broken, before, "line.yaml")
    assert mended == before
    assert update_hashes(FILES, {**FILES, "line.yaml": FLOW + "#\n"}, "line.yaml").keys() == FILES.keys()


def test_two_changes_laid_together_keep_what_each_translation_was_made_from() -> None:
    """One writes the base text anew; meanwhile another mends the translation of the old one, and publishes that."""
    old = add_hash_file(FILES, "line.yaml")
    mine = changed(old, "screens", "menu", "ask", "en", words="Good day, {area}")
    theirs = changed(old, "screens", "menu", "ask", "ur", words="سلام، {area}")
    both = merge(old, mine, theirs, noted=frozenset(["translations.yaml"])).files
    assert stale(update_hashes(mine, both, "line.yaml", theirs)) == {ASK}
    right = confirm_translations(changed(theirs, "screens", "menu", "ask", "en", words="Hi {area}"), "line.yaml", [ASK])
    there = changed(right, "lists", "Water", words="No water")
    made = merge(old, changed(old, "lists", "Light", words="No light"), there, noted=frozenset(["translations.yaml"]))
    before = changed(old, "lists", "Light", words="No light")
    assert stale(update_hashes(before, made.files, "line.yaml", there)) == {ROW, ("lists.area.light", "ur")}
