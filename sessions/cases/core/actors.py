"""Who does something to a complaint: the citizen, time itself, somebody of the staff, or an operator."""

from msgspec import Struct

from flows.cases.lifecycle_rules import OPERATOR
from storage.schema.tables import Staff


class Actor(Struct, frozen=True):
    """Who acts, as history keeps it. `office` is where their work ends; None: nowhere, or they have no office."""

    name: str
    role: str
    staff_id: int | None = None
    office: str | None = None


CITIZEN = Actor("citizen", "citizen")
SYSTEM = Actor("system", "system")


def operator(name: str, role: str = OPERATOR) -> Actor:
    """Somebody at the command line, in their own name or in the part of `role`."""
    return Actor(name, role)


def of_staff(staff: Staff) -> Actor:
    """Somebody of the staff, in their own part."""
    return Actor(staff.name, staff.role, staff.id, staff.office)
