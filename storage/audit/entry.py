"""An audit entry before it is stored, checked against the catalogue."""

import datetime as dt
import ipaddress
from collections.abc import Mapping

from msgspec import Struct

from storage.audit.catalogue import ACTORS, DETAILS, EVENTS, SUBJECTS

LONGEST = 64  # characters of an actor's or a subject's name


class AuditActor(Struct, frozen=True):
    """Who did it: `kind` is one of ACTORS, `id` is Staff.id as digits or the operating system's user.

    `role` is the role at that time, `network` the prefix that the request came from ("203.0.113.0/24"), or "".
    """

    kind: str
    id: str = ""
    role: str = ""
    network: str = ""


SERVICE = AuditActor("service")  # the sweep, a worker, a process that starts


def network_prefix(address: str) -> str:
    """The prefix of an address or a network: 24 bits of IPv4, 48 of IPv6. "" for anything else."""
    try:
        found = ipaddress.ip_address(address.partition("/")[0])
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def staff_actor(staff_id: int, role: str, network: str = "") -> AuditActor:
    """A member of staff who is signed in. Of the address only the prefix is kept."""
    return AuditActor("staff", str(staff_id), role, network_prefix(network))


def stranger(network: str = "") -> AuditActor:
    """Somebody who is not signed in. Of the address only the prefix is kept."""
    return AuditActor("stranger", network=network_prefix(network))


class AuditOrigin(Struct, frozen=True):
    """Who acts, and when: what an act needs in order to store its own entry."""

    actor: AuditActor
    at: dt.datetime


class AuditEntry(Struct, frozen=True):
    """What happened, who did it, to what, and when. Raises ValueError for a word that the catalogue does not have.

    `subject` is a tracking number, an id or a name. `detail` holds words and numbers, and no personal data.
    """

    event: str
    actor: AuditActor
    at: dt.datetime
    subject_kind: str = ""
    subject: str | int = ""
    detail: Mapping[str, str | int] = {}

    def __post_init__(self) -> None:
        """Refuse what the catalogue does not have."""
        if self.event not in EVENTS or self.actor.kind not in ACTORS or self.subject_kind not in SUBJECTS:
            raise ValueError(f"not in the catalogue: {self.event}, {self.actor.kind}, {self.subject_kind}")
        if max(len(self.actor.id), len(str(self.subject))) > LONGEST:
            raise ValueError("the actor or the subject of an audit entry is too long")
        for key, value in self.detail.items():
            if key not in DETAILS or not DETAILS[key].fullmatch(str(value)):
                raise ValueError(f"not in the catalogue: the detail {key} with such a value")
