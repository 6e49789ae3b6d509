"""Whether an office serves the place of a complaint: what it may be sent has rules for that place, or none at all."""

from flows.cases import jurisdiction
from flows.engine.variables import as_words, base_language
from sessions.cases.acts import assignee_selection
from sessions.cases.core import case_clock
from sessions.cases.core.act_context import ActContext
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint


def coverage_problem(context: ActContext, complaint: Complaint, code: str) -> str:
    """Why this office cannot have a complaint from there, with the one of its kind that can; or nothing.

    An office without any rule has what it is sent, from everywhere; so has every office what is from no known place.
    """
    db, flow, day = context.db, context.flow, context.today
    office = offices_and_jurisdictions.by_code(db, code)
    if office is None or complaint.district is None:
        return ""
    province = case_clock.province_of(complaint.district, flow)
    there = offices_and_jurisdictions.rules_for(db, office.kind, province, complaint.district, day)
    if any(rule.office == code for rule in there) or not any(
        rule.office == code for rule in offices_and_jurisdictions.rules(db)
    ):
        return ""
    book = jurisdiction.Book(
        assignee_selection.offices_from_rows(offices_and_jurisdictions.with_above(db, [rule.office for rule in there])),
        assignee_selection.rules_from_rows(list(there)),
    )
    place = (complaint.category, province, complaint.district)
    does = jurisdiction.choose_office(book, office.kind, *place, day, complaint.against).office
    named = as_words(flow, "district", complaint.district, base_language(flow))
    return f"{code} does not serve {named}; {f'{does} does' if does else f'no {office.kind} office does'}."
