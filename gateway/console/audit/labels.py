"""The words for events, actors and subjects of audit entries, in the reader's language."""

from gateway.console.site.i18n import _
from sessions.audit.audit_notes import NamedEntry


def event_labels() -> dict[str, str]:
    """What each event is called."""
    return {
        "sign_in": _("Signed in"),
        "sign_in_failed": _("Could not sign in"),
        "sign_out": _("Signed out"),
        "session_ended": _("Ended a session in another browser"),
        "refused": _("Was refused access"),
        "role_changed": _("Changed a role"),
        "invited": _("Created an invitation"),
        "access_removed": _("Removed somebody's access"),
        "second_factor_changed": _("Changed how they sign in"),
        "published": _("Published a revision"),
        "rolled_back": _("Rolled a flow back"),
        "publish_refused": _("Tried to publish and was refused"),
        "code_routed": _("Connected or disconnected a code"),
        "commented": _("Commented on a draft"),
        "draft_dropped": _("Dropped a draft"),
        "imported": _("Imported a file"),
        "exported": _("Exported a file"),
        "case_opened": _("Read a case"),
        "case_changed": _("Changed a case"),
        "text_changed": _("Changed an outgoing text"),
        "message_settled": _("Settled a message that could not be read"),
        "route_changed": _("Switched a route for texts"),
        "list_exported": _("Read a list of cases or texts"),
        "reveal_asked": _("Asked to see a phone number"),
        "reveal_agreed": _("Agreed that a phone number is seen"),
        "reveal_refused": _("Was refused a phone number, or refused it"),
        "revealed": _("Saw a phone number"),
        "pin_reset_started": _("Began to remove the PIN of a phone"),
        "pin_reset_refused": _("Was not allowed to remove the PIN of a phone"),
        "pin_reset_stopped": _("A citizen kept the PIN that was to be removed"),
        "pin_reset": _("Removed the PIN of a phone"),
        "requests_emptied": _("Removed the words of requests that were settled"),
        "retention_changed": _("Changed how long something is kept"),
        "words_removed": _("Removed what was kept long enough"),
        "citizen_exported": _("Exported what is held about a phone"),
        "erasure_asked": _("Asked to erase what is held about a phone"),
        "erased": _("Erased what is held about a phone"),
        "hold_changed": _("Set or lifted a legal hold"),
        "command": _("Ran a command"),
        "started": _("A process started"),
    }


def subject_labels() -> dict[str, str]:
    """What an entry can be about."""
    return {
        "case": _("Case"),
        "staff": _("Person"),
        "flow": _("Flow"),
        "draft": _("Draft"),
        "office": _("Office"),
        "text": _("Text"),
        "message": _("Unreadable message"),
        "model": _("Text model"),
        "code": _("Code"),
        "process": _("Process"),
        "audit": _("This record"),
        "route": _("Route"),
        "rule": _("Rule of retention"),
        "contact": _("Phone"),
    }


def who_label(entry: NamedEntry) -> str:
    """Who did it: somebody of the staff, a user of the server, the service, or somebody who was not signed in."""
    match entry.row.actor_kind:
        case "command":
            return _("%(user)s on the server", user=entry.who)
        case "service":
            return _("The service")
        case "stranger":
            return _("Not signed in")
    return entry.who
