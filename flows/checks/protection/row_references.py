"""F607, F608 and F609: rows that others name and that are gone, and flags that contradict what is said elsewhere."""

from collections.abc import Iterator

from flows.checks.analysis.condition_facts import atoms
from flows.checks.analysis.findings import Findings
from flows.checks.dataflow.unused_answers import used_variables
from flows.checks.protection.filing_ways import files
from flows.menu.actions import ACTIONS, FOLLOWED
from flows.menu.danger_rules import Danger, DangerLexicon
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import SENSITIVE, Compare, Flow, Row
from flows.menu.screen_kinds import conditions_of
from flows.understanding.danger_detection import find_danger

CATEGORY = "category"
EMERGENCY, CHECK = "emergency", "emergency_check"
ALIKE = 0.6  # the share of rows that two lists of one name have in common, if they are the same list
FEWEST = 3  # categories that words of danger and a flow must share before one that is missing is told
YES = "yes"
PART_OF = "part_of"
AGAINST, OFFICE = "against", "office"  # the kind of office a complaint is about, and the one that gets it
SPOKEN = ("en", "ur-Latn", "ur")  # the languages of the words of danger
STEPS_OF_WORDS = 80  # as Findings.spend counts them
STATUS = "status"
LISTED = ("lists", STATUS)
# No statuses of a life cycle: what phones are told of private complaints, and of those that they follow.
SAID_ALONE = ("open", "closed", FOLLOWED)
TOLD = ("F903", "F609")
SHORT = 5  # rows of a list of which F612 does not say what is usual


def check_row_references(findings: Findings) -> None:
    """Report rows that another flow or the words of danger name and that are gone, and flags that do not agree."""
    for name, other in sorted((findings.around.flows or {}).items()):
        if name != findings.flow.name:
            _other_flow(findings, name, other)
    lexicon = findings.flow.danger or findings.around.danger
    if lexicon is not None and CATEGORY in findings.flow.lists and CATEGORY not in findings.broken:
        _dangers(findings, lexicon)
    _groups(findings)
    if lexicon is not None:
        _labels(findings, lexicon)
    _statuses(findings)
    _own_judges(findings)
    _odd_cells(findings)
    _parts(findings)


def _statuses(findings: Findings) -> None:
    """Statuses that a complaint can get and that have no row: an empty word on screens and in texts."""
    rows, before = findings.flow.rows.get(STATUS, {}), findings.around.before
    if findings.around.life is None:
        return
    life = [*findings.around.life.statuses, *SAID_ALONE]
    gone = [each for each in life if each not in rows]
    brought = any(
        field.list == STATUS
        for screen in findings.flow.actions
        if screen.action in ACTIONS
        for field in ACTIONS[screen.action].brings.values()
    )
    if not brought or STATUS in findings.broken or len(gone) > (1 - ALIKE) * len(life):
        return  # another life cycle's words
    known = before.rows.get(STATUS, {}) if before is not None else {}
    for code in gone:
        after = [each for each in life[life.index(code) + 1 :] if each in rows]
        earlier = [each for each in life[: life.index(code)] if each in rows]
        said = f"list {STATUS} has no row {code!r}: whoever looks at a complaint with this status reads nothing there"
        hint = f"keep the row {code}"
        sure = code not in SAID_ALONE or code in known
        beside = (after or earlier[::-1])[0]
        findings.add("F607", (*LISTED, beside), said, hint=hint, severity="E" if sure else "W")


def _other_flow(findings: Findings, name: str, other: Flow) -> None:
    """Codes that another flow names, of a list that both have."""
    flow, before = findings.flow, findings.around.before
    told: set[tuple[str, str]] = set()
    for list_name, code, place in (*_named(other), *_offered(other)):
        rows = flow.rows.get(list_name)
        if rows is None or code in rows or list_name in findings.broken or (list_name, code) in told:
            continue
        told.add((list_name, code))
        theirs = other.rows.get(list_name, {})
        findings.spend(len(theirs) // 8)
        if len(theirs.keys() & rows.keys()) < ALIKE * len(theirs):
            continue  # two lists that have nothing but their name in common
        was = before is not None and code in before.rows.get(list_name, {})
        said = f"list {list_name} has no row {code!r}, which {place} of the flow {name} names"
        hint = f"keep the row {code}, with active_until if nobody should choose it here, or change {name} first"
        severity: Severity = "E" if was or code not in theirs else "W"
        path = _near(findings, before, list_name, code, other)
        findings.add("F607", path, said, hint=hint, severity=severity)


def _row(flow: Flow | None, list_name: str, code: str) -> Row | None:
    return flow.rows[list_name].get(code) if flow is not None else None


def _offered(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """The same of every code that a flow offers from a list of its own, and gives to an action as one of another."""
    wanted = {
        source: expected.list
        for screen in flow.actions
        for argument, source in screen.arguments.items()
        if (declared := ACTIONS.get(screen.action)) is not None
        and (expected := declared.arguments.get(argument)) is not None
        and expected.list
    }
    for ask in flow.asks:
        target = wanted.get(ask.save or "")
        if target and ask.pick is not None and ask.pick.list != target:
            yield from ((target, row.code, ask.id) for row in flow.lists.get(ask.pick.list, ()))


def _named(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """The list, the code and the screen of every code that a flow names in an argument or a condition."""
    for screen in flow.actions:
        declared = ACTIONS.get(screen.action)
        for argument, source in screen.arguments.items():
            expected = declared.arguments.get(argument) if declared is not None else None
            if expected is not None and expected.list and source.startswith("'"):
                yield expected.list, source[1:], screen.id
    for name, each in flow.screens.items():
        for _, condition in conditions_of(each):
            for atom in atoms(condition):
                list_name = flow.kinds.get(atom.name, "")
                code = atom.value if isinstance(atom, Compare) else ""
                if isinstance(code, str) and code in flow.rows.get(list_name, {}):
                    yield list_name, code, name


def _near(findings: Findings, before: Flow | None, list_name: str, code: str, other: Flow | None = None) -> Path:
    """The row that has the words of one that is gone, or that stood beside it; or the list."""
    words = [row.text for name in (other.rows if other else ()) if (row := _row(other, name, code)) is not None]
    for row in findings.flow.lists[list_name] if words else ():
        if any(text.get(tag) == said for text in words for tag, said in row.text.items()):
            return ("lists", list_name, row.code)
    beside = [list(before.rows.get(list_name, {}))] if before is not None else []
    beside += [list(rows) for rows in other.rows.values()] if other is not None else []
    codes = next((each for each in beside if code in each), [])
    at = codes.index(code) if codes else 0
    left = (each for each in [*codes[at + 1 :], *reversed(codes[:at])] if each in findings.flow.rows[list_name])
    near = next(left, "")
    return ("lists", list_name, near) if near else ("lists", list_name)


def _dangers(findings: Findings, lexicon: DangerLexicon) -> None:
    """Categories under which words of danger are filed: they are there, urgent, and as private as the words."""
    flow, before = findings.flow, findings.around.before
    rows = flow.rows[CATEGORY]
    dangers = {danger.category: danger for danger in lexicon.dangers if danger.category}
    private = {danger.category for danger in lexicon.dangers if danger.private}
    common = len(dangers.keys() & rows.keys())
    for code, danger in dangers.items():
        row = rows.get(code)
        if row is None:
            was = before is not None and code in before.rows.get(CATEGORY, {})
            if flow.danger is not None or was or common >= FEWEST:
                _missing(findings, danger, was=was)
        elif common >= FEWEST or flow.danger is not None:
            _unlike(findings, row, danger, private=code in private)


def _missing(findings: Findings, danger: Danger, *, was: bool) -> None:
    own = findings.flow.danger is not None
    code = danger.category
    path = ("danger", "dangers", danger.code) if own else _near(findings, findings.around.before, CATEGORY, code)
    said = f"words of danger ({danger.code}) are filed as {code!r}, and list {CATEGORY} has no such row"
    hint = findings.suggest(code, findings.flow.rows[CATEGORY]) if own else f"keep the row {code}"
    findings.add("F608", path, said, hint=hint, severity="E" if own or was else "W")


def _unlike(findings: Findings, row: Row, danger: Danger, *, private: bool) -> None:
    path = ("lists", CATEGORY, row.code)
    if findings.tells(path, "F903"):
        return
    columns = row.columns
    if private and SENSITIVE in columns and columns[SENSITIVE] != YES:
        said = f"{row.code!r} is not sensitive, but words of danger that others may not read ({danger.code}) go there"
        _contradiction(findings, CATEGORY, row, said, f"write yes under {SENSITIVE}")
    if EMERGENCY in columns and columns[EMERGENCY] != YES and not columns.get(CHECK):
        said = f"{row.code!r} is no emergency, but words of danger ({danger.code}) are filed there"
        _contradiction(findings, CATEGORY, row, said, f"write yes under {EMERGENCY}")


def _groups(findings: Findings) -> None:
    """Rows of a group that is sensitive: where most of them are, the others are too."""
    flow = findings.flow
    for name, rows in flow.lists.items():
        if not rows or SENSITIVE not in rows[0].columns or name in findings.broken:
            continue
        for parent in (column for column in rows[0].columns if flow.sensitive.get(column)):
            findings.spend(len(rows) // 8)
            inside = [row for row in rows if row.columns.get(parent) in flow.sensitive[parent]]
            open_rows = [row for row in inside if row.columns.get(SENSITIVE) != YES]
            for row in open_rows if 2 * len(open_rows) <= len(inside) else ():
                path, group = ("lists", name, row.code), row.columns[parent]
                if not findings.tells(path, "F903", "F609"):
                    said = f"{row.code!r} is not sensitive, but its {parent} {group!r} is, and the other rows of it are"
                    hint = f"write yes under {SENSITIVE}, or take it from {group}"
                    few: Severity | None = "W" if len(inside) < FEWEST else None  # one of two says little of the other
                    _contradiction(findings, name, row, said, hint, few)


def _contradiction(
    findings: Findings, list_name: str, row: Row, said: str, hint: str, severity: Severity | None = None
) -> None:
    """A note where the live revision has the same row: somebody has agreed to it."""
    before = findings.around.before
    old = before.rows.get(list_name, {}).get(row.code) if before is not None else None
    agreed = old is not None and all(
        old.columns.get(flag) == row.columns.get(flag) for flag in (SENSITIVE, EMERGENCY, CHECK)
    )
    findings.add("F609", ("lists", list_name, row.code), said, hint=hint, severity="I" if agreed else severity)


def _own_judges(findings: Findings) -> None:
    """Complaints about an office that go to that office, where others about it, or the same ones before, do not."""
    flow, before = findings.flow, findings.around.before
    for name, rows in flow.lists.items():
        if not rows or AGAINST not in rows[0].columns or name in findings.broken:
            continue
        hidden = [row for row in rows if row.columns[AGAINST] and _has(row, SENSITIVE)]
        for row in rows if hidden and SENSITIVE in rows[0].columns else ():
            if (
                row.columns[AGAINST]
                and not _has(row, SENSITIVE)
                and not findings.tells(("lists", name, row.code), *TOLD)
            ):
                said = (
                    f"{row.code!r} is about an office and not sensitive, unlike {hidden[0].code!r}: "
                    "the officers who get the complaint read the caller's name"
                )
                _contradiction(findings, name, row, said, f"write yes under {SENSITIVE}", "W")
        apart = {row.columns[AGAINST] for row in rows if row.columns[AGAINST] != row.columns.get(OFFICE)}
        for row in rows:
            about = row.columns[AGAINST]
            old = before.rows.get(name, {}).get(row.code) if before is not None else None
            moved = old is not None and old.columns.get(OFFICE, about) != about
            if about and row.columns.get(OFFICE) == about and (moved or about in apart):
                said = f"complaints of {row.code!r} are about {about!r} and go to {about!r}: it judges itself"
                hint = f"write under {OFFICE} who looks after {about}"
                findings.add("F609", ("lists", name, row.code), said, hint=hint, severity="W")


def _labels(findings: Findings, lexicon: DangerLexicon) -> None:
    """Rows whose own words tell of danger: who chooses one is told whom to call, or asked.

    It is a warning: "Suicide prevention office" tells of none.
    """
    flow = findings.flow
    spoken = SPOKEN if flow.danger is None else tuple(flow.languages)
    filed = {screen.arguments.get(CATEGORY, "") for screen in flow.actions if files(screen)}
    for name in sorted({flow.kinds.get(variable, "") for variable in filed} & {*flow.lists} - findings.broken):
        for row in flow.lists[name]:
            urgent = row.columns.get(EMERGENCY) == YES or bool(row.columns.get(CHECK))
            if (urgent and row.columns.get(SENSITIVE) == YES) or findings.tells(
                ("lists", name, row.code), "F903", "F609"
            ):
                continue
            words = [row.text[tag] for tag in spoken if row.text.get(tag)][:2]
            findings.spend(STEPS_OF_WORDS * len(words))
            danger = next(filter(None, (find_danger(each, lexicon, ()) for each in words)), None)
            if danger is not None and not urgent and EMERGENCY in row.columns:
                said = f"{words[0]!r} ({row.code}) tells of danger, and is no emergency: nobody is told whom to call"
                _contradiction(findings, name, row, said, f"write yes under {EMERGENCY}, or ask with {CHECK}", "W")
            elif danger is not None and danger.private and SENSITIVE in row.columns and not _has(row, SENSITIVE):
                said = f"{words[0]!r} ({row.code}) tells of what others may not read, and is not sensitive"
                _contradiction(findings, name, row, said, f"write yes under {SENSITIVE}", "W")


def _has(row: Row, flag: str) -> bool:
    return row.columns.get(flag) == YES


def _odd_cells(findings: Findings) -> None:
    """In a short list, the one row that lacks what all others have in a column that the flow reads, or misspells it."""
    flow, used = findings.flow, used_variables(findings)
    for variable, _, column in (name.rpartition(".") for name in findings.known.cells if name in used):
        name = flow.kinds.get(variable, "")
        rows = flow.lists.get(name, ())
        if not FEWEST <= len(rows) <= SHORT or column in flow.lists:
            continue
        cells = [row.columns.get(column, "") for row in rows]
        usual = max(cells, key=cells.count)
        odd = [row for row in rows if row.columns.get(column, "") != usual]
        if len(odd) != 1 or usual in ("", YES, "no") or cells.count(usual) < FEWEST:
            continue
        cell = odd[0].columns.get(column, "")
        if not cell or findings.near(cell, [usual]):
            what = f"is {cell!r}" if cell else "is empty"
            said = f"{column} of row {odd[0].code!r} {what}, and {usual!r} in every other row: the flow reads it"
            findings.add("F609", ("lists", name, odd[0].code), said, hint=f"write {usual}", severity="W")


def _parts(findings: Findings) -> None:
    """Rows that one screen offers together, of which one is no part of what all others are a part of."""
    flow = findings.flow
    for name in dict.fromkeys(ask.pick.list for ask in flow.asks if ask.pick is not None):
        codes = [row.code for row in flow.lists.get(name, ())]
        parent = flow.kinds.get(
            next((ask.save or "" for ask in flow.asks if ask.pick and ask.pick.list == name), ""), ""
        )
        for whole in {parent, "district"} & {*flow.lists} - {name} - findings.broken if len(codes) > FEWEST else ():
            rows = [flow.rows[whole].get(code) for code in codes]
            parts = [row.columns.get(PART_OF, "") if row is not None else "" for row in rows]
            usual = max(parts, key=parts.count)
            odd = [row for row, part in zip(rows, parts, strict=True) if part != usual and row is not None]
            if usual and len(odd) == 1 and parts.count(usual) == len(parts) - 1:
                said = f"{odd[0].code!r} is no part of {usual}, and all others of the list {name} are"
                findings.add(
                    "F609", ("lists", whole, odd[0].code), said, hint=f"write {usual} under {PART_OF}", severity="W"
                )
