"""What a page refuses, and what it finds in a file or a draft, is in Urdu for who reads Urdu."""

from __future__ import annotations

import io
import re

import pytest

from gateway.endpoints.application import Sunwai
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted, files_of
from tests.gateway.console.test_lists import CATEGORY, uploaded

ENGLISH = re.compile(r'<(p|li|span|bdi|td)[^>]*lang="en" dir="ltr"[^>]*>([^<]* [^<]* [^<]*)<')


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    return drafted(
        console,
        "complaints",
        ("complaints.yaml", "go: suggestion}", "go: sugestion}"),
        ("complaints.yaml", "{complaint.due}", "{complaint.duo}"),
    )


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    visitor = visit("admin")
    visitor.post("/console/language", {"language": "ur", "next": "/console/"})
    return visitor


def test_problems_of_a_draft_are_in_urdu(visitor: Visitor, draft: Draft) -> None:
    page = visitor.get(f"/console/drafts/{draft.id}/problems").text
    assert "اسکرین <bdi>sugestion</bdi> موجود نہیں، اس لیے یہاں کال کٹ جائے گی" in page
    assert "کیا آپ کا مطلب <bdi>suggestion</bdi> تھا؟" in page
    assert not ENGLISH.findall(page)


def test_faults_of_a_file_of_rows_are_in_urdu(visitor: Visitor, console: Sunwai, draft: Draft) -> None:
    rows = files_of(console, draft)[CATEGORY].splitlines()
    page = uploaded(visitor, draft, "\n".join([*rows[:3], "mun99,too,few"])).text
    assert "سطر میں <bdi>3</bdi> خانے ہیں" in page
    assert not ENGLISH.findall(page)


def test_a_zip_that_is_none_is_refused_in_urdu(visitor: Visitor, draft: Draft) -> None:
    there = f"/console/drafts/{draft.id}/import"
    page = visitor.post(there, {"zip": (io.BytesIO(b"no zip"), "mine.zip")}).text
    assert "زِپ" in page
    assert not ENGLISH.findall(page)


def test_a_file_that_cannot_be_read_is_refused_in_urdu(visitor: Visitor, draft: Draft) -> None:
    page = visitor.post(
        f"/console/drafts/{draft.id}/files/keywords.yaml", {"text": "- intent: [status\n", "seen": ""}
    ).text
    assert not ENGLISH.findall(page)


def test_a_name_that_is_taken_is_refused_in_urdu(visitor: Visitor) -> None:
    for _ in range(2):
        page = visitor.post("/console/people", {"name": "Sana Bibi", "role": "translator"}, follow_redirects=True).text
    assert "اس نام کا کوئی پہلے سے ہے" in page
