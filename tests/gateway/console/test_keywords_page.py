"""The page of keywords: the rules in their order, and which one would take a text."""

from __future__ import annotations

import re

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_editor import MAIN, draft, now

__all__ = ["draft"]
KEYWORDS = "keywords.yaml"


def words_of(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_says_which_rule_takes_a_text_and_what_comes_of_it(visit: Visit, draft: Draft) -> None:
    there = f"/console/drafts/{draft.id}/keywords"
    page = visit("translator").post(there, {"texts": "shikayat gutter band hai Shah Alam\nSTATUS 482719300\nبند\n"})
    assert page.status_code == 200
    said = words_of(page.text.partition('class="readings"')[2].partition("</ol>")[0])
    assert "Files the words that follow as a complaint" in said
    assert "gutter band hai Shah Alam" in said
    assert re.search(r"SHIKAYAT rule \d+ keywords\.yaml:\d+", said), said
    assert "482719300" in said.replace(" ", "").replace("-", "")
    assert "Stops texts about complaints. The complaints continue." in said
    assert page.text.count('class="reading"') == 3


def test_an_officers_phone_is_read_by_the_rules_for_officers(visit: Visit, draft: Draft) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords"
    text = {"texts": "DONE 482719300 nali saaf ki"}
    as_officer = visitor.post(there, text | {"officer": "yes"}).text.partition('class="readings"')[2]
    assert "An officer says that a case is solved" in words_of(as_officer)
    plain = visitor.post(there, text).text.partition('class="readings"')[2]
    assert "An officer says that a case is solved" not in words_of(plain)


def test_a_rule_changed_in_the_draft_takes_texts_there_and_not_in_the_live_flow(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    text = draft.files[KEYWORDS].replace(
        "- intent: start\n", '- intent: status\n  words: ["KITHE"]\n- intent: start\n', 1
    )
    files = {**draft.files, KEYWORDS: text}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    visitor, typed = visit("operator"), {"texts": "KITHE"}
    assert "rule 2<" in visitor.post(f"/console/drafts/{draft.id}/keywords", typed).text
    live = visitor.post("/console/flows/complaints/keywords", typed)
    assert live.status_code == 200
    assert "Not understood" in live.text


def test_what_cannot_be_read_comes_back_with_the_reason(visit: Visit, draft: Draft) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords"
    for typed, why in ((" \n ", "Type an SMS"), ("x\n" * 51, "more than 50"), ("y" * 1601, "at most 1600")):
        page = visitor.post(there, {"texts": typed})
        assert page.status_code == 422
        assert why in page.text
    assert "<script>" not in visitor.post(there, {"texts": "<script>alert(1)</script>"}).text.partition("readings")[2]


def test_the_tab_is_there_only_where_the_flow_names_keywords(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor = visit("operator")
    assert f'href="/console/drafts/{draft.id}/keywords"' in visitor.get(f"/console/drafts/{draft.id}/files").text
    assert 'href="/console/flows/complaints/keywords"' in visitor.get("/console/flows/complaints/codes").text
    assert "/keywords" not in visitor.get("/console/flows/survey/codes").text
    files = {**draft.files, MAIN: draft.files[MAIN].replace("keywords: keywords.yaml", "")}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    page = visitor.get(f"/console/drafts/{draft.id}/files").text
    assert f'href="/console/drafts/{draft.id}/keywords"' not in page
    assert "not used" in page
    assert "No keywords" in visitor.get(f"/console/drafts/{draft.id}/keywords").text
    assert now(console, draft).version == 2
    assert visitor.get("/console/flows/nowhere/keywords").status_code == 404


def test_a_rule_is_changed_from_the_tab_of_the_live_flow(console: Sunwai, visit: Visit) -> None:
    operator, there = visit("operator", name="Sara"), "/console/flows/by_text/keywords"
    page = operator.get(there).text
    assert 'form="to-draft" name="rule" value="2"' in page
    assert "A change begins as your draft" in page
    done = operator.post(f"{there}/edit", {"rule": "2"})
    assert done.status_code == 303
    address = done.headers["Location"]
    assert "rule=2&seen=" in address
    assert address.endswith("#rule-2")
    assert 'id="rule-2" class="rule card rule-open"' in operator.get(address.partition("#")[0]).text
    again = operator.post(f"{there}/edit", {"rule": "new"}).headers["Location"]
    assert again.startswith(address.partition("?")[0])  # the same draft goes on
    assert 'id="rule-new"' in operator.get(again.partition("#")[0]).text
    assert "Start my own draft" in visit("operator").post(f"{there}/edit", {"rule": "1"}).text
    translator = visit("translator")
    assert "to-draft" not in translator.get(there).text
    assert translator.post(f"{there}/edit", {"rule": "1"}).status_code == 403
    assert operator.post("/console/flows/survey/keywords/edit").status_code == 404
