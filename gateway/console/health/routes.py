"""Routes for texts: switched on and off by a person, who is told first what becomes of the texts."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.delivery.route_rules import ANY, RouteRules
from gateway.aggregators import registry
from gateway.console.health.pages import blueprint
from gateway.console.questions.ask_first import Question, ask_first
from gateway.console.site.guard import auditor, needs, sunwai
from gateway.console.site.i18n import _
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import OFF


class OtherRoutes(Struct, frozen=True):
    """What can carry the texts of a route while it is off: the routes that work, and the numbers for which none does.

    `alone` are keys of the rules: prefixes and networks, or ANY. They are told only where another route works.
    """

    working: Sequence[str]
    alone: Sequence[str]


def route_question(name: str) -> Question | None:
    """Switching on does no harm; switching off may mean that nothing is sent."""
    if request.form.get("do") != "off" or name not in _known() or _is_off(name):
        return None
    others = other_routes(registry.configured_routes(sunwai().settings), name, _stopped())
    return Question(
        title=_("Switch %(route)s off?", route=name),
        words=[_consequence(name, others)],
        button=_("Switch %(route)s off", route=name),
        back=url_for("console.health.page", _anchor="routes"),
        shown=[*others.working, "/", *others.alone],
    )


@blueprint.post("/routes/<name>")
@needs("publish")
@ask_first(route_question)
def switch_route(name: str) -> Response:
    """Switch a route for texts on or off."""
    app = sunwai()
    if name not in _known():
        abort(404)
    match request.form.get("do"):
        case "on":
            due = outbox_admin.reset_route(app.database, app.clock(), name, auditor())
            app.wake((0,))
            if due is None:
                flash(_("%(route)s was on already. Nothing was changed.", route=name), "info")
            else:
                flash(_("%(route)s is on. The next text shows whether it works.", route=name), "good")
        case "off":
            if outbox_admin.switch_route_off(app.database, app.clock(), name, auditor()):
                _tell_off(name)
            else:
                flash(_("%(route)s was off already. Nothing was changed.", route=name), "info")
        case _:
            abort(400)
    return redirect(url_for("console.health.page", _anchor="routes"), 303)


def other_routes(rules: RouteRules, name: str, stopped: Sequence[str]) -> OtherRoutes:
    """What can carry the texts of this route by the rules, if none of the `stopped` ones can."""
    tables = {**rules.prefixes, **rules.networks, ANY: rules.others}
    left = {key: [each for each in routes if each != name and each not in stopped] for key, routes in tables.items()}
    working = sorted({each for routes in left.values() for each in routes})
    alone = [key for key, routes in tables.items() if name in routes and not left[key]]
    return OtherRoutes(working, alone)


def no_route_words() -> str:
    """Which routes are off or have stopped, if no route works; "" if one does."""
    failing = {each.name: each for each in outbox_admin.list_failing_routes(sunwai().database)}
    stopped = _stopped()
    named = sorted(registry.configured_routes(sunwai().settings).named())
    if not named or set(named) - set(stopped):
        return ""
    words = (
        _("%(route)s is switched off", route=each)
        if failing[each].reason == OFF
        else _("%(route)s has stopped", route=each)
        for each in named
    )
    return _(", ").join(words)


def _consequence(name: str, others: OtherRoutes) -> str:
    """What happens to texts while this route is off."""
    if not others.working:
        return _("No other route works. No text will be sent until %(route)s is on again: texts wait.", route=name)
    working = _(", ").join(others.working)
    if not others.alone:
        return _("Its texts go by %(others)s until it is on again.", others=working)
    numbers = _(", ").join(_("all other numbers") if each == ANY else each for each in others.alone)
    return _(
        "Texts to these numbers have no other route, and wait until it is on again: %(numbers)s. Other texts go by "
        "%(others)s.",
        numbers=numbers,
        others=working,
    )


def _tell_off(name: str) -> None:
    others = other_routes(registry.configured_routes(sunwai().settings), name, _stopped())
    kind = "good" if others.working and not others.alone else "warn"
    said = _consequence(name, others)
    flash(_("%(route)s is off. %(what)s", route=name, what=said), kind)


def _known() -> set[str]:
    """The routes of the settings, and those that failed."""
    app = sunwai()
    troubled = {each.name for each in outbox_admin.list_failing_routes(app.database)}
    return {*registry.configured_routes(app.settings).named(), *troubled}


def _stopped() -> list[str]:
    """Routes that send nothing until a person switches them on."""
    failing = outbox_admin.list_failing_routes(sunwai().database)
    return [each.name for each in failing if each.stopped_at is not None]


def _is_off(name: str) -> bool:
    failing = outbox_admin.list_failing_routes(sunwai().database)
    return any(each.name == name and each.reason == OFF for each in failing)
