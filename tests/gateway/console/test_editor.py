"""The screen editor: the form and the YAML are one screen, what is wrong is said, and nobody's work is lost."""

from __future__ import annotations

import re

import pytest

from flows.editing.screen_blocks import block, form
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from storage.menus import drafts
from storage.schema.tables import Draft
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.formfields import fields

MAIN = "complaints.yaml"
SOME = ("language", "menu", "leaf", "danger", "place", "details", "me_too", "my_list", "track", "filed", "kept")


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    """A draft of the shipped flow without its scripted calls, which take long to play."""
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    return draft_editing.start_draft(
        console.database, Edit("Sara", console.clock()), NewDraft("complaints", 1, MAIN, files)
    )


def now(console: Sunwai, draft: Draft) -> Draft:
    found = draft_editing.find_draft(console.database, draft.id)
    assert found is not None
    return found


def text_of(console: Sunwai, draft: Draft) -> str:
    return str(now(console, draft).files[MAIN])


def address(draft: Draft, screen: str = "menu") -> str:
    return f"/console/drafts/{draft.id}/screens/{screen}"


def opened(visitor: Visitor, draft: Draft, screen: str = "menu") -> dict[str, str]:
    """What the page of a screen would send as it stands."""
    page = visitor.get(address(draft, screen))
    assert page.status_code == 200, page.text
    return fields(page.text, "editor-form")


def test_a_screen_sent_back_as_it_was_shown_changes_nothing(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    for screen in SOME:
        sent = operator.post(address(draft, screen), opened(operator, draft, screen) | {"act": "save"})
        assert sent.status_code == 303, (screen, sent.text)
        assert now(console, draft).version == 1, screen


def test_new_words_change_these_words_and_not_another_byte(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator", "Adil")
    sent = opened(operator, draft) | {"words.ask.en": "Complaints: 8484", "choice.2.ur": "نمبر سے", "act": "save"}
    assert operator.post(address(draft), sent).status_code == 303
    before = shipped_files()[MAIN]
    assert text_of(console, draft) == before.replace('{en: "Complaint line 8484"', '{en: "Complaints: 8484"').replace(
        "ur: نمبر سے حال,  go: track", "ur: نمبر سے,  go: track"
    )
    with console.database.read.begin() as db:
        edits = [(edit.who, edit.what) for edit in drafts.edits(db, draft.id)]
    assert edits == [("Adil", "screen menu: words in en, ur")]


def test_buttons_of_the_form_work_without_javascript_and_save_nothing(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    page = operator.post(address(draft), opened(operator, draft) | {"act": "add-option", "choice.0.en": "File one"})
    sent = fields(page.text, "editor-form")
    assert sent["choices"] == "6"
    assert sent["choice.0.en"] == "File one"
    sent |= {"choice.5.code": "help", "choice.5.en": "Help", "choice.5.go": "bye"}
    sent = fields(operator.post(address(draft), sent | {"act": "up-5"}).text, "editor-form")
    assert [sent[f"choice.{row}.code"] for row in (4, 5)] == ["help", "language"]
    assert now(console, draft).version == 1
    sent = fields(operator.post(address(draft), sent | {"act": "remove-1"}).text, "editor-form")
    assert operator.post(address(draft), sent | {"act": "save"}).status_code == 303
    saved = form(text_of(console, draft), "menu").choices
    numbers = [(choice.code, choice.key) for choice in saved]
    assert numbers == [("new", ""), ("track", "3"), ("suggest", "4"), ("help", "5"), ("language", "6")], "numbers stay"


def test_the_yaml_beside_the_form_is_the_same_screen(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    sent = opened(operator, draft, "track")
    sent["yaml"] = sent["yaml"].replace("go: find", "go: find\n  tries: 2   # two are enough")
    assert operator.post(address(draft, "track"), sent | {"act": "save"}).status_code == 303
    assert opened(operator, draft, "track")["field.tries"] == "2"
    assert "    tries: 2   # two are enough\n" in text_of(console, draft)


@pytest.mark.parametrize(
    ("typed", "says"),
    [("track: {ask: [", "line "), ("other:\n  end: Bye\n", "must stay"), ("track:\n", "a screen holds words")],
)
def test_yaml_that_is_not_this_screen_is_refused_and_stays_on_the_page(
    console: Sunwai, visit: Visit, draft: Draft, typed: str, says: str
) -> None:
    operator = visit("operator")
    refused = operator.post(address(draft, "track"), opened(operator, draft, "track") | {"yaml": typed, "act": "save"})
    assert refused.status_code == 422
    assert says in refused.text
    assert fields(refused.text, "editor-form")["yaml"] == typed
    assert now(console, draft).version == 1


def test_who_changed_both_the_form_and_the_yaml_is_asked_which_counts(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    sent = opened(operator, draft, "track") | {"field.tries": "4", "act": "save"}
    sent["yaml"] = sent["yaml"].replace("go: find", "go: bye")
    asked = operator.post(address(draft, "track"), sent)
    assert asked.status_code == 422
    both = fields(asked.text, "editor-form")
    assert (both["field.tries"], both["yaml"]) == ("4", sent["yaml"])
    assert operator.post(address(draft, "track"), both | {"act": "save-yaml"}).status_code == 303
    assert form(text_of(console, draft), "track").fields["go"] == "bye"
    assert "tries" not in form(text_of(console, draft), "track").fields


def test_two_people_on_two_screens_do_not_meet(console: Sunwai, visit: Visit, draft: Draft) -> None:
    adil, sara = visit("operator", "Adil"), visit("operator", "Sara Khan")
    hers, his = opened(sara, draft, "track"), opened(adil, draft, "bye")
    assert adil.post(address(draft, "bye"), his | {"words.end.en": "Thanks", "act": "save"}).status_code == 303
    assert sara.post(address(draft, "track"), hers | {"field.tries": "2", "act": "save"}).status_code == 303
    text = text_of(console, draft)
    assert form(text, "bye").words["end"].said["en"] == "Thanks"
    assert form(text, "track").fields["tries"] == "2"


def test_who_saves_a_screen_that_another_changed_sees_both_and_chooses(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    adil, sara = visit("operator", "Adil"), visit("operator", "Sara Khan")
    hers, his = opened(sara, draft, "bye"), opened(adil, draft, "bye")
    assert adil.post(address(draft, "bye"), his | {"words.end.en": "Thanks", "act": "save"}).status_code == 303
    clash = sara.post(address(draft, "bye"), hers | {"words.end.en": "Good bye", "act": "save"})
    assert clash.status_code == 409
    assert "Good bye" in clash.text
    assert "Thanks" in clash.text
    assert "Adil" in clash.text
    assert form(text_of(console, draft), "bye").words["end"].said["en"] == "Thanks"
    kept = sara.post(address(draft, "bye"), fields(clash.text, "clash") | {"act": "save-yaml"})
    assert kept.status_code == 303
    assert form(text_of(console, draft), "bye").words["end"].said["en"] == "Good bye"


def test_a_translator_changes_words_and_nothing_else(console: Sunwai, visit: Visit, draft: Draft) -> None:
    translator = visit("translator")
    sent = opened(translator, draft)
    assert "choice.0.go" not in sent, "what is not theirs is not sent"
    assert translator.post(address(draft), sent | {"words.ask.ur": "شکایات", "act": "save"}).status_code == 303
    sent = opened(translator, draft)
    before = text_of(console, draft)
    for more in ({"choice.0.go": "bye"}, {"field.save": "x"}, {"choices": "4"}, {"choice.0.when": "mine"}):
        refused = translator.post(address(draft), sent | more | {"act": "save"})
        assert (refused.status_code, text_of(console, draft)) == (403, before), more
    yaml = {"yaml": sent["yaml"].replace("go: group", "go: bye"), "act": "save-yaml"}
    assert translator.post(address(draft), sent | yaml).status_code == 403
    number = {"words.ask.ur": "شکایات {caller}", "act": "save"}
    assert translator.post(address(draft), sent | number).status_code == 403
    for path in (
        f"{address(draft)}/more",
        f"/console/drafts/{draft.id}/screens",
        f"/console/drafts/{draft.id}/files/{MAIN}",
    ):
        assert translator.post(path, {"act": "remove"}).status_code == 403


def test_what_is_typed_is_drawn_without_being_saved(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    sent = opened(operator, draft) | {"words.ask.en": "Complaints – 8484", "choice.0.go": "nowhere", "side": "form"}
    drawn = operator.post(f"{address(draft)}/redraw", sent).text
    assert "UCS-2" in _part(drawn, "gauge-screens-menu-ask-en")
    assert "Complaints – 8484" in drawn[drawn.index('id="yaml"') :]
    assert "F101" in drawn
    assert "New complaint" in _part(drawn, "phone")
    assert 'name="choice.0.en"' not in drawn, "what one types in is left alone"
    assert now(console, draft).version == 1
    assert 'id="whole-check"' in drawn, "the checks of the whole flow are asked for later"
    later = operator.post(f"{address(draft)}/redraw", sent | {"whole": "yes"}).text
    assert "F101" in _part(later, "editor-found")
    assert 'id="whole-check"' not in later
    typed = sent | {"yaml": sent["yaml"].replace("go: track}", "go: bye}"), "side": "yaml"}
    drawn = operator.post(f"{address(draft)}/redraw", typed).text
    assert fields(f'<form id="x">{drawn}</form>', "x")["choice.2.go"] == "bye"


def _part(page: str, name: str) -> str:
    found = re.search(rf'id="{name}".*', page, re.DOTALL)
    assert found, name
    return found[0]


def test_words_of_callers_and_writers_stay_words(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator, attack = visit("operator"), '"><script>alert(1)</script>{{7*7}}'
    sent = opened(operator, draft, "bye") | {"words.end.en": attack, "act": "save"}
    assert operator.post(address(draft, "bye"), sent).status_code == 303
    for path in (
        address(draft, "bye"),
        f"/console/drafts/{draft.id}/screens",
        f"/console/drafts/{draft.id}/files/{MAIN}",
    ):
        page = operator.get(path).text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert(1)" in page, path
    assert opened(operator, draft, "bye")["words.end.en"] == attack


def test_a_draft_that_is_over_can_only_be_looked_at(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    sent = opened(operator, draft, "bye")
    with console.database.write.begin() as db:
        found = drafts.find(db, draft.id)
        assert found is not None
        found.state = "dropped"
    refused = operator.post(address(draft, "bye"), sent | {"words.end.en": "Good bye", "act": "save"})
    assert refused.status_code == 409
    assert "Good bye" in refused.text
    assert 'value="save"' not in operator.get(address(draft, "bye")).text
    assert block(text_of(console, draft), "bye") == block(shipped_files()[MAIN], "bye")


@pytest.mark.parametrize(
    "odd", [{"act": "up-²"}, {"choices": "²"}, {"choices": "9" * 5000}, {"choice.0.key": "²"}, {"choice.0.key": "500"}]
)
def test_numbers_that_nobody_types_are_no_error_of_ours(
    console: Sunwai, visit: Visit, draft: Draft, odd: dict[str, str]
) -> None:
    operator = visit("operator")
    sent = opened(operator, draft) | {"act": "add-option"} | odd
    assert operator.post(address(draft), sent).status_code == 200
    assert operator.post(f"{address(draft)}/redraw", sent).status_code == 200
    assert now(console, draft).version == 1


def test_a_menu_that_falls_to_two_pages_says_so_beside_its_counter(console: Sunwai, visit: Visit, draft: Draft) -> None:
    operator = visit("operator")
    sent = opened(operator, draft) | {"words.ask.ur": "شکایت لائن 8484 کے لیے"}
    drawn = operator.post(f"{address(draft)}/redraw", sent | {"side": "form"}).text
    told = {part.partition('"')[0]: part for part in drawn.split('id="gauge-screens-menu-')}
    assert "The screen now takes 2 pages (was 1)." in told["ask-ur"]
    assert "The screen now" not in told["ask-en"] + told["ask-ur-Latn"]
    assert "The screen now takes 2 pages (was 1)." in operator.post(address(draft), sent | {"act": "draw"}).text


def test_without_script_a_button_of_an_option_leads_back_to_it_and_says_what_happened(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    page = operator.get(address(draft)).text
    assert f'formaction="{address(draft)}#changed"' in page
    for act, says in (
        ({"act": "insert-1"}, "This is the new option 2."),
        ({"act": "move-4", "to.4": "1"}, "Moved here: callers press 1 for it."),
        ({"act": "move-1", "to.1": "2"}, "It stands here already: callers press 2 for it. Choose another place"),
        ({"act": "remove-0"}, "The option new is removed from here."),
    ):
        shown = operator.post(address(draft), opened(operator, draft) | act).text
        assert re.search(rf'id="changed"[^>]*>{says}', shown), act


def test_without_script_the_phone_speaks_the_language_that_was_typed(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    operator = visit("operator")
    sent = opened(operator, draft) | {"words.ask.ur": "شکایت", "act": "draw"}
    assert fields(operator.post(address(draft), sent).text, "phone-form")["phone-language"] == "ur"
