"""F903, F904 and F905: who was hidden or warned in the live revision, and is so no longer.

What is lost may be meant: these errors let a flow go live if a second person agrees, with a reason.
"""

import re
from collections.abc import Iterable

from flows.checks.analysis.earlier_screens import EarlierScreens
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in, plain
from flows.checks.protection.filing_ways import (
    PRIVATE,
    FilingSearch,
    FirstFilings,
    Known,
    files,
    is_private,
    truth,
    ways_on,
)
from flows.checks.protection.row_sorts import distinct_rows, screens_behind
from flows.engine.answer_kinds import is_free
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path
from flows.menu.model import SENSITIVE, Ask, Do, Flow, Row, Text
from flows.menu.screen_kinds import saves_of, skip_condition

EMERGENCY, CHECK, AGAINST = "emergency", "emergency_check", "against"
LOST = {  # column -> what it did
    SENSITIVE: "is no longer sensitive: its name is told to whoever holds the phone, and the caller's to the office",
    PRIVATE: "is no longer private: what is filed with it is told to whoever holds the phone",
    EMERGENCY: "is no longer an emergency: it is due as late as others, and nobody is told whom to call",
    AGAINST: "is no longer about an office: that office may get the complaint about itself",
    CHECK: "is no longer asked about danger: nobody is told whom to call",
}
NAMED = 5
MARKED = ("yes",)  # how a flag is set
NO_HELP = ("ussd", "sms", "line")  # numbers of the service that help nobody in danger
NUMBER = re.compile(r"[0-9][0-9-]{1,}")
DANGER_OUTCOME = "danger"


def check_lost_protections(findings: Findings) -> None:
    """Report flags that rows lost, filings that are public now, and callers in danger who are no longer warned."""
    _words_of_danger(findings)
    before = findings.around.before
    if before is None:
        return
    _flags(findings, before)
    _public_now(findings, before)
    _unwarned_now(findings, before)


def _words_of_danger(findings: Findings) -> None:
    """Words of danger are looked for only if every screen with an action says what follows then."""
    flow, before = findings.flow, findings.around.before
    for action in dict.fromkeys(screen.action for screen in flow.actions):
        declared = ACTIONS.get(action)
        if declared is None or DANGER_OUTCOME not in declared.outcomes or "danger" in declared.arguments:
            continue
        screens = [screen for screen in flow.actions if screen.action == action]
        lacking = [screen for screen in screens if DANGER_OUTCOME not in screen.then]
        watched = before is not None and any(
            each.action == action and DANGER_OUTCOME in each.then for each in before.actions
        )
        if len(lacking) < len(screens) or watched:
            for screen in lacking:
                said = f"{screen.id} does not say what follows words of danger, so {action} looks for them nowhere"
                hint = f"add {DANGER_OUTCOME}: … under then, on every screen with {action}"
                findings.add("F905", (*findings.path(screen.id), "then"), said, hint=hint)
        for screen in screens if any(is_free(ask.answer) for ask in flow.asks) else ():
            if action == "plan_complaint" and DANGER_OUTCOME in screen.then and "details" not in screen.given:
                said = f"{action} is given no details, so words of danger are not looked for before they are sent"
                findings.add("F905", (*findings.path(screen.id), "with"), said, hint="add details: … under with")
    if before is not None and before.danger_screen and not flow.danger_screen:
        said = "who types words of danger where a number is expected is told that the number is wrong"
        findings.add("F905", ("danger_screen",), said, hint=f"write danger_screen: {before.danger_screen}")


def _flags(findings: Findings, before: Flow) -> None:
    for name, rows in findings.flow.rows.items():
        old_rows = before.rows.get(name)
        if not old_rows or name in findings.broken:
            continue
        findings.spend(len(rows) // 4)
        for column, effect in LOST.items():
            lost = [code for code in rows if _had(old_rows, code, column) and not _has(rows[code], column)]
            whole = len(lost) > NAMED and not any(column in row.columns for row in rows.values())
            if whole:
                said = f"list {name} has no column {column} any more, which {len(lost)} rows had: {effect}"
                said = said.replace("is no longer", "none of them is", 1)
                findings.add("F903", ("lists", name), said, hint=f"put the column {column} back")
            for code in () if whole else lost:
                words = next(iter(rows[code].text.values()), code)
                hint = f"write {old_rows[code].columns[column]} under {column} again, or let a second person agree"
                findings.add("F903", ("lists", name, code), f"{words!r} ({code}) {effect}", hint=hint)


def _had(rows: dict[str, Row], code: str, column: str) -> bool:
    return code in rows and _has(rows[code], column)


def _has(row: Row, column: str) -> bool:
    cell = row.columns.get(column, "")
    return bool(cell) if column in (CHECK, AGAINST) else cell in MARKED


def _public_now(findings: Findings, before: Flow) -> None:
    """Filings that hid the caller, and choices that led to such a one; what F411 tells is not told again."""
    flow = findings.flow
    told = {each.screen for each in findings.of("F411")}
    for name, screen in flow.screens.items():
        old = before.screens.get(name)
        if not isinstance(screen, Do) or not isinstance(old, Do) or not files(old) or not files(screen):
            continue
        if is_private(old, {}) is not False and is_private(screen, {}) is False:
            path = (*findings.path(name), "with", PRIVATE)
            if path[1] not in told:
                said = f"{name} hid the caller's name, and files it with the name now"
                hint = f"write {PRIVATE}: {old.arguments[PRIVATE].removeprefix(chr(39))} under with again"
                findings.add("F904", path, said, hint=f"{hint}, or let a second person agree")
            told.add(name)
    _choices(findings, before, told)


def _choices(findings: Findings, before: Flow, told: set[str]) -> None:
    flow = findings.flow
    now = _Filings(findings, flow, findings.earlier)
    then = _Filings(findings, before, EarlierScreens(before, findings.spend))
    for ask in flow.asks:
        old = before.screens.get(ask.id)
        if not isinstance(old, Ask) or findings.path(ask.id)[1] in told:
            continue
        led = {option.code: option.go for option in old.options}
        for option in ask.options:
            if option.code not in led or option.go == led[option.code]:
                continue
            was, becomes = then.first(ask, led[option.code]), now.first(ask, option.go)
            public = sorted(becomes.public - told)
            if was.private and not was.public and public:
                path = (*findings.path(ask.id), "choose", option.code, "go")
                said = f"the choice {option.code} hid the caller's name, and now leads to {public[0]}, which does not"
                findings.add("F904", path, said, hint=f"go: {led[option.code]}, or let a second person agree")
        _choice_gone(findings, ask, old, then, now)


class _Filings:
    """What the choices of a flow file first: one search for all screens that the same ones come before."""

    def __init__(self, findings: Findings, flow: Flow, earlier: EarlierScreens) -> None:
        self._findings, self._flow, self._earlier = findings, flow, earlier
        self._searches: dict[frozenset[str], FilingSearch] = {}

    def first(self, ask: Ask, go: str) -> FirstFilings:
        """The filings that a way from a screen to another one comes to first."""
        before = self._earlier.of(ask.id)
        if before not in self._searches:
            self._searches[before] = FilingSearch(self._findings, self._flow, before, by_choice=False)
        return self._searches[before].from_screen(go, {})


def _choice_gone(findings: Findings, ask: Ask, old: Ask, then: _Filings, now: _Filings) -> None:
    """A choice that hid the caller's name and is there no longer, on a screen where nothing else hides it."""
    kept = {option.code for option in ask.options}
    lost = [option for option in old.options if option.code not in kept]
    hid = next((each for each in lost if (was := then.first(ask, each.go)).private and not was.public), None)
    if hid is not None and not any(now.first(ask, option.go).private for option in ask.options):
        said = f"nobody can choose {hid.code} any more, which hid the caller's name"
        hint = f"put the choice {hid.code} back, or let a second person agree"
        findings.add("F904", (*findings.path(ask.id), "choose"), said, hint=hint)


def _unwarned_now(findings: Findings, before: Flow) -> None:
    """Rows whose callers were told whom to call before anything was filed; what F111 tells is not told again."""
    flow = findings.flow
    if findings.of("F111"):
        return
    for variable in dict.fromkeys(screen.arguments.get("category", "") for screen in flow.actions if files(screen)):
        name = flow.kinds.get(variable, "")
        rows, old_rows = flow.rows.get(name, {}), before.rows.get(before.kinds.get(variable, ""), {})
        codes = [code for code in rows if _had(old_rows, code, EMERGENCY) or _had(old_rows, code, CHECK)]
        kept = [code for code in codes if not findings.tells(("lists", name, code), "F903")]
        for code in distinct_rows(findings, (flow, before), variable, kept):
            warned = _Warned(findings, before, variable, code)
            if not warned.always() or _Warned(findings, flow, variable, code).always():
                continue
            path, hint = _where(findings, before, variable, warned.screens)
            said = f"who chooses {code} was told whom to call before anything is filed, and is so no longer"
            findings.add("F905", path, said, hint=hint)
            return


def _where(findings: Findings, before: Flow, variable: str, warning: Iterable[str]) -> tuple[Path, str]:
    """Where a warning was lost: at the screen that gave it, or at the one that led to it."""
    flow = findings.flow
    for name in warning:
        if name not in flow.screens:
            return ("screens",), f"the live revision has the screen {name}: put it back"
        screen, old = flow.screens[name], before.screens[name]
        if skip_condition(screen) != skip_condition(old):
            return (*findings.path(name), "skip_if"), "correct skip_if, or let a second person agree"
        if screen != old:
            return findings.path(name), "name on it whom to call, or let a second person agree"
    for ask in flow.asks:
        was = before.screens.get(ask.id)
        if variable in saves_of(ask) and isinstance(was, Ask) and was.go != ask.go:
            return (*findings.path(ask.id), "go"), f"go: {was.go}, or let a second person agree"
    return ("screens",), "lead them to a screen that says whom to call"


class _Warned:
    """Whether who chooses a row is told whom to call before anything is filed, whichever way they take."""

    def __init__(self, findings: Findings, flow: Flow, variable: str, code: str) -> None:
        self._findings, self._flow, self._variable, self._code = findings, flow, variable, code
        self._helplines = {line.number for line in (flow.helplines or findings.around.helplines).values()}
        self.screens: list[str] = []  # those that warn

    def always(self) -> bool:
        """True if nothing can be filed without a warning, and there is one."""
        waiting: list[tuple[str, Known]] = [
            (start, {self._variable: self._code}) for start in screens_behind(self._flow, self._variable)
        ]
        seen: set[str] = set()
        while waiting:
            name, known = waiting.pop()
            screen = self._flow.screens.get(name)
            if screen is None or name in seen or self._variable in saves_of(screen):
                continue
            seen.add(name)
            self._findings.spend(3)
            if files(screen):
                return False
            if isinstance(screen, Ask) and self._warns(screen.text):
                self.screens.append(name)
                if truth(self._flow, screen.skip_if, known) is False:
                    continue
            waiting += [(way.go, after) for way, after in ways_on(self._flow, screen, known) if way.go]
        return bool(self.screens)

    def _warns(self, text: Text) -> bool:
        return any(self._is_number(name) for name in names_in(text)) or any(
            number in self._helplines for parts in text.values() for number in NUMBER.findall(plain(parts))
        )

    def _is_number(self, name: str) -> bool:
        if name == f"{self._variable}.{CHECK}":
            row = self._flow.rows[self._flow.kinds[self._variable]][self._code]
            return bool(row.columns.get(CHECK))
        return name == "help" or name.endswith(".call") or (name in self._flow.service and name not in NO_HELP)
