"""What the first page asks of whoever is signed in: drafts to review, comments to read, and what their drafts need."""

from collections.abc import Iterator, Sequence

from flask import url_for

from flows.text.printable import one_line
from gateway.console.publishing import schedule
from gateway.console.site.flow_status import Need, OpenDraft, mine, withheld_from_me
from gateway.console.site.guard import may, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.titles import draft_title
from sessions.drafts import review_comments, two_person_rule
from sessions.drafts.review_comments import Thread
from storage.menus.revisions import LiveFlowSummary

LONGEST_SAID = 160  # characters of a comment in a task


def find_tasks(drafts: Sequence[OpenDraft], live: Sequence[LiveFlowSummary]) -> list[Need]:
    """Every task of the reader, the most pressing first."""
    return [
        *schedule.missed_schedule_tasks(list(drafts)),
        *_reviews(drafts),
        *_comments(drafts),
        *_own_drafts(drafts),
        *_flows_without_codes(live),
    ]


def _reviews(drafts: Sequence[OpenDraft]) -> Iterator[Need]:
    """Drafts to review; not those whose publication is scheduled, since somebody has decided about them."""
    for each in drafts:
        draft = each.draft
        ready = draft.state == "review" and not draft.publish_at and draft.asked_by != person().name
        if ready and may("publish") and not withheld_from_me(draft):
            words = _(
                "%(who)s asks you to review a draft of %(flow)s: %(message)s",
                who=draft.asked_by,
                flow=draft_title(draft),
                message=draft.message,
            )
            href = url_for("console.lifecycle.draft", draft_id=draft.id)
            yield Need(words, href, _("Review it"), "warn", draft.asked_at)


def _comments(drafts: Sequence[OpenDraft]) -> Iterator[Need]:
    """Comments on the reader's drafts, and answers to what they said, until they are read, answered or resolved."""
    database, me = sunwai().database, person().name
    for each in drafts:
        draft, threads = each.draft, each.comments
        author = bool(threads) and two_person_rule.is_author(database, draft, me)
        for thread in review_comments.unread_threads(threads, me, author=author):
            last = thread.last
            href = url_for("console.lifecycle.acknowledge", draft_id=draft.id)
            words = _comment_words(thread, draft.id)
            yield Need(words, href, _("Read it"), "warn", last.at, {"comment": str(last.id)})


def _comment_words(thread: Thread, draft_id: int) -> str:
    last, said = thread.last, one_line(thread.last.said)
    facts = {"who": last.who, "id": draft_id}
    facts["said"] = said if len(said) <= LONGEST_SAID else said[: LONGEST_SAID - 1] + "…"
    if last is thread.comment:
        return _("%(who)s asks about your draft %(id)s: %(said)s", **facts)
    if thread.comment.who == person().name:
        return _("%(who)s answers your comment on draft %(id)s: %(said)s", **facts)
    return _("%(who)s answers in a comment on draft %(id)s: %(said)s", **facts)


def _own_drafts(drafts: Sequence[OpenDraft]) -> Iterator[Need]:
    """What the reader's own drafts need: merging what others published, and errors that the checks have found."""
    for each in drafts:
        draft, href = each.draft, url_for("console.lifecycle.draft", draft_id=each.draft.id)
        if not mine(each):
            continue
        if each.behind and each.live and may("edit"):
            words = _("Revision %(n)s of %(flow)s was published after you started draft %(id)s.", n=each.live,
                      flow=draft_title(draft), id=draft.id)  # fmt: skip
            yield Need(words, url_for("console.lifecycle.onto", draft_id=draft.id), _("Merge it"), "warn")
        if each.counts is not None and each.counts.own:
            words = _(
                "Your draft %(id)s of %(flow)s has errors to fix before it can be published: %(n)s.",
                id=draft.id,
                flow=draft_title(draft),
                n=each.counts.own,
            )
            yield Need(words, f"{href}/problems", _("See them"), "info")


def _flows_without_codes(live: Sequence[LiveFlowSummary]) -> Iterator[Need]:
    for each in live if may("publish") else ():
        if not each.codes:
            words = _("No code is connected to %(flow)s: nobody can call it yet.", flow=each.flow)
            yield Need(words, url_for("console.lifecycle.codes", flow=each.flow), _("Connect a code"), "info")
