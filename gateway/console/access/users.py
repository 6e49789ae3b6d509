"""The users of the console, for admins."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from gateway.console.access.user_questions import (
    invitation_question,
    removal_question,
    role_names,
    role_question,
    sessions_question,
)
from gateway.console.questions.ask_first import ask_first
from gateway.console.site.guard import audit_origin, auditor, needs, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _, ngettext, when
from gateway.monitoring.logs import log
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import browser_sessions, console_users, invitations
from sessions.staff.invitations import Invitation
from sessions.staff.rights import CONSOLE_ROLES

blueprint = Blueprint("people", __name__)


@blueprint.get("/people")
@needs("people")
def everybody() -> Answer:
    """All users, and a form to add one."""
    return _page()


@blueprint.post("/people")
@needs("people")
@require_reauthentication
def invite_new() -> Answer:
    """Add a user: their invitation is shown once."""
    app, name, role = sunwai(), request.form.get("name", ""), request.form.get("role", "")
    done = console_users.add_console_user(app.database, _me(), name, role)
    if isinstance(done, Refusal):
        return _page(error=done.message, name=name, role=role)
    return _page(invited=done)


@blueprint.post("/people/invite")
@needs("people")
@ask_first(invitation_question)
@require_reauthentication
def invite_again() -> Answer:
    """Create a new invitation for a user who lost their password or phone, or who is back."""
    app, name = sunwai(), request.form.get("name", "")
    if request.form.get("back"):
        done = console_users.reactivate_console_user(app.database, _me(), name)
    else:
        done = invitations.invite(app.database, app.clock(), name, auditor())
    return _page(said=done.message) if isinstance(done, Refusal) else _page(invited=done)


@blueprint.post("/people/role")
@needs("people")
@ask_first(role_question)
@require_reauthentication
def change_role() -> Answer:
    """Change a user's role; they are signed out and must sign in again."""
    app, name, role = sunwai(), request.form.get("name", ""), request.form.get("role", "")
    done = console_users.change_role(app.database, _me(), name, role)
    if isinstance(done, Refusal):
        return _page(said=done.message)
    flash(_("%(name)s has a new role and must sign in again.", name=name), "good")
    return redirect(url_for(".everybody"), 303)


@blueprint.post("/people/sessions")
@needs("people")
@ask_first(sessions_question)
def end_sessions() -> Answer:
    """Sign a user out in one browser, or everywhere; their password stays as it is."""
    app, name = sunwai(), request.form.get("name", "")
    done = console_users.end_user_sessions(app.database, audit_origin(), name, request.form.get("key", "")[:64])
    if isinstance(done, Refusal):
        return _page(said=done.message)
    if not done:
        flash(_("That session has already ended."), "info")
    else:
        flash(
            ngettext(
                "%(num)d session of %(name)s was ended.", "%(num)d sessions of %(name)s were ended.", done, name=name
            ),
            "good",
        )
    return redirect(url_for(".everybody"), 303)


@blueprint.post("/people/go")
@needs("people")
@ask_first(removal_question)
@require_reauthentication
def remove_access() -> Answer:
    """Remove a user's access at once."""
    app, name = sunwai(), request.form.get("name", "")
    done = console_users.deactivate_console_user(app.database, _me(), name)
    if isinstance(done, Refusal):
        return _page(said=done.message)
    flash(_("%(name)s no longer has access. To restore it, create a new invitation.", name=name), "good")
    return redirect(url_for(".everybody"), 303)


def _page(
    *, error: str = "", said: str = "", name: str = "", role: str = "translator", invited: Invitation | None = None
) -> Answer:
    app = sunwai()
    where = app.settings.public_url or request.host_url.rstrip("/")
    if invited:
        log().info("invited", door="console", by=person().staff_id, staff=invited.staff_id)
    address = f"{where}{url_for('console.access.join', token=invited.token)}" if invited else ""
    people = console_users.everybody(app.database)
    words = render_template(
        "console/people/people.html",
        people=people, roles=CONSOLE_ROLES, names=role_names(), now=app.clock(), me=person(),
        alike=console_users.same_but_for_case(people),
        sessions=browser_sessions.list_open_sessions(app.database, app.clock()),
        error=error, said=said, name=name, role=role, invited=invited, address=address,
        letter=_letter(invited, address) if invited else "",
    )  # fmt: skip
    return Response(words, 422 if error or said else 200, mimetype="text/html")


def _letter(invited: Invitation, address: str) -> str:
    """A text to send with an invitation, in the language of the admin who made it."""
    words = _(
        "%(admin)s invites you to Sunwai, where the menus of our complaints line are edited. Open this link before "
        "%(until)s and choose a password. The link works once:",
        admin=person().name,
        until=when(invited.until),
    )
    return f"{words}\n{address}"  # alone on its line: an isolate around it would become part of the link


def _me() -> StaffManager:
    """The admin who does this, for the history of cases."""
    return StaffManager(sunwai().clock(), operator(person().name), policy=sunwai().policy, auditor=auditor())
