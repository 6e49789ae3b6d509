"""What was published is looked at, compared and brought back."""

from __future__ import annotations

from flows.versions.word_diff import diff_words
from gateway.console.diff.diff_view import shorten_pieces
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted
from tests.gateway.console.test_drafts import begun, saved
from tests.gateway.console.test_publishing import NEW, OLD, OTHER, WORDS, live_number, somebody_else_publishes


def test_each_revision_tells_who_published_it_and_what_callers_noticed(visit: Visit) -> None:
    publisher = visit("publisher", name="Sara")
    somebody_else_publishes(publisher, WORDS, OTHER)
    page = publisher.get("/console/flows/survey/revisions").text
    assert "Meanwhile" in page
    assert "The flow that ships" in page
    page = publisher.get("/console/flows/survey/revisions/2?file=survey.yaml").text
    assert "Sara" in page
    assert "<ins>" in page
    assert "en: Start anew," in page  # the file itself
    assert "wording changed" in page
    zipped = publisher.get("/console/flows/survey/revisions/2/files.zip")
    assert zipped.data[:2] == b"PK"


def test_any_two_revisions_are_compared_as_a_caller_would(visit: Visit) -> None:
    publisher = visit("publisher")
    somebody_else_publishes(publisher, WORDS, OTHER)
    somebody_else_publishes(publisher)
    page = publisher.get("/console/flows/survey/compare?from=1&to=3").text
    assert "1 change that callers notice" in page
    assert "anew" in page
    page = publisher.get("/console/flows/survey/compare?from=2&to=3").text
    assert "Nothing callers would notice" in page
    assert "1 file changed" in page


def test_going_back_is_a_new_revision_with_a_reason_and_a_fresh_proof(visit: Visit) -> None:
    publisher, operator = visit("publisher"), visit("operator")
    somebody_else_publishes(publisher, WORDS, OTHER)
    address = "/console/flows/survey/rollback/1"
    assert "What callers will notice" in publisher.get(address).text
    assert operator.get(address).status_code == 403
    assert 'name="proof_password"' in publisher.post(address, {"message": "Too long"}, proved=False).text
    assert publisher.post(address, {"message": ""}).status_code == 422
    done = publisher.post(address, {"message": "Too long", "live": "2"})
    assert done.headers["Location"] == "/console/flows/survey?published=3"
    assert "rolls back to 1" in publisher.get("/console/flows/survey/revisions").text


def test_who_goes_back_has_seen_what_is_live(visit: Visit) -> None:
    publisher, other = visit("publisher"), visit("publisher")
    somebody_else_publishes(publisher, WORDS, OTHER)
    somebody_else_publishes(other, OLD, NEW)
    done = publisher.post("/console/flows/survey/rollback/1", {"message": "Too long", "live": "2"})
    assert done.status_code == 409
    assert "Revision 3 has been published since" in done.text
    assert live_number(publisher.app) == 3


def test_words_of_others_stay_words_on_every_page(visit: Visit) -> None:
    publisher = visit("publisher")
    evil = "<script>alert()</script>"
    somebody_else_publishes(publisher, "en: Start again,", f'en: "{evil}",')
    for path in ("", "/revisions", "/revisions/2?file=survey.yaml", "/compare?from=1&to=2", "/codes"):
        page = publisher.get(f"/console/flows/survey{path}").text
        assert evil not in page, path
    assert "&lt;script&gt;" in publisher.get("/console/flows/survey/revisions/2").text


def test_what_stayed_far_from_any_change_is_left_out_of_a_long_text() -> None:
    before = "\n".join(f"line {at}" for at in range(40))
    found = shorten_pieces(diff_words(before, before.replace("line 20", "other 20")))
    told = "".join(each.words for each in found)
    assert "⋯\nline 18\nline 19\nlineother 20\nline 21\nline 22\n⋯" in told
    assert "line 5" not in told
    assert shorten_pieces(diff_words(before, before)) == diff_words(before, before)


def test_a_call_menu_that_becomes_one_for_texts_keeps_its_callers(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = begun(publisher, "survey")
    draft = saved(publisher, draft, "flow: survey", "flow: survey\nchannel: sms", "survey.yaml")
    refused = publisher.post(f"/console/drafts/{draft.id}/publish", {"message": "By text", "reason": "Wanted"})
    assert refused.status_code == 409
    assert live_number(publisher.app, "survey") == 1


def test_a_renamed_screen_is_in_a_quiet_list_and_no_change_that_callers_notice(visit: Visit) -> None:
    visitor = visit("admin")
    renamed = ("  group:\n    ask", "  subject:\n    ask"), ("go: group}", "go: subject}")
    draft = drafted(visitor.app, "complaints", *(("complaints.yaml", *each) for each in renamed))
    page = visitor.get(f"/console/drafts/{draft.id}").text
    assert "1 screen renamed" in page and "<b>0</b><span>changes callers will notice" in page
    assert "Callers notice nothing" in page
    assert "1 change" not in visitor.get(f"/console/drafts/{draft.id}/publish").text
    drawn = visitor.get(f"/console/drafts/{draft.id}/map").text
    assert 'id="screen-subject"' in drawn and "Removed" not in drawn
