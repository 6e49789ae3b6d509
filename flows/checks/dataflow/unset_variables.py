"""F406 and F408: variables that are empty on some way to where they are used.

A must-defined analysis: on each way into a screen, which variables certainly hold something. Only variables that some
screen saves are looked at; F401 reports a variable that nothing saves.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from flows.checks.analysis.condition_facts import NOTHING, certain
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.analysis.variables import SERVICE
from flows.checks.dataflow.unused_answers import reads, saves
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS, BRINGS_NOTHING, CONTACT
from flows.menu.conditions import names
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Condition, Do, Flow, IsSet, Screen
from flows.menu.screen_kinds import FILTER, inputs_of, question_of, saves_of, skip_condition, texts_of, ways_of

Facts = frozenset[str]
PRIVATE = "private"  # an argument, and how the outcomes begin that tell of it
NOT_BROUGHT = ("else", *BRINGS_NOTHING)  # outcomes that come back without a record
GIVEN = frozenset(f"contact.{name}" for name, brings in CONTACT.items() if not brings.empty)


class SkippedAnswer(Struct, frozen=True):
    """A variable that a screen saves unless it is passed over. `fact` says so where that screen has been come to."""

    screen: str
    variable: str
    unless: Condition
    fact: str

    def is_decided_by(self, saved: tuple[str, ...]) -> bool:
        """True if one of these variables decides whether the screen is passed over."""
        return any(name == each or name.startswith(f"{each}.") for name in names(self.unless) for each in saved)


class Analysis:
    """What certainly holds something on coming into each screen that can be reached."""

    def __init__(self, flow: Flow, spend: Callable[[int], None]) -> None:
        self.flow, self._spend = flow, spend
        self.on_entry: dict[str, Facts] = {}
        self._came: dict[str, dict[str, Facts]] = {}  # screen -> the screens before it and what they bring
        self._records = {act.save for act in flow.actions if act.save}
        self._skipped = [
            SkippedAnswer(ask.id, saved, ask.skip_if, f"{saved} unless {ask.skip_if}")
            for ask in flow.asks
            for saved in saves_of(ask)
            if ask.skip_if is not None and saved not in names(ask.skip_if)
        ]
        self._flow_through()

    def _flow_through(self) -> None:
        flow = self.flow
        waiting = [flow.start] if flow.start in flow.screens else []
        self.on_entry = dict.fromkeys(waiting, GIVEN | ({"words"} if is_texted(flow) else NOTHING))
        while waiting:
            name = waiting.pop()
            for target, facts in self._leaving(name):
                if target not in flow.screens:
                    continue
                self._spend(1 + len(facts) // 8)
                came = self._came.setdefault(target, {})
                came[name] = came.get(name, facts) & facts
                merged = facts & self.on_entry.get(target, facts)
                if self.on_entry.get(target) != merged:
                    self.on_entry[target] = merged
                    waiting.append(target)

    def shown(self, name: str) -> Facts:
        """The variables with a value on a screen that `skip_if` did not skip. Home is never skipped."""
        skip_if = None if name == self.flow.home else skip_condition(self.flow.screens[name])
        entry, found = self.on_entry.get(name, NOTHING), certain(skip_if, when=False)
        records = {fact.rpartition(".")[0] for fact in found} & self._records
        asked = {each.variable for each in self._skipped if each.unless == skip_if and each.fact in entry}
        return entry | found | records | asked

    def _leaving(self, name: str) -> Iterator[tuple[str, Facts]]:
        screen, entry, shown = self.flow.screens[name], self.on_entry[name], self.shown(name)
        waits = question_of(screen) is not None
        own = [each for each in self._skipped if each.screen == name]
        for way in ways_of(screen):
            facts = shown if waits and way.manner != "passed" else entry
            empty = isinstance(screen, Do) and not _brings(screen, str(way.of))
            kept = facts - {each.fact for each in self._skipped if way.saves and each.is_decided_by(way.saves)}
            after = {each.fact for each in own if way.manner == "passed" or each.variable in way.saves}
            yield way.go or "", kept | certain(way.when) | (NOTHING if empty else {*way.saves}) | after
        if waits:
            yield self.flow.home, frozenset(fact for fact in shown if fact.startswith("contact."))
            yield self.flow.danger_screen, shown

    def private_filing_before(self, name: str) -> str:
        """The screen that files privately and leads to this one, "" for none."""
        came = (screen for screen in self._came.get(name, {}) if screen in self.flow.screens)
        return next((screen for screen in came if _files_privately(self.flow.screens[screen], name)), "")

    def missing_from(self, name: str, variable: str) -> str:
        """The screen before, from which a caller comes without the variable; nothing for the beginning of a call."""
        came = self._came.get(name, {})
        return next((screen for screen, facts in came.items() if not holds(facts, variable)), "")


def _files_privately(screen: Screen, following: str) -> bool:
    """True for a filing that hides the caller's name, at least with the outcome that leads to the following screen."""
    if not isinstance(screen, Do):
        return False
    outcomes = [outcome for outcome, go in screen.then.items() if go == following]
    return screen.arguments.get(PRIVATE) == "'yes" or any(outcome.startswith(PRIVATE) for outcome in outcomes)


def _brings(screen: Do, outcome: str) -> bool:
    """True for an outcome with which the action brings a record, or may do so."""
    declared = ACTIONS.get(screen.action)
    return outcome not in NOT_BROUGHT and (declared is None or bool(declared.brings))


def holds(facts: Facts, name: str) -> bool:
    """True when a variable, or the record or code that it is a part of, certainly holds something."""
    parts = name.split(".")
    return any(".".join(parts[:end]) in facts for end in range(1, len(parts) + 1))


def check_unset_variables(findings: Findings) -> None:
    """Report where a caller would read a gap, or an action be given nothing."""
    flow = findings.flow
    analysis = Analysis(flow, findings.spend)
    saved = {name for name, _ in saves(flow)} | {f"contact.{name}" for name in CONTACT}
    blamed = _passed_over(findings, analysis)
    for name, screen in flow.screens.items():
        if name not in analysis.on_entry:
            continue  # nobody gets here: F102 reports that
        told: set[str] = set()
        for path, facts, variable in _uses(findings, analysis, name, screen):
            root = _saved_root(variable, saved)
            known = root in told or root in blamed or findings.known.is_unsure(root)
            if root and not known and not holds(facts, variable):
                told.add(root)
                _tell(findings, analysis, name, path, variable, root)


def _tell(findings: Findings, analysis: Analysis, name: str, path: Path, variable: str, root: str) -> None:
    origin = analysis.missing_from(name, root)
    who = f"a caller who comes from {findings.path(origin)[1]}" if origin else "a caller who has just dialled"
    what = f"the action gets no value from {who}" if "with" in path else f"{who} reads a gap"
    if path[-1] == "where":
        what = f"{who} has nothing to choose"
    message = f"{variable} may be empty here: {what}"
    hint = f"save {root} on every path to this screen, or hide this with skip_if or when"
    if filing := analysis.private_filing_before(name):
        message = f"{message}. It has no place here: {filing} files privately, and others may hold the phone"
        hint = f"leave {{{variable}}} out of what follows a private filing"
    findings.add("F406", path, message, hint=hint)


def _saved_root(variable: str, saved: set[str]) -> str:
    parts = variable.split(".")
    names = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return "" if variable in SERVICE else next((name for name in names if name in saved), "")


def _uses(findings: Findings, analysis: Analysis, name: str, screen: Screen) -> Iterator[tuple[Path, Facts, str]]:
    """Every variable of a screen's words and arguments, with what certainly holds something there."""
    path, shown = findings.path(name), analysis.shown(name)
    for each in texts_of(screen):
        names = names_in(each.text) if each.role != "show" else []
        yield from (((*path, *each.path), shown | certain(each.when), variable) for variable in names)
    declared = ACTIONS.get(screen.action) if isinstance(screen, Do) and not findings.is_shorthand(name) else None
    for variable, place in inputs_of(screen):
        needed = declared is not None and declared.needs(place[-1])
        if needed or place == FILTER:
            yield (*path, *place), shown, variable


def _passed_over(findings: Findings, analysis: Analysis) -> set[str]:
    """Screens that are skipped because X is set and that would have saved Y, if nothing else saves Y."""
    flow = findings.flow
    savers = [name for name, _ in saves(flow)]
    answers = {name for name, screen in saves(flow) if isinstance(screen, Ask)} | {
        "contact.province",
        "contact.district",
    }
    read = reads(flow)
    blamed: set[str] = set()
    for screen in flow.asks:
        if not isinstance(screen.skip_if, IsSet) or screen.save is None:
            continue
        known, wanted = screen.skip_if.name, screen.save
        only = known in answers and known != wanted and savers.count(wanted) == 1 and wanted in read
        if only and not holds(analysis.on_entry.get(screen.id, NOTHING), wanted):
            message = f"the screen is skipped when {known} is set, and then nothing saves {wanted}, which stays empty"
            hint = f"write skip_if: {wanted}, or save: {known}"
            findings.add("F408", (*findings.path(screen.id), "skip_if"), message, hint=hint)
            blamed.add(wanted)
    return blamed
