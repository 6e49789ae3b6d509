"""Files of a draft as text: saved only when they read, nobody's work lost, added and taken out by plain names."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from werkzeug.http import parse_options_header

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import Edit, NewDraft
from storage.schema.tables import Draft
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import Visit
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_editor import MAIN, draft, now, text_of

__all__ = ["draft"]
CATEGORY = "lists/category.csv"


def address(draft: Draft, file: str = "") -> str:
    return f"/console/drafts/{draft.id}/files" + (f"/{file}" if file else "")


def test_a_whole_file_is_saved_when_it_reads_as_yaml(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator, there = visit("operator"), address(draft, MAIN)
    sent = fields(operator.get(there).text, "source")
    assert sent["text"] == shipped_files()[MAIN]
    torn = sent["text"].replace("go: group}", "go: group")
    refused = operator.post(there, sent | {"text": torn})
    assert refused.status_code == 422
    assert "line " in refused.text
    assert fields(refused.text, "source")["text"] == torn
    new = sent["text"].replace("title: Citizen complaint line 8484", "title: The line")
    assert operator.post(there, sent | {"text": new.replace("\n", "\r\n")}).status_code == 303
    assert text_of(console, draft) == new
    late = operator.post(there, sent | {"text": torn.replace("go: group", "go: group}")})
    assert late.status_code == 409
    assert "The line" in late.text
    assert operator.post(there, {}).status_code == 422
    assert text_of(console, draft) == new


@pytest.mark.parametrize("torn", ['code,en\na,"open\n', "x" * 2_000_001])
def test_a_list_that_does_not_read_is_refused_with_what_was_typed(
    console: Sunwai, visit: Visit, draft: Draft, torn: str
) -> None:
    operator, there = visit("operator"), address(draft, CATEGORY)
    sent = fields(operator.get(there).text, "source")
    refused = operator.post(there, sent | {"text": torn})
    assert refused.status_code == 422
    assert "Not saved: line" in refused.text
    assert torn[:8] in fields(refused.text, "source")["text"]
    assert now(console, draft).version == 1


def test_the_page_shows_line_by_line_what_changed_since_the_base(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator, there = visit("operator"), address(draft, "texts.yaml")
    before = draft.files["texts.yaml"]
    line = next(each for each in before.splitlines() if each.startswith("stop_ok"))
    files = {**draft.files, "texts.yaml": before.replace(line, f"# <b>mended</b>\n{line}")}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    page = operator.get(there).text
    assert page.count("<ins>") == 1 and "&lt;b&gt;mended" in page.partition("<ins>")[2]
    listed = operator.get(address(draft)).text
    assert "+1 −0" in listed
    assert "Removed since revision 1" in listed, "the fixture has no scripted calls"


def test_files_are_added_taken_out_and_brought_back(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    call = next(name for name in shipped_files() if name.startswith("transcripts/"))
    assert operator.post(address(draft), {"name": call, "back": "yes"}).status_code == 303
    assert now(console, draft).files[call] == shipped_files()[call]
    assert operator.post(address(draft), {"name": "towns.csv", "text": "code,en\r\na,A\r\n"}).status_code == 303
    assert now(console, draft).files["towns.csv"] == "code,en\na,A\n"
    for name in (call, "towns.csv"):
        sent = fields(operator.get(address(draft, name)).text, "remove-file")
        stale = operator.post(f"{address(draft)}-remove", sent | {"seen": "x"})
        assert stale.status_code == 303 and name in now(console, draft).files, "it is another by now: look first"
        assert operator.post(f"{address(draft)}-remove", sent).status_code == 303
        assert name not in now(console, draft).files
    for needed in (MAIN, "texts.yaml", CATEGORY, "keywords.yaml"):
        seen = draft_editing.content_hash(draft.files[needed])
        moved = operator.post(f"{address(draft)}-remove", {"file": needed, "seen": seen})
        assert "The flow needs" in operator.get(moved.headers["Location"]).text
    assert now(console, draft).files == draft.files


@pytest.mark.parametrize(
    "name",
    [
        *("", "a.txt", "../a.yaml", "/etc/a.yaml", ".hidden.yaml", "a\\b.yaml", "a//b.csv", "lists/CATEGORY.csv"),
        *("texts.yaml/more.yaml", "x\u202e.yaml", f"{'n' * 120}.csv", "con:.csv", " a.yaml"),
    ],
)
def test_a_file_is_not_added_by_a_name_that_no_archive_would_take(
    console: Sunwai, visit: Visit, draft: Draft, name: str
) -> None:
    refused = visit("operator").post(address(draft), {"name": name, "text": "a: b"})
    assert refused.status_code == 422
    assert fields(refused.text, "new-file") | {"csrf_token": ""} == {"csrf_token": "", "name": name, "text": "a: b"}
    assert now(console, draft).version == 1


def test_a_draft_that_is_over_keeps_its_files(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    assert isinstance(review_requests.drop_draft(console.database, console.clock(), draft, who="Sara"), Draft)
    seen = draft_editing.content_hash(draft.files[MAIN])
    late = operator.post(address(draft, MAIN), {"text": "flow: x", "seen": seen})
    assert (late.status_code, "This draft was published or dropped" in late.text) == (409, True)
    assert fields(late.text, "source")["text"] == "flow: x"
    assert operator.post(address(draft), {"name": "towns.csv", "text": ""}).status_code == 409
    assert now(console, draft).files == draft.files


def test_a_flow_that_cannot_be_read_still_lists_its_files(console: Sunwai, visit: Visit, draft: Draft) -> None:
    files = {**draft.files, MAIN: draft.files[MAIN].replace("go: group}", "go: group")}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    operator = visit("operator")
    assert "not known until the flow can be read" in operator.get(address(draft)).text
    moved = operator.post(f"{address(draft)}-remove", {"file": "texts.yaml", "seen": "x"})
    assert moved.headers["Location"].endswith("/files/texts.yaml")
    assert operator.get(address(draft, "keywords.yaml")).status_code == 200
    assert operator.get(address(draft, "../../etc/passwd.yaml")).status_code == 404


def test_a_list_with_an_urdu_name_is_downloaded_under_that_name(console: Sunwai, visit: Visit, draft: Draft) -> None:
    line = "  category: lists/category.csv"
    files = {**draft.files, MAIN: draft.files[MAIN].replace(line, f"{line}\n  ضلع: lists/category.csv")}
    assert isinstance(draft_editing.save_draft(console.database, Edit("S", console.clock(), "x"), draft, files), Draft)
    answer = visit("operator").get(f"/console/drafts/{draft.id}/lists/ضلع.csv")
    assert answer.status_code == 200
    told = answer.headers["Content-Disposition"]
    assert told.isascii(), "HTTP can say no other"
    assert "-ضلع.csv" in unquote(told)


@pytest.mark.parametrize(
    ("flow", "plain", "whole"),
    [
        ("complaints", "complaints", None),
        ("شکایات", "______", "شکایات"),
        ('of "Lahore"; filename=evil.exe', "of _Lahore_; filename=evil.exe", None),
        ("../a\\b\r\nX-Evil: 1", ".._a_b__X-Evil: 1", None),
    ],
)
def test_what_is_downloaded_of_a_flow_has_its_name_whatever_the_name_is(
    console: Sunwai, visit: Visit, flow: str, plain: str, whole: str | None
) -> None:
    draft = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft(flow, 0, MAIN, shipped_files())
    )
    operator = visit("operator")
    for path, ending in (("words.xlsx", f"-draft-{draft.id}.xlsx"), ("files.zip", f"-draft-{draft.id}.zip")):
        answer = operator.get(f"/console/drafts/{draft.id}/{path}")
        assert answer.status_code == 200, path
        told = answer.headers["Content-Disposition"]
        assert told.isascii(), "HTTP can say no other"
        kind, names = parse_options_header(told)
        assert (kind, names) == ("attachment", {"filename": (whole or plain) + ending})
        assert plain + ending in told, "for what does not read the other"
        assert "X-Evil" not in answer.headers
