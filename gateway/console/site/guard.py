"""Access to the views of the console. A view that declares no right answers 403 to everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from msgspec import Struct
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge
from werkzeug.wrappers import Response

from gateway.console.cookies.session_interface import CSRF, BrowserSession
from gateway.console.site import saved_form
from gateway.console.site.i18n import _
from sessions.audit import audit_notes
from sessions.staff.browser_sessions import FRESH, Person
from sessions.staff.rights import RIGHTS
from storage.audit.entry import AuditActor, AuditEntry, AuditOrigin, staff_actor, stranger

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai
    from gateway.http.request_bounds import BoundedRequest

P = ParamSpec("P")
T = TypeVar("T")

OPEN = "open"
STRONG = "strong"  # in the session of somebody who signed in with more than a password
PROTECTION = CSRFProtect()
_READS = frozenset({"GET", "HEAD"})  # a view does the same for both, and acts on nothing but POST
PAGES = "console_pages"  # their key in the application's extensions
_RIGHT, _PROVED = "console_right", "console_proved"


class Pages(Struct, frozen=True):
    """The pages that the guard shows: to sign in, and to authenticate again. `register` provides them."""

    sign_in: Callable[..., Response]
    proof: Callable[[], Response | None]


class NotOurForm(Exception):
    """A form that another site sent, or that was made for another session."""


def sunwai() -> Sunwai:
    """The application, with its database, clock, settings and published flows."""
    return cast("Sunwai", current_app)


def _pages() -> Pages:
    return cast("Pages", current_app.extensions[PAGES])


def needs(right: str, post: str = "") -> Callable[[Callable[P, T]], Callable[P, T]]:
    """The view requires this right; sending a form to it requires the right `post`, if given."""
    if right not in RIGHTS or (post and post not in RIGHTS):
        raise ValueError(f"no such right: {right} {post}")

    def declared(view: Callable[P, T]) -> Callable[P, T]:
        setattr(view, _RIGHT, (right, post or right))
        return view

    return declared


def public_view(view: Callable[P, T]) -> Callable[P, T]:
    """Anybody may see this view, even without signing in."""
    setattr(view, _RIGHT, (OPEN, OPEN))
    return view


def require_reauthentication(view: Callable[P, Any]) -> Callable[P, Any]:
    """Whoever sends this form must have authenticated within the last five minutes.

    Otherwise they are asked to, and what they sent is kept: the same form is sent again with the fields
    `proof_password` and `proof_code`. Put this decorator nearest to the function, below `needs`.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if request.method in _READS:
            return view(*args, **kwargs)
        asked = _pages().proof()
        return view(*args, **kwargs) if asked is None else asked

    setattr(guarded, _PROVED, True)
    return guarded


def right_of(view: Any) -> tuple[str, str] | None:
    """The rights that a view declares, to look and to send; None if it declares nothing."""
    return getattr(view, _RIGHT, None)


def current_session() -> BrowserSession:
    """The session of this request."""
    return cast("BrowserSession", session)


def current_person() -> Person | None:
    """The signed-in person, if any. Never raises, because error pages call it too."""
    found = session._get_current_object() if session else None  # type: ignore[attr-defined]
    return found.person if isinstance(found, BrowserSession) else None


def person() -> Person:
    """The signed-in person; a view that requires a right always has one."""
    found = current_person()
    if found is None:
        abort(403)
    return found


def may(right: str) -> bool:
    """True if the signed-in person has this right."""
    found = current_person()
    return found is not None and found.may(right)


def fresh() -> bool:
    """True if the signed-in person authenticated within the last five minutes."""
    at = current_session().proved_at
    return at is not None and sunwai().clock() - at <= FRESH


def auditor() -> AuditActor:
    """Who sent this request, for the audit log."""
    found, network = current_person(), request.remote_addr or ""
    return stranger(network) if found is None else staff_actor(found.staff_id, found.role, network)


def audit_origin() -> AuditOrigin:
    """Who sent this request, and when, for an act that stores its audit entry itself."""
    return AuditOrigin(auditor(), sunwai().clock())


def note(event: str, subject_kind: str = "", subject: str | int = "", **detail: str | int) -> None:
    """Store an entry about something that is about to be shown, or was refused. If that fails, so does the request.

    An act stores its entry itself, in its own transaction.
    """
    app = sunwai()
    audit_notes.note(app.database, AuditEntry(event, auditor(), app.clock(), subject_kind, subject, detail))


def csrf() -> Markup:
    """The hidden field that every form of the console contains."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, generate_csrf())


def check() -> Response | str | None:
    """Before every view of the console: is the form ours, is somebody signed in, and do they have the right?"""
    if request.endpoint == "console.static":
        return None
    if request.method not in (*_READS, "POST"):
        raise MethodNotAllowed([*_READS, "POST"])  # Flask itself would answer OPTIONS
    if current_session().trouble:
        raise cast("Exception", current_session().trouble)
    declared, sends = right_of(current_app.view_functions[request.endpoint or ""]), request.method not in _READS
    if sends and _from_elsewhere():
        raise NotOurForm
    if declared is None:
        abort(403)
    if declared[0] != OPEN and current_person() is None:
        return _to_sign_in(sends)
    if declared[0] != OPEN and not person().may(declared[1] if sends else declared[0]):
        abort(403)
    if current_person() is not None:
        cast("BoundedRequest", request).allow_uploads()
    _refuse_nul()
    old = _token_is_old() if sends else None
    if old is not None or declared[0] == OPEN:
        return old
    return _second_factor_first()


def _refuse_nul() -> None:
    """Reads the form: who sends it and how large it may be is known by now."""
    if any("\0" in said for said in (request.path, *request.args.values(), *request.form.values())):
        abort(400)  # nobody types it, and PostgreSQL cannot store it in text


def _token_is_old() -> Response | None:
    """None for a form with a valid token. A form from before its sender signed in again is offered again.

    This is only done if the browser confirms that one of our pages sent it. Raises CSRFError.
    """
    try:
        PROTECTION.protect()
    except CSRFError:
        vouched = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"
        if current_person() is None or not vouched:
            raise
    else:
        return None
    if request.headers.get("HX-Request"):
        words = _("You have signed in again since you opened this page. Send it again: what you wrote is still there.")
        answer = _notice(words, 400)
        answer.headers["X-Fresh-Token"] = generate_csrf()
        return answer
    fields = saved_form.without_secrets(request.form.items(multi=True))
    page = render_template("console/access/go_on.html", path=request.path, fields=fields, old=True)
    return Response(page, 400, mimetype="text/html")


def _from_elsewhere() -> bool:
    """True if the browser says that another site sent this: a second defence beside the token."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site not in ("", "same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    ours = {request.host, urlsplit(sunwai().settings.public_url).netloc}
    try:
        return urlsplit(origin).netloc not in ours - {""}
    except ValueError:
        return True  # no browser sends it


def _to_sign_in(sends: bool) -> Response | str:
    """Go to the sign-in page, and back afterwards; a form that was sent is kept and offered again."""
    if request.headers.get("HX-Request"):
        return _in_place()
    if sends:
        kept = _kept()
        if not kept:
            abort(
                413,
                _(
                    "You were signed out, and what you sent is too long to keep here. Sign in in another tab, then go "
                    "back on this page: what you wrote is still there. Send it again."
                ),
            )
        flash(_("You were signed out. Sign in to continue with what you wrote."), "warn")
        return _pages().sign_in(kept=kept, status=401)
    _refuse_nul()
    back = request.full_path if request.query_string else request.path
    return redirect(sign_in_address(back), 303)


def _kept() -> str:
    """The form of somebody who is not signed in, as the sign-in page carries it; "" if that has no room for it."""
    try:
        _refuse_nul()
        kept = saved_form.pack_form(request.path, request.form.items(multi=True))
    except RequestEntityTooLarge:
        return ""
    return kept if saved_form.fits_sign_in(kept) else ""


def _in_place() -> Response:
    """For a request from htmx: a notice, so that nothing that is being written is lost."""
    words = _("You were signed out. Sign in in another tab, then continue here: what you wrote is still there.")
    way = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(sign_in_address(), _("Sign in"))
    return _notice(Markup("{} {}").format(words, way), 401)


def _notice(words: str, status: int) -> Response:
    """A notice that is shown beside what is being written, never replacing it."""
    said = Markup('<div class="notice warn"><p>{}</p></div>').format(words)
    answer = Response(said, status, mimetype="text/html")
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#trouble", "innerHTML"
    answer.headers["HX-Reselect"] = ".notice"  # whatever part of the answer the form itself selects
    return answer


def sign_in_address(back: str = "") -> str:
    """The address to sign in, with the page to return to."""
    useful = saved_form.is_ours(back) and back not in ("/console", "/console/")
    return url_for("console.access.sign_in", next=back if useful else None)


def _second_factor_first() -> Response | None:
    """If a second factor is required, a person without one sets it up before anything else."""
    settings = sunwai().settings
    if settings.console_second_factor != "required" or person().second or current_session().get(STRONG):
        return None
    if request.endpoint in ("console.access.second", "console.access.sign_out"):
        return None
    return redirect(url_for("console.access.second"), 303)


def refuse(words: str) -> NoReturn:
    """Answer 403 with these words."""
    abort(403, words)
