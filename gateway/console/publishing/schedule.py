"""A draft that is published later: the time as somebody writes it, taking it back, and why it came to nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from gateway.console.publishing.blueprint import blueprint
from gateway.console.site.flow_status import Need, OpenDraft
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _, when
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import scheduled_publishing
from sessions.drafts.scheduled_publishing import FARTHEST, SOONEST
from storage.schema.tables import Draft

NIGHT = dt.time(2)  # few people call then


class PublishTime(Struct, frozen=True):
    """A time to publish at as it was written: `date` and `time` where the callers are, and that moment.

    `at` has their zone. `wrong` is what is wrong with it; `chosen` is False where publishing now was asked for.
    """

    date: str = ""
    time: str = ""
    chosen: bool = False
    at: dt.datetime | None = None
    wrong: str = ""


def parse_publish_time(form: Mapping[str, str]) -> PublishTime:
    """When a form wants a draft to be published."""
    date, time = form.get("date", "").strip()[:20], form.get("time", "").strip()[:20]
    chosen = form.get("when") == "at"
    if not chosen:
        wrong = _("You wrote a time as well: press the button below it, or empty it to publish now.")
        return PublishTime(date, time, wrong=wrong if date or time else "")
    try:
        local = dt.datetime.combine(dt.date.fromisoformat(date), dt.time.fromisoformat(time)).replace(tzinfo=None)
    except ValueError:
        return PublishTime(date, time, True, wrong=_("Choose a day and a time, such as 02:00."))
    zone = ZoneInfo(sunwai().settings.timezone)
    at = local.replace(tzinfo=zone)
    try:
        skipped = at.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != local
    except OverflowError:
        return PublishTime(date, time, True, wrong=why_untimely("far"))
    if skipped:
        return PublishTime(
            date, time, True, wrong=_("Clocks are put forward then, and there is no such time on that day.")
        )
    return PublishTime(date, time, True, at)


def why_untimely(done: str) -> str:
    """Why a time is refused, and what to do."""
    if done == "soon":
        return _("Choose a time at least %(n)s minutes ahead, or publish now.", n=SOONEST // dt.timedelta(minutes=1))
    return _("Choose a day within the next %(n)s days.", n=FARTHEST.days)


def choosable(chosen: PublishTime) -> dict[str, str]:
    """What the form shows of the time: as it was written, and between which days it may be."""
    zone = ZoneInfo(sunwai().settings.timezone)
    today = sunwai().clock().astimezone(zone).date()
    return {
        "date": chosen.date,
        "time": chosen.time,
        "first": today.isoformat(),
        "last": (today + FARTHEST).isoformat(),
        "zone": zone.key,
        "night": f"{NIGHT:%H:%M}",
        "wrong": chosen.wrong,
    }


@blueprint.post("/drafts/<int:draft_id>/not-then", endpoint="not_then")
@needs("publish")
def cancel_schedule(draft_id: int) -> Response:
    """Take an appointment back."""
    found = draft_or_404(draft_id)
    if scheduled_publishing.cancel_schedule(sunwai().database, sunwai().clock(), draft_id, who=person().name):
        flash(_("Taken back: the draft is not published by itself."), "good")
    elif found.published:
        flash(_("Too late: it is live already, as revision %(n)s.", n=found.published), "warn")
    return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int:draft_id>/seen", endpoint="seen")
@needs("publish")
def dismiss_missed_schedule(draft_id: int) -> Response:
    """Whoever may publish read why an appointment came to nothing."""
    if not is_going_on(draft_or_404(draft_id)):
        abort(409, _("This draft is over: it was published or dropped already."))
    scheduled_publishing.dismiss_missed_schedule(sunwai().database, draft_id)
    return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)


def missed_schedule_tasks(drafts: list[OpenDraft]) -> Iterator[Need]:
    """Appointments that came to nothing, for who made them and, where the checks refused, for all who may publish."""
    for each in drafts:
        draft = each.draft
        about: Mapping[str, Any] = draft.missed or {}
        if about and (
            about.get("by") == person().name or (may("publish") and scheduled_publishing.has_failed_schedule(draft))
        ):
            words = _("Draft %(id)s of %(flow)s was not published at its time. %(why)s", id=draft.id, flow=draft.flow,
                      why=missed_reason(draft))  # fmt: skip
            yield Need(words, url_for("console.lifecycle.draft", draft_id=draft.id), _("See it"), "warn")


def missed_reason(draft: Draft) -> str:
    """Why the last appointment of a draft came to nothing, in one sentence that says what to do; "" for none."""
    about: Mapping[str, Any] = draft.missed or {}
    if not about:
        return ""
    facts = {"who": about.get("who", ""), "by": about.get("by", ""), "n": about.get("live", ""), "flow": draft.flow}
    facts["codes"] = ", ".join(about.get("codes", ()))
    two = _("Two people are wanted, and %(by)s, who chose the time, worked on it: somebody else chooses one.")
    said = {
        "saved": _("%(who)s changed the draft before then: look at what it is now, then choose a time again."),
        "review": _("%(who)s asked for a review or sent the draft back to work before then: choose a time again."),
        "dropped": _("%(who)s dropped the draft before then: choose a time again."),
        "back": _("%(who)s took the appointment back: choose a time again."),
        "stale": _("Revision %(n)s was published meanwhile: bring the draft onto it, then choose a time again."),
        "warnings": _("The checks have warnings that nobody gave a reason for: choose a time again and give one."),
        "dialled": _(
            "%(codes)s leads to %(flow)s, and a flow for texts answers no calls: let it lead to a menu or nowhere "
            "first."
        ),
        "late": _(
            "The program that publishes it (the sweep) was not at work then: see Health, then choose a time again."
        ),
        "right": _("%(by)s, who chose the time, may not publish any more: somebody else chooses one."),
        "editor": two,
        "asker": two,
        "renamed": _("Its file has the name of another flow: put the old name back."),
    }
    other = _("The checks find errors: mend them, then choose a time again.")
    return said.get(about.get("why", ""), other) % facts


def at_words(draft: Draft) -> str:
    """When the appointment that came to nothing was, where the callers are."""
    at = (draft.missed or {}).get("at")
    return when(dt.datetime.fromisoformat(at)) if at else ""
