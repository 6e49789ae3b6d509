"""A note in Urdu on a screen in Latin letters: read on a page of its own, never in the way of the choices."""

from __future__ import annotations

import pytest

from flows.engine.render import fits, pages_of
from flows.engine.variables import text_for
from flows.menu.model import Room, State
from tests.flows.library import shipped

URDU = "کل ٹیم آئے گی، پائپ کا کام ہو رہا ہے"


def pages(language: str, note: str, room: Room | None = None) -> list[str]:
    complaint = {"number": "482-719-300", "status": "in_progress", "due": "2026-06-24", "note": note, "open": True}
    values = {"complaint": complaint}
    return pages_of(shipped(), State(1, "status", language, room or Room(), values, trail=("my_list",)))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "ur-Latn"])
@pytest.mark.parametrize("note", [URDU, "غ" * 58, "غ" * 90])
def test_every_choice_is_on_the_first_page_and_the_note_behind_it(language: str, note: str) -> None:
    first, behind = pages(language, note)
    assert [line[:2] for line in first.splitlines()[-6:]] == ["1 ", "2 ", "3 ", "4 ", "0 ", "99"]
    assert "482-719-300" in first and "24 Jun" in first
    assert behind.startswith(note[:42])  # of 44, the room four choices leave; the SMS held the whole note
    assert [line[:2] for line in behind.splitlines()[1:]] == ["0 "]
    assert fits(first, Room()) and fits(behind, Room())


@pytest.mark.parametrize("language", ["en", "ur-Latn"])
def test_a_note_in_latin_letters_stays_on_the_one_page(language: str) -> None:
    [page] = pages(language, "Kal team aayegi " * 6)
    assert "Kal team aayegi" in page


def test_a_curly_quote_in_a_note_is_shown_as_a_straight_one_and_takes_no_room_away() -> None:
    note = "The team can’t come today – “Friday” they said, and that is a long note of many words"
    complaint = {"number": "482-719-300", "status": "in_progress", "due": "2026-06-24", "note": note, "open": True}
    state = State(1, "status", "en", Room(), {"complaint": complaint}, trail=("my_list",))
    [page] = pages_of(shipped(), state)
    assert "can't come" in page
    assert complaint["note"] == note
    assert text_for(shipped(), "status_is", "en", {**complaint, "ref": "482", "cat": "mun01"}).isascii()


def test_on_a_network_without_urdu_script_nothing_is_put_behind() -> None:
    [page] = pages("en", URDU, Room(ucs2=False))
    assert "??" in page


def test_words_in_urdu_letters_alone_are_cut_as_any_others() -> None:
    assert all(fits(page, Room()) for page in pages("ur", URDU * 2))
    assert "1 " not in pages("ur", URDU * 2)[0].splitlines()[-1]
