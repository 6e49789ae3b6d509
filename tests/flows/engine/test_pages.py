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


def options_of(page: str) -> list[str]:
    return [line.split()[0] for line in page.splitlines() if line[:1].isdigit()]


@pytest.mark.parametrize("language", ["en", "ur-Latn", "ur"])
@pytest.mark.parametrize(
    ("screen", "keys"), [("confirm", ["1", "2", "3"]), ("confirm_private", ["1", "2"]), ("known", ["1", "2"])]
)
def test_the_key_that_sends_is_on_the_first_page_for_the_longest_words(
    language: str, screen: str, keys: list[str]
) -> None:
    flow = shipped()
    districts = sorted(flow.lists["district"], key=lambda row: -len(row.text[language]))[:3]
    kinds = sorted(flow.lists["category"], key=lambda row: -len(row.text[language]))[:3]
    for district, kind, office in [(d, k, o) for d in districts for k in kinds for o in flow.lists["office"]]:
        plan = {"office": office.code, "due": "2026-12-28"}
        known = {"number": "482-719-300", "count": 1234, "since": "23:59", "day": "2026-12-28"}
        values = {"category": kind.code, "contact.district": district.code, "plan": plan, "known": known}
        state = State(1, screen, language, Room(), values, trail=("menu",))  # type: ignore[arg-type]
        first, *behind = pages_of(flow, state)
        assert options_of(first)[: len(keys)] == keys, first
        assert all(fits(page, Room()) for page in (first, *behind))
        said = " ".join(
            " ".join(line for line in page.splitlines() if not line[0].isdigit()) for page in (first, *behind)
        )
        assert " ".join(district.text[language].split()) in said or screen == "known"


@pytest.mark.parametrize(("screen", "status"), [("solved", "resolved_pending"), ("accepted", "refused_pending")])
def test_a_verdict_in_urdu_is_asked_on_the_first_page_with_the_whole_number(screen: str, status: str) -> None:
    complaint = {"number": "482-719-300", "status": status, "due": "2026-06-24", "note": URDU * 2, "open": True}
    state = State(1, screen, "ur", Room(), {"complaint": complaint}, trail=("my_list",))  # type: ignore[dict-item]
    first, *behind = pages_of(shipped(), state)
    assert "482-719-300" in first and options_of(first)[-2:] == ["0", "99"] and "1" in options_of(first)
    assert behind and behind[0].startswith(URDU[:30])
