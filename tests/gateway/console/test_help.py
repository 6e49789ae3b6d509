"""The page of help of each code, and the links to it."""

from __future__ import annotations

from flows.checks.analysis.catalogue import CHECKS
from gateway.console.help.code_links import link_codes
from gateway.console.help.pages import read_examples
from gateway.endpoints.application import Sunwai
from tests.browser.addresses import draft_of
from tests.gateway.console.conftest import Visit


def test_each_code_has_a_page_that_says_what_it_means_and_how_to_correct_it(console: Sunwai, visit: Visit) -> None:
    visitor = visit("translator")
    page = visitor.get("/console/help/F103").text
    assert CHECKS["F103"].about in page
    assert "Name the next screen with go." in page
    assert "choose:" in page  # the example
    assert all(code in read_examples() for code in CHECKS)
    assert visitor.get("/console/help/f301").status_code == 200
    assert visitor.get("/console/help/F999").status_code == 404
    assert visit("").get("/console/help/F103").status_code == 303


def test_codes_are_found_by_their_words(console: Sunwai, visit: Visit) -> None:
    page = visit("translator").get("/console/help?search=nothing+follows").text
    assert "/console/help/F103" in page
    assert "/console/help/F301" not in page
    assert "No code has these words" in visit("translator").get("/console/help?search=zebra").text


def test_a_code_beside_a_problem_leads_to_its_page(console: Sunwai, visit: Visit) -> None:
    draft = draft_of(
        console,
        "Amna",
        {"One digit is wrong. Look at the SMS": "One digit is wrong. Look at the SMS" + " and a long word" * 20},
    )
    visitor = visit("publisher")
    for address in ("problems", "publish"):
        assert "/console/help/F301" in visitor.get(f"/console/drafts/{draft}/{address}").text


def test_codes_in_a_line_are_links_and_the_rest_stays_text(console: Sunwai) -> None:
    with console.test_request_context("/console/"):
        made = link_codes("a.yaml:3: F301 menu: <b>long</b> F999")
    assert made == 'a.yaml:3: <a href="/console/help/F301">F301</a> menu: &lt;b&gt;long&lt;/b&gt; F999'
