"""The page of translations: what it shows, and what becomes of words that are typed there."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from storage.schema.tables import Draft
from tests.flows.pashto import pashto_files
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted, files_of

MAIN = "complaints.yaml"
EDIT = "?edit=screens.menu.ask"
SEEN = re.compile(r'name="seen-([^"]+)" value="([^"]*)"')


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    """One whose menu changed in English, that lacks words, and has an Urdu text that is too long."""
    return drafted(
        console, "complaints",
        (MAIN, "{en: Go on,", "{en: Carry on,"),
        (MAIN, "{en: Start again, ur-Latn: Naye siray se,", "{en: Start again,"),
        (MAIN, 'ur: "سمجھ نہیں آیا، پھر لکھیں"', f'ur: "{"سمجھ نہیں آیا، پھر لکھیں " * 6}"'),
    )  # fmt: skip


def places(page: TestResponse) -> list[str]:
    assert page.status_code == 200, page.text[:800]
    return re.findall(r'<li class="text[^"]*" id="([^"]+)"', page.text)


def type_in(visitor: Visitor, draft: Draft, place: str, words: dict[str, str], **more: str) -> TestResponse:
    """Open a text's form and send it with other words."""
    page = visitor.get(f"/console/drafts/{draft.id}/words?edit={place}")
    seen = {f"seen-{tag}": mark for tag, mark in SEEN.findall(page.text)}
    assert seen, page.text[:500]
    form = {"place": place, **seen, **{f"words-{tag}": said for tag, said in words.items()}, **more}
    return visitor.post(f"/console/drafts/{draft.id}/words?show=all", form)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("show=missing", ["resume-again"]),
        ("show=stale", ["resume-go_on"]),
        ("show=long", ["errors-bad_answer"]),
        ("show=missing&language=ur", []),
        ("search=bijli+band&sheet=lists.category", ["lists-category-nrg01"]),
        ("sheet=keys", ["keys-back", "keys-home", "keys-more"]),
        ("search=none+of+these", []),
    ],
)
def test_filters_show_the_texts_that_need_somebody(visit: Visit, draft: Draft, query: str, found: list[str]) -> None:
    assert places(visit("translator").get(f"/console/drafts/{draft.id}/words?{query}")) == found


def test_many_texts_come_in_pages_and_a_link_finds_its_own(visit: Visit, draft: Draft) -> None:
    visitor = visit("operator")
    first = places(visitor.get(f"/console/drafts/{draft.id}/words"))
    assert len(first) == 50
    assert places(visitor.get(f"/console/drafts/{draft.id}/words?page=2")) != first
    assert "lists-category-pol05" in places(visitor.get(f"/console/drafts/{draft.id}/words?edit=lists.category.pol05"))
    assert places(visitor.get(f"/console/drafts/{draft.id}/words?page=99999"))


def test_a_translators_words_are_saved_and_nothing_else_moves(visit: Visit, console: Sunwai, draft: Draft) -> None:
    before = files_of(console, draft)
    answer = type_in(visit("translator", name="Amna"), draft, "screens.menu.ask", {"ur-Latn": "Shikayaat line"})
    assert (answer.status_code, answer.location) == (303, f"/console/drafts/{draft.id}/words#screens-menu-ask")
    assert files_of(console, draft) == {
        **before,
        MAIN: before[MAIN].replace('ur-Latn: "Shikayat line 8484"', 'ur-Latn: "Shikayaat line"'),
    }
    found = draft_editing.find_draft(console.database, draft.id)
    assert found is not None
    assert (found.changed_by, found.version) == ("Amna", 2)


def test_words_that_were_not_touched_are_not_saved_again(visit: Visit, console: Sunwai, draft: Draft) -> None:
    type_in(visit(), draft, "screens.menu.ask", {"en": "Complaint line 8484"})
    found = draft_editing.find_draft(console.database, draft.id)
    assert found is not None
    assert found.version == 1


@pytest.mark.parametrize(
    ("place", "tag", "words", "said"),
    [
        ("screens.confirm.ask", "en", "Send {categry}?", "is not a variable of this text"),
        ("screens.menu.ask", "en", "Line {", "is not a variable"),
        ("screens.menu.ask", "ur", "  ", "would see nothing here"),
        ("screens.menu.ask", "en", "a\x07b", "control character"),
        ("lists.category.mun01", "en", "No {water}", "is not a variable"),
        ("lists.category.mun01", "ur", " پانی", "must not begin or end with a space"),
        ("screens.menu.ask", "en", "x" * 4001, "longer than 4000"),
    ],
)
def test_words_that_cannot_be_taken_come_back_as_they_were_typed(
    visit: Visit, console: Sunwai, draft: Draft, place: str, tag: str, words: str, said: str
) -> None:
    before = files_of(console, draft)
    answer = type_in(visit("translator"), draft, place, {tag: words})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'aria-describedby="{place.replace(".", "-")}-{tag}-error' in answer.text
    assert words.strip() in answer.text
    assert files_of(console, draft) == before


def test_two_who_change_the_same_words_see_both_and_nothing_is_lost(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    first, second = visit("operator", name="Bilal"), visit("translator", name="Amna")
    page = second.get(f"/console/drafts/{draft.id}/words{EDIT}")
    seen = {f"seen-{tag}": mark for tag, mark in SEEN.findall(page.text)}
    type_in(first, draft, "screens.menu.ask", {"ur-Latn": "Bilal ki line"})
    form = {"place": "screens.menu.ask", "words-ur-Latn": "Amna ki line", **seen}
    answer = second.post(f"/console/drafts/{draft.id}/words", form)
    assert answer.status_code == 422
    assert "Bilal changed it while you were editing" in answer.text
    assert all(words in answer.text for words in ("Amna ki line", "Bilal ki line"))
    again = {f"seen-{tag}": mark for tag, mark in SEEN.findall(answer.text)}
    assert second.post(f"/console/drafts/{draft.id}/words", form | again).status_code == 303
    assert "Amna ki line" in files_of(console, draft)[MAIN]


def test_two_who_change_different_words_both_have_their_way(visit: Visit, console: Sunwai, draft: Draft) -> None:
    second = visit("translator")
    page = second.get(f"/console/drafts/{draft.id}/words?edit=screens.group.ask")
    seen = {f"seen-{tag}": mark for tag, mark in SEEN.findall(page.text)}
    type_in(visit(), draft, "screens.menu.ask", {"ur-Latn": "Meri line"})
    form = {"place": "screens.group.ask", "words-en": "What about?", **seen}
    assert second.post(f"/console/drafts/{draft.id}/words", form).status_code == 303
    made = files_of(console, draft)[MAIN]
    assert "Meri line" in made
    assert "What about?" in made


def test_what_is_stale_stays_so_until_it_is_translated_or_said_to_be_right(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit("translator")
    assert visitor.post(f"/console/drafts/{draft.id}/words/track").status_code == 303
    assert "translations.yaml" in files_of(console, draft)
    stale = f"/console/drafts/{draft.id}/words?show=stale"
    assert places(visitor.get(stale)) == ["resume-go_on"]
    type_in(visitor, draft, "screens.menu.ask", {"en": "Complaints 8484"})
    assert places(visitor.get(stale)) == ["screens-menu-ask", "resume-go_on"]
    type_in(visitor, draft, "resume.go_on", {"ur-Latn": "Aagay"}, **{"right-ur": "yes"})
    type_in(visitor, draft, "screens.menu.ask", {"ur-Latn": "Shikayatein 8484"}, **{"right-ur": "yes"})
    assert places(visitor.get(stale)) == []


def test_a_base_text_changed_by_whatever_page_leaves_its_translations_behind(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit()
    visitor.post(f"/console/drafts/{draft.id}/words/track")
    visitor.post(
        f"/console/drafts/{draft.id}/lists/category/rows",
        {"old": "mun05", **seen_of(visitor, draft, "mun05"), "cell-en": "Dark street"},
    )
    there = draft_editing.find_draft(console.database, draft.id)
    assert there is not None
    files = {**there.files, MAIN: there.files[MAIN].replace('en: "What is it about?"', 'en: "What about?"')}
    draft_editing.save_draft(console.database, Edit("An editor", console.clock(), "group"), there, files)
    stale = places(visitor.get(f"/console/drafts/{draft.id}/words?show=stale"))
    assert stale == ["screens-group-ask", "lists-category-mun05", "resume-go_on"]
    assert "translations.yaml" in files_of(console, draft)


def seen_of(visitor: Visitor, draft: Draft, code: str) -> dict[str, str]:
    """What the form of a list's row carries."""
    page = visitor.get(f"/console/drafts/{draft.id}/lists/category?edit={code}").text
    return dict(re.findall(r'name="(seen-[^"]*)" value="([^"]*)"', page))


def test_save_and_next_opens_the_next_that_needs_somebody(visit: Visit, draft: Draft) -> None:
    visitor = visit()
    answer = type_in(visitor, draft, "screens.menu.ask", {"en": "Line"}, next="yes")
    assert "edit=screens.change_language.ask" in answer.location


def test_with_a_script_the_row_comes_back_alone_with_the_next_as_a_form(visit: Visit, draft: Draft) -> None:
    visitor, live = visit(), {"HX-Request": "true"}
    form = visitor.get(f"/console/drafts/{draft.id}/words{EDIT}", headers=live)
    assert "<html" not in form.text
    seen = {f"seen-{tag}": mark for tag, mark in SEEN.findall(form.text)}
    words = {"place": "screens.menu.ask", "words-en": "Line", "next": "yes", **seen}
    answer = visitor.post(f"/console/drafts/{draft.id}/words", words, headers=live)
    assert answer.status_code == 200
    assert re.findall(r'<(?:li|section)[^>]* id="([^"]+)"', answer.text) == [
        "screens-menu-ask", "words-summary", "screens-change_language-ask",
    ]  # fmt: skip
    again = visitor.post(f"/console/drafts/{draft.id}/words", words | {"words-en": "Other"}, headers=live)
    assert again.status_code == 422  # it was made from other words
    assert "<html" not in again.text


def test_a_gauge_follows_what_is_typed_and_saves_nothing(visit: Visit, console: Sunwai, draft: Draft) -> None:
    before = files_of(console, draft)
    form = {"place": "screens.confirm.ask", "words-en": "Send – now?"}
    answer = visit("translator").post(f"/console/drafts/{draft.id}/words/measure?tag=en", form)
    assert answer.status_code == 200
    assert "UCS-2" in answer.text
    assert files_of(console, draft) == before


def test_what_cannot_be_read_says_so_and_a_draft_that_is_over_changes_no_more(visit: Visit, console: Sunwai) -> None:
    broken = drafted(console, "complaints", (MAIN, "flow: complaints", "flow: ["))
    page = visit().get(f"/console/drafts/{broken.id}/words")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    draft = drafted(console)
    with console.database.write.begin() as db:
        there = db.get(Draft, draft.id)
        assert there is not None
        there.state = "published"
    page = visit().get(f"/console/drafts/{draft.id}/words{EDIT}")
    assert "<textarea" not in page.text
    form = {"place": "screens.menu.ask", "words-en": "Too late", "seen-en": "x"}
    answer = visit().post(f"/console/drafts/{draft.id}/words", form)
    assert answer.status_code == 409
    assert "Too late" in answer.text


def test_markup_in_words_stays_text(visit: Visit, draft: Draft) -> None:
    visitor = visit()
    type_in(visitor, draft, "screens.menu.ask", {"en": '</textarea><script>alert("x")</script>'})
    for query in ("", EDIT, "?search=script"):
        page = visitor.get(f"/console/drafts/{draft.id}/words{query}").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_language_from_right_to_left_is_shown_so_without_a_line_of_code(console: Sunwai, visit: Visit) -> None:
    draft = draft_editing.start_draft(
        console.database, Edit("Zarmina", console.clock()), NewDraft("complaints", 1, MAIN, pashto_files(MAIN))
    )
    page = visit("translator").get(f"/console/drafts/{draft.id}/words?edit=keys.back").text
    field = page.split('name="words-ps"')[1].split(">")[0]
    assert 'lang="ps" dir="rtl"' in field
    assert 'class="urdu"' in field
