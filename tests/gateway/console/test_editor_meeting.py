"""Two windows on one screen: what only one changed is taken from both, and what both changed is asked text by text."""

from __future__ import annotations

from flows.editing.screen_blocks import form
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_editor import address, draft, now, opened, text_of

__all__ = ["draft"]


def said(console: Sunwai, draft: Draft, screen: str = "group") -> dict[str, str]:
    return form(text_of(console, draft), screen).words["ask"].said


def test_different_texts_of_one_screen_are_both_kept(console: Sunwai, visit: Visit, draft: Draft) -> None:
    adil, sara = visit("translator", "Adil"), visit("operator", "Sara Khan")
    his, hers = opened(adil, draft, "group"), opened(sara, draft, "group")
    urdu = said(console, draft)["ur"]
    more = {"words.ask.en": "Tell us the problem:", "field.tries": "2", "act": "save"}
    assert sara.post(address(draft, "group"), hers | more).status_code == 303
    kept = adil.post(address(draft, "group"), his | {"words.ask.ur-Latn": "Masla kya hai?", "act": "save"})
    assert kept.status_code == 303, "a translator is not told off for what an operator changed meanwhile"
    assert "merged with what Sara Khan changed" in adil.get(address(draft, "group")).text
    assert said(console, draft) == {"en": "Tell us the problem:", "ur-Latn": "Masla kya hai?", "ur": urdu}
    assert form(text_of(console, draft), "group").fields["tries"] == "2"


def test_only_the_text_that_both_changed_is_asked_and_the_rest_is_taken_from_both(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    sara = visit("operator", "Sara Khan")
    first, second = opened(sara, draft, "group"), opened(sara, draft, "group")
    theirs = {"words.ask.en": "What is your complaint about?", "words.ask.ur-Latn": "Masla kya hai?", "act": "save"}
    assert sara.post(address(draft, "group"), first | theirs).status_code == 303
    mine = second | {"words.ask.en": "Tell us the problem:", "words.ask.ur": "شکایت", "act": "save"}
    asked = sara.post(address(draft, "group"), mine)
    assert asked.status_code == 409
    assert "You also changed this screen in another window" in asked.text
    assert "<ins>" in asked.text
    sent = fields(asked.text, "clash")
    assert [name for name in sent if name.startswith("take.")] == ["take.screen.yaml group/ask en"]
    answer = sent | {"take.screen.yaml group/ask en": "theirs", "act": "save-yaml"}
    assert sara.post(address(draft, "group"), answer).status_code == 303
    assert "Saved with the versions that you chose." in sara.get(address(draft, "group")).text
    assert said(console, draft) == {
        "en": "What is your complaint about?",
        "ur-Latn": "Masla kya hai?",
        "ur": "شکایت",
    }


def test_what_was_changed_once_more_while_somebody_chose_is_asked_once_more(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    adil, sara = visit("operator", "Adil"), visit("operator", "Sara Khan")
    page = opened(sara, draft, "group")
    for words in ("Choose one", "Choose one:"):
        his = opened(adil, draft, "group") | {"words.ask.en": words, "act": "save"}
        if words == "Choose one:":
            sent = fields(sara.post(address(draft, "group"), page | {"words.ask.en": "Tell us"}).text, "clash")
        assert adil.post(address(draft, "group"), his).status_code == 303
    again = sara.post(address(draft, "group"), sent | {"act": "save-yaml"})
    assert (again.status_code, said(console, draft)["en"]) == (409, "Choose one:")
    done = sara.post(address(draft, "group"), fields(again.text, "clash") | {"act": "save-yaml"})
    assert (done.status_code, said(console, draft)["en"]) == (303, "Tell us")
    assert "Saved. Your version was used where both had changed." in sara.get(address(draft, "group")).text


def test_a_screen_taken_out_comes_back_where_it_was_with_one_press(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator, screens = visit("operator"), f"/console/drafts/{draft.id}/screens"
    assert operator.post(screens, {"name": "extra", "kind": "end", "after": "menu"}).status_code == 303
    before = now(console, draft).files
    assert operator.post(f"{address(draft, 'extra')}/more", {"act": "remove"}).status_code == 303
    assert "extra" not in text_of(console, draft)
    assert "screens-back" in operator.get(screens).text
    assert "screens-back" not in visit("operator").get(screens).text
    assert operator.post(f"{screens}-back").status_code == 303
    assert now(console, draft).files == before
    assert operator.post(f"{screens}-back").status_code == 303, "once only"
    assert now(console, draft).files == before
    assert "screens-back" not in operator.get(screens).text


def test_the_page_says_that_what_is_typed_is_not_saved_yet(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    sent = opened(operator, draft) | {"side": "form"}
    assert "Saved as version 1." in operator.post(f"{address(draft)}/redraw", sent).text
    typed = operator.post(f"{address(draft)}/redraw", sent | {"words.ask.en": "Complaints"}).text
    assert "Not saved yet." in typed
    assert "Saved as version" not in typed


def test_a_screen_before_the_language_is_known_is_called_by_somebody_new(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    for screen, caller in (("language", "new"), ("group", "known")):
        page = operator.get(address(draft, screen)).text
        assert fields(page, "phone-form")["phone-caller"] == caller, screen


def test_calls_that_go_otherwise_lead_to_the_button_that_brings_them_up_to_date(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    script = "test: Menu\nflow: complaints\nsteps:\n  - see: Another menu\n    enter: 1\n  - see: Bye\n"

    def with_call(there: Draft) -> dict[str, str]:
        return {**there.files, "transcripts/other.yaml": script}

    draft_editing.change_draft(console.database, Edit("Sara", console.clock(), "a call"), draft.id, with_call)
    page = operator.get(f"/console/drafts/{draft.id}/problems").text
    assert f'href="/console/drafts/{draft.id}#calls"' in page
    assert "update the calls under Scripted calls" in page
    assert "--update" not in page
    page = visit("publisher").get(f"/console/drafts/{draft.id}/publish").text
    assert "1 scripted call shows something else now" in page
    assert "Update the calls and publish now" in page
    assert "--update" not in page


def test_a_bad_name_for_a_new_screen_is_told_at_the_top_and_leads_to_its_field(visit: Visit, draft: Draft) -> None:
    page = visit("operator").post(f"/console/drafts/{draft.id}/screens", {"name": "menu", "kind": "ask"})
    assert page.status_code == 422
    top = page.text[: page.text.index("<table")]
    assert '<a href="#new-name">There is a screen with this name already' in top
    assert "autofocus" in page.text
