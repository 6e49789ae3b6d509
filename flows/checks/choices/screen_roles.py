"""F417 and F114, by what a last screen is for: the other ways that lead there say it, in whatever language it is."""

from collections.abc import Iterator

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.walks.exploration import stores
from flows.menu import conditions
from flows.menu.actions import ACTIONS, BRINGS_NOTHING
from flows.menu.model import RECEIPT, Do, End, Flow
from flows.menu.screen_kinds import conditions_of, inputs_of, texts_of

# What an outcome says of the act, and the roles of other acts' outcomes that the same last screen may have.
ROLES = {
    **dict.fromkeys(("ok", "private"), "done"),
    **dict.fromkeys(("danger", "private_danger"), "danger"),
    **dict.fromkeys(("repeat", "already", "yours", "too_soon"), "again"),
    **dict.fromkeys(("missing", "none"), "nothing"),
    "closed": "closed",
    "too_many": "often",
    "else": "failed",
}
FITS = {
    "done": {"done"},
    "danger": {"danger", "done"},
    "again": {"again", "failed", "often"},
    "nothing": {"nothing", "closed", "often", "failed"},
    "closed": {"closed", "nothing", "failed", "again"},
    "often": {"often", "failed", "nothing", "again"},
    "failed": {"failed", "often", "nothing"},
}
GENERAL = 3  # roles of a screen that says nothing of any act
USUAL = 3  # acts whose same outcome leads to one screen, from which another is odd


class Role(Struct, frozen=True):
    """An outcome that leads to a last screen."""

    act: str
    action: str
    outcome: str
    role: str


def check_screen_roles(findings: Findings) -> None:
    """Report outcomes that lead to a last screen which is for another sort of outcome, and choices to one of an act."""
    flow = findings.flow
    roles, finish = _roles(flow), _finish(flow)
    for act in flow.actions:
        path = findings.path(act.id)
        if findings.is_shorthand(act.id) or findings.tells((*path, "then"), "F417", "F112"):
            continue
        for outcome, target in _known_outcomes(act):
            findings.spend(len(flow.actions) // 8)
            where = (*path, "then", outcome)
            told = findings.tells(where, "F417", "F112", "F405")
            if _brings_nothing(flow, act, outcome) and not told:
                said = f"{outcome} of {act.action} leads to {target} as ok does, and brings nothing that is shown there"
                findings.add("F417", where, said, hint=f"lead to a screen that says what {outcome} means")
                break
            if target in roles and target not in finish and not told and _is_odd(flow, act, outcome, roles):
                others = {each.outcome for each in roles[target] if (each.act, each.outcome) != (act.id, outcome)}
                said = (
                    f"{outcome} of {act.action} leads to {target}, which is for {', '.join(sorted(others))}: callers "
                    "read what did not happen"
                )
                findings.add("F417", where, said, hint=f"lead to a screen that says what {outcome} means")
                break
    _told_without(findings, roles)


def _known_outcomes(act: Do) -> Iterator[tuple[str, str]]:
    declared = ACTIONS.get(act.action)
    for outcome, target in act.then.items():
        if declared is not None and outcome in ROLES and (outcome == "else" or outcome in declared.outcomes):
            yield outcome, target


def _roles(flow: Flow) -> dict[str, list[Role]]:
    found: dict[str, list[Role]] = {}
    for act in flow.actions:
        for outcome, target in _known_outcomes(act):
            if isinstance(flow.screens.get(target), End):
                found.setdefault(target, []).append(Role(act.id, act.action, outcome, ROLES[outcome]))
    return found


def _finish(flow: Flow) -> set[str]:
    """The screens that choices lead to: they may say no more than goodbye."""
    return {option.go for ask in flow.asks for option in ask.options}


def _is_odd(flow: Flow, act: Do, outcome: str, roles: dict[str, list[Role]]) -> bool:
    role = ROLES.get(outcome)
    target = act.then[outcome]
    if role is None or len({each.role for each in roles[target]}) >= GENERAL + (role not in ("done", "danger")):
        return False
    return (
        _beside(flow, act, outcome, role) or _elsewhere(act, role, roles[target]) or _unusual(flow, act, outcome, roles)
    )


def _brings_nothing(flow: Flow, act: Do, outcome: str) -> bool:
    """True for an outcome without a record that leads where the record is shown or decides."""
    target = flow.screens.get(act.then[outcome])
    if outcome not in BRINGS_NOTHING or act.then.get("ok") != act.then[outcome] or target is None or not act.save:
        return False
    read = {name for each in texts_of(target) for name in names_in(each.text)} | {name for name, _ in inputs_of(target)}
    read |= {name for _, condition in conditions_of(target) for name in conditions.names(condition)}
    return any(name.partition(".")[0] == act.save for name in read)


def _beside(flow: Flow, act: Do, outcome: str, role: str) -> bool:
    """True if this act comes to the same screen when it is done, and this outcome says that nothing was."""
    target = act.then[outcome]
    if outcome == "missing" and target == act.then.get("too_soon") != act.then.get("else"):
        return True
    if not stores(act.action) or act.then.get("ok") != target or role == "done":
        return False
    end = flow.screens[target]
    texted = isinstance(end, End) and RECEIPT in names_in(end.text)
    return role in ("nothing", "closed", "often") or outcome == "too_soon" or (outcome == "repeat" and texted)


def _elsewhere(act: Do, role: str, there: list[Role]) -> bool:
    """True if only outcomes of other sorts lead there from the other acts."""
    others = [each for each in there if each.act != act.id and stores(each.action)]
    alike = role == "again" and any(each.action == act.action and each.role == "done" for each in there)
    return bool(others) and not alike and not any(each.role in FITS[role] for each in others)


def _unusual(flow: Flow, act: Do, outcome: str, roles: dict[str, list[Role]]) -> bool:
    """True if all other acts lead to one screen with this outcome, and this act to one that others use otherwise."""
    goes = [each.then[outcome] for each in flow.actions if each.id != act.id and outcome in each.then]
    ends = [name for name in goes if isinstance(flow.screens.get(name), End)]
    usual = max(ends, key=ends.count, default="")
    there = {each.outcome for each in roles[act.then[outcome]] if each.act != act.id}
    own = {name for name, target in act.then.items() if target == act.then[outcome]} - {outcome}
    if ends.count(usual) < USUAL or ends.count(usual) * 4 < len(ends) * 3 or act.then[outcome] == usual:
        return False
    return bool(there | own) and outcome not in there


def _told_without(findings: Findings, roles: dict[str, list[Role]]) -> None:
    """A choice that leads at once to a last screen with what an act brought: on this way nothing was done."""
    flow = findings.flow
    records = {act.save for act in flow.actions if act.save and stores(act.action)}
    for ask in flow.asks:
        for option in ask.options:
            told = [each for each in roles.get(option.go, ()) if stores(each.action) and each.role != "failed"]
            end = flow.screens.get(option.go)
            path = (*findings.path(ask.id), "choose", option.code)
            if told and isinstance(end, End) and _shows(end, records) and not findings.tells(path, "F114", "F112"):
                said = (
                    f"{option.code} ends the call with {end.id}, which tells what {told[0].action} did: here "
                    "nothing is done"
                )
                findings.add("F114", path, said, hint=f"lead to {told[0].act}, or to a screen that says what happened")
                break


def _shows(end: End, records: set[str]) -> bool:
    names = set(_heads(end))
    return end.sms is not None or RECEIPT in names_in(end.text) or bool(names & records)


def _heads(end: End) -> Iterator[str]:
    yield from (name.partition(".")[0] for name in names_in(end.text) if "." in name)
