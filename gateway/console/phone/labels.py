"""Words for what a phone shows and offers."""

from flows.engine.variables import base_language, row_words
from flows.menu.actions import ACTIONS
from flows.menu.model import Flow
from flows.preview.rehearsal import DIAL, DROP, TIMEOUT, RehearsalProblem
from flows.preview.rehearsed_step import RehearsedScreen
from gateway.console.site.i18n import _
from gateway.console.site.titles import action_words

EXAMPLES = ("find_complaint", "my_complaints", "known_problem")  # what they bring is made up


def networks() -> dict[str, str]:
    """The networks, by the name that forms send."""
    return {
        "usual": _("Usual (160/70)"),
        "wide": _("Generous (182/80)"),
        "octets144": _("144 octets (164/72)"),
        "strict": _("Strict (160/70)"),
        "latin": _("Old, no Urdu script"),
    }


def callers() -> dict[str, str]:
    """Who may call."""
    return {"new": _("new"), "known": _("complained before")}


def outcome(flow: Flow, result: str) -> str:
    """An outcome of an action, as its field offers it; `ok/closed` with the flow's words for the status."""
    result, _slash, status = result.partition("/")
    if result == "failed":
        return _("it fails")
    said = {
        "ok": _("it works"),
        "repeat": _("filed already today"),
        "none": _("there is none"),
        "missing": _("not found"),
        "too_many": _("asked too often"),
        "too_soon": _("too soon"),
        "closed": _("closed since then"),
        "already": _("counted already"),
        "yours": _("it is the caller's own"),
        "private": _("it is private"),
        "danger": _("it is dangerous"),
    }.get(result, result)
    row = flow.rows.get("status", {}).get(status)
    words = row_words(flow, row, base_language(flow)) if row else status
    return f"{said}: {words}" if status else said


def outcomes(flow: Flow, results: tuple[str, ...]) -> list[tuple[str, str]]:
    """All that may be chosen for an action, for a field."""
    return [(result, outcome(flow, result)) for result in results]


def action(name: str) -> str:
    """An action in words."""
    return action_words(name) if name in ACTIONS else name


def event(step: RehearsedScreen) -> str:
    """What happened before a screen, if nothing was typed."""
    match step.event:
        case "dial":
            return _("Dialled")
        case "resume":
            return _("Dialled again")
        case "put":
            return _("Started here")
        case "timeout":
            return _("The network closed the call: nothing was typed in time")
        case "drop":
            return _("The call was cut off")
        case "over":
            return _("The call is over: dial again")
        case _:
            return ""


def entry_label(entry: str) -> str:
    """An input as the log shows it."""
    told = {TIMEOUT: _("time out"), DROP: _("cut off"), DIAL: _("dial again")}
    return told.get(entry, entry) or _("nothing")


def stuck_reason(problem: RehearsalProblem) -> str:
    """Why a call cannot continue."""
    where = _("after the screen %(screen)s", screen=problem.screen) if problem.screen else _("at its beginning")
    match problem.kind:
        case "loop":
            return _(
                "The call loops %(where)s without asking anything. Check %(name)s.",
                where=where,
                name=problem.name,
            )
        case "nowhere":
            return _("The call breaks off %(where)s, because this choice does not lead to a screen yet.", where=where)
        case "missing":
            return _(
                "The call breaks off %(where)s, because it needs %(name)s, which does not exist.",
                where=where,
                name=problem.name,
            )
        case _:
            return _("The call breaks off %(where)s: %(name)s.", where=where, name=problem.name)
