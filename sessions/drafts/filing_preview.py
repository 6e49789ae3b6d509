"""What filing would do with a call that is only tried out: the office, the due date and the texts, by the real rules.

These are the functions that file, with the lists and texts of the draft, and with the calendar and the offices that
take cases of this installation. Nothing is stored, and nobody is texted.
"""

import datetime as dt
from collections.abc import Mapping

from msgspec.structs import replace

from flows.cases import officer_code
from flows.cases.lifecycle_rules import Kind
from flows.engine.variables import base_language
from flows.menu.actions import BRINGS_NOTHING
from flows.menu.model import Flow, Outcome, Record, Value
from flows.preview.filed_texts import OwedText, RuledOutcome
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, citizen_acts, file_complaint
from sessions.cases.core import filing_plan
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.cases.core.category_rules import given_in_danger
from sessions.cases.rules.case_policy import CasePolicy
from sessions.cases.rules.danger_files import danger_result, words_of_danger
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint, Contact

FILINGS: dict[str, Kind] = {
    "file_complaint": "complaint",
    "file_by_text": "complaint",
    "file_suggestion": "suggestion",
}
CODE = "4821"  # stands for an officer's code, which is made when a text is sent
AGE = dt.timedelta(days=3)  # how long ago the example complaint was filed that a look-up brings


class FilingPreview:
    """The rules by which a rehearsed call of a flow files (flows.preview.rehearsal.Rehearsal.rules)."""

    def __init__(self, database: Database, flow: Flow, policy: CasePolicy, now: dt.datetime) -> None:
        self._database, self._flow, self._policy, self._now = database, flow, policy, now

    def __call__(
        self, action: str, given: Mapping[str, Value], language: str, found: Outcome, *, chosen: bool
    ) -> RuledOutcome | None:
        """What an action brings by the rules, and the texts it owes; None where they say nothing of it.

        `found` is the sample outcome; its result stays if somebody has `chosen` it.
        """
        if found.result in BRINGS_NOTHING or found.result == "failed":
            return None
        with self._database.read.begin() as db:
            context = ActContext(db, self._now, CITIZEN, self._flow, self._policy)
            if action in FILINGS:
                return self._filed(context, action, dict(given), language, found, chosen=chosen)
            if action == "plan_complaint":
                return self._planned(context, dict(given), found, chosen=chosen)
            return self._looked_up(context, found)

    def _filed(
        self,
        context: ActContext,
        action: str,
        given: dict[str, Value],
        language: str,
        found: Outcome,
        *,
        chosen: bool,
    ) -> RuledOutcome:
        """A filing: its record, and the texts to its citizen and to the officer who would have it."""
        if found.result == "repeat":
            return RuledOutcome(Outcome("repeat", self._filed_record(context, action, given)))
        danger = words_of_danger(self._flow, given, action) if action != "file_by_text" else None
        told = danger is not None if not chosen else found.result in ("danger", "private_danger")
        kind = FILINGS[action]
        if danger is not None and told:
            kind = "complaint"
            given = given_in_danger(self._flow, self._policy.life, given, danger)
        given["private"] = given.get("private") in (True, "yes") or (chosen and found.result.startswith("private"))
        case = _case(context, kind, given, danger=told)
        texts = self._texts(context, case, language)
        record = citizen_acts.record_of(case, self._policy, self._flow)
        result = found.result
        if not chosen:
            result = danger_result(self._flow, action, private=case.private) if told else "ok"
            if action == "file_by_text":
                result = "danger" if case.urgent else "private" if case.private else "ok"
        if danger is not None and told:
            record["call"] = filing_plan.call_of(self._flow, danger, language)
        return RuledOutcome(Outcome(result, record), texts)

    def _filed_record(self, context: ActContext, action: str, given: dict[str, Value]) -> Record:
        return citizen_acts.record_of(_case(context, FILINGS[action], given), self._policy, self._flow)

    def _texts(self, context: ActContext, case: Complaint, language: str) -> tuple[OwedText, ...]:
        """The receipt, and what the officer is texted to whom the case goes; the office is set as routing does."""
        officer: tuple[OwedText, ...] = ()
        choice = (
            assignee_selection.choose_office_of_case(context, case, case.against) if case.kind == "complaint" else None
        )
        if choice is not None and choice.office is not None:
            case.desk = choice.office
            case.office = assignee_selection.office_kind_for_citizen(context, case, case.desk)
            officer = self._to_officer(context, case, case.desk)
        body = file_complaint.receipt_text(self._flow, case, language)
        return OwedText("citizen", language, body), *officer

    def _to_officer(self, context: ActContext, case: Complaint, desk: str) -> tuple[OwedText, ...]:
        chosen = assignee_selection.officer_for(context.db, self._policy, case, desk, case.level)
        contact = context.db.get(Contact, chosen.contact_id) if chosen is not None and chosen.contact_id else None
        reads = contact.language if contact is not None else None
        spoken = reads if reads in self._flow.languages else base_language(self._flow)
        places = officer_code.places(0)
        body = assignee_selection.officer_text(self._flow, "officer_new", spoken, case, code=places)
        if body is None:
            return ()
        office = offices_and_jurisdictions.by_code(context.db, desk)
        name = office.name if office is not None else desk
        return (OwedText("officer", spoken, body.replace(places, CODE), name, sent=contact is not None),)

    def _planned(self, context: ActContext, given: dict[str, Value], found: Outcome, *, chosen: bool) -> RuledOutcome:
        planned = filing_plan.plan_filing(self._flow, self._policy, context.now, given)
        if not chosen or planned.result == "failed":
            return RuledOutcome(planned)
        return RuledOutcome(replace(found, record={**_first(found), **_first(planned)}))

    def _looked_up(self, context: ActContext, found: Outcome) -> RuledOutcome | None:
        """A complaint that is an example, with the office and the due date of its category and place."""
        sample = _first(found)
        if not sample.get("category") or "due" not in sample or sample.get("private"):
            return None
        earlier = replace(context, now=context.now - AGE)
        case = _case(earlier, "complaint", {name: sample.get(name) for name in ("category", "district")})
        record = citizen_acts.record_of(case, self._policy, self._flow)
        ruled = {**sample, **{name: record[name] for name in ("office", "due", "filed") if record.get(name)}}
        return RuledOutcome(replace(found, record=[ruled] if isinstance(found.record, list) else ruled))


def _case(context: ActContext, kind: Kind, given: Mapping[str, Value], *, danger: bool = False) -> Complaint:
    """A case as filing would store it, outside any transaction."""
    draft = file_complaint.draft_of(Contact(id=0), 0, kind, {**given, "danger": danger or given.get("danger")})
    return Complaint(
        id=0,
        number=tracking_number.SAMPLE,
        status="received",
        version=1,
        level=0,
        filed_at=context.now,
        clock_from=context.now,
        **file_complaint.columns_of(context, draft),
    )


def _first(found: Outcome) -> Record:
    """The record of an outcome, the first of several; an empty one where it has none."""
    return (found.record[0] if isinstance(found.record, list) else found.record) or {}
