"""The phone in the browser. It does what an aggregator does, with our own webhook; for development only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, abort, current_app, render_template, request

from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from gateway.settings.config import Config
from gateway.simulator import browser_calls

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

KEYS = (
    ("1", ""), ("2", "abc"), ("3", "def"), ("4", "ghi"), ("5", "jkl"), ("6", "mno"),
    ("7", "pqrs"), ("8", "tuv"), ("9", "wxyz"), ("*", ""), ("0", "␣"), ("#", ""),
)  # fmt: skip
NETWORKS = {
    "41001": "Jazz",
    "41004": "Zong",
    "41003": "Ufone",
    "41006": "Telenor",
    "41008": "Old network",
    "99999": "Sandbox",
}
_MOST = "60"  # messages fetched at once; as many as the HTTP client reads of an answer
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint(
    "simulator", "gateway.simulator", url_prefix="/simulator", static_folder="static", template_folder="templates"
)


def settings() -> Config:
    """The settings of the application that serves the page."""
    return cast("Sunwai", current_app).settings


@blueprint.before_request
def _development_only() -> None:
    if not settings().in_development:
        abort(404)


@blueprint.after_request
def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("")
def phone() -> str:
    """The page."""
    config = settings()
    return render_template(
        "simulator.html",
        hooks=f"/hooks/africastalking/{config.webhook_secrets[0].rpartition('=')[2]}/",
        ussd=config.service_code,
        sms=config.short_code,
        keys=KEYS,
        networks=NETWORKS.items(),
        without_urdu=config.networks_without_ucs2,
    )


@blueprint.get("/call")
def call() -> Response:
    """Where the call of a session is, and what its flow knows; `null` if nobody knows it."""
    session, number, code = (request.args.get(name, "") for name in ("session", "phone", "code"))
    found = browser_calls.view_call(cast("Sunwai", current_app), session, number, code)
    return _json(found)


@blueprint.post("/recording")
def recording() -> Response:
    """A call that the phone heard, as a scripted call, or a problem. Nothing is stored."""
    try:
        made = browser_calls.script_of(browser_calls.read_heard_call(request.get_data()))
    except browser_calls.CallProblem as problem:
        return _json({"problem": str(problem)})
    if "console" not in current_app.blueprints:
        del made["draft"]
    return _json(made)


def _json(told: Mapping[str, Any] | None, status: int = 200) -> Response:
    return Response(json.dumps(told), status, mimetype="application/json")


@blueprint.get("/messages")
def messages() -> Response:
    """What the phone `to` received with `seq` above `after`, from the stand-in; 502 with a problem if it is down."""
    wanted = {"to": request.args.get("to", ""), "after": request.args.get("after", "0"), "most": _MOST}
    wire = HttpClient(connections=1)
    try:
        answer = wire.request("GET", settings().standin_url + "/messages", params=wanted, timeout=(1, 3))
    except (UnsentRequestError, LostAnswerError):
        problem = "The stand-in aggregator does not answer, so messages cannot be shown. Is `make run` still running?"
        return _json({"problem": problem}, 502)
    finally:
        wire.close()
    return Response(answer.body, answer.status, mimetype="application/json")
