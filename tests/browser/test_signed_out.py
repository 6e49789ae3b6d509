"""Somebody whose session ends while they write loses nothing, with scripts and without."""

from __future__ import annotations

from gateway.flow_folder.files import read_flow
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.staff import browser_sessions
from tests.browser.conftest import PASSWORD, Console
from tests.sessions.filing import LIBRARY


def sign_out_behind_their_back(console: Console, page: object) -> None:
    """As when the session's hours are over, or somebody else ended it."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == "sunwai"]  # type: ignore[attr-defined]
    browser_sessions.end(console.app.database, browser_sessions.key_of(cookie["value"]))


def test_words_typed_after_the_session_ended_are_still_there_after_signing_in(console: Console) -> None:
    app = console.app
    files, main = read_flow(LIBRARY)
    draft = draft_editing.start_draft(app.database, Edit("Sana", app.clock()), NewDraft("complaints", 1, main, files))
    page = console.page("operator", name="Sana")
    page.goto(f"/console/drafts/{draft.id}/screens/menu")
    sign_out_behind_their_back(console, page)
    box = page.locator("main textarea:visible").first
    box.fill("Typed too late")
    page.wait_for_selector("#trouble :text('what you wrote is still there')")
    elsewhere = page.context.new_page()
    elsewhere.goto("/console/sign-in")
    elsewhere.fill("#sign_in_name", "Sana")
    elsewhere.fill("#sign_in_password", PASSWORD)
    elsewhere.click("main button")
    elsewhere.wait_for_url("**/console/")
    box.press_sequentially("!")
    page.wait_for_selector("#trouble :text('Send it again')")
    box.press_sequentially("!")
    page.wait_for_selector("#trouble .notice", state="detached")
    assert box.input_value() == "Typed too late!!"
    refused = [each for each in console.problems if "Response Status Error Code 40" in each]  # htmx notes each refusal
    assert len(refused) >= 2
    console.problems[:] = [each for each in console.problems if each not in refused]


def test_a_form_sent_after_the_session_ended_is_sent_after_signing_in_without_scripts(console: Console) -> None:
    page = console.page("admin", name="Rehana", java_script_enabled=False)
    page.goto("/console/people")
    sign_out_behind_their_back(console, page)
    page.fill("#name", "Ali <b>Khan</b>")
    page.click("text=Create an invitation")
    page.fill("#sign_in_name", "Rehana")
    page.fill("#sign_in_password", PASSWORD)
    page.click("main .button.primary")
    page.click("main button")
    assert "Send Ali <b>Khan</b> this address" in page.inner_text("main")


def test_a_phone_that_is_signed_out_says_so_where_it_is_seen_and_keeps_what_was_typed(console: Console) -> None:
    app = console.app
    files, main = read_flow(LIBRARY)
    draft = draft_editing.start_draft(app.database, Edit("Sana", app.clock()), NewDraft("complaints", 1, main, files))
    page = console.page("operator", name="Sana")
    page.goto(f"/console/drafts/{draft.id}/phone")
    sign_out_behind_their_back(console, page)
    page.fill("#phone-typed", "3")
    page.click("#phone-send")
    page.wait_for_selector("#trouble a:text('Sign in')")
    assert page.input_value("#phone-typed") == "3"
    console.problems[:] = [each for each in console.problems if "Response Status Error Code 401" not in each]
