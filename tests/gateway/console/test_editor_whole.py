"""Whole screens and whole files: made, renamed, copied, taken out; and findings that lead to where they are mended."""

from __future__ import annotations

import re
from html import unescape

import pytest

from flows.editing.screen_blocks import form, links_to, spans
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from storage.schema.tables import Draft
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_editor import MAIN, address, draft, now, opened, text_of

__all__ = ["draft"]
LINK = re.compile(r'<a href="([^"]+)">')


def test_a_new_screen_begins_with_all_that_it_needs(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    there = f"/console/drafts/{draft.id}/screens"
    asked = {"name": "ask_again", "kind": "ask", "go": "bye", "after": "menu"}
    assert operator.post(there, asked).status_code == 303
    assert operator.post(there, {"name": "tell", "kind": "do", "action": "remind", "go": "bye"}).status_code == 303
    assert operator.post(there, {"name": "over", "kind": "end"}).status_code == 303
    text = text_of(console, draft)
    names = list(spans(text))
    assert names.index("ask_again") == names.index("menu") + 1
    assert names[-2:] == ["tell", "over"]
    assert dict(form(text, "tell").then) == {"ok": "bye", "too_soon": "bye", "missing": "bye", "else": "bye"}
    assert set(form(text, "over").words["end"].said) == {"en", "ur", "ur-Latn"}
    for name in ("ask_again", "tell", "over"):
        assert operator.post(address(draft, name), opened(operator, draft, name) | {"act": "save"}).status_code == 303
    assert now(console, draft).version == 4, "opened and sent back, they are as they were"


@pytest.mark.parametrize(("name", "says"), [("Menu", "lower-case"), ("menu", "already"), ("", "lower-case")])
def test_a_name_that_cannot_be_is_refused_with_the_form_as_it_was(
    console: Sunwai, visit: Visit, draft: Draft, name: str, says: str
) -> None:
    operator = visit("operator")
    refused = operator.post(f"/console/drafts/{draft.id}/screens", {"name": name, "kind": "end", "go": "bye"})
    assert refused.status_code == 422
    assert says in refused.text
    assert '<option value="end" selected>' in refused.text
    assert now(console, draft).version == 1


def test_a_renamed_screen_is_found_by_all_that_led_to_it(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    moved = operator.post(f"{address(draft)}/more", {"act": "rename", "name": "main"})
    assert moved.headers["Location"].endswith("/screens/main")
    text = text_of(console, draft)
    assert len(links_to(text, "main")) == len(links_to(shipped_files()[MAIN], "menu"))
    assert operator.get(moved.headers["Location"]).status_code == 200
    assert operator.get(address(draft)).status_code == 303, "the old name is told to be gone"


def test_a_screen_that_something_leads_to_is_not_taken_out(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    refused = operator.post(f"{address(draft, 'why')}/more", {"act": "remove"})
    assert refused.status_code == 409
    assert "screens.solved.choose.no.go" in refused.text
    assert operator.post(f"{address(draft, 'why')}/more", {"act": "copy", "name": "why_2"}).status_code == 303
    assert operator.post(f"{address(draft, 'why_2')}/more", {"act": "remove"}).status_code == 303
    assert text_of(console, draft) == shipped_files()[MAIN]


def test_each_finding_leads_to_where_it_is_mended(console: Sunwai, visit: Visit, draft: Draft) -> None:
    broken = shipped_files()[MAIN]
    for old, new in (
        ("go: place}", "go: plaice}"),
        ('ask: {en: "Why not?", ur-Latn', 'ask: {en: "Why – not?", ur-Latn'),
        ("then: {ok: thanks, closed: closed_already,", "then: {ok: thanks, clsoed: closed_already,"),
        ("length: 5-160\n    save: words", "length: 160-5\n    save: words"),
        ("skip_if: not complaint.status = refused_pending", "skip_if: not compliant.status"),
        ('en: "Thank you. 8484"', f'en: "{"Thank you. " * 20}"'),
        ('busy:\n    en: "Not available right now. ', 'busy:\n    en: "Not available  right now – '),
        ("  category: lists/category.csv", "  category: lists/categry.csv"),
    ):
        assert broken.count(old) == 1, old
        broken = broken.replace(old, new)
    saved = draft_editing.save_draft(
        console.database, Edit("S", console.clock(), "x"), draft, {**draft.files, MAIN: broken}
    )
    assert isinstance(saved, Draft)
    operator = visit("operator")
    page = operator.get(f"/console/drafts/{draft.id}/problems").text
    links = [unescape(link) for link in LINK.findall(page) if f"/drafts/{draft.id}/" in link]
    assert len(links) > 8
    seen: dict[str, str] = {}
    for link in links:
        path, _, field = link.partition("#")
        if "/screens/" in path or "/files/" in path:
            seen.setdefault(path, operator.get(path).text)
            assert f'id="{field}"' in seen[path], link
    wanted = ("where#screens-where-choose-other", "why#screens-why-ask-en", "bye#screens-bye-end-en")
    for end in (*wanted, "confirm_solved#screens-confirm_solved-then", "more_words#screens-more_words-length"):
        assert [link for link in links if end in link], (end, links)
    assert "What" in page


def test_a_flow_without_findings_says_so(console: Sunwai, visit: Visit) -> None:
    calm = draft_editing.start_draft(
        console.database, Edit("Sara", console.clock()), NewDraft("complaints", 1, MAIN, shipped_files())
    )
    page = visit("operator").get(f"/console/drafts/{calm.id}/problems").text
    assert "Nothing blocks publishing" in page


def test_a_file_that_cannot_be_read_is_mended_as_a_whole(console: Sunwai, visit: Visit, draft: Draft) -> None:
    files = {**draft.files, MAIN: draft.files[MAIN].replace("go: group}", "go: group")}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    operator = visit("operator")
    for path in ("screens", "screens/menu", "screens/menu/more"):
        moved = operator.get(f"/console/drafts/{draft.id}/{path}")
        assert (moved.status_code, moved.headers["Location"]) == (303, f"/console/drafts/{draft.id}/source")
    assert operator.get(f"/console/drafts/{draft.id}/problems").status_code == 200
    for text in ("flow: complaints\nscreens:\n", "flow: complaints\nscreens:\n  m:\n    go: [[1]]\n"):
        files = {**draft.files, MAIN: text}
        there = now(console, draft)
        assert isinstance(
            draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), there, files), Draft
        )
        assert operator.get(f"/console/drafts/{draft.id}/problems").status_code == 200, text
    assert operator.get(f"/console/drafts/{draft.id}/source?file=../../etc/passwd.yaml").status_code == 404
    there = operator.get(f"/console/drafts/{draft.id}/source")
    assert there.headers["Location"] == f"/console/drafts/{draft.id}/files/{MAIN}"
