"""What an admin is asked before somebody's role, access, password or sessions change: what becomes of that person."""

from collections.abc import Mapping

from flask import request, url_for

from gateway.console.questions.ask_first import Fact, Question
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _, ngettext
from sessions.staff import browser_sessions, console_users
from sessions.staff.console_users import ConsoleUser
from sessions.staff.rights import ADMIN, CONSOLE_ROLES
from storage.schema.tables import ConsoleSession


def role_names() -> Mapping[str, str]:
    """What each role is called."""
    return {
        "admin": _("Admin"),
        "publisher": _("Publisher"),
        "operator": _("Operator"),
        "translator": _("Translator"),
    }


def role_question() -> Question | None:
    """Their new role, and that they are signed out. None if the role is the same or cannot be given."""
    found, role = _active_user(), request.form.get("role", "")
    if found is None or role not in CONSOLE_ROLES or role == found.role or _is_last_admin(found):
        return None
    names = role_names()
    return _question(
        found,
        _("Change the role of %(name)s?", name=found.name),
        [*_signed_out(found), _("Then they sign in again with the same password.")],
        _("Change the role"),
        Fact(_("Role"), _("%(old)s, from now on %(new)s", old=names[found.role], new=names[role])),
    )


def removal_question() -> Question | None:
    """That they are signed out and cannot sign in any more. None for the last admin, who stays."""
    found = _active_user()
    if found is None or _is_last_admin(found):
        return None
    words = [
        *_signed_out(found),
        _("They cannot sign in any more. What they did stays recorded. To let them in again, press “Restore access”."),
    ]
    return _question(found, _("Remove the access of %(name)s?", name=found.name), words, _("Remove access"))


def invitation_question() -> Question | None:
    """That the password ends. None for somebody who has none yet, or who is back."""
    found = _active_user()
    if found is None or not found.joined or request.form.get("back"):
        return None
    words = [
        *_signed_out(found),
        _(
            "Their password, codes and passkeys no longer work. They get in only by the new invitation, which you must "
            "send them."
        ),
    ]
    title = _("Create a new invitation for %(name)s?", name=found.name)
    return _question(found, title, words, _("Create a new invitation"))


def sessions_question() -> Question | None:
    """That they are signed out, in one browser or everywhere. None if none of these sessions is open."""
    found, key = _active_user(), request.form.get("key", "")[:64]
    if found is None:
        return None
    every = _open_sessions(found)
    ending = [each for each in every if each.key == key] if key else every
    if not ending:
        return None
    title = ngettext(
        "End %(num)d session of %(name)s?", "End %(num)d sessions of %(name)s?", len(ending), name=found.name
    )
    facts = [Fact(_("Browser"), str(each.data.get("browser") or _("A browser"))) for each in ending[:10]]
    words = [*_signed_out(found), _("They can sign in again with the same password.")]
    return _question(found, title, words, ngettext("End the session", "End the sessions", len(ending)), *facts)


def _question(found: ConsoleUser, title: str, words: list[str], button: str, *facts: Fact) -> Question:
    shown: list[str | int] = [found.name, found.role, found.login_id, request.form.get("role", "")]
    return Question(title, words, button, url_for("console.people.everybody"), shown, facts)


def _signed_out(found: ConsoleUser) -> list[str]:
    """What becomes of the pages that they have open, if they are signed in somewhere."""
    if not _open_sessions(found):
        return []
    return [_("%(name)s is signed out at once. What they have typed and not saved is lost.", name=found.name)]


def _open_sessions(found: ConsoleUser) -> list[ConsoleSession]:
    app = sunwai()
    return browser_sessions.list_open_sessions(app.database, app.clock()).get(found.login_id, [])


def _active_user() -> ConsoleUser | None:
    """The user whom the form names, while they have access."""
    name = request.form.get("name", "")
    people = console_users.everybody(sunwai().database)
    return next((each for each in people if each.name == name and each.active), None)


def _is_last_admin(found: ConsoleUser) -> bool:
    """True for the only admin: the form is refused without a question."""
    people = console_users.everybody(sunwai().database)
    return found.role == ADMIN and sum(each.active and each.role == ADMIN for each in people) == 1
