"""The users of the console, for admins."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from gateway.console.site.guard import auditor, needs, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _
from gateway.monitoring.logs import log
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import console_users, invitations
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
@require_reauthentication
def change_role() -> Answer:
    """Change a user's role; they are signed out and must sign in again."""
    app, name, role = sunwai(), request.form.get("name", ""), request.form.get("role", "")
    done = console_users.change_role(app.database, _me(), name, role)
    if isinstance(done, Refusal):
        return _page(said=done.message)
    flash(_("%(name)s has a new role and must sign in again.", name=name), "good")
    return redirect(url_for(".everybody"), 303)


@blueprint.post("/people/go")
@needs("people")
@require_reauthentication
def let_go() -> Answer:
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
    words = render_template(
        "console/people/people.html",
        people=console_users.everybody(app.database), roles=CONSOLE_ROLES, now=app.clock(), me=person(),
        error=error, said=said, name=name, role=role, invited=invited, address=address,
    )  # fmt: skip
    return Response(words, 422 if error or said else 200, mimetype="text/html")


def _me() -> StaffManager:
    """The admin who does this, for the history of cases."""
    return StaffManager(sunwai().clock(), operator(person().name), policy=sunwai().policy, auditor=auditor())
