"""Who may come in by which door of the console. A view that declares no right answers 403 to everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from msgspec import Struct
from werkzeug.wrappers import Response

from gateway.console.site import saved_form
from gateway.console.site.i18n import _
from gateway.console.site.session_interface import CSRF, BrowserSession
from sessions.staff.browser_sessions import FRESH, Person
from sessions.staff.rights import RIGHTS

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

P = ParamSpec("P")
T = TypeVar("T")

OPEN = "open"
PROTECTION = CSRFProtect()
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGES = "console_pages"  # where they stand among the application's extensions
_RIGHT, _PROVED = "console_right", "console_proved"


class Pages(Struct, frozen=True):
    """The pages that a guard shows: to sign in, and to prove again who one is. `register` hands them in."""

    sign_in: Callable[..., Response]
    proof: Callable[[], Response | None]


class NotOurForm(Exception):
    """A form that some other page sent, or that was made for another session."""


def sunwai() -> Sunwai:
    """The application: its database, clock, settings and shelf."""
    return cast("Sunwai", current_app)


def _pages() -> Pages:
    return cast("Pages", current_app.extensions[PAGES])


def needs(right: str, post: str = "") -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Only who has this right gets to the view; to send it a form takes the right `post`, where one is given."""
    if right not in RIGHTS or (post and post not in RIGHTS):
        raise ValueError(f"no such right: {right} {post}")

    def declared(view: Callable[P, T]) -> Callable[P, T]:
        setattr(view, _RIGHT, (right, post or right))
        return view

    return declared


def public_view(view: Callable[P, T]) -> Callable[P, T]:
    """Anybody may see this view: a page for who is not signed in yet."""
    setattr(view, _RIGHT, (OPEN, OPEN))
    return view


def require_reauthentication(view: Callable[P, Any]) -> Callable[P, Any]:
    """Whoever sends this form must have shown who they are within the last five minutes.

    Where they have not, they are asked for it in place, and what they sent is kept: the same form is sent again with
    the fields `proof_password` and `proof_code`. Put it nearest to the function, below `needs`.
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
    """What a view declares: the rights to look and to send; None where it declares nothing."""
    return getattr(view, _RIGHT, None)


def current_session() -> BrowserSession:
    """The session of this request."""
    return cast("BrowserSession", session)


def current_person() -> Person | None:
    """Who is signed in, if anybody. Never raises: error pages ask too."""
    found = session._get_current_object() if session else None  # type: ignore[attr-defined]
    return found.person if isinstance(found, BrowserSession) else None


def person() -> Person:
    """Who is signed in; a view that needs a right always has somebody."""
    found = current_person()
    if found is None:
        abort(403)
    return found


def may(right: str) -> bool:
    """True when who is signed in has this right."""
    found = current_person()
    return found is not None and found.may(right)


def fresh() -> bool:
    """True when who is signed in showed who they are within the last five minutes."""
    at = current_session().proved_at
    return at is not None and sunwai().clock() - at <= FRESH


def csrf() -> Markup:
    """The hidden field that every form of the console carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, generate_csrf())


def check() -> Response | str | None:
    """Before every view of the console: is the form ours, is somebody signed in, and may they?"""
    if request.endpoint == "console.static":
        return None
    if current_session().trouble:
        raise cast("Exception", current_session().trouble)
    declared, sends = right_of(current_app.view_functions[request.endpoint or ""]), request.method not in _READS
    if sends and _from_elsewhere():
        raise NotOurForm
    if declared is None:
        abort(403)
    if any("\0" in said for said in (request.path, *request.args.values(), *request.form.values())):
        abort(400)  # nobody types it, and PostgreSQL keeps no text with it
    if declared[0] != OPEN and current_person() is None:
        return _to_sign_in(sends)
    if declared[0] != OPEN and not person().may(declared[1] if sends else declared[0]):
        abort(403)
    old = _token_is_old() if sends else None
    if old is not None or declared[0] == OPEN:
        return old
    return _second_factor_first()


def _token_is_old() -> Response | None:
    """None for a form with its token. One whose page was made before its sender signed in anew is offered again.

    That is said only where the browser itself vouches that a page of ours sends it. Raises CSRFError.
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
        words = _("You signed in anew since this page was made. Send it once more: what you wrote is still there.")
        answer = _notice(words, 400)
        answer.headers["X-Fresh-Token"] = generate_csrf()
        return answer
    fields = saved_form.without_secrets(request.form.items(multi=True))
    page = render_template("console/access/go_on.html", path=request.path, fields=fields, old=True)
    return Response(page, 400, mimetype="text/html")


def _from_elsewhere() -> bool:
    """True where the browser says that another site's page sends this. The token is the lock; this is the chain."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site not in ("", "same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    ours = {request.host, urlsplit(sunwai().settings.public_url).netloc}
    return urlsplit(origin).netloc not in ours - {""}


def _to_sign_in(sends: bool) -> Response | str:
    """To the sign-in page, and back afterwards; a form that was sent is kept and offered again."""
    if request.headers.get("HX-Request"):
        return _in_place()
    if sends:
        flash(_("You were signed out. Sign in, and go on with what you wrote."), "warn")
        return _pages().sign_in(kept=saved_form.pack_form(request.path, request.form.items(multi=True)), status=401)
    back = request.full_path if request.query_string else request.path
    return redirect(sign_in_address(back), 303)


def _in_place() -> Response:
    """For a part of a page that htmx asks for: words in its place, and nothing that is being written is lost."""
    words = _("You were signed out. Sign in in another tab, then go on here: what you wrote is still there.")
    way = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(sign_in_address(), _("Sign in"))
    return _notice(Markup("{} {}").format(words, way), 401)


def _notice(words: str, status: int) -> Response:
    """A part of a page that stands beside what is being written, never in its place."""
    said = Markup('<div class="notice warn"><p>{}</p></div>').format(words)
    answer = Response(said, status, mimetype="text/html")
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#trouble", "innerHTML"
    answer.headers["HX-Reselect"] = ".notice"  # whatever part of a page the form itself picks out of its answer
    return answer


def sign_in_address(back: str = "") -> str:
    """Where one signs in, with the way back."""
    useful = saved_form.is_ours(back) and back not in ("/console", "/console/")
    return url_for("console.access.sign_in", next=back if useful else None)


def _second_factor_first() -> Response | None:
    """Where a second factor is required, who has none sets one up before anything else."""
    settings = sunwai().settings
    if settings.console_second_factor != "required" or person().second or current_session().get("provider"):
        return None
    if request.endpoint in ("console.access.second", "console.access.sign_out"):
        return None
    return redirect(url_for("console.access.second"), 303)


def refuse(words: str) -> NoReturn:
    """Answer 403 with these words."""
    abort(403, words)
