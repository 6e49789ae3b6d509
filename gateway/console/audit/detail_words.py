"""The details of audit entries in words, in the reader's language; what is not known here stays as it is stored."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from gateway.console.access.user_questions import role_names
from gateway.console.audit.labels import event_labels, subject_labels, who_label
from gateway.console.site.i18n import _, ngettext
from sessions.audit.audit_notes import NamedEntry

HIDDEN = frozenset({"settings"})  # names and digests, for whoever reads the file


class ShownEntry(Struct, frozen=True):
    """An entry as the page shows it."""

    entry: NamedEntry
    who: str
    event: str
    kind: str  # what it is about
    details: list[str]


def shown_entry(entry: NamedEntry) -> ShownEntry:
    """The entry in words. Earlier releases recorded messages that could not be read as if they were texts."""
    event, kind = entry.row.event, entry.row.subject_kind
    if event == "text_changed" and entry.row.detail.get("act") in ("filed", "discarded"):
        event, kind = "message_settled", "message"
    if kind == "text" and entry.row.detail.get("command", "").startswith("sms unreadable "):
        kind = "message"
    return ShownEntry(
        entry,
        who_label(entry),
        event_labels().get(event, event),
        subject_labels().get(kind, kind),
        detail_words(entry),
    )


def detail_words(entry: NamedEntry) -> list[str]:
    """Each detail of an entry as a few words, in a fixed order."""
    detail = dict(entry.row.detail)
    found = [*_changed_role(detail)]
    if detail.get("rows", "").isdigit():
        found.append(_how_many(entry.row.event, int(detail.pop("rows"))))
    return [*found, *(words for key, value in sorted(detail.items()) if (words := _one(key, value)))]


def _changed_role(detail: dict[str, str]) -> Iterator[str]:
    """A role before and after, which are taken out of the details."""
    names = every_role()
    old, new = detail.pop("from", ""), detail.pop("to", "")
    old_words, new_words = names.get(old, old), names.get(new, new)
    if old and old != "none" and new:
        yield _("%(old)s, then %(new)s", old=old_words, new=new_words)
    elif new:
        yield _("as %(role)s", role=new_words) if new in names else _("now %(state)s", state=new_words)
    elif old:
        yield _("was %(role)s", role=old_words)


def every_role() -> dict[str, str]:
    """What each role is called, also of those who work on cases."""
    return dict(role_names()) | {
        "officer": _("Officer"),
        "supervisor": _("Supervisor"),
        "head": _("Head of an office"),
        "triage": _("Triage"),
        "oversight": _("Oversight"),
    }


def _how_many(event: str, number: int) -> str:
    """How many sessions were ended, or how many of anything else it was about."""
    if event == "session_ended":
        return ngettext("%(num)d session", "%(num)d sessions", number)
    return ngettext("%(num)d row", "%(num)d rows", number)


def _one(key: str, value: str) -> str:
    """One detail; "" for one that says nothing here."""
    if key in HIDDEN:
        return ""
    known = _values().get(key, {}).get(value)
    if known is not None:
        return known
    sentence = _sentences(value).get(key)
    return sentence if sentence is not None else f"{key} {value}"


def _values() -> Mapping[str, Mapping[str, str]]:
    """The words for values that are codes, by key."""
    return {
        "how": {
            "password": _("with a password"),
            "code": _("with a code"),
            "passkey": _("with a passkey"),
            "openid": _("with the organisation's account"),
            "invitation": _("with an invitation"),
            "text": _("by SMS"),
            "web": _("in the console"),
            "alone": _("without a second person"),
        },
        "reason": {
            "right": _("their role does not include it"),
            "form": _("the form came from elsewhere"),
            "editor": _("they worked on it themselves"),
            "asker": _("they asked for the review themselves"),
            "alone": _("no second person"),
            "lost": _("it loses protections, and no second person agreed"),
            "wrong_code": _("a wrong code"),
            "not_theirs": _("the case is not theirs, or there is none"),
        },
        "act": {
            "retry": _("sent again"),
            "hasten": _("sent at once"),
            "cancel": _("not to be sent"),
            "release": _("released"),
            "settle_sent": _("it was sent"),
            "settle_not_sent": _("it was not sent"),
            "filed": _("filed"),
            "answered": _("answered"),
            "discarded": _("set aside"),
            "on": _("switched on"),
            "off": _("switched off"),
            "comment": _("a comment"),
            "answer": _("an answer"),
            "resolve": _("resolved"),
            "reopen": _("opened again"),
            "passkey_added": _("a passkey was added"),
            "passkey_removed": _("a passkey was removed"),
            "password_changed": _("a new password"),
            "codes_set_up": _("codes were set up"),
            "codes_removed": _("codes were removed"),
        },
        "outcome": {"done": _("done"), "failed": _("it failed")},
    }


def _sentences(value: str) -> Mapping[str, str]:
    """The words around values that are names and numbers, by key."""
    return {
        "revision": _("revision %(number)s", number=value),
        "base": _("after revision %(number)s", number=value),
        "restored": _("files of revision %(number)s", number=value),
        "version": _("version %(number)s", number=value),
        "lost": _("without protections: %(codes)s", codes=value),
        "route": _("page %(name)s", name=value),
        "flow": _("to no flow") if value == "none" else _("to the flow %(flow)s", flow=value),
        "command": value,
        "format": value.upper(),
        "release": _("release %(number)s", number=value),
        "status": _("status %(number)s", number=value),
        "by": _("in the name of person %(number)s", number=value),
        "asker": _("person %(number)s asked", number=value),
        "second": _("with person %(number)s", number=value),
        "as": _("as %(role)s", role=every_role().get(value, value)),
        "act": value,
    }
