"""Whoever is about to do harm that cannot be undone is told before it happens: every form of the console has its class.

A form that asks answers with a question, and acts only once that was answered; one that shows has the words beside its
button, or a preview before it; one that can be undone names the form that undoes it. The rest harms nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.console.questions.ask_first import asks_first
from gateway.endpoints.application import Sunwai

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "gateway/console/templates/console"

ASKS = {
    "access.drop_second": "a password alone lets people in",
    "access.remove_passkey": "the device no longer opens the account",
    "health.send_again": "texts that may have arrived arrive twice; others are sent without a question",
    "health.settle": "an answer cannot be taken back, and who is set aside gets none; filing says what it does",
    "health.settle_texts": "somebody does not learn something, or learns it twice",
    "health.switch_route": "no text may be sent; switching on does no harm",
    "keywords.remove": "keywords are lost",
    "lists.remove": "words of a row are lost",
    "people.change_role": "somebody is signed out, and what they typed is lost",
    "people.end_sessions": "the same",
    "people.invite_again": "a password ends; who has none yet, or is back, loses nothing",
    "people.remove_access": "somebody is signed out, and cannot come back",
    "phone.delete": "a scripted call is lost",
}

# The template with the form, and words of it that say what will happen.
SHOWS = {
    "access.password": ("access/account.html", "You are signed out everywhere else at once."),
    "access.second": ("access/second.html", "The old one's codes work until you are done here."),
    "files.import_into_draft": ("files/preview.html", "Nothing has been changed yet."),
    "files.import_zip": ("files/preview.html", "Nothing has been changed yet."),
    "files.remove": ("files/file.html", "It cannot be restored: copy what you want to keep."),
    "health.give_to_office": ("health/danger.html", "A few plain words: they go into an SMS."),
    "health.set_aside": ("health/lists.html", "Why nothing needs to be done"),
    "lifecycle.bring_back": ("lifecycle/rollback.html", "What callers will notice"),
    "lifecycle.bring_onto": ("lifecycle/merge.html", "If both of you changed the same place, you choose."),
    "lifecycle.calls": ("lifecycle/draft.html", "the call no longer tests what it tested."),
    "lifecycle.go_live": ("lifecycle/publish.html", "It answers new calls at once."),
    "lifecycle.lead": ("lifecycle/codes.html", "Nobody who dials or texts it would get an answer."),
    "lists.take": ("lists/preview.html", "Nothing has been changed yet."),
    "phone.update": ("phone/calls.html", "If the flow is right, update the call."),
    "words.take": ("words/preview.html", "Nothing has been changed yet."),
}

# The form that undoes it, as often as one likes.
UNDONE = {
    "access.rename_passkey": "access.rename_passkey",
    "editor.done": "editor.bring_back",
    "files.add": "files.remove",
    "keywords.move": "keywords.move",
    "lifecycle.discard_review": "lifecycle.review",
    "lifecycle.drop": "lifecycle.take_up",
    "lifecycle.not_then": "lifecycle.go_live",
    "lifecycle.resolve": "lifecycle.resolve",
    "lifecycle.review": "lifecycle.discard_review",
    "lifecycle.take_up": "lifecycle.drop",
    "lists.begin": "files.remove",
    "lists.bring_back": "lists.retire",
    "lists.move": "lists.move",
    "lists.retire": "lists.bring_back",
    "people.invite_new": "people.remove_access",
    "words.track": "files.remove",
}

HARMLESS = {
    # it starts or restores something of one's own
    "access.add_passkey": "adds a way in",
    "access.code": "signs in",
    "access.join": "signs in",
    "access.new_passkey": "shows a page",
    "access.openid": "signs in",
    "access.passkey_options": "asks a device",
    "access.sign_in": "signs in",
    "access.sign_in_with_passkey": "signs in",
    "editor.bring_back": "undoes the removal of a screen",
    "funnel.edit": "starts a draft",
    "keywords.edit": "starts a draft",
    "lifecycle.translate": "starts a draft",
    "phone.keep_in_new_draft": "starts a draft",
    "lifecycle.begin_back": "starts a draft",
    "lifecycle.copy": "starts a draft",
    "lifecycle.copy_template": "starts a draft",
    "lifecycle.edit_list": "starts a draft",
    # it saves what was typed, in a draft that callers do not see; another save is refused or merged, never lost
    "editor.keep": "saves",
    "editor.new_screen": "saves",
    "files.keep": "saves",
    "keywords.save": "saves",
    "lifecycle.comment": "saves",
    "lists.save": "saves",
    "phone.record": "saves",
    "words.save": "saves",
    # it shows something
    "editor.phone_beside": "shows",
    "editor.redraw": "shows",
    "keywords.of_draft": "shows",
    "keywords.of_flow": "shows",
    "lists.look_at": "shows",
    "lists.measure": "shows",
    "phone.live": "shows",
    "phone.page": "shows",
    "words.look_at": "shows",
    "words.measure": "shows",
    # it concerns this person's browsers only: they sign in again
    "access.end_browser": "signs out where one is not",
    "access.sign_out": "signs out here",
    "lifecycle.acknowledge": "goes to a comment, which stays on the draft",
    "lifecycle.seen": "hides a message, which the history of the draft keeps",
    "shell.language": "changes the language of the pages",
}


def forms(app: Sunwai) -> set[str]:
    """Every view of the console that takes a form, without the name of the console."""
    return {
        rule.endpoint.removeprefix("console.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "POST" in (rule.methods or ())
    }


def test_every_form_of_the_console_has_one_class(console: Sunwai) -> None:
    classes: tuple[Mapping[str, object], ...] = (ASKS, SHOWS, UNDONE, HARMLESS)
    named = [name for each in classes for name in each]
    assert sorted(named) == sorted(set(named)), "one class each"
    assert forms(console) == set(named), "does a new form harm, can it be undone, and who is told?"


def test_what_asks_is_guarded_by_its_question_and_nothing_else_is(console: Sunwai) -> None:
    asking = {name for name in forms(console) if asks_first(console.view_functions[f"console.{name}"])}
    assert asking == set(ASKS)


@pytest.mark.parametrize("name", SHOWS)
def test_what_shows_has_its_words_beside_the_form(name: str) -> None:
    template, words = SHOWS[name]
    assert words in (TEMPLATES / template).read_text(encoding="utf-8")


def test_what_can_be_undone_is_undone_by_a_form_that_is_there(console: Sunwai) -> None:
    assert set(UNDONE.values()) <= forms(console)


def test_the_page_for_operators_says_what_asks() -> None:
    page = (ROOT / "docs/operators/console.md").read_text(encoding="utf-8")
    assert "what cannot be undone asks first" in " ".join(page.split())
