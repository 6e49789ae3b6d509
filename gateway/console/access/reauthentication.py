"""A repeated proof of identity before an important action; the form of the action is kept in the meantime."""

from flask import render_template, request
from werkzeug.wrappers import Response

from gateway.console.access import passkeys
from gateway.console.access.sign_in import words_of
from gateway.console.cookies.session_interface import new_token
from gateway.console.site import guard, saved_form
from gateway.console.site.guard import current_session, person, sunwai
from gateway.console.site.i18n import _
from sessions.staff import authentication, browser_sessions
from sessions.staff.authentication import Proof, SignInSuccess

PASSWORD, CODE, PASSKEY = "proof_password", "proof_code", "proof_passkey"


def reauthentication_page() -> Response | None:
    """None if the form may continue; otherwise the page that asks for proof, which keeps everything that was sent."""
    if guard.fresh():
        return None
    error, status = "", 200
    if request.form.get(PASSKEY):
        refused = passkeys.check_again(request.form[PASSKEY])
        if not refused:
            return None if renew_cookie() else Response(status=401)
        error, status = refused, 401
    elif PASSWORD in request.form or CODE in request.form:
        app, here = sunwai(), person()
        done = authentication.reauthenticate(
            app.database, app.clock(), app.settings.console_key,
            Proof(here.login_id, request.form.get(PASSWORD, ""), request.form.get(CODE, "")),
        )  # fmt: skip
        if isinstance(done, SignInSuccess):
            return None if renew_cookie() else Response(status=401)
        error, status = words_of(done), done.status
        if isinstance(done, authentication.WrongCredentials):
            error = _("That is not your password. Enter the one that you signed in with.")
    fields = saved_form.without_secrets(request.form.items(multi=True))
    words = render_template(
        "console/access/prove.html", fields=fields, error=error, me=person(), about=_about(),
        left=saved_form.pack_form(request.path, fields),
        provider=bool(sunwai().settings.oidc_issuer) and not person().password, passkeys=passkeys.has_some(),
    )  # fmt: skip
    return Response(words, status, mimetype="text/html")


def _about() -> str:
    """The action that needs proof, in a few words."""
    named = {name: str(value) for name, value in (request.view_args or {}).items()}
    who = request.form.get("name", "")
    match (request.endpoint or "").removeprefix("console."):
        case "lifecycle.go_live":
            return _("Publish draft %(id)s", id=named["draft_id"])
        case "lifecycle.bring_back":
            return _("Roll %(flow)s back to revision %(n)s", flow=named["flow"], n=named["number"])
        case "lifecycle.lead":
            return _("Change the codes of %(flow)s", flow=named["flow"])
        case "people.invite_new" | "people.invite_again":
            return _("Create an invitation for %(who)s", who=who)
        case "people.change_role":
            return _("Change the role of %(who)s", who=who)
        case "people.remove_access":
            return _("Remove the access of %(who)s", who=who)
        case "access.new_passkey" | "access.add_passkey":
            return _("Add a passkey")
        case "access.remove_passkey":
            return _("Remove a passkey")
        case "access.password":
            return _("Change your password")
        case "access.second" | "access.drop_second":
            return _("Change your second factor")
    return ""


def renew_cookie() -> bool:
    """A new cookie for the same session, so that a stolen old one is soon no longer valid. False if it has ended.

    If another request renewed it at the same moment, the browser has its new cookie or is about to get it.
    """
    app, here, new = sunwai(), current_session(), new_token()
    if browser_sessions.renew_browser_session(app.database, app.clock(), here.token, new):
        if here.modified:
            browser_sessions.keep(app.database, browser_sessions.key_of(new), here)
        here.renew(new, app.clock())
        return True
    found = browser_sessions.find_browser_session(app.database, app.clock(), here.token)
    if found is None or not found.superseded:
        return False
    here.key, here.superseded, here.proved_at = found.key, True, app.clock()
    return True
