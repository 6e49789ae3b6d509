"""Comments on a draft: said, answered, resolved, seen at Publish and with the revision."""

from __future__ import annotations

import re

from gateway.endpoints.application import Sunwai
from tests.browser.addresses import draft_of
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.operating import run

COMMENT = re.compile(r'id="comment-(\d+)"')
CHANGED = {"One digit is wrong. Look at the SMS": "A digit is wrong. Look at the SMS"}


def say(visitor: Visitor, draft: int, said: str, **more: str) -> str:
    """Comment; the page afterwards."""
    done = visitor.post(f"/console/drafts/{draft}/comments", {"said": said, **more})
    assert done.status_code == 303, done.text
    assert "#comment-" in done.location
    return visitor.get(f"/console/drafts/{draft}").text


def test_a_reviewer_comments_the_author_answers_and_resolves(console: Sunwai, visit: Visit) -> None:
    author, reviewer = visit("operator", name="Amna"), visit("publisher", name="Bilal")
    draft = draft_of(console, "Amna", CHANGED)
    page = say(reviewer, draft, "Is this\nclear <b>enough</b>?", place="call.")
    assert "Is this\nclear &lt;b&gt;enough&lt;/b&gt;?" in page
    [number] = COMMENT.findall(page)
    page = say(author, draft, "Yes, it was asked for.", answers=number)
    assert COMMENT.findall(page) == [number]
    assert "Yes, it was asked for." in page
    assert "1 comment is open." in page
    assert author.post(f"/console/drafts/{draft}/comments/resolve", {"comment": number}).status_code == 303
    page = author.get(f"/console/drafts/{draft}").text
    assert "comments are open" not in page
    assert "by <bdi>Amna</bdi>" in page or "by Amna" in page
    reviewer.post(f"/console/drafts/{draft}/comments/resolve", {"comment": number, "again": "yes"})
    assert "1 comment is open." in author.get(f"/console/drafts/{draft}").text
    said = run(console, "audit", "list", "--event", "commented").output
    assert [act for act in ("comment", "answer", "resolve", "reopen") if f"act={act}" in said] == [
        "comment", "answer", "resolve", "reopen",
    ]  # fmt: skip
    assert "clear" not in said


def test_a_comment_stands_at_the_change_that_it_is_about(console: Sunwai, visit: Visit) -> None:
    visitor = visit("translator")
    draft = draft_of(console, "Amna", {'{en: "What is it about?",': '{en: "What about?",'})
    page = visitor.get(f"/console/drafts/{draft}").text
    found = re.search(r'name="place" value="(screen\.\w+)"', page)
    assert found, page
    page = say(visitor, draft, "Shorter is better", place=found[1])
    group = page.partition('class="change-group"')[2].partition("</section>")[0]
    assert "Shorter is better" in group


def test_open_comments_are_told_at_publish_and_do_not_block(console: Sunwai, visit: Visit) -> None:
    publisher = visit("publisher", name="Bilal")
    draft = draft_of(console, "Amna", CHANGED)
    say(publisher, draft, "Wait for the office")
    page = publisher.get(f"/console/drafts/{draft}/publish").text
    assert "1 comment on this draft is open" in page
    assert "Wait for the office" in page
    form = {"message": "Words", "reason": "Meant", "version": "1", "calls": "update"}
    done = publisher.post(f"/console/drafts/{draft}/publish", form)
    assert done.status_code == 303, done.text
    revision = publisher.get("/console/flows/complaints/revisions/2").text
    assert "Wait for the office" in revision
    refused = publisher.post(f"/console/drafts/{draft}/comments", {"said": "Too late"})
    assert (refused.status_code, "published or dropped" in refused.text) == (409, True)


def test_a_comment_that_is_sent_twice_is_there_once(console: Sunwai, visit: Visit) -> None:
    visitor = visit("translator")
    draft = draft_of(console, "Amna", CHANGED)
    for _ in range(2):
        [number] = COMMENT.findall(say(visitor, draft, "Wait for the office"))
    for _ in range(2):
        page = say(visitor, draft, "It agrees", answers=number)
        assert page.count("It agrees") == 1
    assert len(COMMENT.findall(say(visitor, draft, "Wait for the office"))) == 2
    said = run(console, "audit", "list", "--event", "commented").output
    assert (said.count("act=comment"), said.count("act=answer")) == (2, 1)


def test_a_comment_is_bounded_and_what_was_typed_stays(console: Sunwai, visit: Visit) -> None:
    visitor = visit("translator")
    draft = draft_of(console, "Amna", CHANGED)
    for said, why in (("  ", "Write what you want to say first."), ("x" * 1_001, "at most 1000 characters")):
        answer = visitor.post(f"/console/drafts/{draft}/comments", {"said": said})
        assert (answer.status_code, why in answer.text) == (422, True)
    assert "x" * 1_001 in answer.text
    gone = visitor.post(f"/console/drafts/{draft}/comments", {"said": "x", "answers": "99"})
    assert gone.status_code == 409
    assert visitor.post(f"/console/drafts/{draft}/comments/resolve", {"comment": "99"}).status_code == 409


def test_the_author_and_who_commented_are_told_until_they_have_read_it(console: Sunwai, visit: Visit) -> None:
    author, reviewer, other = visit("operator", name="Amna"), visit("publisher", name="Bilal"), visit("admin")
    draft = draft_of(console, "Amna", CHANGED)
    [number] = COMMENT.findall(say(reviewer, draft, "Is this clear?"))
    page = author.get("/console/").text
    assert f"Bilal asks about your draft {draft}: Is this clear?" in page
    assert "1 open comment</a>" in page
    assert "Is this clear?" not in reviewer.get("/console/").text
    assert "Is this clear?" not in other.get("/console/").text
    read = author.post(f"/console/drafts/{draft}/comments/read", {"comment": number})
    assert read.headers["Location"].endswith(f"/console/drafts/{draft}#comment-{number}")
    page = author.get("/console/").text
    assert ("asks about your draft" in page, "1 open comment</a>" in page) == (False, True)
    say(author, draft, "Yes, it was asked for.", answers=number)
    page = reviewer.get("/console/").text
    assert f"Amna answers your comment on draft {draft}: Yes, it was asked for." in page
    assert "Yes, it was asked for." not in author.get("/console/").text
    reviewer.post(f"/console/drafts/{draft}/comments/resolve", {"comment": number})
    page = reviewer.get("/console/").text
    assert ("answers your comment" in page, "open comment" in page) == (False, False)
    assert author.post(f"/console/drafts/{draft}/comments/read", {"comment": "99"}).status_code == 303


def test_an_answer_that_is_refused_stays_in_its_own_form(console: Sunwai, visit: Visit) -> None:
    visitor = visit("translator")
    draft = draft_of(console, "Amna", CHANGED)
    first, second = (COMMENT.findall(say(visitor, draft, said))[-1] for said in ("One", "Two"))
    refused = visitor.post(f"/console/drafts/{draft}/comments", {"said": "y" * 1_001, "answers": first})
    assert refused.status_code == 422
    form = refused.text.partition(f'id="answer-{first}"')[2].partition("</form>")[0]
    assert "y" * 1_001 in form
    assert "at most 1000 characters" in form
    assert refused.text.count("y" * 1_001) == 1
    assert f'id="answer-{second}"' in refused.text
    guarded = re.findall(rf'action="/console/drafts/{draft}/comments#[^>]*data-guard', refused.text)
    assert len(guarded) >= 3
