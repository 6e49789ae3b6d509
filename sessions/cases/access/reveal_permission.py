"""Who may ask to see the phone number of a complaint, and who may agree to it.

Nobody sees a number alone. Oversight asks; another person, who may see the case and is below the asker in nothing,
agrees. Whoever works for an office that has cases does neither: the complaint is about them.
"""

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.cases.access import acts_by_number, visibility
from sessions.cases.access.visibility import ComplaintView
from sessions.cases.core.actors import Actor, of_staff
from sessions.cases.rules.case_policy import CasePolicy
from storage.people import offices_and_jurisdictions, staff
from storage.schema.tables import Complaint, Staff


class RevealProblem(Struct, frozen=True):
    """Why not: a `code` for the audit, and what to do."""

    code: str
    message: str


def asker_problem(db: Session, policy: CasePolicy, actor: Actor, complaint: Complaint) -> RevealProblem | None:
    """Why this actor may not ask for the number of this complaint, or see it; None if they may."""
    person = staff.by_id(db, actor.staff_id)
    if person is None or not person.active:
        return RevealProblem("nobody", "Only one of the staff sees a number: give their name with --by.")
    view = _view(db, policy, person, complaint)
    if view is None:
        return not_theirs(complaint.number)
    if not view.reveal:
        said = (
            "Only oversight can see a number. Write to the citizen through the line instead: ASK, or complaints move."
        )
        return RevealProblem("role", said)
    return _own(person, complaint) or _no_phone(person)


def second_problem(
    db: Session, policy: CasePolicy, asker: Actor, second: Staff | None, complaint: Complaint
) -> RevealProblem | None:
    """Why this person cannot be the second who agrees; None if they can."""
    if second is None or not second.active:
        return RevealProblem("second_unknown", "Nobody of this name works here: flask staff list shows everybody.")
    if second.id == asker.staff_id:
        return RevealProblem("second_self", "The second person must be somebody else.")
    if is_subordinate(db, policy, of_staff(second), asker):
        said = f"{second.name} is below you and could not say no: name somebody of your own rank or above."
        return RevealProblem("second_subordinate", said)
    view = _view(db, policy, second, complaint)
    if view is None:
        return RevealProblem("second_sees_not", f"{second.name} may not see this case: name somebody else.")
    if view.relay:
        said = f"{second.name} works for an office that has cases: name somebody of oversight or triage."
        return RevealProblem("second_body", said)
    return _own(second, complaint) or _no_phone(second)


def is_subordinate(db: Session, policy: CasePolicy, second: Actor, asker: Actor) -> bool:
    """True for who is below the asker: in an office under theirs, or of a lower rank in the same office.

    Who has no office is above everybody of a lower rank. Who has no rank (triage) is below nobody.
    """
    ranks = policy.lifecycle.ranks
    if asker.office and second.office in offices_and_jurisdictions.under(db, asker.office):
        return True
    same = asker.office is None or second.office == asker.office
    return same and second.role in ranks and ranks[second.role] < ranks.get(asker.role, policy.lifecycle.top)


def visibility_problem(db: Session, policy: CasePolicy, actor: Actor, complaint: Complaint) -> RevealProblem | None:
    """The answer to a number that nobody has, for who may not see the case or is none of the staff."""
    person = staff.by_id(db, actor.staff_id)
    seen = person is not None and person.active and _view(db, policy, person, complaint) is not None
    return None if seen else not_theirs(complaint.number)


def not_theirs(number: str) -> RevealProblem:
    """The answer about a case that somebody may not see: that to a number that nobody has."""
    return RevealProblem("not_theirs", acts_by_number.unknown_number_refusal(number).message)


def _view(db: Session, policy: CasePolicy, person: Staff, complaint: Complaint) -> ComplaintView | None:
    who = of_staff(person)
    return visibility.complaint_view(who, complaint, visibility.reach(db, who, policy), policy)


def _own(person: Staff, complaint: Complaint) -> RevealProblem | None:
    if person.contact_id != complaint.contact_id:
        return None
    return RevealProblem("own", f"{person.name} filed this case: somebody else must act.")


def _no_phone(person: Staff) -> RevealProblem | None:
    if person.contact_id is not None:
        return None
    said = f"{person.name} has no phone here, and the code would be sent to it: flask staff change NAME --phone."
    return RevealProblem("no_phone", said)
