"""The screen editor while somebody types: form, YAML and phone are one screen, and it asks before work is lost."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from flows.editing.screen_blocks import form
from sessions.drafts import draft_editing
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console

LONG = "مسئلہ کیا ہے اور کہاں ہے " * 9


def opened(console: Console, screen: str) -> tuple[Any, int]:
    page = console.page("operator", "Adil")
    draft = draft_of(console.app, "Adil")
    page.goto(f"/console/drafts/{draft}/screens/{screen}")
    return page, draft


def text_of(console: Console, draft: int) -> str:
    found = draft_editing.find_draft(console.app.database, draft)
    assert found is not None
    return str(found.files["complaints.yaml"])


def test_what_is_typed_is_in_the_yaml_on_the_phone_and_measured_before_it_is_saved(console: Console) -> None:
    page, draft = opened(console, "bye")
    page.fill("#screens-bye-end-en", "Good bye – see you")
    expect(page.locator("#yaml")).to_have_value(re.compile("Good bye – see you"))
    expect(page.locator(".phone-words")).to_have_text("Good bye – see you")
    expect(page.locator("#gauge-screens-bye-end-en")).to_contain_text("UCS-2")
    page.fill("#screens-bye-end-ur", LONG)
    expect(page.locator("#editor-found")).to_contain_text("F301")
    page.locator(".finding", has_text="F301").locator("a").first.click()
    expect(page.locator("#screens-bye-end-ur")).to_be_focused()
    assert "see you" not in text_of(console, draft)


def test_an_option_is_added_in_three_languages_and_saved(console: Console) -> None:
    page, draft = opened(console, "menu")
    page.click("#act-add-option")
    expect(page.locator("#screens-menu-choose-new-5-code")).to_be_focused()
    page.keyboard.type("help")
    page.fill("[name='choice.5.en']", "Help")
    page.fill("[name='choice.5.ur']", "مدد")
    page.fill("[name='choice.5.ur-Latn']", "Madad")
    page.select_option("[name='choice.5.go']", "bye")
    expect(page.locator(".phone-words")).to_contain_text("6 Help")
    page.click(".save-bar button")
    expect(page.locator(".flashes")).to_contain_text("Saved")
    saved = form(text_of(console, draft), "menu").choices[-1]
    assert (saved.code, saved.key, saved.go) == ("help", "", "bye")
    assert saved.words.said == {"en": "Help", "ur": "مدد", "ur-Latn": "Madad"}


def test_lines_typed_in_the_yaml_fill_in_the_form(console: Console) -> None:
    page, draft = opened(console, "track")
    lines = page.locator("#yaml").input_value()
    page.fill("#yaml", lines.replace("go: find", "go: find\n  tries: 2"))
    expect(page.locator("#screens-track-tries")).to_have_value("2")
    page.fill("#yaml", "track: {ask: [")
    expect(page.locator("#editor-trouble")).to_contain_text("line")
    expect(page.locator("#screens-track-tries")).to_have_value("2")
    page.fill("#yaml", lines.replace("go: find", "go: bye"))
    expect(page.locator("#screens-track-go")).to_have_value("bye")
    page.click(".save-bar button")
    expect(page.locator(".flashes")).to_contain_text("Saved")
    assert form(text_of(console, draft), "track").fields["go"] == "bye"
