"""F108, F116 and F117: a call that goes on in another flow."""

from collections.abc import Iterator, Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.structure.reachability import reach
from flows.engine.sms_channel import is_texted
from flows.menu.actions import OPEN_FLOW
from flows.menu.diagnostics import did_you_mean
from flows.menu.model import Do, Flow
from flows.menu.screen_kinds import is_seen, ways_of

ARGUMENT = "flow"


def check_other_flows(findings: Findings) -> None:
    """Report a flow that does not exist or cannot be opened, and flows that open each other without a question."""
    flow = findings.flow
    for screen in flow.actions:
        if screen.action != OPEN_FLOW or ARGUMENT not in screen.arguments:
            continue  # without the argument it is F402's to tell
        path = (*findings.path(screen.id), "with", ARGUMENT)
        name = opened_by(screen)
        variable = screen.arguments[ARGUMENT]
        if not name and not findings.known.known(variable, flow):
            continue  # F401 tells that nothing saves it
        if not name:
            message = f"which flow follows must be fixed, and {variable} is a variable: callers would come to the else"
            findings.add("F116", path, message, hint=f'write flow: "{variable}" with quotes, if that is its name')
        elif is_texted(flow):
            message = "a flow with channel: sms cannot open another flow, so every sender comes to the else"
            findings.add("F117", path, message, hint="answer here, or name the code to dial")
        elif name != flow.name and findings.around.flows is not None:
            _named(findings, path, name, findings.around.flows)
    _loops(findings)


def opens_flows(flow: Flow) -> bool:
    """True for a flow from which calls may go on in another."""
    return any(screen.action == OPEN_FLOW for screen in flow.actions)


def opened_by(screen: Do) -> str:
    """The name of the flow that a screen opens; "" if it is not written in quotes."""
    source = screen.arguments.get(ARGUMENT, "")
    return source[1:] if source.startswith("'") else ""


def _named(findings: Findings, path: tuple[str, ...], name: str, flows: Mapping[str, Flow]) -> None:
    other = flows.get(name)
    if other is None:
        meant = findings.near(name, [*flows])
        message = f"there is no flow {name!r}, so every caller who comes here is sent to the else"
        hint = (
            did_you_mean(meant)
            or f"publish {name} first, or name one of {', '.join(sorted(flows)) or 'the live flows'}"
        )
        findings.add("F116", path, message, hint=hint, severity="E" if meant else "W")
    elif is_texted(other):
        message = f"{name} has channel: sms and cannot be opened in a call, so every caller is sent to the else"
        findings.add("F117", path, message, hint="name a flow that people dial")


def _loops(findings: Findings) -> None:
    """Flows that open each other before they ask anything: the call goes round until it is cut off."""
    flow = findings.flow
    flows = {**(findings.around.flows or {}), flow.name: flow}
    graph = {flow.name: {name for name, _ in _unasked(flow)}}
    waiting = [*graph[flow.name]]
    while waiting:
        name = waiting.pop()
        if name in flows and name not in graph:
            graph[name] = {opened for opened, _ in _unasked(flows[name])}
            waiting += graph[name]
    for name, screen in _unasked(flow):
        if name == flow.name or flow.name in reach(graph, [name]):
            others = "itself" if name == flow.name else name
            message = f"this flow opens {others} before it asks anything, and that leads back here: the call goes round"
            path = (*findings.path(screen.id), "with", ARGUMENT)
            findings.add("F108", path, message, hint="ask the caller something before one of the flows is opened")


def _unasked(flow: Flow) -> Iterator[tuple[str, Do]]:
    """The flows that may be opened before anything is asked, each with the screen that opens it."""
    waiting, seen = [flow.start], {flow.start}
    while waiting:
        screen = flow.screens.get(waiting.pop())
        if screen is None:
            continue
        if isinstance(screen, Do) and screen.action == OPEN_FLOW:
            if name := opened_by(screen):
                yield name, screen
            continue
        targets = {str(way.go) for way in ways_of(screen) if way.manner == "passed" or not is_seen(screen)}
        waiting += targets - seen
        seen |= targets
