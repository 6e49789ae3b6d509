"""The map: every screen as a card and in words, what a draft changes, and where it is wrong."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from flows.translation.flow_texts import load_flow_texts
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.publishing import revision_history
from tests.gateway.console.conftest import Visit, Visitor

SVG = "{http://www.w3.org/2000/svg}"


def drafted(visitor: Visitor, change: dict[str, str] | None = None) -> int:
    """A draft of the live complaints flow, with some words of its file replaced."""
    app = visitor.app
    revision = revision_history.find_revision(app.database, "complaints")
    assert revision is not None
    files = dict(revision.source)
    for old, new in (change or {}).items():
        assert old in files["complaints.yaml"]
        files["complaints.yaml"] = files["complaints.yaml"].replace(old, new)
    return draft_editing.start_draft(
        app.database, Edit(visitor.name, app.clock()), NewDraft("complaints", revision.number, "complaints.yaml", files)
    ).id


def picture(page: str) -> ElementTree.Element:
    found = re.search(r'<svg class="map.*?</svg>', page, re.S)
    assert found
    return ElementTree.fromstring(found[0].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


def test_every_screen_is_a_card_that_leads_to_its_editor_and_an_entry_of_the_outline(visit: Visit) -> None:
    visitor = visit("operator")
    draft = drafted(visitor)
    page = visitor.get(f"/console/drafts/{draft}/map").text
    found = draft_editing.find_draft(visitor.app.database, draft)
    assert found is not None
    flow = load_flow_texts(found.files, found.main).flow
    assert flow is not None
    links = {card.get("href") for card in picture(page).iter(f"{SVG}a")}
    assert links == {f"/console/drafts/{draft}/screens/{name}" for name in flow.screens}
    assert all(f'<li id="screen-{name}">' in page for name in flow.screens)


def test_a_card_has_the_title_of_its_screen_and_no_variable_in_braces(visit: Visit) -> None:
    visitor = visit("operator")
    for language, word in (("", "What is it about?"), ("ur-Latn", "Masla kya hai?"), ("ur", "مسئلہ کیا ہے؟")):
        page = visitor.get(f"/console/flows/complaints/map?language={language}").text
        words = re.findall(r'<foreignObject[^>]*><div class="words[^>]*>(.*?)</div>', page)
        assert word in words and not [each for each in words if "{" in each]


def test_cards_lie_inside_the_picture_and_none_on_another(visit: Visit) -> None:
    for language in ("en", "ur"):
        page = visit("translator").get(f"/console/flows/complaints/map?language={language}&counts=30").text
        drawn = picture(page)
        _, _, width, height = (float(each) for each in drawn.attrib["viewBox"].split())
        plates = [
            tuple(float(card.attrib[side]) for side in ("x", "y", "width", "height"))
            for card in drawn.iter(f"{SVG}rect")
            if card.get("class") == "plate"
        ]
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in plates)
        for at, (x, y, w, h) in enumerate(plates):
            assert not any(x < b[0] + b[2] and b[0] < x + w and y < b[1] + b[3] and b[1] < y + h for b in plates[:at])


def test_a_draft_marks_what_it_adds_and_changes_and_where_it_is_wrong(visit: Visit) -> None:
    visitor = visit("operator")
    draft = drafted(visitor, {"\n  menu:\n": "\n  extra:\n    end: {en: Bye.}\n\n  menu:\n"})
    page = visitor.get(f"/console/drafts/{draft}/map").text
    cards = {(card.get("href") or "").rpartition("/")[2]: card.get("class") for card in picture(page).iter(f"{SVG}a")}
    assert "added" in str(cards["extra"])
    assert [name for name, kind in cards.items() if "added" in str(kind) or "changed" in str(kind)] == ["extra"]
    entry = page.partition('<li id="screen-extra">')[2].partition("<li id=")[0]
    assert "new" in entry and re.search(r"\d+ (error|warning)", entry)


def test_a_draft_that_cannot_be_read_says_where_to_look(visit: Visit) -> None:
    visitor = visit("operator")
    draft = drafted(visitor, {"\nscreens:": "\nscreens: ["})
    page = visitor.get(f"/console/drafts/{draft}/map")
    assert page.status_code == 200
    assert f"/console/drafts/{draft}/problems" in page.text and "cannot be read" in page.text


def test_words_of_a_flow_stay_words(visit: Visit) -> None:
    visitor = visit("operator")
    draft = drafted(visitor, {'{en: "Language / Zaban"': '{en: "</svg><script>alert(1)</script>"'})
    page = visitor.get(f"/console/drafts/{draft}/map").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
