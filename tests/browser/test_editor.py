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
    page.locator(".finding", has_text="F301").locator("a[href*='#']").first.click()
    expect(page.locator("#screens-bye-end-ur")).to_be_focused()
    assert "see you" not in text_of(console, draft)


def test_an_option_is_added_in_three_languages_and_saved(console: Console) -> None:
    page, draft = opened(console, "menu")
    page.click("#act-add-option")
    expect(page.locator("#screens-menu-choose-new-5-ur-Latn")).to_be_focused()
    page.fill("[name='choice.5.code']", "help")
    page.fill("[name='choice.5.en']", "Help")
    page.fill("[name='choice.5.ur']", "مدد")
    page.fill("[name='choice.5.ur-Latn']", "Madad")
    page.select_option("[name='choice.5.go']", "bye")
    expect(page.locator(".phone-words")).to_contain_text("6 Madad")  # the language that was typed in last
    page.click(".save-bar button")
    expect(page.locator(".flashes")).to_contain_text("Saved", timeout=20_000)
    saved = form(text_of(console, draft), "menu").choices[-1]
    assert (saved.code, saved.key, saved.go) == ("help", "", "bye")
    assert saved.words.said == {"en": "Help", "ur": "مدد", "ur-Latn": "Madad"}


def test_lines_typed_in_the_yaml_fill_in_the_form(console: Console) -> None:
    page, draft = opened(console, "track")
    page.click("#yaml-side > summary")
    lines = page.locator("#yaml").input_value()
    page.fill("#yaml", lines.replace("go: find", "go: find\n  tries: 2"))
    expect(page.locator("#screens-track-tries")).to_have_value("2")
    page.fill("#yaml", "track: {ask: [")
    expect(page.locator("#editor-trouble")).to_contain_text("line")
    expect(page.locator("#screens-track-tries")).to_have_value("2")
    page.fill("#yaml", lines.replace("go: find", "go: bye"))
    expect(page.locator("#screens-track-go")).to_have_value("bye")
    page.click(".save-bar button")
    expect(page.locator(".flashes")).to_contain_text("Saved", timeout=20_000)
    assert form(text_of(console, draft), "track").fields["go"] == "bye"


def test_the_phone_speaks_the_language_that_one_types_in_and_turns_to_the_page_of_the_option(console: Console) -> None:
    page, _ = opened(console, "menu")
    page.focus("#screens-menu-ask-ur")
    expect(page.locator(".phone-words")).to_have_attribute("lang", "ur")
    page.focus("#screens-menu-choose-new-en")
    expect(page.locator(".phone-words")).to_contain_text("New complaint")
    page.fill("#screens-menu-ask-en", "Welcome to the complaint line of all the towns of this district. " * 2)
    page.fill("#screens-menu-choose-language-en", "Another language")
    expect(page.locator(".phone-words")).to_contain_text("5 Another language")
    page.fill("#screens-menu-ask-en", "Complaint line of the district. " * 4)
    expect(page.locator(".phone-words")).to_contain_text("Complaint line of the district.")


def test_an_option_is_inserted_and_moved_by_its_field_and_by_dragging(console: Console) -> None:
    page, draft = opened(console, "menu")
    first = [choice.code for choice in form(text_of(console, draft), "menu").choices]
    page.click("#more-0 > summary")
    page.click("#act-after-0")
    expect(page.locator("#screens-menu-choose-new-1-ur-Latn")).to_be_focused()
    page.fill("[name='choice.1.code']", "help")
    page.fill("[name='choice.1.en']", "Help")
    page.click("#more-1 > summary")
    page.select_option("#to-1", "1")
    page.click("#act-move-1")
    expect(page.locator("[name='choice.0.code']")).to_have_value("help")
    expect(page.locator("#to-0")).to_be_focused()
    page.locator(".drag").nth(0).scroll_into_view_if_needed()
    grip, below = (page.locator(".option").nth(row).locator(".drag").bounding_box() for row in (0, 1))
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, below["y"] + page.locator(".option").nth(1).bounding_box()["height"], steps=4)
    page.mouse.up()
    expect(page.locator("[name='choice.0.code']")).to_have_value(first[0])
    expect(page.locator("[name='choice.1.code']")).to_have_value("help")
    page.focus("[name='choice.1.en']")
    page.keyboard.press("Control+s")
    expect(page.locator(".flashes")).to_contain_text("Saved", timeout=20_000)
    assert [each.code for each in form(text_of(console, draft), "menu").choices] == [first[0], "help", *first[1:]]


def test_whoever_saves_while_an_option_is_being_moved_saves_it_moved(console: Console) -> None:
    page, draft = opened(console, "menu")
    first = [choice.code for choice in form(text_of(console, draft), "menu").choices]
    held: list[Any] = []
    acts = re.compile(r'name="act"\r\n\r\nmove|act=move')

    def hold(route: Any) -> None:
        if acts.search(route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/redraw", hold)
    page.click("#more-2 > summary")
    page.select_option("#to-2", "1")
    page.click("#act-move-2")
    page.click("#editor-form [data-save]")
    expect(page.locator("#editor-form [data-save]")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".flashes .good")).to_have_count(0)
    assert len(held) == 1
    held.pop().continue_()
    expect(page.locator(".flashes")).to_contain_text("Saved", timeout=20_000)
    assert [each.code for each in form(text_of(console, draft), "menu").choices][:3] == [first[2], *first[:2]]


def test_ctrl_and_enter_save_and_go_on_to_the_next_screen(console: Console) -> None:
    page, draft = opened(console, "group")
    page.fill("#screens-group-ask-en", "What is it about today?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flashes")).to_contain_text("Saved", timeout=20_000)
    assert not page.url.endswith("/group")
    assert form(text_of(console, draft), "group").words["ask"].said["en"] == "What is it about today?"


def test_the_form_and_the_phone_are_a_handful_of_tabs_away(console: Console) -> None:
    page, _ = opened(console, "menu")
    for name in ("fields", "phone"):
        page.goto(page.url.partition("#")[0])
        for _press in range(3 if name == "phone" else 2):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(f"document.activeElement.closest('#{name}') !== null"), name


def test_on_a_narrow_page_the_phone_comes_up_with_what_is_typed_and_goes_again(console: Console) -> None:
    page, _ = opened(console, "menu")
    page.set_viewport_size({"width": 390, "height": 844})
    page.fill("#screens-menu-ask-en", "Line of complaints")
    page.click(".to-phone")
    expect(page.locator("dialog .phone-words")).to_contain_text("Line of complaints")
    page.fill("#phone-typed", "1")
    page.click("#phone-send")
    expect(page.locator("dialog .phone-words")).to_contain_text("What is it about?")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#screens-menu-ask-en")).to_have_value("Line of complaints")
    expect(page.locator(".phone-column #phone")).to_have_count(1)
