"""The user's own account: password, second factor, and browser sessions."""

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.console.access.invitation import unfit_words
from gateway.console.access.sign_in import network
from gateway.console.questions.ask_first import Question, ask_first
from gateway.console.site.area_blueprints import access as blueprint
from gateway.console.site.guard import (
    audit_origin,
    current_session,
    fresh,
    needs,
    person,
    require_reauthentication,
    sunwai,
)
from gateway.console.site.i18n import _
from sessions.staff import browser_sessions, console_users, sealed_secrets, second_factor
from sessions.staff.console_users import AppCode, Place
from sessions.staff.passkeys import list_passkeys
from sessions.staff.passwords import SHORTEST

_NEW = "new_second"  # in the session, from the picture to the first code


@blueprint.get("/account")
@needs("look")
def account() -> Response:
    """The page."""
    return _page()


@blueprint.post("/account/password")
@needs("look")
@require_reauthentication
def password() -> Response:
    """Change the password. All other browsers are signed out."""
    app, new = sunwai(), request.form.get("new_password", "")
    if not new:
        return _page(new_password=_("Enter the new password again: it was not stored."))
    if new != request.form.get("again", ""):
        return _page(again=_("The two passwords are not the same. Enter the same password twice."))
    unfit = console_users.set_password(app.database, app.clock(), _here(), new)
    if unfit is not None:
        return _page(new_password=unfit_words(unfit))
    flash(_("Your password has been changed. You were signed out everywhere else."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.route("/account/second", methods=["GET", "POST"])
@needs("look")
@require_reauthentication
def second() -> Response:
    """Set up a second factor: a QR code for the app, and a code from the app to confirm it."""
    app, me, error = sunwai(), person(), ""
    key = app.settings.console_key
    secret = sealed_secrets.unseal(key, str(current_session().get(_NEW, "")))
    if secret is None:
        secret = second_factor.new_secret()
        current_session()[_NEW] = sealed_secrets.seal(key, secret)
    if request.method == "POST":
        code = request.form.get("code", "")
        if console_users.set_second(app.database, app.clock(), key, _here(), AppCode(secret, code)):
            del current_session()[_NEW]
            flash(_("From now on you sign in with password and code. You were signed out everywhere else."), "good")
            return redirect("/console/" if _forced() else url_for(".account"), 303)
        error = _(
            "That code is not right. Enter the six digits that your app shows now, and check that its clock is right."
        )
    words = render_template(
        "console/access/second.html",
        picture=_picture(second_factor.provisioning_uri(secret, me.name)), error=error, forced=_forced(), has=me.second,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )  # fmt: skip
    return Response(words, 422 if error else 200, mimetype="text/html")


def codes_question() -> Question | None:
    """Without codes a password is enough for everybody who knows it. None where they are required, or off."""
    if sunwai().settings.console_second_factor == "required" or not person().second:
        return None
    return Question(
        title=_("Sign in without codes?"),
        words=[
            _("Whoever learns your password can sign in as you. To use codes again, you set up your phone again."),
            _("You are signed out everywhere else at once."),
        ],
        button=_("Turn codes off"),
        back=url_for(".account"),
        shown=["codes"],
    )


@blueprint.post("/account/second/drop")
@needs("look")
@ask_first(codes_question)
@require_reauthentication
def drop_second() -> Response:
    """Remove the second factor, if that is allowed."""
    app = sunwai()
    if app.settings.console_second_factor == "required":
        flash(_("A password alone is not enough here. Set up another phone instead."), "warn")
    else:
        console_users.drop_second(app.database, app.clock(), _here())
        flash(_("You now sign in with your password alone."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/browsers")
@needs("look")
def end_browser() -> Response:
    """Sign out in another browser, or in all others."""
    app, key = sunwai(), request.form.get("key", "")
    others = {"but": current_session().key} if key == "others" else {"key": key or "none"}
    browser_sessions.end_sessions(app.database, audit_origin(), person().login_id, **others)
    flash(_("Signed out there."), "good")
    return redirect(url_for(".account"), 303)


def _page(**errors: str) -> Response:
    app, me = sunwai(), person()
    words = render_template(
        "console/access/account.html",
        me=me, errors=errors, shortest=SHORTEST, here=current_session().key,
        browsers=browser_sessions.everywhere(app.database, app.clock(), me.login_id),
        passkeys=list_passkeys(app.database, me.login_id),
        fresh=fresh(), optional=app.settings.console_second_factor == "optional",
    )  # fmt: skip
    return Response(words, 422 if errors else 200, mimetype="text/html")


def _here() -> Place:
    return Place(person().login_id, current_session().key, network())


def _forced() -> bool:
    """True for a user who must set up a second factor first."""
    return sunwai().settings.console_second_factor == "required" and not person().second


def _picture(address: str) -> Markup:
    """The address as a QR code in SVG; it contains no user input as text."""
    made = segno.make(address, error="m")
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", omitsize=True)
    return Markup(drawn)  # noqa: S704 - the library writes numbers and these two colours only
