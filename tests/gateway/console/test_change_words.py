"""What a draft changes is told in words that an operator knows, with all that matters of a row; notes stand by kind."""

from __future__ import annotations

import re

from flows.editing.list_csv_rows import end_rows, with_rows
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.test_drafts import begun, saved

ROWS = "lists/category.csv"
CAMELS = {
    "group": "mun", "code": "mun12", "en": "Stray camels", "ur-Latn": "Awara oont", "ur": "آوارہ اونٹ",
    "office": "lg", "days": "7", "sensitive": "yes",
}  # fmt: skip


def with_file(visitor: Visitor, draft: Draft, text: str) -> Draft:
    done = draft_editing.change_draft(
        visitor.app.database,
        Edit("Sara", visitor.app.clock(), "list category: row mun12"),
        draft.id,
        lambda there: there.files | {ROWS: text},
    )
    assert isinstance(done, Draft)
    return done


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_new_row_is_told_with_its_group_office_days_and_flags(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator, "complaints")
    draft = with_file(operator, draft, with_rows(draft.files[ROWS], [CAMELS]))
    said = words_of(operator.get(f"/console/drafts/{draft.id}").text)
    assert "Stray camels mun12 new row" in said
    assert "Water & sanitation · Local council · 7 working days · sensitive matter" in said.replace("&amp;", "&")
    assert "1 change callers will notice" in said


def test_a_row_that_is_over_is_no_longer_offered_and_a_cell_is_told_by_its_title(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator, "complaints")
    text = end_rows(draft.files[ROWS], ["mun03"], "2020-01-01").replace(",lg,", ",water,", 1)
    draft = with_file(operator, draft, text)
    said = words_of(operator.get(f"/console/drafts/{draft.id}").text)
    assert "mun03 new calls no longer offer it" in said
    assert "2020" not in said
    assert re.search(r"goes to another office officers and the record .*Local council.* Water office", said)


def test_an_option_is_told_by_its_words(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator, "complaints")
    line = next(each for each in draft.files[draft.main].splitlines(keepends=True) if "      suggest:" in each)
    draft = saved(operator, draft, line, "")
    said = words_of(operator.get(f"/console/drafts/{draft.id}").text)
    assert "Suggestion suggest option removed; its number 4 now chooses Language" in said
    assert "Language language has another number" in said
    operator.post("/console/language", {"language": "ur"})
    assert "نمبر بدل گیا" in operator.get(f"/console/drafts/{draft.id}").text


def test_notes_stand_by_their_kind_with_how_many_there_are(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator, "complaints")
    page = operator.get(f"/console/drafts/{draft.id}/problems").text
    kinds = re.findall(r'<details class="fold" id="problems-([A-Z]\d+)"', page)
    assert len(kinds) > 1
    assert len(set(kinds)) == len(kinds)
    counts = [int(each) for each in re.findall(r'<summary>[^<]*<span class="soft num">(\d+)</span>', page)]
    assert counts == sorted(counts, reverse=True)
    whole = re.search(r'id="problems-I">\s*<h2>[^<]*<span class="soft num">(\d+)', page)
    assert whole is not None
    assert sum(counts) == int(whole[1])
