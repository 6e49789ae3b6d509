"""F411 and F412: what is said and texted after a private filing, and to callers who chose a sensitive row."""

import re
from collections.abc import Iterator

from flows.checks.analysis.condition_facts import certain
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in, plain
from flows.checks.protection.filing_ways import (
    HIDDEN,
    PRIVATE,
    FilingSearch,
    files,
    is_private,
    last_screens,
)
from flows.checks.protection.row_sorts import distinct_rows, screens_behind
from flows.checks.words.text_numbers import numbers_in
from flows.engine.answer_kinds import is_free
from flows.engine.sms_channel import is_texted
from flows.menu import conditions
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import LANGUAGES_LIST, Ask, Condition, Do, End, Flow, Screen, Text
from flows.menu.screen_kinds import Way, conditions_of, saves_of, skip_condition, texts_of, ways_of

CATEGORY = "category"
HARMLESS = (
    LANGUAGES_LIST,
    "status",
    "@date",
)  # lists whose words tell of no subject: of what is private, open or closed
EMPTY_FIELDS = ("category", "district", "office", "note")  # of the record of what is private
CALL = "call"
SHORTEST = 6  # letters of words that are certainly those of a row
SHARED = ("else", "repeat")  # outcomes of what was filed before, or not at all: in whatever way


def check_hidden_subjects(findings: Findings) -> None:
    """Report texts that tell what a private complaint is about, and sensitive rows that are filed like any other."""
    filings = [screen for screen in findings.flow.actions if files(screen)]
    ends: dict[str, set[bool]] = {}  # last screen -> whether what is filed before it is hidden
    for filing in filings:
        for outcome in filing.then:
            for last in last_screens(findings.flow, filing, outcome) if outcome not in SHARED else ():
                ends.setdefault(last.id, set()).add(_hides(filing, outcome))
    told: set[tuple[str, str, str]] = set()
    for filing in filings:
        for outcome in filing.then:
            if _hides(filing, outcome):
                _after(findings, filing, outcome, ends, told)
                _named(findings, filing, outcome, ends, told)
    _hidden_screens(findings)
    _passed_by(findings)
    _sensitive_rows(findings, filings)
    _sensitive_literals(findings, filings)
    if is_texted(findings.flow) and any(rule.intent == PRIVATE for rule in findings.flow.keywords):
        _by_word(findings, filings)


def _by_word(findings: Findings, filings: list[Do]) -> None:
    """Who wrote the keyword that hides a name has it in the variable `private`."""
    for filing in filings:
        if PRIVATE not in filing.given:
            said = f"who wrote that nobody may learn their name is filed with the name by {filing.id}"
            hint = f"write {PRIVATE}: {PRIVATE} under with"
            findings.add("F411", (*findings.path(filing.id), "with", PRIVATE), said, hint=hint)


def _hides(filing: Do, outcome: str) -> bool:
    """True where what was filed is certainly hidden."""
    return outcome in HIDDEN or (outcome not in SHARED and is_private(filing, {}) is True)


def _after(
    findings: Findings, filing: Do, outcome: str, ends: dict[str, set[bool]], told: set[tuple[str, str, str]]
) -> None:
    """The last screens after a private filing. Where one follows public ones too, the way to it is wrong."""
    way = (*findings.path(filing.id), "then", outcome)
    for last in last_screens(findings.flow, filing, outcome):
        shared = len(ends[last.id]) > 1
        for path, language, name, texted in _telling(findings, last, filing):
            where = "an SMS that stays on the phone" if texted else "the last screen"
            said = f"{last.id} follows a private complaint, and {where} tells {{{name}}} to whoever holds the phone"
            graver = texted and not _is_empty(filing, name)
            if _is_empty(filing, name):
                said = f"{last.id} follows a private complaint, of which {{{name}}} is empty: {where} has a gap there"
            hint = f"leave {{{name}}} out; {{complaint.number}} and a date tell nothing"
            if shared:
                hint = f"lead to a screen of its own, without {{{name}}}"
            at, tag = (way, "") if shared else (path, language)
            if (last.id, tag, name) in told and not shared:
                continue
            told.add((last.id, tag, name))
            findings.add("F412", at, said, hint=hint, language=tag, severity="E" if graver else "W")
            if shared:
                break


def _named(
    findings: Findings, filing: Do, outcome: str, ends: dict[str, set[bool]], told: set[tuple[str, str, str]]
) -> None:
    """SMS after a private filing alone that have the very words of what was filed, or of the office that has it."""
    words = _words_of(findings, filing)
    for last in last_screens(findings.flow, filing, outcome) if words else ():
        for tag, parts in (last.sms or {}).items() if len(ends[last.id]) == 1 else ():
            said = plain(parts).casefold()
            found = next((each for each in words if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", said)), "")
            if found and (last.id, tag, found) not in told:
                told.add((last.id, tag, found))
                message = (
                    f"{last.id} follows a private complaint, and its SMS, which stays on the phone, says {found!r}"
                )
                hint = "leave it out; {complaint.number} and a date tell nothing"
                path = (*findings.path(last.id), "sms")
                # "In danger? Call the police, 112" may stand in every SMS.
                severity: Severity = "W" if any(each.called for each in numbers_in(said, tag)) else "E"
                findings.add("F412", path, message, hint=hint, language=tag, severity=severity)


def _words_of(findings: Findings, filing: Do) -> list[str]:
    """The words of what a filing can be about, and of its offices: of a fixed category, or of the sensitive rows."""
    flow, source = findings.flow, filing.arguments.get(CATEGORY, "")
    rows = flow.rows.get(CATEGORY if source.startswith("'") else flow.kinds.get(source, ""), {})
    codes = {source[1:]} & rows.keys() if source.startswith("'") else flow.sensitive.get(flow.kinds.get(source, ""), ())
    offices = flow.rows.get("office", {})
    found: dict[str, None] = {}
    for row in (rows[code] for code in codes):
        near = offices.get(row.columns.get("office", ""))
        for words in (*row.text.values(), *(near.text.values() if near is not None else ())):
            if len(words) >= SHORTEST:
                found[words.casefold()] = None
    return [*found]


def _telling(findings: Findings, last: End, filing: Do) -> Iterator[tuple[Path, str, str, bool]]:
    """Each text of a last screen that tells of the subject: its place, language, variable, and whether it is sent."""
    texts: list[tuple[str, Text, bool]] = [("sms", last.sms, True)] if last.sms is not None else []
    texts.append(("end", last.text, is_texted(findings.flow)))
    for key, text, texted in texts:
        for tag, parts in text.items():
            found = next((name for name in names_in({tag: parts}) if _tells(findings, filing, name, texted)), "")
            if found:
                yield (*findings.path(last.id), key), tag, found, texted


def _tells(findings: Findings, filing: Do, name: str, texted: bool) -> bool:
    """True for a variable that says what a complaint is about, where, or in which words."""
    flow, head, _, field = findings.flow, *name.rpartition(".")
    if head and head == filing.save:
        return field in EMPTY_FIELDS or (texted and field == CALL)
    if name in findings.known.cells or flow.kinds.get(name, "") in {*flow.lists} - {*HARMLESS}:
        return True
    return any(ask.save == name and is_free(ask.answer) for ask in flow.asks)


def _hidden_screens(findings: Findings) -> None:
    """Screens that are shown of a private complaint alone, and that name its subject."""
    for ask in findings.flow.asks:
        for each in texts_of(ask):
            shown = certain(ask.skip_if, when=False) | certain(each.when)
            private = [name.removesuffix(f".{PRIVATE}") for name in shown if name.endswith(f".{PRIVATE}")]
            for head in (record for record in private if record in findings.known.records):
                for name in names_in(each.text):
                    if name in (f"{head}.{field}" for field in EMPTY_FIELDS):
                        said = f"{ask.id} is about private complaints, and tells {{{name}}} to whoever holds the phone"
                        hint = f"leave {{{name}}} out: of what is private it is empty, so callers would read a gap"
                        findings.add("F412", (*findings.path(ask.id), *each.path), said, hint=hint, severity="W")
                        break


def _passed_by(findings: Findings) -> None:
    """Ways from where a complaint is found to its subject that pass no screen which asks whether it is private."""
    flow = findings.flow
    careful = {name for name, screen in flow.screens.items() if any(_asks_private(screen))}
    for name, screen in flow.screens.items() if careful else ():
        for way in ways_of(screen):
            record = _found_by(findings, screen, way)
            if not record:
                continue
            fields = {f"{record}.{field}" for field in EMPTY_FIELDS}
            shown = _first_shown(findings, way.go or "", record, fields, careful)
            if shown:
                said = f"{name} leads to {shown} past the screens for private complaints: of those it tells only gaps"
                first = next(each for each in flow.screens if each in careful)
                hint = f"lead to {first} first, which asks for {record}.{PRIVATE}"
                findings.add("F412", (*findings.path(name), *way.path), said, hint=hint, severity="W")


def _found_by(findings: Findings, screen: Screen, way: Way) -> str:
    """The variable that holds a complaint that was found, and may be private, on a way on from a screen; or ""."""
    if isinstance(screen, Do):
        found = screen.action == "find_complaint" and way.of == "ok" and way.manner == "outcome"
        return screen.save or "" if found else ""
    pick = screen.pick if isinstance(screen, Ask) else None
    listed = pick is not None and way.manner == "chosen" and way.of is pick and pick.list in findings.known.lists
    return way.saves[0] if listed and way.saves else ""


def _first_shown(findings: Findings, start: str, record: str, fields: set[str], careful: set[str]) -> str:
    """A screen that tells of the subject and that a caller may come to without having passed a careful one."""
    flow, waiting, seen = findings.flow, [start], set[str]()
    while waiting:
        name = waiting.pop()
        screen = flow.screens.get(name)
        if screen is None or name in seen or name in careful or (isinstance(screen, Do) and screen.save == record):
            continue
        seen.add(name)
        findings.spend(4)
        own = f"{record}.listed" in certain(skip_condition(screen), when=False)  # for those of others: none is private
        if not own and any(fields & {*names_in(each.text)} for each in texts_of(screen)):
            return name
        waiting += [way.go for way in ways_of(screen) if way.go]
    return ""


def _asks_private(screen: Screen) -> Iterator[bool]:
    for _, condition in conditions_of(screen):
        yield any(name.endswith(f".{PRIVATE}") for name in conditions.names(condition))


def _is_empty(filing: Do, name: str) -> bool:
    """True for a field of what was filed that others may not read: it is not even told to the flow."""
    head, _, field = name.rpartition(".")
    return bool(head) and head == filing.save and field in EMPTY_FIELDS


def _sensitive_rows(findings: Findings, filings: list[Do]) -> None:
    """Rows that are sensitive: who chooses one must come to a filing that is private, or to words that tell nothing."""
    flow = findings.flow
    for variable in dict.fromkeys(filing.arguments.get(CATEGORY, "") for filing in filings):
        codes = flow.sensitive.get(flow.kinds.get(variable, ""))
        if variable.startswith("'") or not codes:
            continue
        told: set[str] = set()
        savers = frozenset(ask.id for ask in flow.asks if variable in saves_of(ask))  # who comes back chooses anew
        for code in distinct_rows(findings, (flow,), variable, sorted(codes)):
            search = FilingSearch(findings, flow, savers, by_choice=False)
            for start in screens_behind(flow, variable):
                for name in sorted(search.from_screen(start, {variable: code}).public - told):
                    filing = flow.screens[name]
                    if isinstance(filing, Do) and "private" not in ACTIONS[filing.action].outcomes:
                        told |= {name} if _told(findings, filing, variable, code) else set()


def _sensitive_literals(findings: Findings, filings: list[Do]) -> None:
    """Filings that are always about a sensitive row, and hide nobody."""
    for filing in filings:
        code = filing.arguments.get(CATEGORY, "")
        path = findings.path(filing.id)
        fixed = code.startswith("'") and code[1:] in findings.flow.sensitive.get(CATEGORY, ())
        if (
            fixed
            and is_private(filing, {}) is False
            and not any(each.screen == path[1] for each in findings.of("F411"))
        ):
            said = f"{filing.id} files {code[1:]}, which is sensitive, and does not hide the caller"
            findings.add("F411", (*path, "with", PRIVATE), said, hint=f"write {PRIVATE}: yes under with")


def _told(findings: Findings, filing: Do, variable: str, code: str) -> bool:
    """Report a sensitive row that comes to a public filing, if what follows tells of it."""
    flow = findings.flow
    for last in last_screens(flow, filing, "ok"):
        for name in (each for _, _, each, _ in _telling(findings, last, filing) if not _is_empty(filing, each)):
            ask = _asked_before(flow, filing, f"{variable}.sensitive")
            path = findings.path(ask.id if ask is not None else filing.id)
            if any(each.screen == path[1] for each in findings.of("F411")):
                return True  # it is led to the wrong filing, whatever the row
            if ask is not None and ask.skip_if is not None:
                path = (*path, "skip_if")
            said = (
                f"{code} is sensitive, and who chooses it can come from here to {filing.id}, which is not private: "
                f"{last.id} then tells {{{name}}}"
            )
            hint = f"skip_if: {variable}.sensitive leads them on to a screen whose filing has {PRIVATE}: yes"
            findings.add("F411", path, said, hint=hint)
            return True
    return False


def _asked_before(flow: Flow, filing: Do, flag: str) -> Ask | None:
    """The screen that asks before a filing, and could be skipped for sensitive rows."""
    before = [ask for ask in flow.asks if any(option.go == filing.id for option in ask.options) or ask.go == filing.id]
    return next((ask for ask in before if not _reads(skip_condition(ask), flag)), before[0] if before else None)


def _reads(condition: Condition | None, name: str) -> bool:
    return condition is not None and name in conditions.names(condition)
