"""A draft goes live: only with a message, by who may, and over nobody's work unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from sessions.audit import audit_notes
from sessions.publishing import publication, revision_history
from storage.audit.audit_log import AuditFilter
from tests.gateway.console.conftest import KEY, Visit, Visitor, arrive
from tests.gateway.console.test_drafts import begun, draft_at, saved
from tests.gateway.outside import settings
from tests.servers import Valkey

OLD, NEW = "title: Rate a service", "title: Line two"
WORDS, OTHER = "en: Start again,", "en: Start anew,"
MESSAGE = {"message": "Shorter words"}


def live_number(app: Sunwai, flow: str = "survey") -> int:
    found = revision_history.find_revision(app.database, flow)
    return found.number if found else 0


def somebody_else_publishes(visitor: Visitor, old: str = OLD, new: str = NEW) -> None:
    draft = saved(visitor, begun(visitor, anyway="yes"), old, new)
    done = visitor.post(f"/console/drafts/{draft.id}/publish", {"message": "Meanwhile"})
    assert done.status_code == 303, done.text


def test_a_published_draft_is_live_for_new_calls_and_is_over(visit: Visit) -> None:
    publisher = visit("publisher", name="Sara")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    page = publisher.get(f"/console/drafts/{draft.id}/publish").text
    assert "1 change" in page
    assert "33 of 33 pass" in page
    done = publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE | {"version": str(draft.version)})
    assert done.headers["Location"] == "/console/flows/survey?published=2"
    page = publisher.get(done.headers["Location"]).text
    assert "Revision 2 is live for new calls" in page
    assert "Calls in progress finish on the revision they started on." in page
    over = draft_at(publisher, f"/console/drafts/{draft.id}")
    assert (over.state, over.published, over.message) == ("published", 2, "Shorter words")
    page = publisher.get(f"/console/drafts/{draft.id}/publish").text
    assert "This draft has already been published or dropped" in page
    assert "You cannot publish it" not in page
    revision = revision_history.find_revision(publisher.app.database, "survey")
    assert revision is not None
    assert (revision.number, revision.author, revision.message, revision.base) == (2, "Sara", "Shorter words", 1)
    found = publisher.app.shelf.for_code("*8486#")
    assert found is not None
    assert found.number == 2


def test_publishing_needs_a_message_a_right_and_a_fresh_proof(visit: Visit) -> None:
    publisher, operator = visit("publisher"), visit("operator")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    address = f"/console/drafts/{draft.id}/publish"
    silent = publisher.post(address, {"message": " "})
    assert silent.status_code == 422
    assert "Say in one sentence what changed and why" in silent.text
    assert operator.post(address, MESSAGE).status_code == 403
    unproved = publisher.post(address, MESSAGE, proved=False)
    assert 'name="proof_password"' in unproved.text
    assert "Shorter words" in unproved.text  # what was typed goes with it
    assert live_number(publisher.app) == 1


def test_errors_block_a_draft_and_are_named(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), "go: rating", "go: nowhere")
    address = f"/console/drafts/{draft.id}/publish"
    page = publisher.get(address).text
    assert "block" in page
    assert "nowhere" in page
    done = publisher.post(address, MESSAGE)
    assert done.status_code == 409
    assert "The checks found errors: fix them, then publish." in done.text
    assert "Shorter words" in done.text
    assert live_number(publisher.app) == 1


def test_warnings_ask_for_a_reason_and_keep_what_was_typed(visit: Visit) -> None:
    publisher = visit("publisher")
    island = '\n  island:\n    end: {en: "Nobody.", ur-Latn: "Koi nahi.", ur: کوئی نہیں}\n'
    draft = begun(publisher)
    draft = saved(publisher, draft, draft.files[draft.main][-200:], draft.files[draft.main][-200:] + island)
    address = f"/console/drafts/{draft.id}/publish"
    asked = publisher.post(address, MESSAGE)
    assert asked.status_code == 409
    assert "The warnings need a reason" in asked.text
    assert "Shorter words" in asked.text
    done = publisher.post(address, MESSAGE | {"reason": "It is for later"})
    assert done.status_code == 303
    revision = revision_history.find_revision(publisher.app.database, "survey")
    assert revision is not None
    assert revision.reason == "It is for later"


def test_a_draft_that_was_saved_meanwhile_is_not_published_unseen(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    seen = draft.version
    saved(publisher, draft, OLD, NEW, who="Bilal")
    done = publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE | {"version": str(seen)})
    assert done.status_code == 409
    assert "Bilal has saved this draft since you opened it" in done.text
    assert live_number(publisher.app) == 1


def test_what_others_published_meanwhile_is_not_undone(visit: Visit) -> None:
    publisher, other = visit("publisher"), visit("publisher", name="Amina")
    draft = saved(publisher, begun(publisher), WORDS, OTHER)
    somebody_else_publishes(other)
    refused = publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE)
    assert refused.status_code == 409
    assert "Merge revision 2 into your draft, then publish." in refused.text
    assert "Revision 2 of Rate a service was published after you started draft" in publisher.get("/console/").text
    page = publisher.get(f"/console/drafts/{draft.id}/onto").text
    assert "You changed different things: there is nothing to choose." in page
    done = publisher.post(f"/console/drafts/{draft.id}/onto", {"live": "2"})
    assert done.status_code == 303
    brought = draft_at(publisher, f"/console/drafts/{draft.id}")
    assert brought.base == 2
    assert NEW in brought.files[brought.main]
    assert OTHER in brought.files[brought.main]
    assert publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE).status_code == 303
    assert live_number(publisher.app) == 3


def test_where_both_changed_the_same_words_somebody_chooses(visit: Visit) -> None:
    publisher, other = visit("publisher"), visit("publisher", name="Amina")
    draft = saved(publisher, begun(publisher), OLD, "title: <i>Mine</i>")
    somebody_else_publishes(other)
    address = f"/console/drafts/{draft.id}/onto"
    page = publisher.get(address).text
    assert "survey.yaml title" in page
    assert "&lt;i&gt;" in page
    assert "<i>" not in page
    unchosen = publisher.post(address, {"live": "2"})
    assert unchosen.status_code == 422
    assert draft_at(publisher, address).base == 1
    done = publisher.post(address, {"live": "2", "name-0": "survey.yaml title", "side-0": "mine"})
    assert done.status_code == 303
    brought = draft_at(publisher, address)
    assert "<i>Mine</i>" in brought.files[brought.main]


def test_a_draft_whose_file_names_another_flow_is_not_published(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), "flow: survey", "flow: power_cut")
    refused = publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE)
    assert refused.status_code == 409
    assert live_number(publisher.app, "power_cut") == 1


@pytest.fixture
def two_people(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The console of a service where two people are wanted."""
    made = create_app(
        settings(published_url, valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional", TWO_PEOPLE="yes")
    )
    yield made
    made.close()


def test_where_two_people_are_wanted_nobody_publishes_what_they_wrote_or_asked_for(two_people: Sunwai) -> None:
    sara, amina, zara = (arrive(two_people, "publisher", name) for name in ("Sara", "Amina", "Zara"))
    draft = saved(sara, begun(sara), WORDS, OTHER)
    address = f"/console/drafts/{draft.id}/publish"
    for after in ("alone", "a colleague's save"):
        refused = sara.post(address, MESSAGE)
        assert refused.status_code == 409, after
        assert "publishing takes two people: somebody with the right to publish who did not work" in refused.text
        assert "You cannot publish it" in sara.get(address).text
        draft = saved(sara, draft, OLD, NEW, who="Omar") if after == "alone" else draft
    assert "(Omar, Sara)" in refused.text
    zara.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter"})
    assert "You asked for the review of this draft" in zara.post(address, MESSAGE).text
    assert amina.post(address, MESSAGE).status_code == 303
    assert live_number(two_people) == 2
    kept = audit_notes.list_entries(two_people.database, AuditFilter(event="publish_refused"), 9)
    assert [(each.who, each.row.detail["reason"]) for each in kept] == [
        ("Zara", "asker"),
        ("Sara", "editor"),
        ("Sara", "editor"),
    ]


def test_where_two_people_are_wanted_an_author_does_not_bring_a_revision_back_alone(two_people: Sunwai) -> None:
    sara, amina = (arrive(two_people, "publisher", name) for name in ("Sara", "Amina"))
    for words in (OTHER, NEW):
        draft = saved(sara, begun(sara), WORDS if words == OTHER else OLD, words)
        assert amina.post(f"/console/drafts/{draft.id}/publish", MESSAGE).status_code == 303
    back = "/console/flows/survey/rollback/2"
    refused = sara.post(back, {"message": "Mine was better"})
    assert refused.status_code == 409
    assert "You are one of the authors of revision 2 (Sara)" in refused.text
    seen = {"Sara": sara.get(back).text, "Amina": amina.get(back).text}
    for who, page in seen.items():  # nobody is offered a button that refuses them
        assert ("You cannot roll back to it" in page, "Roll back now" in page) == (who == "Sara", who == "Amina")
    assert live_number(two_people) == 3
    assert amina.post(back, {"message": "Three was wrong"}).status_code == 303
    assert sara.post("/console/flows/survey/rollback/4", {"message": "The same files"}).status_code == 409
    assert live_number(two_people) == 4
    kept = audit_notes.list_entries(two_people.database, AuditFilter(event="publish_refused"), 9)
    assert [(each.who, each.row.subject, each.row.detail["revision"]) for each in kept] == [
        ("Sara", "survey", "4"),
        ("Sara", "survey", "2"),
    ]


def test_a_new_flow_is_published_and_then_given_a_code(visit: Visit) -> None:
    publisher = visit("publisher")
    done = publisher.post("/console/copy", {"template": "survey", "name": "water_survey"})
    draft = draft_at(publisher, done.headers["Location"])
    done = publisher.post(f"/console/drafts/{draft.id}/publish", MESSAGE | {"reason": "Copied"})
    assert done.status_code == 303, done.text
    page = publisher.get(done.headers["Location"]).text
    assert "No code is connected to it yet." in page
    assert "No code is connected to water_survey" in publisher.get("/console/").text
    codes = "/console/flows/water_survey/codes"
    taken = publisher.post(codes, {"code": "*8484#"})
    assert taken.status_code == 409
    assert "*8484# is connected to complaints" in taken.text
    assert publisher.post(codes, {"code": "8484*"}).status_code == 422
    assert "Confirm who you are" in publisher.post(codes, {"code": "*8489#"}, proved=False).text
    assert publisher.app.shelf.for_code("*8489#") is None
    assert publisher.post(codes, {"code": "*8489#"}).status_code == 303
    found = publisher.app.shelf.for_code("*8489#")
    assert found is not None
    assert found.flow.name == "water_survey"
    asked = publisher.post(codes, {"away": "*8489#"})
    assert "Disconnect *8489#?" in asked.text
    publisher.post(codes, {"away": "*8489#", "sure": "yes"})
    assert publisher.app.shelf.for_code("*8489#") is None
    assert [
        each.codes for each in publication.list_published_flows(publisher.app.database) if each.flow == "complaints"
    ] != [()]


def test_what_protects_people_is_lost_only_by_a_second_person_with_a_reason(visit: Visit) -> None:
    sara, amina = visit("publisher", name="Sara"), visit("publisher", name="Amina")
    draft = saved(sara, begun(sara, "complaints"), "women,2,yes,yes,", "women,2,yes,,", "lists/category.csv")
    address = f"/console/drafts/{draft.id}/publish"
    page = sara.get(address).text
    assert "1 protection of people would be lost" in page
    assert "You cannot publish it" in page
    assert sara.post(address, MESSAGE | {"reason": "Nobody is hurt"}).status_code == 409
    assert "Why people can do without it" in amina.get(address).text
    refused = amina.post(address, MESSAGE)
    assert refused.status_code == 409
    assert "Say why people can do without what protected them." in refused.text
    assert amina.post(address, MESSAGE | {"reason": "Nobody is hurt"}).status_code == 303
    assert live_number(amina.app, "complaints") == 2
