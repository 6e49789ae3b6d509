"""Every page of the console in a real browser: readable by everybody, at every width, in light, dark and Urdu."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import draft_of, pages
from tests.browser.conftest import Console

AXE = Path(__file__).with_name("axe.min.js").read_text()
RUN = """async (rules) => (await axe.run(document, {resultTypes: ["violations"], ...rules})).violations
    .map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "))"""
WIDE, SMALL = {"width": 1440, "height": 900}, {"width": 390, "height": 800}
# A page that was opened once is looked at in each of these ways: no script of ours asks for colours or width.
LOOKS = {"light": ("light", WIDE), "dark": ("dark", WIDE), "on a small phone": ("light", SMALL)}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # all that dark changes
LANGUAGES = {"English": tuple(LOOKS), "Urdu": tuple(LOOKS)}
FOCUSED = """() => { const one = document.activeElement;
    const seen = getComputedStyle(one).outlineStyle !== "none" || one.closest("svg") !== null;
    return [one.closest("main") !== null, seen] }"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4")].map((one) => Number(one.tagName[1]))"""


def in_urdu(page: Any) -> None:
    """Choose Urdu as anybody would."""
    page.goto("/console/account")
    page.click(".tongue button[value=ur]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")  # the answer may still be on its way


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_fault_for_people_who_see_hear_or_move_otherwise(console: Console, language: str) -> None:
    page = console.page("admin", "Ayesha Khan")
    draft = draft_of(console.app, "Ayesha Khan")
    if language == "Urdu":
        in_urdu(page)
    walks = [(page, address) for address in pages(console.app, draft)]
    stranger = console.page()
    walks += [(stranger, address) for address in ("/console/sign-in", "/console/join/of-nobody")]
    found = {address: faults for each, address in walks if (faults := _faults(each, address, LANGUAGES[language]))}
    assert not found, "\n".join(f"{address}: {fault}" for address, faults in found.items() for fault in faults)


def _faults(page: Any, address: str, looks: tuple[str, ...]) -> list[str]:
    answer = page.goto(address)
    if "<!doctype html>" not in answer.text():
        return []  # a part of a page, which a test of its page meets
    page.evaluate(AXE)
    found = [f"status {answer.status}"] if answer.status >= 500 else []
    for look in looks:
        colours, size = LOOKS[look]
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # no colour is on its way to another
        page.set_viewport_size(size)
        found += [f"{look}: {fault}" for fault in _seen(page, COLOURS if look == "dark" else {})]
    return found


def _seen(page: Any, rules: dict[str, Any]) -> list[str]:
    found: list[str] = page.evaluate(RUN, rules)
    if page.evaluate(SIDEWAYS) > 0:
        found.append("scrolls sideways")
    levels = page.evaluate(HEADINGS)
    if levels[:1] != [1] or levels.count(1) != 1 or any(later - before > 1 for before, later in pairwise(levels)):
        found.append(f"headings {levels}")
    return found


def test_nothing_is_loaded_from_elsewhere_and_no_script_or_style_stands_in_a_page(console: Console) -> None:
    page = console.page("admin", "Ayesha Khan")
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    inline = """() => [...document.querySelectorAll("script:not([src]), style, [style]")].map((one) => one.outerHTML)
        .concat([...document.querySelectorAll("*")].filter((one) => [...one.attributes]
        .some((each) => each.name.startsWith("on"))).map((one) => one.outerHTML.slice(0, 120)))"""
    for address in pages(console.app, draft_of(console.app, "Ayesha Khan")):
        answer = page.goto(address)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy, address
        before_scripts = answer.text()
        assert "<style" not in before_scripts and " style=" not in before_scripts, address
        assert page.evaluate(inline) == [], address
    assert all(url.startswith(console.url) for url in asked)


def test_the_keyboard_reaches_the_content_first_and_everything_after_it(console: Console) -> None:
    page = console.page("operator")
    draft = draft_of(console.app, "somebody")
    for address in ("/console/", f"/console/drafts/{draft}", f"/console/drafts/{draft}/map"):
        page.goto(address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) == [True, True], address
