"""Two people's changes to the same files become one, and what both changed is chosen by somebody."""

from __future__ import annotations

import random

import pytest

from flows.editing.yaml_edits import edit
from flows.editing.yaml_nodes import Source
from flows.versions.merge_sections import join_pieces, pieces
from flows.versions.three_way_merge import MergeResult, merge
from sessions.publishing.flow_files_and_hash import select_flow_files
from tests.sessions.revising import FILES, MAIN

LIST = "lists/category.csv"
MENU = """screens:
  # what everybody sees
  menu:
    ask: {en: Menu, ur: مینو}
    choose:
      new: {en: New, ur: نیا, go: ask}

  ask:
    ask: {en: What is it, ur: کیا ہے}
    go: menu
"""
ROWS = "code,en,ur\nmun01,Water,پانی\nmun02,Roads,سڑک\n"


def merged(mine: str, theirs: str, base: str = MENU, file: str = "flow.yaml", **chosen: str) -> MergeResult:
    sides = {name.replace("__", "/").replace("_", " "): side for name, side in chosen.items()}
    return merge({file: base}, {file: mine}, {file: theirs}, {f"{file} {name}": side for name, side in sides.items()})  # type: ignore[misc]


def test_every_shipped_file_is_the_same_text_again_when_its_pieces_are_joined() -> None:
    for name, text in select_flow_files(FILES, MAIN, "complaints").items():
        assert join_pieces(pieces(name, text)) == text, name


def test_the_pieces_of_a_flow_are_named_by_screen_and_those_of_a_list_by_code() -> None:
    names = list(pieces(MAIN, FILES[MAIN]))
    assert {"title", "keys/back", "screens/menu", "screens/language", "errors/busy"} <= set(names)
    assert "mun01" in pieces(LIST, FILES[LIST])


def test_changes_to_different_screens_are_both_there() -> None:
    done = merged(MENU.replace("Menu,", "Main menu,"), MENU.replace("What is it", "Tell us"))
    assert done.conflicts == ()
    assert "Main menu," in done.files["flow.yaml"]
    assert "Tell us" in done.files["flow.yaml"]
    assert "# what everybody sees" in done.files["flow.yaml"]


def test_two_languages_of_one_text_are_both_there() -> None:
    done = merged(MENU.replace("en: Menu", "en: Main menu"), MENU.replace("مینو", "فہرست"))
    assert done.conflicts == ()
    assert done.files["flow.yaml"] == MENU.replace("en: Menu", "en: Main menu").replace("مینو", "فہرست")


def test_words_that_one_changed_go_into_a_screen_that_the_other_rebuilt() -> None:
    rebuilt = MENU.replace("      new:", "      old: {en: Old, ur: پرانا, go: ask}\n      new:")
    expected = rebuilt.replace("en: Menu", "en: Main menu")
    for mine, theirs in ((MENU.replace("en: Menu", "en: Main menu"), rebuilt),
                         (rebuilt, MENU.replace("en: Menu", "en: Main menu"))):  # fmt: skip
        assert merged(mine, theirs).files["flow.yaml"] == expected


def test_different_parts_of_one_screen_are_both_there_whatever_else_each_rebuilt() -> None:
    old = "      old: {en: Old, ur: پرانا, go: ask}\n"
    mine = MENU.replace("      new:", f"{old}      new:").replace("en: Menu", "en: Main")
    theirs = MENU.replace("    choose:", "    tries: 2\n    choose:").replace("مینو", "فہرست")
    for one, two in ((mine, theirs), (theirs, mine)):
        done = merged(one, two)
        assert done.conflicts == ()
        words = Source(done.files["flow.yaml"]).all_words()
        assert words["screens", "menu", "tries"] == "2"
        assert list(Source(done.files["flow.yaml"]).keys(("screens", "menu", "choose"))) == ["old", "new"]
        assert (words["screens", "menu", "ask", "en"], words["screens", "menu", "ask", "ur"]) == ("Main", "فہرست")
        assert "# what everybody sees" in done.files["flow.yaml"]


A, B, C = "      a: {en: A}\n", "      b: {en: B}\n", "      c: {en: C}\n"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (f"    choose:\n{B}{A}{C}", f"    choose:\n{A}{C}{B}"),
        (f"    choose:\n{A}{B}", f"    choose:\n{A}{B}      c: {{en: Changed}}\n"),
        (f"    choose:\n      a: [x]\n{B}{C}", f"    choose:\n      a: [y]\n{B}{C}"),
        (f"    # mine\n    choose:\n{A}{B}{C}", f"    # theirs\n    choose:\n{A}{B}{C}"),
    ],
    ids=["both moved options", "one removed what the other changed", "what no form holds", "both changed comments"],
)
def test_what_no_rule_can_merge_is_one_conflict_of_the_whole_screen(mine: str, theirs: str) -> None:
    base, one, two = (
        f"screens:\n  menu:\n{inside}  bye:\n    end: {{en: Bye}}\n"
        for inside in (f"    choose:\n{A}{B}{C}", mine, theirs)
    )
    (conflict,) = merged(one, two, base).conflicts
    assert conflict.name == "flow.yaml screens/menu"
    assert conflict.mine is not None and conflict.theirs is not None


def test_the_same_words_changed_in_two_ways_are_chosen_and_nothing_else_is() -> None:
    mine = MENU.replace("en: Menu", "en: Mine").replace("What is it", "Tell us")
    theirs = MENU.replace("en: Menu", "en: Theirs").replace("مینو", "فہرست")
    (conflict,) = merged(mine, theirs).conflicts
    assert conflict.name == "flow.yaml screens/menu ask en"
    assert (conflict.base, conflict.mine, conflict.theirs) == ("Menu", "Mine", "Theirs")
    for side, words in (("mine", "en: Mine"), ("theirs", "en: Theirs")):
        done = merged(mine, theirs, screens__menu_ask_en=side)
        assert done.conflicts == ()
        assert words in done.files["flow.yaml"]
        assert "Tell us" in done.files["flow.yaml"]
        assert "فہرست" in done.files["flow.yaml"]


def test_a_screen_that_one_took_away_and_the_other_changed_is_chosen() -> None:
    gone = MENU[: MENU.index("\n  ask:\n    ask:")] + "\n"
    (conflict,) = merged(gone, MENU.replace("What is it", "Tell us")).conflicts
    assert conflict.mine is None
    assert conflict.name == "flow.yaml screens/ask"


def test_rows_and_cells_of_a_list_are_laid_together() -> None:
    mine = ROWS.replace("Water", "Water supply") + "mun03,Mine,میرا\n"
    theirs = ROWS.replace("پانی", "آب") + "mun04,Theirs,ان کا\n"
    done = merged(mine, theirs, ROWS, "lists/c.csv")
    assert done.conflicts == ()
    lines = done.files["lists/c.csv"].splitlines()
    assert lines[:3] == ["code,en,ur", "mun01,Water supply,آب", "mun02,Roads,سڑک"]
    assert set(lines[3:]) == {"mun03,Mine,میرا", "mun04,Theirs,ان کا"}
    (conflict,) = merged(mine, ROWS.replace("Water", "Pani"), ROWS, "lists/c.csv").conflicts
    assert conflict.name == "lists/c.csv mun01 en"


def test_a_scripted_call_that_both_brought_up_to_date_is_theirs_and_played_again() -> None:
    file = "transcripts/one.yaml"
    done = merge({file: "test: a\n"}, {file: "test: b\n"}, {file: "test: c\n"})
    assert (done.files, done.conflicts, done.calls) == ({file: "test: c\n"}, (), (file,))


def test_files_that_came_and_went_do_so() -> None:
    done = merge(
        {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n"}, {"b.yaml": "b: 1\n", "c.yaml": "c: 1\n"}, {"a.yaml": "a: 1\n"}
    )
    assert done == MergeResult({"c.yaml": "c: 1\n"})


def test_a_file_that_has_no_pieces_is_chosen_as_a_whole() -> None:
    twice = "code,en\nx,1\nx,2\n"
    done = merge({"l.csv": twice}, {"l.csv": twice + "y,3\n"}, {"l.csv": twice + "z,3\n"})
    assert done.conflicts[0].name == "l.csv"
    chosen = merge({"l.csv": twice}, {"l.csv": twice + "y,3\n"}, {"l.csv": twice + "z,3\n"}, {"l.csv": "mine"})
    assert chosen == MergeResult({"l.csv": twice + "y,3\n"})


@pytest.mark.parametrize("seed", [1, 2])
def test_changes_to_different_words_of_the_shipped_flow_never_clash(seed: int) -> None:
    text = FILES[MAIN]
    dice = random.Random(seed)
    words = [path for path in Source(text).all_words() if path[-1] in ("en", "ur", "ur-Latn") and "screens" in path]
    chosen = dice.sample(words, 8)
    mine = edit(text, dict.fromkeys(chosen[:4], "Mine now"))
    theirs = edit(text, dict.fromkeys(chosen[4:], "Theirs now"))
    both = edit(text, dict.fromkeys(chosen[:4], "Mine now") | dict.fromkeys(chosen[4:], "Theirs now"))
    done = merge({MAIN: text}, {MAIN: mine}, {MAIN: theirs})
    assert done.conflicts == ()
    assert done.files[MAIN] == both
    assert merge({MAIN: text}, {MAIN: mine}, {MAIN: text}).files[MAIN] == mine


def test_a_comment_that_one_wrote_stays_beside_the_words_of_the_other() -> None:
    remarked = MENU.replace("  # what everybody sees", "  # what everybody sees, checked in June")
    done = merged(remarked, MENU.replace("en: Menu", "en: Main menu"))
    assert done.conflicts == ()
    assert done.files["flow.yaml"] == remarked.replace("en: Menu", "en: Main menu")


def test_screens_that_both_added_at_the_end_are_both_there_once() -> None:
    mine = MENU + "\n  mine:\n    end: {en: Mine}\n"
    theirs = MENU + "\n  theirs:\n    end: {en: Theirs}\n"
    done = merged(mine, theirs)
    assert done.conflicts == ()
    words = Source(done.files["flow.yaml"]).all_words()
    assert words["screens", "mine", "end", "en"] == "Mine"
    assert words["screens", "theirs", "end", "en"] == "Theirs"


def test_nobody_chooses_between_two_hashes_of_a_translation() -> None:
    file = "translations.yaml"
    base, mine, theirs = ({file: f"screens.menu.ask:\n  ur: {word}\n"} for word in ("a1", "b2", "c3"))
    assert merge(base, mine, theirs).conflicts != ()
    assert merge(base, mine, theirs, noted=frozenset([file])) == MergeResult(theirs)


ACTION = """screens:
  file:
    do: create_complaint
    with: {category: category.code, words: "5"}
    then: {done: menu, else: menu}
"""
SAID, NEXT, LITERAL, VARIABLE = 'words: "5"', "done: menu", 'category: "category.code"', "words: said"


def test_quotes_that_make_a_variable_into_words_are_a_change_and_stay_as_they_were_written() -> None:
    edits = [(SAID, VARIABLE), (NEXT, "done: thanks"), ("category: category.code", LITERAL)]
    for one in edits:
        for other in edits:
            if one != other:
                done = merged(ACTION.replace(*one), ACTION.replace(*other), ACTION)
                assert (done.files["flow.yaml"], done.conflicts) == (ACTION.replace(*one).replace(*other), ())
    mine, theirs = ACTION.replace("category.code", "place"), ACTION.replace("category.code", '"place"')
    (clash,) = merged(mine, theirs, ACTION).conflicts
    assert (clash.mine, clash.theirs) == ("place", '"place"')
    assert merged(mine, theirs, ACTION, screens__file_with_category="mine").files["flow.yaml"] == mine
