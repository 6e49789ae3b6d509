"""Sign-in and sign-out."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.access import known_device
from gateway.console.cookies.session_interface import CSRF, new_token
from gateway.console.site import saved_form
from gateway.console.site.area_blueprints import access as blueprint
from gateway.console.site.guard import STRONG, audit_origin, current_session, needs, public_view, sunwai
from gateway.console.site.i18n import _
from gateway.monitoring.logs import log
from sessions.staff import authentication, browser_sessions
from sessions.staff.authentication import GivenCode, SecondFactorChallenge, SignInSuccess
from sessions.staff.browser_sessions import NewBrowserSession
from sessions.staff.sign_in_limits import SignInSource, TooManyAttempts, network_of

HOME = "/console/"


def sign_in_page(*, kept: str = "", status: int = 200, name: str = "", error: str = "", back: str = "") -> Response:
    """The sign-in page, which keeps a form that was sent without a session."""
    settings = sunwai().settings
    words = render_template(
        "console/access/sign_in.html",
        name=name, error=error, kept=kept, next=back, openid=bool(settings.oidc_issuer),
    )  # fmt: skip
    return Response(words, status, mimetype="text/html")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public_view
def sign_in() -> Response:
    """Name and password; then the code, if there is a second factor."""
    back = request.values.get("next", "")
    if request.method != "POST":
        return redirect(safe_next(back), 303) if current_session().person else sign_in_page(back=back)
    app, name = sunwai(), request.form.get("sign_in_name", "")
    done = authentication.sign_in(app.database, app.clock(), name, request.form.get("sign_in_password", ""), source())
    left = request.form.get("kept", "")
    match done:
        case SignInSuccess():
            return complete_sign_in(done, back, left)
        case SecondFactorChallenge():
            current_session()["half"] = [done.login_id, done.fingerprint, app.clock().timestamp()]
            return _code_page(back, left)
        case _:
            page = sign_in_page(kept=left, status=done.status, name=name, error=words_of(done), back=back)
            return retry_after(page, done)


@blueprint.post("/sign-in/code")
@public_view
def code() -> Response:
    """The code of the second factor, after the right password."""
    app, back, left = sunwai(), request.form.get("next", ""), request.form.get("kept", "")
    half = current_session().get("half")
    if not half or app.clock().timestamp() - half[2] > authentication.HALF_WAY.total_seconds():
        current_session().pop("half", None)
        return sign_in_page(
            kept=left, status=401, back=back, error=_("That took too long. Start again with your password.")
        )
    challenge, given = SecondFactorChallenge(half[0], half[1]), GivenCode(request.form.get("code", ""), source())
    done = authentication.sign_in_with_code(app.database, app.clock(), app.settings.console_key, challenge, given)
    if isinstance(done, SignInSuccess):
        return complete_sign_in(done, back, left, how="code")
    return retry_after(_code_page(back, left, error=words_of(done), status=done.status), done)


def retry_after(response: Response, refused: authentication.SignInRefusal) -> Response:
    """The same response, which also tells programs how long to wait."""
    if isinstance(refused, TooManyAttempts):
        response.headers["Retry-After"] = str(refused.seconds)
    return response


@blueprint.post("/sign-out")
@needs("look")
def sign_out() -> Response:
    """Sign out in this browser."""
    browser_sessions.end(sunwai().database, current_session().key, audit_origin())
    current_session().end()
    answer = redirect(url_for("console.access.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # the cookie of a known device stays
    return answer


def complete_sign_in(done: SignInSuccess, back: str = "", left: str = "", *, how: str = "password") -> Response:
    """Complete a sign-in: a new cookie, a new form token, and the way back to the requested page.

    `how` is password, code, passkey, openid or invitation.
    """
    app, old, new = sunwai(), current_session(), new_token()
    remembered: dict[str, Any] = {CSRF: new_token(), "browser": agent(request.headers.get("User-Agent", ""))}
    remembered |= {STRONG: True} if how in ("openid", "passkey") else {}
    remembered |= {"language": old["language"]} if "language" in old else {}
    opened = NewBrowserSession(old.token, new, app.settings.console_hours, done.login_id, remembered, how, network())
    if not authentication.open_browser_session(app.database, app.clock(), opened):
        return sign_in_page(status=401, error=words_of(authentication.WrongCredentials()))
    old.clear()
    old.update(remembered)
    old.renew(new, app.clock())
    old.modified = False
    found = saved_form.unpack_form(left) if left else None
    if found is None:
        return known_device.remember_device(redirect(safe_next(back), 303), done.login_id)
    browser = browser_sessions.find_browser_session(app.database, app.clock(), new)
    old.person = browser.person if browser else None
    page = render_template("console/access/go_on.html", path=found[0], fields=found[1])
    return known_device.remember_device(Response(page, mimetype="text/html"), done.login_id)


def agent(said: str) -> str:
    """A browser's name that its owner recognises: `Firefox, Android`. Only names listed here are stored."""
    browser = next(
        (name for name in ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari") if name in said), ""
    )
    system = next((name for name in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux") if name in said), "")
    known = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Mac OS": "macOS"}
    return ", ".join(known.get(name, name) for name in (browser, system) if name)


_LOG_WORDS: dict[type, str] = {  # words in log lines, which do not change with the names of classes
    authentication.WrongCredentials: "wrong",
    authentication.WrongCode: "wrongcode",
    TooManyAttempts: "wait",
}


def words_of(refused: authentication.SignInRefusal) -> str:
    """The message for a rejected sign-in. It is logged without a name."""
    log().warning("sign_in_refused", problem=_LOG_WORDS[type(refused)], status=refused.status)
    match refused:
        case TooManyAttempts(seconds=seconds) if seconds <= 90:
            return _("Too many tries. Wait %(seconds)d seconds, then try again.", seconds=seconds)
        case TooManyAttempts(seconds=seconds):
            return _("Too many tries. Wait %(minutes)d minutes, then try again.", minutes=-(-seconds // 60))
        case authentication.WrongCode(used=True):
            return _("That code has already been used. Wait for the next one and enter it here.")
        case authentication.WrongCode():
            return _("That code is not right. Enter the six digits that your app shows now.")
        case _:
            return _("Name or password is not right. Ask an admin for a new invitation if you forgot it.")


def _code_page(back: str, left: str, *, error: str = "", status: int = 200) -> Response:
    words = render_template("console/access/code.html", error=error, next=back, kept=left)
    return Response(words, status, mimetype="text/html")


def safe_next(back: str) -> str:
    """The way back, if it is one of our pages; otherwise the first page."""
    return back if saved_form.is_ours(back) else HOME


def source() -> SignInSource:
    """Where this request comes from: its network, and the users who signed in in this browser before."""
    return SignInSource(network(), known_device.find_devices())


def network() -> str:
    """The network of this request."""
    return network_of(request.remote_addr or "")
