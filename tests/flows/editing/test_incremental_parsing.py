"""What is read of one changed screen is what reading the whole file gives."""

from __future__ import annotations

from flows.editing.incremental_parsing import reparse_screen
from flows.editing.screen_blocks import block, splice_screen
from flows.parsing.flow import parse_flow
from tests.flows.library import check, shipped_files

MAIN = "complaints.yaml"
CHANGES = {
    "a word": ("menu", "New complaint", "Another complaint"),
    "a line more": ("leaf", "  save: category\n", "  save: category\n  tries: 2\n"),
    "fewer lines": ("place", "  go: district\n", ""),
    "an unknown screen": ("track", "go: find", "go: fnid"),
    "an unknown word": ("track", "go: find", "goo: find"),
    "another variable": ("more_words", "save: words", "save: wrods"),
    "a list fetched first": ("my_list", "list: mine", "list: contact.open_complaints"),
    "an action on an option": ("status", "go: remind", "do: remind, go: bye"),
    "words too long": ("bye", "Thank you. 8484", "Thank you. " * 20),
}


def test_one_screen_read_again_is_the_whole_file_read_again() -> None:
    files = shipped_files()
    before = parse_flow(files, MAIN)
    for what, (screen, old, new) in CHANGES.items():
        lines = block(files[MAIN], screen)
        assert old in lines, what
        changed = lines.replace(old, new)
        quick = reparse_screen(before, files[MAIN], screen, changed)
        whole = parse_flow({**files, MAIN: splice_screen(files[MAIN], screen, changed)}, MAIN)
        assert quick is not None, what
        assert quick.flow == whole.flow, what
        assert quick.places == whole.places, what
        assert list(map(str, check(quick))) == list(map(str, check(whole))), what


def test_lines_that_cannot_be_read_say_where() -> None:
    files = shipped_files()
    lines = block(files[MAIN], "menu").replace("go: group}", "go: group")
    quick = reparse_screen(parse_flow(files, MAIN), files[MAIN], "menu", lines)
    whole = parse_flow({**files, MAIN: splice_screen(files[MAIN], "menu", lines)}, MAIN)
    assert quick is not None
    assert quick.flow is None
    assert [(each.code, each.line) for each in quick.problems] == [(each.code, each.line) for each in whole.problems]
