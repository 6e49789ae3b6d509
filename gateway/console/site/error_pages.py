"""What every page of the console shares: the choice of its language, and error pages."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from gateway.console.site import guard, i18n, saved_form
from gateway.console.site.guard import NotOurForm, needs, public_view
from gateway.console.site.i18n import _
from gateway.http import errors

blueprint = Blueprint("shell", __name__)


@blueprint.post("/language")
@public_view
def language() -> AnyResponse:
    """Change the language of the console, and return to the same page."""
    wanted, back = request.form.get("language", "en"), request.form.get("next", "")
    session[i18n.KEPT] = wanted if wanted in i18n.LANGUAGES else "en"
    return redirect(back if saved_form.is_ours(back) else "/console/", 303)


@blueprint.get("/<path:address>")
@needs("look")
def nowhere(address: str) -> str:  # noqa: ARG001 - Flask gives it by name
    """Answer unknown addresses of the console with its own error page."""
    abort(404)


def register_error_pages(console: Blueprint) -> None:
    """Answer every error in the console with a page that says what to do."""
    console.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response:
    """The page of an error, or only a notice if htmx asks for part of a page."""
    if isinstance(error, HTTPException) and error.response is not None:
        return make_response(error.response)
    if isinstance(error, NotOurForm):
        error = CSRFError("another page's form")
    status, sentence = errors.report_failure(error, "console")
    _note_refusal(status, error)
    if request.endpoint == "console.static":
        return Response(sentence + "\n", status, content_type=errors.PLAIN)
    title, words = _said(status, error)
    part = bool(request.headers.get("HX-Request"))
    template = "console/errors/part.html" if part else "console/errors/page.html"
    answer = make_response(render_template(template, status=status, title=title, words=words), status)
    if part:  # beside what the person is writing, never replacing it
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#trouble", "innerHTML"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def _note_refusal(status: int, error: Exception) -> None:
    """Record that somebody who is signed in was refused something. What is refused stays refused if that fails."""
    forged = isinstance(error, CSRFError)
    if guard.current_person() is None or not (status == 403 or forged):
        return
    try:
        route = (request.endpoint or "").removeprefix("console.")
        guard.note("refused", route=route or "unknown", reason="form" if forged else "right")
    except Exception as failure:  # noqa: BLE001 - this is the page of another error already
        errors.report_failure(failure, "console")


def _said(status: int, error: Exception) -> tuple[str, str]:
    """A title and a sentence that says what to do."""
    if isinstance(error, CSRFError):
        return _("This form was not sent"), _(
            "It was opened before you signed in, or came from another page. Go back, reload the page and send it again."
        )
    match status:
        case 403:
            return _("You do not have access to this"), _own(error) or _(
                "Your role does not include it. Ask an administrator if you need it."
            )
        case 404:
            return _("There is nothing at this address"), _own(error) or _(
                "It may have been renamed or deleted. Start again from the list of flows."
            )
        case 405:
            return _("This cannot be opened this way"), _("Go back and use the button on the page.")
        case 413:
            return _("This is too large"), _own(error) or _(
                "Send a smaller file or a shorter text. Nothing was changed."
            )
        case _ if status < 500:
            return _("The request could not be understood"), _own(error) or _("Go back and try again.")
        case _:
            return _("Something went wrong"), _(
                "The error is in the log, and nothing was left half done. Try again. If it happens again, "
                "tell the person who runs Sunwai."
            )


def _own(error: Exception) -> str:
    """The description that a view gave an error, if any."""
    if not isinstance(error, HTTPException) or not error.description:
        return ""
    return "" if error.description == type(error).description else error.description
