"""Passkeys: the user's own, and sign-in and proof of identity with one. Its scripts are in static/passkeys.js."""

import ipaddress
from urllib.parse import urlsplit

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.access.sign_in import complete_sign_in, network, sign_in_page
from gateway.console.questions.ask_first import Question, ask_first
from gateway.console.site.area_blueprints import access as blueprint
from gateway.console.site.guard import (
    current_session,
    needs,
    person,
    public_view,
    require_reauthentication,
    sunwai,
)
from gateway.console.site.i18n import _
from gateway.monitoring.logs import log
from sessions.staff import passkeys
from sessions.staff.authentication import SignInSuccess
from sessions.staff.console_users import Place
from sessions.staff.passkeys import CHALLENGE_GOOD_FOR, Answer, Challenge, PasskeyRefusal, Site

_USUAL_PORTS = {"https": 443, "http": 80}
_ASKED = "passkey"  # in the session: the challenge, and when it was given


@blueprint.post("/sign-in/passkey/options")
@public_view
def passkey_options() -> Response:
    """What the browser must ask its authenticator, for a sign-in or a proof of identity; as JSON."""
    return _json(_keep(passkeys.sign_in_challenge(_site())))


@blueprint.post("/sign-in/passkey")
@public_view
def sign_in_with_passkey() -> Response:
    """Sign in with the answer of an authenticator."""
    app, back, left = sunwai(), request.form.get("next", ""), request.form.get("kept", "")
    done = passkeys.sign_in(app.database, app.clock(), _answer(request.form.get("passkey", "")))
    if isinstance(done, SignInSuccess):
        return complete_sign_in(done, back, left, how="passkey")
    return sign_in_page(kept=left, status=401, error=_words(done), back=back)


def check_again(said: str) -> str:
    """A signed-in user's repeated proof of identity: "" if the passkey is theirs and right, otherwise what to say."""
    app = sunwai()
    done = passkeys.sign_in(app.database, app.clock(), _answer(said), person().login_id)
    return "" if isinstance(done, SignInSuccess) else _words(done)


def has_some() -> bool:
    """True if the signed-in user has a passkey."""
    return bool(passkeys.list_passkeys(sunwai().database, person().login_id))


@blueprint.post("/account/passkeys/new")
@needs("look")
@require_reauthentication
def new_passkey() -> Response:
    """The page on which a browser makes a passkey."""
    return _new_page()


@blueprint.post("/account/passkeys")
@needs("look")
@require_reauthentication
def add_passkey() -> Response:
    """Add the passkey that the browser has made."""
    app, name = sunwai(), request.form.get("passkey_name", "")
    answer = _answer(request.form.get("passkey", ""))
    refused = passkeys.register(app.database, app.clock(), _here(), answer, name)
    if refused is not None:
        return _new_page(name, _words(refused), refused.status)
    flash(_("You can now sign in with this passkey."), "good")
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/passkeys/name")
@needs("look")
def rename_passkey() -> Response:
    """Give a passkey another name."""
    passkeys.rename(sunwai().database, _here(), _number(), request.form.get("passkey_name", ""))
    flash(_("The passkey has a new name."), "good")
    return redirect(url_for(".account"), 303)


def passkey_question() -> Question | None:
    """That the device no longer opens the account. None if there is no such passkey."""
    found = next(
        (each for each in passkeys.list_passkeys(sunwai().database, person().login_id) if each.id == _number()), None
    )
    if found is None:
        return None
    return Question(
        title=_("Remove the passkey %(name)s?", name=found.name),
        words=[
            _("You can no longer sign in with it. To use that device again, add a new passkey there."),
            _("You are signed out everywhere else at once."),
        ],
        button=_("Remove the passkey"),
        back=url_for(".account"),
        shown=[found.id, found.name],
    )


@blueprint.post("/account/passkeys/remove")
@needs("look")
@ask_first(passkey_question)
@require_reauthentication
def remove_passkey() -> Response:
    """Remove a passkey, for example of a device that was lost."""
    if passkeys.remove(sunwai().database, sunwai().clock(), _here(), _number()):
        flash(_("The passkey has been removed. You were signed out everywhere else."), "good")
    return redirect(url_for(".account"), 303)


def _new_page(name: str = "", error: str = "", status: int = 200) -> Response:
    app, me = sunwai(), person()
    asked = passkeys.registration_challenge(app.database, _site(), app.settings.console_key, me.login_id, me.name)
    words = render_template(
        "console/access/new_passkey.html",
        options=_keep(asked), name=name, error=error, longest=passkeys.LONGEST_NAME,
        named_at=address_with_name(request.host_url),
    )  # fmt: skip
    return Response(words, status, mimetype="text/html")


def address_with_name(origin: str) -> str | None:
    """Where to make a passkey if `origin` is an IP address, for which no browser makes one; None if it has a name.

    "" if nobody knows its name (WebAuthn, section 5.1.2: the host must be a valid domain).
    """
    parts = urlsplit(origin)
    try:
        at = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return None
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://localhost{port}{url_for('console.access.account')}" if at.is_loopback else ""


def _site() -> Site:
    """The console as the browser knows it. In development that is wherever it was opened."""
    settings = sunwai().settings
    where = request.host_url if settings.in_development or not settings.public_url else settings.public_url
    parts = urlsplit(where)
    host = parts.hostname or ""  # in small letters, as browsers write an origin, and without a port that goes unsaid
    port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def _keep(asked: Challenge) -> str:
    current_session()[_ASKED] = [asked.value, sunwai().clock().timestamp()]
    return asked.options


def _answer(said: str) -> Answer:
    """The browser's answer, with the challenge that it was given: good once, for a few minutes."""
    value, at = current_session().pop(_ASKED, None) or ("", 0)
    late = sunwai().clock().timestamp() - at > CHALLENGE_GOOD_FOR.total_seconds()
    return Answer(_site(), "" if late else value, said, network())


def _words(refused: PasskeyRefusal) -> str:
    log().warning("passkey_refused", problem=refused.why, status=refused.status)
    match refused.why:
        case "counter":
            return _(
                "This passkey may have been copied, so it was not accepted. Sign in another way and remove it from "
                "your account."
            )
        case "full":
            return _("You have %(count)d passkeys: remove one first.", count=passkeys.MOST)
        case "known":
            return _("This device already has a passkey here.")
        case _:
            return _("That passkey was not accepted. Try again, or use your password.")


def _json(options: str) -> Response:
    return FlaskResponse(options, mimetype="application/json")


def _number() -> int:
    said = request.form.get("passkey_id", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _here() -> Place:
    return Place(person().login_id, current_session().key, network())
