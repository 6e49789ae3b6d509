"""What every page shares: its language, its errors, and what others made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from gateway.console.site import i18n
from gateway.development.extract_messages import complete, extract_messages, update_catalogue
from gateway.endpoints.application import Sunwai
from tests.gateway.console.conftest import Visit

STATIC = Path(i18n.__file__).parents[1] / "static"
NAMED = re.compile(r"%\((\w+)\)[sd]")


def test_the_console_speaks_urdu_from_right_to_left_once_it_is_chosen(visit: Visit) -> None:
    visitor = visit("admin")
    assert '<html lang="en" dir="ltr">' in visitor.get("/console/account").text
    answer = visitor.post("/console/language", {"language": "ur", "next": "/console/account?a=b"})
    assert (answer.status_code, answer.location) == (303, "/console/account?a=b")
    assert '<html lang="ur" dir="rtl">' in visitor.get("/console/account").text
    visitor.post("/console/language", {"language": "<b>", "next": "/console/"})
    assert '<html lang="en" dir="ltr">' in visitor.get("/console/account").text


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "", "/hooks"])
def test_the_choice_of_a_language_leads_nowhere_else(visit: Visit, elsewhere: str) -> None:
    answer = visit("operator").post("/console/language", {"language": "ur", "next": elsewhere})
    assert answer.location == "/console/"


def test_every_string_of_the_console_has_its_entry_in_every_language() -> None:
    for language in i18n.LANGUAGES:
        if language == "en":
            continue
        kept = i18n.LOCALES / f"{language}.po"
        said = {message if isinstance(message, str) else message[0] for _, message in extract_messages()}
        there = update_catalogue(language)
        missing = [str(each.id) for each in there if each.id and not complete(each)]
        assert not missing, f"{kept.name}: translate these: {missing[:20]} ({len(missing)} of {len(said)})"


def test_a_translation_fills_in_the_same_names(visit: Visit) -> None:
    for language in i18n.LANGUAGES:
        if language == "en":
            continue
        for message in update_catalogue(language):
            if not message.id or not complete(message):
                continue
            said = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            names = set(NAMED.findall(said[-1]))
            for form in (message.string,) if isinstance(message.string, str) else message.string:
                assert set(NAMED.findall(form)) <= names, f"{message.id} says another name in {language}: {form}"


def test_words_that_fill_a_sentence_are_escaped(console: Sunwai) -> None:
    with console.test_request_context("/console/sign-in"):
        shown = console.jinja_env.from_string('{{ _("version %(n)s", n=words) }}').render(words="<script>")
        assert shown == "version &lt;script&gt;"
        assert console.jinja_env.from_string('{{ _("100 %") }}').render() == "100 %"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/console/nowhere/at/all", 404, "There is nothing at this address"),
        ("/console/drafts/99999", 404, "There is no draft with this number."),
    ],
)
def test_an_error_is_a_page_that_says_what_to_do(visit: Visit, address: str, status: int, words: str) -> None:
    page = visit("operator").get(address)
    assert page.status_code == status
    assert words in page.text
    assert "<h1>" in page.text and 'href="/console/"' in page.text


def test_a_form_of_another_page_is_refused_with_words(visit: Visit) -> None:
    visitor = visit("operator")
    page = visitor.post("/console/language", {"language": "ur", "csrf_token": "forged"}, token=False)
    assert page.status_code == 400
    assert "This form was not sent" in page.text
    page = visitor.post("/console/language", {"language": "ur"}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 400
    assert '<html lang="en"' in visitor.get("/console/account").text


def test_where_a_part_of_a_page_was_asked_for_an_error_leaves_the_rest_alone(visit: Visit) -> None:
    page = visit("operator").get("/console/drafts/99999", headers={"HX-Request": "true"})
    assert page.headers["HX-Retarget"] == "#trouble"
    assert "<html" not in page.text and "There is no draft with this number." in page.text


def test_what_others_made_is_unchanged_and_has_its_licence() -> None:
    told = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (STATIC / "LICENCES.md").read_text(), re.M))
    assert set(told) == {"htmx.min.js", "fonts/nastaliq.woff2"}
    for name, digest in told.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts/OFL.txt").read_text()


def test_colours_live_in_tokens_only() -> None:
    """Light and dark are two lists in one file: a colour anywhere else would be wrong in one of them."""
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
    for sheet in STATIC.glob("*.css"):
        text = sheet.read_text()
        if sheet.name == "console.css":
            text = re.sub(r":root \{.*?\n\s*\}|@media print \{.*\n\}", "", text, flags=re.S)
        found = [line.strip() for line in text.splitlines() if raw.search(line)]
        assert not found, f"{sheet.name}: {found}"


def test_the_style_sheets_turn_round_with_the_language() -> None:
    sided = re.compile(
        r"(?<![-\w])(?:margin|padding|border)-(?:left|right)|(?<![-\w])(?:left|right):|text-align: (?:left|right)"
    )
    for sheet in STATIC.glob("*.css"):
        found = [line.strip() for line in sheet.read_text().splitlines() if sided.search(line)]
        assert not found, f"{sheet.name}: {found}"


def test_a_page_that_a_form_drew_does_not_offer_to_be_drawn_again_in_another_language(visit: Visit) -> None:
    operator = visit("operator")
    assert "/console/language" in operator.get("/console/").text
    operator.post("/console/flows/complaints/copy")
    asked = operator.post("/console/flows/complaints/copy")
    assert "A draft is already open" in asked.text
    assert "/console/language" not in asked.text
