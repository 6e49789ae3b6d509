"""A flow imported from a zip: looked at first, then a draft; hostile zips are refused in plain words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest
from werkzeug.test import TestResponse

from gateway.endpoints.application import Sunwai
from gateway.exchange import archive
from gateway.flow_folder.base_revision_note import format_line
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from sessions.publishing import revision_history
from sessions.publishing.base_revision import BaseRevision
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_editor import MAIN, draft, now
from tests.sessions.tiny import FILES
from tests.sessions.tiny import MAIN as TINY

__all__ = ["draft"]
HOME = "/console/import"


def sent(visitor: Visitor, there: str, data: bytes, name: str = "flow.zip") -> TestResponse:
    return visitor.post(there, {"zip": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def packed(files: Mapping[str, str], remark: str = "") -> bytes:
    return archive.pack({name: text.encode() for name, text in files.items()}, remark)


def test_a_zip_becomes_a_draft_of_the_revision_that_it_was_taken_from(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    changed = draft.files[MAIN].replace("title: Citizen complaint line 8484", "title: The line")
    data = packed({**live.source, MAIN: changed}, format_line("complaints", BaseRevision(1, live.digest)))
    page = sent(operator, HOME, data)
    assert page.status_code == 200, page.text
    assert "1 line added, 1 removed" in page.text
    done = operator.post(HOME, fields(page.text, "take"))
    assert done.status_code == 303
    made = draft_editing.find_draft(console.database, int(done.headers["Location"].rpartition("/")[2]))
    assert made is not None
    assert (made.base, made.main, made.files) == (1, MAIN, {**live.source, MAIN: changed})
    assert "imported from flow.zip" in operator.get(done.headers["Location"]).text


def test_a_new_flow_comes_in_once(console: Sunwai, visit: Visit) -> None:
    operator, data = visit("operator"), packed(FILES)
    page = sent(operator, HOME, data)
    assert page.status_code == 200, page.text
    form = fields(page.text, "take")
    assert operator.post(HOME, form).status_code == 303
    again = operator.post(HOME, form)
    assert (again.status_code, "Draft " in again.text) == (422, True)
    assert operator.post(HOME, {"packed": form["packed"][:-3]}).status_code == 422
    other = visit("operator").post(HOME, form)
    assert "not yours" in other.text, "what one looked at, no other takes in"


def test_files_left_out_of_a_zip_stay_or_go_as_is_chosen(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator, there = visit("operator"), f"/console/drafts/{draft.id}/import"
    live = revision_history.find_revision(console.database, "complaints")
    assert live is not None
    kept = draft_editing.save_draft(
        console.database, Edit("S", console.clock(), "x"), draft, {**draft.files, "more.csv": "code\n"}
    )
    assert isinstance(kept, Draft)
    page = sent(operator, there, packed(live.source))
    assert "more.csv" in page.text.partition('id="left"')[2]
    form = fields(page.text, "take")
    assert form["missing"] == "stay"
    other = draft_editing.save_draft(
        console.database, Edit("T", console.clock(), "y"), kept, {**kept.files, "b.csv": "code\n"}
    )
    assert isinstance(other, Draft)
    late = operator.post(there, form)
    assert (late.status_code, "T has changed this draft since the preview" in late.text) == (409, True)
    assert operator.post(there, fields(late.text, "take") | {"missing": "go"}).status_code == 303
    assert now(console, draft).files == live.source


def test_a_zip_of_another_flow_or_of_none_is_refused(visit: Visit, draft: Draft) -> None:
    operator, there = visit("operator"), f"/console/drafts/{draft.id}/import"
    assert f"it has no {MAIN}" in sent(operator, there, packed(FILES)).text
    for files, why in (
        ({"a.yaml": "x: 1\n"}, "no file in it has flow:"),
        ({**FILES, "b.yaml": "flow: b\n"}, "several flows"),
        ({**FILES, "b.csv": "code\n"}, "b.csv is not a file of the flow"),
        ({TINY: FILES[TINY] + "\n  - ]"}, f"{TINY}:"),
    ):
        refused = sent(operator, HOME, packed(files))
        assert (refused.status_code, why in refused.text) == (422, True), (why, refused.text)
    assert operator.post(HOME).status_code == 422
    category = "lists/category.csv"
    for words in ("\0", '"'):
        rows = draft.files[category].split("\n")
        torn = "\n".join([*rows[:2], f"a,{words}", *rows[2:]])
        refused = sent(operator, there, packed({**draft.files, category: torn}))
        assert (refused.status_code, f"{category}:" in refused.text) == (422, True), refused.text


def hostile() -> dict[str, bytes]:
    """Archives that want out of their folder, or to fill the memory."""
    link = zipfile.ZipInfo("a.yaml")
    link.external_attr = 0o120777 << 16
    made: dict[str, bytes] = {}
    wanted: dict[str, list[tuple[str | zipfile.ZipInfo, bytes]]] = {
        "climbs": [("../a.yaml", b"x")],
        "absolute": [("/etc/a.yaml", b"x")],
        "link": [(link, b"/etc/passwd")],
        "twice": [("a.yaml", b"x"), ("A.yaml", b"y")],
        "program": [("a.sh", b"x")],
        "bomb": [("a.yaml", b" " * 3_000_000)],
        "many": [(f"{n}.yaml", b"") for n in range(501)],
    }
    for name, entries in wanted.items():
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
            for entry, data in entries:
                packing.writestr(entry, data, zipfile.ZIP_DEFLATED)
        made[name] = out.getvalue()
    return made | {"torn": packed(FILES)[:-30], "text": b"no zip", "large": b"PK" + b"0" * 2_600_000}


@pytest.mark.parametrize("which", hostile())
def test_a_hostile_zip_is_refused_in_one_plain_sentence(console: Sunwai, visit: Visit, which: str) -> None:
    refused = sent(visit("operator"), HOME, hostile()[which], "<b>evil</b>.zip")
    assert refused.status_code == 422
    assert "&lt;b&gt;evil" in refused.text.partition('id="zip-error"')[2]
    assert draft_editing.list_open_drafts(console.database) == []


def test_only_who_may_edit_takes_files_in(visit: Visit) -> None:
    assert sent(visit("translator"), HOME, packed(FILES)).status_code == 403
