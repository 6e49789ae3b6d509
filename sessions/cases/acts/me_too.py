"""What a citizen adds to what others said: "that problem is known", "me too", and a rating of a service.

One phone reports a power cut and a hundred confirm it: a caller who hears of a known report can be counted with one
key instead of filing the same again. What others learn of a report is its number, its status and how many told
of it; never who filed it or in which words.
"""

import datetime as dt

from msgspec import Struct

from flows.menu.actions import FOLLOWED
from flows.menu.model import Flow, Outcome, Record, Value
from flows.text import tracking_number
from flows.text.western_digits import whole_number
from sessions.cases.acts import citizen_acts
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.rules.case_policy import CasePolicy
from storage.cases import complaints, me_too_entries, surveys
from storage.cases.me_too_entries import Matter
from storage.schema.tables import Complaint, Contact

RATINGS = range(1, 6)


class SurveyInput(Struct, frozen=True):
    """How somebody rated a service, on which revision of the flow."""

    service: str | None
    rating: Value
    words: str | None
    revision: int


def known_problem(
    context: ActContext, contact: Contact | None, category: str, district: str, within: dt.timedelta | None = None
) -> Outcome:
    """Whether this is reported already: "yours" by the caller, "ok" by somebody else lately, or "none".

    How old a report may be is `within`, or what the life cycle says, and never more days than that allows.
    """
    db, known = context.db, context.policy.life.known_problems
    usual = dt.timedelta(hours=known.hours)
    within = min(usual if within is None else within, dt.timedelta(days=known.days))
    matter = Matter(category, district, context.now - within, _standing(context.policy))
    if contact is not None and (mine := own_cases.first_about(db, contact, matter)):
        return Outcome("yours", _record(context, matter, mine))
    found = me_too_entries.of_others(db, matter, contact.id if contact else None)
    return Outcome("ok", _record(context, matter, found)) if found else Outcome("none")


def me_too(context: ActContext, contact: Contact, number: str) -> Outcome:
    """Count the caller for another's open complaint.

    "already" when they were counted for it before, "yours" when they filed it themselves, "missing" when there is no
    such complaint or it is no longer open. Beside who filed it and said so before, those are counted who
    told of the same within the days in which a report can be known.
    """
    complaint, standing = complaints.by_number(context.db, number), _standing(context.policy)
    if complaint is None or complaint.kind != "complaint" or complaint.status not in standing:
        return Outcome("missing")
    since = max(complaint.filed_at, context.now - dt.timedelta(days=context.policy.life.known_problems.days))
    matter = Matter(complaint.category or "", complaint.district or "", since, standing)
    if complaint.contact_id == contact.id:
        return Outcome("yours", _record(context, matter, complaint))
    if complaint.private:
        return Outcome("missing")
    added = me_too_entries.add(context.db, complaint.id, contact.id, context.now)
    return Outcome("ok" if added else "already", _record(context, matter, complaint))


def record_for_others(complaint: Complaint, policy: CasePolicy, flow: Flow) -> Record:
    """A complaint as those see it who were counted for it: what is known of every known problem, and its due date.

    Neither what the office wrote, which may be about the person, nor anything that can be done with it.
    """
    for_others: Record = {"listed": FOLLOWED, "note": "", "waits": "", "open": False, "resolved": False}
    return citizen_acts.record_of(complaint, policy, flow) | for_others


def save_survey(context: ActContext, contact: Contact, given: SurveyInput) -> Outcome:
    """Keep how a service was rated, 1 to 5: "repeat" when this phone did so today, and the first one stays.

    "failed" for a rating out of range: the flow asks for something else than it should.
    """
    rating = whole_number(str(given.rating))
    if given.service is None or rating is None or rating not in RATINGS:
        return Outcome("failed")
    added = surveys.add(
        context.db,
        contact_id=contact.id,
        flow=context.flow.name,
        revision=given.revision,
        service=given.service,
        rating=rating,
        words=given.words,
        day=context.today,
        at=context.now,
    )
    return Outcome("ok" if added else "repeat")


def _record(context: ActContext, matter: Matter, complaint: Complaint) -> Record:
    """A known problem as a flow sees it (actions.KNOWN): `since` is the time, `day` the day where the service is."""
    filed_at = complaint.filed_at.astimezone(context.policy.zone)
    return {
        "number": tracking_number.format_number(complaint.number),
        "status": complaint.status,
        # a report with its name hidden counts for its own filer
        "count": max(me_too_entries.phones(context.db, matter, complaint.id), 1),
        "since": f"{filed_at:%H:%M}",
        "day": filed_at.date().isoformat(),
    }


def _standing(policy: CasePolicy) -> tuple[str, ...]:
    """Statuses of reports that count as known. A problem that is reported again after it was solved is a new one."""
    return tuple(name for name, status in policy.statuses.items() if status.open and not status.resolved)
