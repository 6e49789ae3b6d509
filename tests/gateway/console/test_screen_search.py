"""The list of screens: titles, plain kinds, a search in every language, and those with problems first."""

from __future__ import annotations

import re

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_editor import MAIN, draft

__all__ = ["draft"]


def rows_of(page: str) -> list[str]:
    """The ids of the screens that a page lists."""
    return re.findall(r'<bdi class="id" dir="ltr">([a-z_]+)</bdi>', page.partition('id="screens"')[2])


def test_a_screen_is_found_by_its_title_its_id_or_words_in_any_language(visit: Visit, draft: Draft) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/screens"
    page = visitor.get(there).text
    everything = rows_of(page)
    assert len(everything) > 20
    assert all(f'<td class="nowrap">{kind}</td>' in page for kind in ("menu", "question", "act", "end"))
    for sought, found in (("What is it about", "group"), ("my_list", "my_list"), ("Masla kya hai", "group")):
        rows = rows_of(visitor.get(there, query_string={"q": sought}).text)
        assert found in rows, sought
        assert len(rows) < len(everything)
    assert "No screen has these letters." in visitor.get(f"{there}?q=qqqq").text


def test_only_screens_with_problems_are_shown_those_with_errors_first(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/screens"
    assert "No screen has problems." in visitor.get(f"{there}?problems=yes").text
    text = draft.files[MAIN].replace("go: track}", "go: nowhere_at_all}", 1)
    edit = Edit("S", console.clock(), "x")
    saved = draft_editing.save_draft(console.database, edit, draft, {**draft.files, MAIN: text})
    assert isinstance(saved, Draft)
    rows = rows_of(visitor.get(f"{there}?problems=yes").text)
    assert rows[0] == "menu"
    assert len(rows) < 10
