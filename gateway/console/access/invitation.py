"""Accepting an invitation by choosing a password."""

from flask import render_template, request
from werkzeug.wrappers import Response

from gateway.console.access.sign_in import complete_sign_in
from gateway.console.site.area_blueprints import access as blueprint
from gateway.console.site.guard import public_view, sunwai
from gateway.console.site.i18n import _
from sessions.staff import invitations
from sessions.staff.authentication import SignInSuccess
from sessions.staff.invitations import InvalidInvitation, WeakPassword
from sessions.staff.passwords import SHORTEST


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@public_view
def join(token: str) -> Response:
    """The page of an invitation. Opening it does not use it up, because mail programs open links too."""
    app = sunwai()
    known = invitations.find_invitee(app.database, app.clock(), token)
    if known is None:
        return Response(render_template("console/access/no_invitation.html"), 410, mimetype="text/html")
    error = ""
    if request.method == "POST":
        password = request.form.get("password", "")
        if password != request.form.get("again", ""):
            error = _("The two passwords are not the same. Enter the same password twice.")
        else:
            done = invitations.accept(app.database, app.clock(), token, password)
            match done:
                case InvalidInvitation():
                    return Response(render_template("console/access/no_invitation.html"), 410, mimetype="text/html")
                case WeakPassword():
                    error = unfit_words(done)
                case _:
                    return complete_sign_in(SignInSuccess(done), _first_page(), how="invitation")
    words = render_template("console/access/join.html", who=known, error=error, shortest=SHORTEST)
    return Response(words, 422 if error else 200, mimetype="text/html")


def unfit_words(unfit: WeakPassword) -> str:
    """Why a password is too weak, and what a good one is."""
    match unfit.why:
        case "short":
            return _(
                "A password has at least %(count)d characters. Four or five unrelated words are good.", count=SHORTEST
            )
        case "long":
            return _("That password is too long. Use at most 200 characters.")
        case "name":
            return _("Your name is the first thing that others try. Choose another password.")
        case _:
            return _("That is one of the first passwords that others try. Four or five unrelated words are good.")


def _first_page() -> str:
    return "/console/account#second" if sunwai().settings.console_second_factor == "required" else ""
