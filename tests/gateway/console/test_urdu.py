"""Every page in Urdu is in Urdu: what is left of English is names, codes and what people wrote."""

from __future__ import annotations

import re

import pytest

from gateway.endpoints.application import Sunwai
from sessions.publishing import revision_history
from tests.browser.addresses import draft_of, pages
from tests.browser.english_left import english_left, latin_punctuation
from tests.gateway.console.conftest import Visit, Visitor

NAME = "عائشہ"
CHANGES = {'{en: "What is it about?",': '{en: "What about?",'}
RUN = re.compile(r"[A-Za-z{*#][A-Za-z0-9_{}.*#|/'’:,; -]*[A-Za-z0-9_}#]|[A-Za-z]")
# Words in Latin letters of the strings themselves: names of programs, files and words of a flow that are typed as such.
_WRITTEN = """
water_line animal ask_again towns.csv transcripts one_call.yaml transcripts/one_call.yaml office days Water line Aegis
FreeOTP and or not name value column variable contact complaint.open Google Authenticator Comma delimited flask flows
export UTF-8 yaml csv CSV A caller files from Multan make run Some SHA-256 GSM-7 UCS-2 admin
"""
WRITTEN = frozenset(_WRITTEN.split())


@pytest.fixture
def urdu(visit: Visit) -> Visitor:
    """An admin who reads Urdu."""
    visitor = visit("admin", name=NAME)
    visitor.post("/console/language", {"language": "ur"})
    assert 'lang="ur"' in visitor.get("/console/").text
    return visitor


def written_by_people(app: Sunwai) -> str:
    """Every file of the live flows: their words, ids and titles are data."""
    found = [
        revision_history.find_revision(app.database, name) for name in ("complaints", "survey", "power_cut", "by_text")
    ]
    return "\n".join(text for each in found if each for text in [each.message, each.author, *each.source.values()])


def english(page: str, data: str) -> list[str]:
    """The pieces of a page with English that is neither data nor a name."""

    split = frozenset(re.findall(r"[A-Za-z][\w.-]*", data))

    def known(run: str) -> bool:
        words = re.findall(r"[A-Za-z][\w.-]*", run)
        ids = [word for word in words if "_" in word or "." in word]
        return run.strip(" .,:;") in data or all(word in WRITTEN or word in ids or word in split for word in words)

    return [piece for piece in english_left(page) if not all(known(run) for run in RUN.findall(piece))]


def test_no_page_in_urdu_has_english_or_latin_commas_left(console: Sunwai, urdu: Visitor) -> None:
    draft = draft_of(console, NAME, CHANGES)
    data = written_by_people(console)
    left: dict[str, list[str]] = {}
    for address in pages(console, draft):
        if "/files/" in address:
            continue  # the text of a file, line by line
        answer = urdu.get(address)
        if answer.status_code == 200:
            left[address] = english(answer.text, data)[:8] + latin_punctuation(answer.text)[:8]
    told = [f"{address}: {piece}" for address, found in left.items() for piece in found]
    assert not told, "\n".join(told)


def test_what_a_comparison_and_the_history_of_a_draft_say_is_in_urdu(console: Sunwai, urdu: Visitor) -> None:
    draft = draft_of(console, NAME, CHANGES)
    urdu.post(f"/console/drafts/{draft}/review", {"message": "چھوٹا سوال", "anyway": "yes"})
    page = urdu.get(f"/console/drafts/{draft}").text
    assert "سوال بدلا" in page
    assert "دیکھنے کے لیے تیار: چھوٹا سوال" in page
    assert "question changed" not in page


def test_the_language_can_be_chosen_after_a_failed_sign_in(console: Sunwai, visit: Visit) -> None:
    stranger = visit("")
    page = stranger.post("/console/sign-in", {"sign_in_name": "Ali", "sign_in_password": "wrong"})
    assert page.status_code == 401
    assert 'name="language" value="ur"' in page.text
