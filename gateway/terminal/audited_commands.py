"""Which commands leave an audit entry, and about what. A test demands that each command stands in one of both tables.

The entry is stored before the command does anything: one that cannot be recorded shows no case and changes nothing.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from flows.text import tracking_number
from sessions.audit import audit_notes
from storage.audit.entry import LONGEST, AuditActor, AuditEntry

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai


LOGIN_ID = Path("/proc/self/loginuid")  # Linux sets it once, when somebody logs in: proc(5), pam_loginuid(8)
NO_LOGIN = 2**32 - 1


class AuditedCommand(NamedTuple):
    """The event of a command, the kind of its subject, and the parameter that names the subject."""

    event: str
    kind: str = ""
    parameter: str = ""


_LIST_OF_TEXTS = AuditedCommand("list_exported", "text")
AUDITED: Mapping[str, AuditedCommand] = {
    "complaints list": AuditedCommand("list_exported", "case"),
    "complaints move": AuditedCommand("case_changed", "case", "number"),
    "complaints interim": AuditedCommand("case_changed", "case", "number"),
    "complaints reset-pin": AuditedCommand("command", "case", "number"),
    "complaints reveals": AuditedCommand("list_exported", "case"),
    "complaints reveal ask": AuditedCommand("command", "case", "number"),
    "complaints reveal agree": AuditedCommand("command", "case", "number"),
    "complaints reveal show": AuditedCommand("command", "case", "number"),
    "sms questions": _LIST_OF_TEXTS,
    "sms unheard": _LIST_OF_TEXTS,
    "sms unreadable list": _LIST_OF_TEXTS,
    "sms unreadable show": AuditedCommand("revealed", "message", "unreadable_id"),
    "sms unreadable file": AuditedCommand("command", "message", "unreadable_id"),
    "sms unreadable discard": AuditedCommand("command", "message", "unreadable_id"),
    "texts list": _LIST_OF_TEXTS,
    "texts stuck": _LIST_OF_TEXTS,
    "texts show": AuditedCommand("case_opened", "text", "text"),
    "texts retry": AuditedCommand("command", "text"),
    "texts cancel": AuditedCommand("command", "text"),
    "texts settle": AuditedCommand("command", "text"),
    "texts release": AuditedCommand("command", "text"),
    "texts restored": AuditedCommand("command"),
    "texts roads": AuditedCommand("command"),
    "model train": AuditedCommand("command", "model"),
    "model publish": AuditedCommand("command", "model"),
    "model rollback": AuditedCommand("command", "model"),
    "offices whatif": AuditedCommand("list_exported", "case"),
    "offices import": AuditedCommand("command", "office"),
    "staff add": AuditedCommand("command", "staff"),
    "staff invite": AuditedCommand("command", "staff"),
    "staff change": AuditedCommand("command", "staff"),
    "staff remove": AuditedCommand("command", "staff"),
    "flows route": AuditedCommand("command", "code", "code"),
    "flows publish": AuditedCommand("command", "flow"),
    "flows rollback": AuditedCommand("command", "flow"),
    "audit list": AuditedCommand("list_exported", "audit"),
    "audit proof": AuditedCommand("case_opened", "case", "number"),
    "keys encrypt": AuditedCommand("command"),
    "keys rotate": AuditedCommand("command"),
    "keys remove": AuditedCommand("command"),
    "counts repair": AuditedCommand("command"),
    "simulate": AuditedCommand("command"),  # in production: any number can be given, and its complaints are shown
}

# Those that show no citizen's words and change nothing that is stored, or have an entry of their own.
UNAUDITED: Mapping[str, str] = {
    "complaints show": "its entry is `case_opened` or `refused`, stored before it shows anything",
    "flows check": "files",
    "flows translated": "files",
    "flows schema": "the keys of files",
    "flows test": "files",
    "flows export": "files",
    "flows import": "files",
    "flows graph": "files",
    "flows show": "a published flow",
    "flows diff": "published flows",
    "flows list": "published flows",
    "flows status": "published flows",
    "offices show": "offices",
    "staff list": "names of staff",
    "audit verify": "places of rows; the log is not to grow because it is checked",
    "audit key": "the public key of the log",
    "audit keygen": "a key in a file",
    "retention plan": "counts",
    "citizen export": "its entry is `citizen_exported`",
    "citizen erase": "its entries are `erasure_asked` and `erased`",
    "citizen hold": "its entry is `hold_changed`",
    "citizen replay": "its entries are `erased`, one for each phone",
    "retention apply": "its entries are `retention_changed`, one for each rule",
    "counts check": "counts",
    "keys init": "keys in a file",
    "keys list": "keys without their secrets, and counts",
    "keys check": "opens words and shows none",
    "sms which": "a text that was typed",
    "sms refused": "a count",
    "texts alarms": "counts",
    "model card": "a model",
    "model list": "models",
    "model compare": "models",
    "migrate": "the tables themselves",
    "roles": "prints SQL and runs none",
    "worker": "its entry is `started`",
    "sweep": "its entry is `started`",
}


# Those that run in production without the keys of the database: they read files, or are about the keys themselves.
WITHOUT_KEYS = frozenset(
    {
        *(path for path, why in UNAUDITED.items() if why in ("files", "the keys of files")),
        *("keys init", "keys list", "keys check", "audit key", "audit keygen", "roles"),
    }
)


def command_actor(logged_in: Path = LOGIN_ID) -> AuditActor:
    """The operating system's user who logged in: who they are to the kernel, not what the environment says.

    `sudo`, `su` and `runuser` keep that id, so it names the administrator of a command that deploy/sunwai.sh runs as
    the user of the service. Where nobody logged in (a container, a unit), it is the user of this process.
    """
    try:
        login = int(logged_in.read_text("ascii"))
    except (OSError, ValueError):  # a kernel without it
        login = NO_LOGIN
    user = os.getuid() if login == NO_LOGIN else login
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:  # a container may run under a user id without a name
        name = f"uid-{user}"
    return AuditActor("command", name[:LONGEST])


def command_path(context: click.Context) -> str:
    """The words of a command without the program's name: "complaints show"."""
    words: list[str] = []
    at: click.Context | None = context
    while at is not None and at.parent is not None:
        words.insert(0, at.info_name or "")
        at = at.parent
    return " ".join(words)


def note_command(app: Sunwai, audited: AuditedCommand, path: str, given: Mapping[str, Any]) -> None:
    """Store the entry of the command that is running. Raises what the database raises."""
    subject = _subject(audited, given)
    detail = {"command": path}
    audit_notes.note(
        app.database, AuditEntry(audited.event, command_actor(), app.clock(), audited.kind, subject, detail)
    )


def _subject(audited: AuditedCommand, given: Mapping[str, Any]) -> str:
    said = str(given.get(audited.parameter) or "") if audited.parameter else ""
    if audited.kind == "case":  # what is typed wrongly might be a phone number
        return tracking_number.parse_tracking_number(said).number or "" if said else ""
    return said[:LONGEST]
