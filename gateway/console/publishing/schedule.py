"""Scheduled publication of a draft: entering the time, cancelling it, and why it was missed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import Need, OpenDraft
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _, when
from gateway.console.site.requested_draft import draft_or_404, is_going_on, to_draft
from sessions.drafts import scheduled_publishing
from sessions.drafts.scheduled_publishing import FARTHEST, SOONEST
from storage.schema.tables import Draft

NIGHT = dt.time(2)  # few people call then


class PublishTime(Struct, frozen=True):
    """A time to publish, as entered: `date` and `time` in the time zone of the callers, and that moment as `at`.

    `wrong` is what is wrong with it; `chosen` is False if the form asks to publish now.
    """

    date: str = ""
    time: str = ""
    chosen: bool = False
    at: dt.datetime | None = None
    wrong: str = ""


def parse_publish_time(form: Mapping[str, str]) -> PublishTime:
    """The time at which a form asks to publish a draft."""
    date, time = form.get("date", "").strip()[:20], form.get("time", "").strip()[:20]
    chosen = form.get("when") == "at"
    if not chosen:
        untouched = form.get("offered", "") == f"{date} {time}"
        wrong = _("You also entered a time: press the button below it, or clear it to publish now.")
        return PublishTime(date, time, wrong=wrong if (date or time) and not untouched else "")
    try:
        local = dt.datetime.combine(dt.date.fromisoformat(date), dt.time.fromisoformat(time)).replace(tzinfo=None)
    except ValueError:
        return PublishTime(date, time, True, wrong=_("Enter a day and a time, such as 02:00."))
    zone = ZoneInfo(sunwai().settings.timezone)
    at = local.replace(tzinfo=zone)
    try:
        skipped = at.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != local
    except OverflowError:
        return PublishTime(date, time, True, wrong=why_untimely("far"))
    if skipped:
        return PublishTime(
            date, time, True, wrong=_("The clocks go forward then, so this time does not exist on that day.")
        )
    return PublishTime(date, time, True, at)


def why_untimely(done: str) -> str:
    """Why a time is refused, and what to do."""
    if done == "soon":
        return _("Choose a time at least %(n)s minutes ahead, or publish now.", n=SOONEST // dt.timedelta(minutes=1))
    return _("Choose a day within the next %(n)s days.", n=FARTHEST.days)


def choosable(chosen: PublishTime, draft: Draft) -> dict[str, str]:
    """What the form shows: the time as entered, and the first and last day allowed.

    Before anybody entered one it is the time that was chosen for the draft, or else the next night.
    """
    zone = ZoneInfo(sunwai().settings.timezone)
    now = sunwai().clock().astimezone(zone)
    today, offered = now.date(), draft.publish_at.astimezone(zone) if draft.publish_at else _next_night(now)
    date, time = offered.date().isoformat(), f"{offered:%H:%M}"
    typed = chosen.chosen or bool(chosen.wrong)
    return {
        "date": chosen.date if typed else date,
        "time": chosen.time if typed else time,
        "offered": f"{date} {time}",
        "first": today.isoformat(),
        "last": (today + FARTHEST).isoformat(),
        "zone": zone.key,
        "night": f"{NIGHT:%H:%M}",
        "wrong": chosen.wrong,
    }


def _next_night(now: dt.datetime) -> dt.datetime:
    """The next time at which few people call and that can still be chosen; `now` is in the zone of the callers."""
    night = dt.datetime.combine(now.date(), NIGHT, now.tzinfo)
    return night if night - now >= SOONEST else night + dt.timedelta(days=1)


@blueprint.post("/drafts/<int:draft_id>/not-then", endpoint="not_then")
@needs("publish")
def cancel_schedule(draft_id: int) -> Response:
    """Cancel a scheduled publication."""
    found = draft_or_404(draft_id)
    if scheduled_publishing.cancel_schedule(sunwai().database, sunwai().clock(), draft_id, who=person().name):
        flash(_("Schedule cancelled: the draft will not be published automatically."), "good")
    elif found.published:
        flash(_("Too late: it is already live, as revision %(n)s.", n=found.published), "warn")
    else:
        flash(_("No time is chosen for this draft any more: somebody has cancelled it, or changed the draft."), "warn")
    return to_draft(draft_id)


@blueprint.post("/drafts/<int:draft_id>/seen", endpoint="seen")
@needs("publish")
def dismiss_missed_schedule(draft_id: int) -> Response:
    """Dismiss the message that says why a scheduled publication was missed."""
    if not is_going_on(draft_or_404(draft_id)):
        abort(409, _("This draft has already been published or dropped."))
    scheduled_publishing.dismiss_missed_schedule(sunwai().database, draft_id)
    return to_draft(draft_id)


def missed_schedule_tasks(drafts: list[OpenDraft]) -> Iterator[Need]:
    """Missed schedules, for whoever made them and, if the checks failed, for everyone who may publish."""
    for each in drafts:
        draft = each.draft
        about: Mapping[str, Any] = draft.missed or {}
        if about and (
            about.get("by") == person().name or (may("publish") and scheduled_publishing.has_failed_schedule(draft))
        ):
            words = _("Draft %(id)s of %(flow)s was not published as scheduled. %(why)s", id=draft.id, flow=draft.flow,
                      why=missed_reason(draft))  # fmt: skip
            yield Need(words, url_for("console.lifecycle.draft", draft_id=draft.id), _("See it"), "warn")


def missed_reason(draft: Draft) -> str:
    """Why the last schedule of a draft was missed, in one sentence that says what to do; "" if it was not."""
    about: Mapping[str, Any] = draft.missed or {}
    if not about:
        return ""
    facts = {"who": about.get("who", ""), "by": about.get("by", ""), "n": about.get("live", ""), "flow": draft.flow}
    facts["codes"] = ", ".join(about.get("codes", ()))
    two = _(
        "Publishing takes two people, and %(by)s, who chose the time, also worked on it: somebody else "
        "must choose a time."
    )
    said = {
        "saved": _("%(who)s changed the draft before then: check it, then choose a time again."),
        "review": _("%(who)s asked for a review or returned the draft for changes before then: choose a time again."),
        "dropped": _("%(who)s dropped the draft before then: choose a time again."),
        "back": _("%(who)s cancelled the schedule: choose a time again."),
        "stale": _("Revision %(n)s was published before then: merge it into the draft, then choose a time again."),
        "lost": _("It loses what protects people, and no second person agreed to that."),
        "warnings": _("The checks found warnings without a reason: choose a time again and give one."),
        "dialled": _(
            "%(codes)s is connected to %(flow)s, but an SMS flow answers no calls: connect it to a menu, or disconnect "
            "it first."
        ),
        "late": _(
            "The program that publishes it (the sweep) was not running then: see Health, then choose a time again."
        ),
        "right": _("%(by)s, who chose the time, may no longer publish: somebody else must choose a time."),
        "editor": two,
        "asker": two,
        "renamed": _("Its file has the name of another flow: restore the old name."),
    }
    other = _("The checks found errors: fix them, then choose a time again.")
    return said.get(about.get("why", ""), other) % facts


def at_words(draft: Draft) -> str:
    """The time of the missed schedule, in the time zone of the callers."""
    at = (draft.missed or {}).get("at")
    return when(dt.datetime.fromisoformat(at)) if at else ""
