"""F406 and F408: variables that are empty on some way to where they are used.

A must-defined analysis: on each way into a screen, which variables certainly hold something. Only variables that some
screen saves are looked at; one that nothing saves is F401's to tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.analysis.condition_facts import NOTHING, certain
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import index_question_texts, variables
from flows.checks.analysis.variables import SERVICE
from flows.checks.dataflow.unused_answers import reads, saves
from flows.engine.engine import option_saves
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS, BRINGS_NOTHING, CONTACT
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, End, Flow, IsSet, Screen, Text

Facts = frozenset[str]
NOT_BROUGHT = ("else", *BRINGS_NOTHING)  # outcomes that come back without a record
GIVEN = frozenset(f"contact.{name}" for name, brings in CONTACT.items() if not brings.empty)


class Analysis:
    """What certainly holds something on coming into each screen that can be reached."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.on_entry: dict[str, Facts] = {}
        self._came: dict[str, dict[str, Facts]] = {}  # screen -> the screens before it and what they bring
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
                came = self._came.setdefault(target, {})
                came[name] = came.get(name, facts) & facts
                merged = facts & self.on_entry.get(target, facts)
                if self.on_entry.get(target) != merged:
                    self.on_entry[target] = merged
                    waiting.append(target)

    def shown(self, name: str) -> Facts:
        """What holds something when a caller reads an asking screen, which `skip_if` did not pass over."""
        screen, facts = self.flow.screens[name], self.on_entry.get(name, NOTHING)
        skip_if = None if isinstance(screen, End) or name == self.flow.home else screen.skip_if
        return facts | certain(skip_if, when=False)

    def _leaving(self, name: str) -> Iterator[tuple[str, Facts]]:
        screen, entry = self.flow.screens[name], self.on_entry[name]
        if isinstance(screen, Do):
            yield from _done(screen, entry)
        elif isinstance(screen, Ask):
            shown = self.shown(name)
            saved = shown | ({screen.save} if screen.save else NOTHING)
            chosen = saved if option_saves(screen) else shown
            for option in screen.options:
                yield option.go, chosen | certain(option.when)
            if screen.go and (screen.pick or screen.answer):
                yield screen.go, saved
            if screen.go and screen.skip_if is not None:
                yield screen.go, entry | certain(screen.skip_if)
            if screen.pick is not None and screen.pick.typed is not None:
                yield screen.pick.typed.go, shown | {screen.pick.typed.save}
            if screen.after_tries:
                yield screen.after_tries, shown
            yield self.flow.home, frozenset(fact for fact in shown if fact.startswith("contact."))

    def missing_from(self, name: str, variable: str) -> str:
        """The screen before, from which a caller comes without the variable; nothing for the beginning of a call."""
        came = self._came.get(name, {})
        return next((screen for screen, facts in came.items() if not holds(facts, variable)), "")


def _done(screen: Do, entry: Facts) -> Iterator[tuple[str, Facts]]:
    declared = ACTIONS.get(screen.action)
    brought = entry | {screen.save} if screen.save and (declared is None or declared.brings) else entry
    for outcome, target in screen.then.items():
        yield target, entry if outcome in NOT_BROUGHT else brought
    if screen.skip_if is not None:
        yield screen.then.get("ok", screen.then.get("else", "")), entry | certain(screen.skip_if)


def holds(facts: Facts, name: str) -> bool:
    """True when a variable, or the record or code that it is a part of, certainly holds something."""
    parts = name.split(".")
    return any(".".join(parts[:end]) in facts for end in range(1, len(parts) + 1))


def check_unset_variables(findings: Findings) -> None:
    """Report where a caller would read a gap, or an action be given nothing."""
    flow = findings.flow
    analysis = Analysis(flow)
    saved = {name for name, _ in saves(flow)} | {f"contact.{name}" for name in CONTACT}
    blamed = _passed_over(findings, analysis)
    for name, screen in flow.screens.items():
        if name not in analysis.on_entry:
            continue  # nobody comes here: F102 tells that
        told: set[str] = set()
        for path, facts, variable in _uses(findings, analysis, name, screen):
            root = _saved_root(variable, saved)
            known = root in told or root in blamed or findings.known.is_unsure(root)
            if root and not known and not holds(facts, variable):
                told.add(root)
                _tell(findings, analysis, name, path, variable, root)


def _tell(findings: Findings, analysis: Analysis, name: str, path: Path, variable: str, root: str) -> None:
    origin = analysis.missing_from(name, root)
    way = f"comes from {findings.path(origin)[1]}" if origin else "has only just dialled"
    what = "for {} the action is given nothing" if "with" in path else "{} reads a gap"
    if path[-1] == "where":
        what = "{} has nothing to choose"
    message = f"{variable} may be empty here: {what.format(f'a caller who {way}')}"
    hint = f"save {root} on every way here, or hide this with skip_if or when"
    findings.add("F406", path, message, hint=hint)


def _saved_root(variable: str, saved: set[str]) -> str:
    parts = variable.split(".")
    names = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return "" if variable in SERVICE else next((name for name in names if name in saved), "")


def _uses(findings: Findings, analysis: Analysis, name: str, screen: Screen) -> Iterator[tuple[Path, Facts, str]]:
    """Every variable of a screen's words and arguments, with what certainly holds something there."""
    path, entry = findings.path(name), analysis.on_entry[name]
    if isinstance(screen, End):
        for word, text in (("end", screen.text), ("sms", screen.sms or {})):
            yield from ((((*path, word)), entry, variable) for variable in _names(text))
    elif isinstance(screen, Ask):
        shown = analysis.shown(name)
        conditions = {(*path, "choose", option.code): certain(option.when) for option in screen.options}
        for each in index_question_texts(path, screen):
            facts = shown | conditions.get(each.path, NOTHING)
            names = _names(each.text) if each.role != "show" else []
            yield from ((each.path, facts, variable) for variable in names)
        if screen.pick is not None and screen.pick.where is not None:
            yield (*path, "choose_from", "where"), shown, screen.pick.where[1]
    elif not findings.is_shorthand(name):
        declared = ACTIONS.get(screen.action)
        for argument, source in screen.arguments.items():
            if declared is not None and declared.arguments.get(argument) and not source.startswith("'"):
                facts = entry | certain(screen.skip_if, when=False)
                yield (*path, "with", argument), facts, source


def _names(text: Text) -> list[str]:
    return list(dict.fromkeys(name for parts in text.values() for name in variables(parts)))


def _passed_over(findings: Findings, analysis: Analysis) -> set[str]:
    """Screens passed over because X is known that would have saved Y, with nothing else to save Y."""
    flow = findings.flow
    savers = [name for name, _ in saves(flow)]
    answers = {name for name, screen in saves(flow) if isinstance(screen, Ask)} | {
        "contact.province",
        "contact.district",
    }
    read = reads(flow)
    blamed: set[str] = set()
    for name, screen in flow.screens.items():
        if not isinstance(screen, Ask) or not isinstance(screen.skip_if, IsSet) or screen.save is None:
            continue
        known, wanted = screen.skip_if.name, screen.save
        only = known in answers and known != wanted and savers.count(wanted) == 1 and wanted in read
        if only and not holds(analysis.on_entry.get(name, NOTHING), wanted):
            message = f"it is passed over when {known} is known, and then nothing saves {wanted}: it stays empty"
            hint = f"write skip_if: {wanted}, or save: {known}"
            findings.add("F408", (*findings.path(name), "skip_if"), message, hint=hint)
            blamed.add(wanted)
    return blamed
