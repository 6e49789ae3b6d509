"""Sign-in with an organisation's account at an OpenID provider. It never creates users.

A user is known by the provider's subject; at the first sign-in, by an open invitation for the name that it gives.
"""

import hmac
from typing import Any, cast

import msgspec
from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.access import reauthentication
from gateway.console.access.openid_provider import NoAnswer, OpenIdProvider, PendingSignIn, Rules
from gateway.console.access.sign_in import (
    complete_sign_in,
    retry_after,
    safe_next,
    sign_in_page,
    source,
    words_of,
)
from gateway.console.site import saved_form
from gateway.console.site.area_blueprints import access as blueprint
from gateway.console.site.guard import current_person, current_session, public_view, sunwai
from gateway.console.site.i18n import _
from gateway.monitoring import logs
from gateway.settings.config import Config
from sessions.staff import authentication
from sessions.staff.authentication import SignInSuccess
from sessions.staff.sign_in_limits import TooManyAttempts

_PROVIDER = "openid_provider"  # its key in the application's extensions
LONGEST_NEXT = 1000  # characters of the address to return to, which a stranger's cookie has room for
_BEGUN = "openid"  # in the session, from here to there and back


@blueprint.post("/openid")
@public_view
def openid() -> Response:
    """Redirect to the provider; the form that a signed-in user sent before is kept in the session."""
    again = bool(request.form.get("again")) and current_person() is not None
    try:
        address, asked = _provider().ask(_back(), again=again, known=bool(source().devices))
    except NoAnswer as error:
        return _not_in(str(error))
    current_session()[_BEGUN] = {
        "asked": msgspec.to_builtins(asked),
        "next": _next(request.form.get("next", "")),
        "kept": _sound(request.form.get("kept", "")) if again else "",  # not stored without a session
        "again": again,
    }
    return _sent_on(address)


@blueprint.get("/openid/back")
@public_view
def openid_back() -> Response:
    """Handle the return from the provider, with a code that only we can exchange for the user's identity."""
    app, begun = sunwai(), current_session().get(_BEGUN)
    if not begun or not _same(request.args.get("state", ""), begun["asked"]["state"]):
        return _not_in("state", 400)  # perhaps a link of another site: what has begun goes on
    del current_session()[_BEGUN]
    if "code" not in request.args:
        return _not_in("refused_there")
    browser, asked = source(), msgspec.convert(begun["asked"], PendingSignIn)
    attempt = authentication.count_return(app.database, app.clock(), browser)
    if isinstance(attempt, TooManyAttempts):
        return _too_many(attempt)
    try:
        known = bool(browser.devices)
        claims = _provider().claims(asked, request.args["code"], _back(), app.clock(), known=known)
    except NoAnswer as error:
        if str(error) == "busy":  # nobody was asked
            authentication.forget_return(app.database, attempt)
        return _not_in(str(error))
    subject = authentication.subject_of(str(claims["iss"]), str(claims["sub"]))
    names = [] if begun["again"] else _names(claims)  # a repeated proof of identity uses no invitation up
    done = authentication.sign_in_with_openid(app.database, app.clock(), subject, names)
    if not isinstance(done, SignInSuccess):
        return _not_in("nobody_here")
    authentication.forget_return(app.database, attempt, browser)
    if begun["again"]:
        return _proved(done, claims, begun)
    return complete_sign_in(done, begun["next"], begun["kept"], how="openid")


def _proved(done: SignInSuccess, claims: dict[str, Any], begun: dict[str, Any]) -> Response:
    """A signed-in user has proved again who they are: offer the form that they sent."""
    me, at = current_person(), claims.get("auth_time")
    recent = isinstance(at, int) and sunwai().clock().timestamp() - at < 300
    if me is None or me.login_id != done.login_id or not recent or not reauthentication.renew_cookie():
        return _not_in("not_shown_again")
    found = saved_form.unpack_form(begun["kept"])
    if found is None:
        return redirect(safe_next(begun["next"]), 303)
    return Response(render_template("console/access/go_on.html", path=found[0], fields=found[1]), mimetype="text/html")


def _next(asked: str) -> str:
    return safe_next(asked if len(asked) <= LONGEST_NEXT else "")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _sound(text: str) -> str:
    """A kept form in our own format; "" for anything else."""
    found = saved_form.unpack_form(text)
    return saved_form.pack_form(*found) if found else ""


def _sent_on(address: str) -> Response:
    """A page that leads to the provider. After a redirect, our `form-action` policy would apply to the provider's own
    redirects.
    """
    answer = Response(render_template("console/access/to_provider.html", address=address), mimetype="text/html")
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


def _not_in(why: str, status: int = 403) -> Response:
    """Back to the sign-in page with a sentence; the log has the reason. `status` is for who is signed in already."""
    logs.log().warning("openid_refused", problem=why)
    words = {
        "nobody_here": _("No user here has that account. Ask an admin for an invitation in your account's name."),
        "refused_there": _("Your organisation's sign-in did not let you through. Try again there."),
        "not_shown_again": _(
            "Your organisation's sign-in did not ask you to sign in again. Sign out, sign in, then continue."
        ),
    }
    if why.startswith("rule_"):
        words[why] = _(
            "Your organisation did not check you strictly enough for this. Sign in there with a second factor."
        )
    other = _("Your organisation's sign-in cannot be used now. Try again, or use your password.")
    if current_person() is not None:
        abort(status, words.get(why, other))
    return sign_in_page(status=401, error=words.get(why, other))


def _too_many(refused: TooManyAttempts) -> Response:
    """Back to the sign-in page, which says how long to wait."""
    words = words_of(refused)
    if current_person() is not None:
        abort(refused.status, words)
    return retry_after(sign_in_page(status=refused.status, error=words), refused)


def _names(claims: dict[str, Any]) -> list[str]:
    """The names that the provider gives; an email address only if it is verified."""
    names = [claims.get("preferred_username"), claims.get("email") if claims.get("email_verified") is True else None]
    return [name for name in names if isinstance(name, str) and name]


def _provider() -> OpenIdProvider:
    """The provider, made once: it keeps what it was told."""
    app = sunwai()
    if not app.settings.oidc_issuer:
        abort(404)
    made = app.extensions.get(_PROVIDER) or app.extensions.setdefault(_PROVIDER, _new_provider(app.settings))
    return cast("OpenIdProvider", made)


def _new_provider(settings: Config) -> OpenIdProvider:
    return OpenIdProvider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret,
        rules=Rules(settings.oidc_required_acr, settings.oidc_required_amr), loopback=settings.in_development,
        ca_file=settings.ca_file,
    )  # fmt: skip


def _back() -> str:
    """The address to which the provider returns users; it must be registered there."""
    where = sunwai().settings.public_url or request.host_url.rstrip("/")
    return where + url_for("console.access.openid_back")
