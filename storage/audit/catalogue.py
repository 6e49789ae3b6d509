"""Every word that may stand in an audit entry, in one place: events, kinds of actors and subjects, keys of details.

The catalogue is closed, so that no phone number and no word of a citizen can get into a table whose rows are never
deleted. Whoever adds an event or a key adds it here, with its shape.
"""

import re

# What happened. The sentence is shown to admins; `gateway/console/audit/labels.py` has it in Urdu too.
EVENTS: dict[str, str] = {
    "sign_in": "Signed in",
    "sign_in_failed": "Could not sign in",
    "sign_out": "Signed out",
    "session_ended": "Ended a session in another browser",
    "refused": "Was refused something without the right for it",
    "role_changed": "Gave somebody another role",
    "invited": "Created an invitation",
    "access_removed": "Removed somebody's access",
    "second_factor_changed": "Changed a way to sign in",
    "published": "Published a revision",
    "rolled_back": "Rolled a flow back",
    "publish_refused": "Was kept from publishing",
    "code_routed": "Changed where a short code leads",
    "commented": "Commented on a draft, or answered or resolved a comment",
    "draft_dropped": "Dropped a draft",
    "imported": "Imported files into a draft",
    "exported": "Exported files",
    "case_opened": "Read a case",
    "case_changed": "Changed a case",
    "text_changed": "Changed an outgoing text",  # earlier releases: a message that could not be read, too
    "message_settled": "Settled a message that could not be read",
    "route_changed": "Switched a route for texts on or off",
    "list_exported": "Read or exported a list of cases or texts",
    "reveal_asked": "Asked to see a citizen's phone number",
    "reveal_agreed": "Agreed that somebody sees a citizen's phone number",
    "reveal_refused": "Was refused a citizen's phone number, or refused it",
    "revealed": "Revealed a phone number",
    "pin_reset_started": "Began to remove a phone's PIN",
    "pin_reset_refused": "Was refused to remove a phone's PIN",
    "pin_reset_stopped": "A citizen kept their PIN that was to be removed",
    "pin_reset": "Removed a phone's PIN",
    "requests_emptied": "Removed the words of requests that were settled",
    "retention_changed": "Changed how long something is kept",
    "words_removed": "Removed what was kept long enough",
    "citizen_exported": "Exported what is held about a phone",
    "erasure_asked": "Asked to erase what is held about a phone",
    "erased": "Erased what is held about a phone",
    "hold_changed": "Set or lifted a legal hold",
    "command": "Ran a command",
    "started": "A process started",
}

# Who it was: Staff.id, the operating system's user, the service itself, or somebody who is not signed in.
ACTORS = ("staff", "command", "service", "stranger")

# What it was about; "" if it was about nothing in particular.
SUBJECTS = (
    "",
    "case",
    "staff",
    "flow",
    "draft",
    "office",
    "text",
    "message",
    "model",
    "code",
    "process",
    "audit",
    "route",
    "rule",
    "contact",
)

_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DIGITS = re.compile(r"[0-9]{1,9}")  # a phone number has more

# The keys of a detail, and what their values look like. Every value is a string.
DETAILS: dict[str, re.Pattern[str]] = {
    "how": _WORD,  # password, code, openid, passkey, web, text; alone: without a second person
    "reason": _WORD,  # why it was refused or failed
    "right": _WORD,  # the right that was needed
    "route": re.compile(r"[a-z_]{1,40}(?:\.[a-z_]{1,40}){0,3}"),  # of the console
    "flow": re.compile(r"(?!.*\d{10})\w[\w .-]{0,63}"),  # its name, in any script
    "revision": _DIGITS,
    "base": _DIGITS,
    "restored": _DIGITS,  # the revision whose files a rollback brought back
    "lost": re.compile(r"F[0-9]{3}(?: F[0-9]{3}){0,9}"),  # checks of protections to whose loss a second person agreed
    "by": _DIGITS,  # Staff.id, of whom a command was run in the name of
    "asker": _DIGITS,  # Staff.id, of who asked to see a phone number
    "second": _DIGITS,  # Staff.id, of who agrees or shall agree to that
    "as": _WORD,  # the role in which a command was run
    "from": _WORD,
    "to": _WORD,
    "act": _WORD,  # what was done with a case, or with a comment: their rows have the rest
    "version": _DIGITS,  # of the case after it: the row of its history
    "command": re.compile(r"[a-z][a-z-]{0,30}(?: [a-z][a-z-]{0,30}){0,2}"),
    "outcome": _WORD,  # done, failed
    "format": _WORD,  # csv, xlsx, zip
    "days": _DIGITS,  # how long something is kept
    "rows": _DIGITS,  # how many: rows, sessions, texts
    "status": re.compile(r"[0-9]{3}"),
    "release": re.compile(r"[0-9]{1,3}(?:\.[0-9a-z+-]{1,12}){1,4}"),
    "settings": re.compile(r"(?:[A-Z][A-Z0-9_]{0,60}=[0-9a-f]{12}(?: |$)){0,200}"),  # names, digests of values
}
