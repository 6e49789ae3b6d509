"""F101 to F106: where each screen leads, and whether a caller can come there and finish."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AnySet

from flows.checks.analysis.findings import Findings
from flows.menu.diagnostics import Path, did_you_mean
from flows.menu.model import Ask
from flows.menu.screen_kinds import is_seen, leads, ways_of

NAMED = 3  # screens after an unreachable one that a finding names
Graph = Mapping[str, AnySet[str]]


def check_reachability(findings: Findings) -> None:
    """Report screens that lead nowhere, cannot be reached, cannot be left, or go round in silence."""
    meant = _targets(findings)
    findings.gone = "" in meant.values()
    for ask in findings.flow.asks:
        if not findings.knows("F001", screen=findings.path(ask.id)[1]):
            _asks(findings, ask.id, ask)
    _reachable(findings, meant)
    _finishing(findings)
    _silent_loops(findings)


def _targets(findings: Findings) -> dict[str, str]:
    """Tell the screens that are missing; the screen each was meant to be, "" where that is not known."""
    flow, written = findings.flow, findings.written()
    ends = [(flow.start, ("start",)), (flow.home, ("keys", "home", "go"))] if flow.screens else []
    ends += [(flow.danger_screen, ("danger_screen",))]
    for name, screen in flow.screens.items():
        ends += [(target, (*findings.path(name), *place)) for target, place in leads(screen)]
    ids = sorted(name for name in written if not findings.is_shorthand(name))
    missing: dict[str, list[Path]] = {}
    for target, path in ends:
        if target and target not in written:
            missing.setdefault(target, []).append(path)
    named = {to for to, _ in ends}
    return {target: _missing(findings, target, paths, ids, named) for target, paths in missing.items()}


def _missing(findings: Findings, target: str, paths: list[Path], ids: list[str], named: set[str]) -> str:
    """Where several ways name a screen, and one that nobody names is called nearly so, that one is misspelt."""
    findings.spend((1 + len(paths)) * len(ids) // 8)
    around = {part for path in paths for part in path}
    meant = findings.near(target, [each for each in ids if each not in around])
    if len(paths) > 1 and meant and meant not in named:
        said = (
            f"{len(paths)} paths lead to {target!r}, but this screen is called {meant!r}: "
            "the call would be cut off there"
        )
        findings.add("F101", findings.path(meant), said, hint=f"call it {target!r}")
        return meant
    before = findings.around.before
    for path in paths:
        hint = did_you_mean(findings.near(target, [each for each in ids if each not in path]))
        if before is not None and target in before.screens:
            hint = "the live revision has it: put it back, or go to another screen"
        hint = hint or "add a screen of this name, or go to one that exists"
        findings.add("F101", path, f"there is no screen {target!r}, so the call would be cut off here", hint=hint)
    return meant


def _asks(findings: Findings, name: str, screen: Ask) -> None:
    path = findings.path(name)
    if not (screen.options or screen.pick or screen.answer):
        if not findings.knows("F103", screen=path[1]):
            hint = "add choose, choose_from or answer, or write end instead of ask"
            findings.add(
                "F104", path, "this screen asks but takes no answer, so whatever a caller types is wrong", hint=hint
            )
        return
    if screen.go:
        return
    if screen.pick is not None or screen.answer is not None:
        said = "nothing follows the answer, so the call would be cut off here"
        findings.add("F103", path, said, hint="name the next screen with go")
    elif screen.skip_if is not None:
        said = "skip_if cannot skip this screen, because nothing says which screen comes next"
        findings.add("F103", path, said, hint="add go next to skip_if")


def _reachable(findings: Findings, meant: Mapping[str, str]) -> None:
    flow = findings.flow
    unread = any(each.code == "F001" and each.screen for each in findings.given)
    if unread or findings.written() != set(flow.screens) or findings.gone:
        return  # of a screen that is missing or could not be read nobody knows where it leads
    graph = {name: {meant.get(target, target) for target in targets} for name, targets in findings.graph.items()}
    starts = {meant.get(name, name) for name in flow.unnamed}
    reached = reach(graph, starts) | starts
    lost = [name for name in flow.screens if name not in reached]
    led_to = {target for name in lost for target in graph[name] if target != name}
    first = [name for name in lost if name not in led_to]
    told: set[str] = set()
    for name in (*first, *lost):  # those that only others of them lead to follow from these
        if name in told:
            continue
        after = reach(graph, [name]) - told - {name}
        findings.spend(len(after) + len(lost) // 8)
        behind = [each for each in lost if each in after]
        if not findings.is_shorthand(name):
            more = f", nor to the screens after it: {', '.join(behind[:NAMED])}" if behind else ""
            more += " …" if len(behind) > NAMED else ""
            said = f"no caller can get to this screen{more}"
            findings.add("F102", findings.path(name), said, hint="add a way to it from another screen, or remove it")
        told |= {name, *behind}


def _finishing(findings: Findings) -> None:
    flow = findings.flow
    graph = {
        name: {target for target, path in leads(screen) if path[-1] != "after_tries"}
        for name, screen in flow.screens.items()
    }
    # An end, a dead end and a missing screen (each reported elsewhere) all count as a way out.
    finishing = {name for name, targets in graph.items() if not targets or not targets <= set(flow.screens)}
    finishing |= reach(_turned(graph), finishing)
    trapped = {name: targets for name, targets in graph.items() if name not in finishing}
    for loop in loops(trapped):
        findings.spend(len(trapped) // 8)
        if reach(trapped, loop) <= set(loop):
            said = f"a caller who gets here can only hang up: {_and(findings, loop)}"
            hint = "make one of the choices lead to a screen with end"
            findings.add("F105", findings.path(loop[0]), said, hint=hint)


def _silent_loops(findings: Findings) -> None:
    silent: dict[str, set[str]] = {}
    for name, screen in findings.flow.screens.items():
        silent[name] = {str(way.go) for way in ways_of(screen) if way.manner == "passed" or not is_seen(screen)}
    for loop in loops(silent):
        said = f"the call can go round in circles without asking anything until it is cut off: {_and(findings, loop)}"
        hint = "make one of them lead to a screen that asks or ends"
        findings.add("F106", findings.path(loop[0]), said, hint=hint)


def reach(graph: Graph, starts: Iterable[str]) -> set[str]:
    """The nodes of a graph that follow from `starts` in one step or more."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for target in graph.get(waiting.pop(), set()) - found:
            found.add(target)
            waiting.append(target)
    return found


def loops(graph: Graph) -> list[list[str]]:
    """Nodes that can come back to themselves, in groups that lead to each other; each in the order of the graph."""
    back, at = _turned(graph), {name: place for place, name in enumerate(graph)}
    left = dict(graph)  # without the groups that are known
    groups: list[list[str]] = []
    for name in reversed(_finished(graph)):
        if name not in left:
            continue
        group = {name}
        waiting = [name]
        while waiting:
            found = {each for each in back.get(waiting.pop(), ()) if each in left and each not in group}
            group |= found
            waiting += found
        for each in group:
            del left[each]
        if len(group) > 1 or name in graph[name]:
            groups.append(sorted(group, key=at.__getitem__))
    return sorted(groups, key=lambda group: at[group[0]])


def _turned(graph: Graph) -> dict[str, set[str]]:
    """The graph with every way led back."""
    back: dict[str, set[str]] = {}
    for name, targets in graph.items():
        for target in targets:
            back.setdefault(target, set()).add(name)
    return back


def _finished(graph: Graph) -> list[str]:
    """The nodes in the order in which a search along the ways is done with them: Kosaraju's first pass."""
    done: list[str] = []
    seen: set[str] = set()
    for start in graph:
        waiting = [(start, iter(graph[start]))] if start not in seen else []
        seen.add(start)
        while waiting:
            name, targets = waiting[-1]
            target = next((each for each in targets if each in graph and each not in seen), None)
            if target is None:
                done.append(name)
                waiting.pop()
            else:
                seen.add(target)
                waiting.append((target, iter(graph[target])))
    return done


def _and(findings: Findings, names: list[str]) -> str:
    shown = list(dict.fromkeys(findings.path(name)[1] for name in names))
    if len(shown) == 1:
        return f"{shown[0]} leads only to itself"
    more = f" and {len(shown) - 6} more" if len(shown) > 6 else ""
    return f"{', '.join(shown[:6])}{more} lead only to each other"
