"""F110 and F111: what is filed before its caller saw it, and emergencies filed before anyone said whom to call."""

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.structure.reachability import reach
from flows.checks.walks.exploration import Arrival, Walk, stores
from flows.checks.walks.marks import DANGER_OUTCOMES, emergency_lists, root_of
from flows.checks.walks.value_classes import EMERGENCY
from flows.checks.walks.word_cues import CalledLines
from flows.engine.answer_kinds import is_free
from flows.engine.sms_channel import is_texted
from flows.menu import conditions
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import Ask, Do, End, Flow, IsSet
from flows.menu.screen_kinds import inputs_of, leads, saves_of, skip_condition

SEVERAL = 3  # answers that are filed together: callers should see them before
FLAGS = ("private", "call_back")
FILED_TOGETHER = ("file_complaint",)  # what an office then works on
FILES_A_KIND = ("file_complaint",)  # `file_by_text` has an outcome for emergencies, and its answer says whom to call


def check_acts(findings: Findings, walk: Walk, confirmed: frozenset[str], lines: CalledLines) -> None:
    """Report acts that a caller comes to without having confirmed them, or without having been told whom to call.

    `confirmed` are the actions that some screen of the flow lets callers confirm, `lines` those whom callers may call.
    """
    told: set[str] = set()
    names_lines = any(
        isinstance(each, Ask | End) and lines.are_named(each.text) for each in findings.flow.screens.values()
    )
    for screen in findings.flow.actions:
        if stores(screen.action) and screen.id in walk.arrivals:
            _confirmed(findings, walk, screen, confirmed, told)
        if screen.action in FILES_A_KIND and screen.id in walk.arrivals:
            _warned(findings, walk, screen, told, lines)
        _danger_outcomes(findings, screen, names_lines, lines)


def way_path(findings: Findings, arrival: Arrival) -> Path:
    """The place in the file by which a caller came: the `go` of an option, an outcome, or the `skip_if` of a screen."""
    if arrival.way is None:
        return findings.path(arrival.screen)
    path = findings.path(arrival.origin)
    return (*path, "skip_if") if arrival.way.manner == "passed" else (*path, *arrival.way.path)


def _confirmed(findings: Findings, walk: Walk, screen: Do, confirmed: frozenset[str], told: set[str]) -> None:
    flow, action = findings.flow, screen.action
    if action in confirmed:
        for arrival in walk.arrivals[screen.id]:
            if action not in arrival.facts.confirmed:
                path = way_path(findings, arrival)
                origin = findings.path(arrival.origin)[1] if arrival.origin else "the beginning"
                said = (
                    f"a caller who comes from {origin} has not read what {screen.id} stores ({action}): other ways "
                    "show it and ask first, this one does not"
                )
                hint = "show the answers on that screen, or lead to the one that shows them and asks"
                findings.add("F110", path, said, hint=hint)
                return
    elif action in FILED_TOGETHER and action not in told and not is_texted(flow):
        asked = {root_of(name) for name, place in inputs_of(screen) if place[-1] not in FLAGS} & _answers(findings)
        if len(asked) >= SEVERAL and not _shown_before(findings, screen, asked):
            told.add(action)
            names = ", ".join(sorted(asked))
            said = f"{screen.id} stores {names}, and no screen shows the caller what will be stored before it is"
            hint = (
                f"add a screen before it that shows them, with a choice that leads to {screen.id} and one that does not"
            )
            findings.add("F110", (*findings.path(screen.id), "do"), said, hint=hint)


def _answers(findings: Findings) -> set[str]:
    return {name for ask in findings.flow.asks for name in saves_of(ask)} - {"contact.language"}


def _shown_before(findings: Findings, screen: Do, asked: set[str]) -> bool:
    """True if a screen that leads to the act shows something of what was asked."""
    return any(
        screen.id in {go for go, _ in leads(ask)} and {root_of(name) for name in names_in(ask.text)} & asked
        for ask in findings.flow.asks
    )


def _warned(findings: Findings, walk: Walk, screen: Do, told: set[str], lines: CalledLines) -> None:
    flow, given = findings.flow, screen.arguments.get("category", "")
    kinds = emergency_lists(flow)
    if given.startswith("'"):
        row = flow.rows.get("category", {}).get(given[1:])
        urgent = row is not None and row.columns.get(EMERGENCY) == "yes"
    else:
        urgent = given in kinds
    if not urgent or findings.known.is_unsure(given):
        return
    atom, name = IsSet(f"{given}.{EMERGENCY}"), given if not given.startswith("'") else ""
    for arrival in walk.arrivals[screen.id]:
        if arrival.facts.warned:
            continue
        if name and not any(holds for holds, _ in walk.classes.divide(atom, arrival.sets)):
            continue
        kind = f"a {name} that is an emergency" if name else f"the emergency {given[1:]}"
        said = f"{kind} can be filed by {screen.id} without a screen that says whom to call"
        path, hint = _where(findings, walk, screen, name, lines)
        if str(path) not in told:
            findings.add("F111", path, said, hint=hint)
        told.add(str(path))
        return


def _where(findings: Findings, walk: Walk, act: Do, name: str, lines: CalledLines) -> tuple[Path, str]:
    """The place that most likely keeps callers from reading whom to call: a screen for emergencies, or one before."""
    flow = findings.flow
    column = f"{name}.{EMERGENCY}"
    warning = [ask for ask in flow.asks if ask.skip_if is not None and name and column in conditions.names(ask.skip_if)]
    for ask in warning:
        if not lines.are_named(ask.text):
            return (*findings.path(ask.id), "ask"), "name the number to call, such as {help}"
    for ask in warning:
        for arrival in walk.arrivals.get(ask.id, ()):
            for emergency, sets in walk.classes.divide(IsSet(column), arrival.sets):
                if emergency and any(holds for holds, _ in walk.classes.divide(skip_condition(ask), sets)):
                    return (*findings.path(ask.id), "skip_if"), f"skip it only if: not {column}"
    for ask in flow.asks:
        if name and name in saves_of(ask):
            hint = (
                f"lead to {warning[0].id} first"
                if warning
                else f"add a screen that names {{help}}, skip_if: not {column}"
            )
            return (*findings.path(ask.id), "go"), hint
    return (*findings.path(act.id), "do"), "add a screen before it that says whom to call, such as {help}"


def _danger_outcomes(findings: Findings, screen: Do, names_lines: bool, lines: CalledLines) -> None:
    """The outcomes of danger have to lead to a screen that says whom to call, in a flow that does so anywhere."""
    flow, declared = findings.flow, ACTIONS.get(screen.action)
    for outcome in DANGER_OUTCOMES:
        target = screen.then.get(outcome, "")
        after = flow.screens.get(target)
        known = declared is not None and outcome in declared.outcomes
        if names_lines and known and isinstance(after, Ask | End) and not lines.are_named(after.text):
            planned = _planned_warning(findings, screen, lines)
            severity: Severity | None = None
            said = f"words of danger lead to {target}, which says nobody to call"
            if planned and outcome == "private_danger":
                continue  # they have been told, and others may read what stays on the screen
            if planned:
                said, severity = f"{said}: only a screen before the filing does, such as {planned}", "W"
            hint = "name the numbers there: {" + (screen.save or "complaint") + ".call}"
            findings.add("F111", (*findings.path(screen.id), "then", outcome), said, hint=hint, severity=severity)


def _planned_warning(findings: Findings, act: Do, lines: CalledLines) -> str:
    """The screen that has told every caller whom to call when the words were planned, "" if there is none.

    A plan looks for danger in the words as filing does; no caller may come to the act from a question for words, or
    from the beginning, without a plan whose outcome `danger` leads to a screen with numbers.
    """
    flow = findings.flow
    plans = {
        each.id: told
        for each in flow.actions
        if each.action == "plan_complaint" and (told := _warning(flow, each.then.get("danger", ""), lines))
    }
    if not plans or act.action not in FILES_A_KIND:
        return ""
    findings.spend(len(flow.screens))
    graph = {name: after - {*plans} for name, after in findings.graph.items() if name not in plans}
    words = {ask.id for ask in flow.asks if ask.answer is not None and is_free(ask.answer)}
    starts = [name for name in (*flow.unnamed, *sorted(words)) if name not in plans]
    return "" if act.id in {*starts, *reach(graph, starts)} else next(iter(plans.values()))


def _warning(flow: Flow, name: str, lines: CalledLines) -> str:
    screen = flow.screens.get(name)
    return name if isinstance(screen, Ask | End) and lines.are_named(screen.text) else ""
