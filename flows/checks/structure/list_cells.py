"""F612: cells of lists that make no sense, or that are unlike those of all other rows."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median

from flows.cases.local_offices import kinds_of_office
from flows.checks.analysis.condition_facts import atoms, values_of
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import parents
from flows.checks.analysis.text_index import names_in
from flows.checks.structure.list_columns import used_columns
from flows.checks.words.language_tags import whole_words
from flows.engine.sms_channel import is_texted
from flows.menu.declared_names import ListColumn, columns_of
from flows.menu.model import PLACE_LIST, Compare, Row
from flows.menu.screen_kinds import conditions_of
from flows.understanding.name_lookup import NOWHERE

MOST_DAYS = 60  # working days: nobody is told to wait three months
MOST_DAYS_IN_DANGER = 7
FEWEST = 5  # rows that say what is usual
OUTLIER = 10  # times the usual number of days
MISSPELT = 75  # of 100: a name so like another is misspelt
PART_OF = "part_of"
_NUMBERED = re.compile(r"(\D*)(\d+)")
LETTERED = 2  # groups of codes with the same letters
CATEGORIES, OFFICES, AGAINST, TRIAGE = "category", "office", "against", "triage"
COUNTRY = "country"  # as province: a name that is no place of a district


def check_list_cells(findings: Findings) -> None:
    """Report cells whose column is read and that say something nobody can have meant."""
    used = used_columns(findings)
    for name, rows in findings.flow.lists.items():
        if not rows or name in findings.broken:
            continue
        for column in columns_of(name):
            if column.name in rows[0].columns:
                findings.spend(len(rows) // 8 + 1)
                _column(findings, name, column, rows)
        if name != PLACE_LIST:
            _numbered(findings, name, rows)
            _lettered(findings, name, rows)
            _gaps(findings, name, rows, used.get(name, frozenset()))
    _filters(findings)
    _unused_office(findings)
    _named_offices(findings)
    _shown_gaps(findings)


def _column(findings: Findings, name: str, column: ListColumn, rows: Sequence[Row]) -> None:
    match column.cells:
        case "yes_no":
            _flags(findings, name, column, rows)
        case "number":
            _days(findings, name, column, rows)
        case "code" | "codes":
            _codes(findings, name, column, rows)
            if column.name == PART_OF:
                _lost_parts(findings, name, rows)
        case "words" | "day" | "free":
            if (name, column.name) == (PLACE_LIST, "kind"):
                _place_kinds(findings, rows)


def _flags(findings: Findings, name: str, column: ListColumn, rows: Sequence[Row]) -> None:
    for row in rows:
        cell = row.columns.get(column.name, "")
        if cell not in ("yes", "no", ""):
            said = f"{column.name} of row {row.code!r} is {cell[:20]!r}, which is read as no: only yes means yes"
            hint = f"write yes if {column.about}, or leave it empty"
            findings.add("F612", ("lists", name, row.code), said, hint=hint, severity="E")


def _days(findings: Findings, name: str, column: ListColumn, rows: Sequence[Row]) -> None:
    days = {row.code: int(cell) for row in rows if (cell := row.columns.get(column.name, "")).isdecimal()}
    usual = median(days.values()) if len(days) >= FEWEST else 0
    for row in rows:
        count = days.get(row.code)
        if count is None:
            continue  # reported as no number
        fault = ""
        if not 1 <= count <= MOST_DAYS:
            fault = "nobody answers on the day itself" if count < 1 else f"more than {MOST_DAYS} working days"
        elif row.columns.get("emergency") == "yes" and count > MOST_DAYS_IN_DANGER:
            fault = "and the row is an emergency"
        elif usual and count >= OUTLIER * usual:
            fault = f"ten times as many as usual: half of the rows have {usual:g} or fewer"
        if fault:
            said = f"{column.name} of row {row.code!r} is {count}: {fault}"
            findings.add("F612", ("lists", name, row.code), said, hint="write the days until a reply is due, such as 7")


def _codes(findings: Findings, name: str, column: ListColumn, rows: Sequence[Row]) -> None:
    """Codes of a list that is called otherwise than the column; others are told by F603."""
    flow, of = findings.flow, column.of or name
    if column.name in flow.lists or column.name == "code" or of in findings.broken or column.cells == "codes":
        return
    known = flow.rows.get(of, {})
    for row in rows:
        cell = row.columns.get(column.name, "")
        if cell and known and (cell not in known or (of == name and cell == row.code)):
            said = f"{column.name} {cell[:30]!r} of row {row.code!r} is no other row of list {of}, so it has no effect"
            findings.add("F612", ("lists", name, row.code), said, hint=findings.suggest(cell, known), severity="E")


def _lost_parts(findings: Findings, name: str, rows: Sequence[Row]) -> None:
    """A row that is a part of nothing, where every other row like it is a part of the same one."""
    for column in rows[0].columns:
        alike: dict[str, list[Row]] = {}
        for row in rows:
            alike.setdefault(row.columns.get(column, ""), []).append(row)
        findings.spend(len(rows) // 4)
        for value, group in alike.items():
            wholes = {whole for row in group if (whole := row.columns.get(PART_OF, ""))}
            if not value or column == PART_OF or len(group) <= FEWEST or len(wholes) != 1:
                continue
            (whole,) = wholes
            lost = [row for row in group if not row.columns.get(PART_OF) and row.code != whole]
            if len(lost) == 1:
                said = f"row {lost[0].code!r} is a part of nothing; all others of {column} {value!r} are of {whole!r}"
                findings.add("F612", ("lists", name, lost[0].code), said, hint=f"write {whole} as its {PART_OF}")
                return


def _place_kinds(findings: Findings, rows: Sequence[Row]) -> None:
    """A kind of place that only one row has, and that is nearly one that others have: it is misspelt."""
    counts = Counter(row.columns.get("kind", "") for row in rows)
    known = [kind for kind, count in counts.items() if count > 1 and kind] + [*NOWHERE, COUNTRY]
    for row in rows:
        kind = row.columns.get("kind", "")
        if kind and counts[kind] == 1 and kind not in known and findings.near(kind, known, alike=MISSPELT):
            said = f"kind {kind[:20]!r} of the place {row.code!r} is a kind that no other place has"
            findings.add("F612", ("lists", PLACE_LIST, row.code), said, hint=findings.suggest(kind, known))


def _numbered(findings: Findings, name: str, rows: Sequence[Row]) -> None:
    """The one code whose number has fewer or more digits than all others with the same letters: prc5 beside prc01."""
    families: dict[str, list[tuple[Row, str]]] = {}
    findings.spend(len(rows) // 4)
    for row in rows:
        if (found := _NUMBERED.fullmatch(row.code)) is not None:
            families.setdefault(found[1], []).append((row, found[2]))
    for letters, family in families.items():
        width = len(max(family, key=lambda each: len(each[1]))[1])
        odd = [(row, digits) for row, digits in family if len(digits) != width]
        if len(odd) == 1 and len(family) >= FEWEST and any(digits[0] == "0" for _, digits in family):
            row, digits = odd[0]
            said = f"code {row.code!r} has {len(digits)} digits, and every other code with {letters!r} has {width}"
            hint = f"write {letters}{digits.zfill(width)}: spreadsheets remove a 0 at the beginning"
            findings.add("F612", ("lists", name, row.code), said, hint=hint)


def _lettered(findings: Findings, name: str, rows: Sequence[Row]) -> None:
    """The one row whose code begins like those of another group, where codes say of which group a row is."""
    for column in (each for each in rows[0].columns if each in findings.flow.lists):
        groups: dict[str, list[Row]] = {}
        findings.spend(len(rows) // 4)
        for row in rows:
            if (found := _NUMBERED.fullmatch(row.code)) is not None and found[1]:
                groups.setdefault(found[1], []).append(row)
        kinds = {letters: Counter(row.columns.get(column, "") for row in group) for letters, group in groups.items()}
        mixed = [letters for letters, each in kinds.items() if len(each) > 1]
        if len(mixed) != 1 or len(kinds) < LETTERED or sum(map(len, groups.values())) < len(rows):
            continue
        (usual, most), (_, least) = kinds[mixed[0]].most_common(2)
        odd = [row for row in groups[mixed[0]] if row.columns.get(column, "") != usual]
        if len(odd) == 1 and most > least:
            here = odd[0].columns.get(column, "")
            said = f"{column} of row {odd[0].code!r} is {here!r}, and {usual!r} in the others with {mixed[0]!r}"
            findings.add(
                "F612", ("lists", name, odd[0].code), said, hint=f"write {usual}, or give the row another code"
            )


def _unused_office(findings: Findings) -> None:
    """The one office that no row leads to, where all others get something."""
    flow = findings.flow
    offices = [code for code in kinds_of_office(flow) if code != TRIAGE]
    rows = [row for name, each in flow.lists.items() if name != OFFICES for row in each]
    named = {row.columns.get(column, "") for row in rows for column in (OFFICES, AGAINST)}
    idle = [code for code in offices if code not in named]
    findings.spend(len(rows) // 8)
    if len(idle) == 1 and len(offices) > 2 and any(OFFICES in row.columns for row in rows):
        said = f"no row leads to the office {idle[0]!r}, and to every other one some do: it gets no complaint"
        near = [(name, row.code) for name, each in flow.lists.items() for row in each if row.code == idle[0]]
        path = next((("lists", *each) for each in near if each[0] != OFFICES), ("lists", OFFICES, idle[0]))
        findings.add("F612", path, said, hint=f"write {idle[0]} under {OFFICES} of what it is for")


def _named_offices(findings: Findings) -> None:
    """A row with a word of the name of another office in every language, where all others with the word lead there."""
    flow = findings.flow
    if {OFFICES, CATEGORIES} & {*findings.broken}:
        return
    rows = [row for row in flow.lists.get(CATEGORIES, ()) if row.columns.get(OFFICES)]
    findings.spend(len(rows) // 4)
    named = _by_word(flow.lists.get(OFFICES, ()), lambda row: row.code)
    led_to = {row.columns[OFFICES] for row in rows}
    led = _by_word(rows, lambda row: row.columns[OFFICES])
    for row in rows:
        here, meant = row.columns[OFFICES], {*led_to} - {row.columns[OFFICES], row.columns.get(AGAINST)}
        for tag, said in row.text.items():
            meant &= {
                office
                for word in dict.fromkeys(whole_words(said) if meant else ())
                if len(word) > 2 and len(both := {*led[tag, word]}) == 2 and led[tag, word].count(here) == 1
                for office in both
                if office in (offices := named.get((tag, word), ())) and here not in offices
            }
        if len(meant) == 1 and len(row.text) > 1 and not findings.tells(("lists", CATEGORIES, row.code), "F612"):
            (office,) = meant
            said = f"row {row.code!r} goes to {here!r}, and {office!r}, where all others like it go, has its name"
            findings.add("F612", ("lists", CATEGORIES, row.code), said, hint=f"write {office}, if it is for them")


def _by_word(rows: Iterable[Row], code: Callable[[Row], str]) -> dict[tuple[str, str], list[str]]:
    """For each word of a language what the rows with it in their names stand for."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for tag, said in row.text.items():
            for word in dict.fromkeys(whole_words(said)):
                found.setdefault((tag, word), []).append(code(row))
    return found


def _shown_gaps(findings: Findings) -> None:
    """Cells that texts show, and that are empty in a few rows."""
    flow = findings.flow
    shown = {name for each in findings.texts for name in names_in(each.text) if name in findings.known.cells}
    for name in sorted(shown):
        head, _, column = name.rpartition(".")
        held = {*findings.held.codes(head)}
        listed = flow.kinds.get(head, "")
        rows = [row for row in flow.lists.get(listed, ()) if row.code in held]
        empty = [row for row in rows if not row.columns.get(column, "")]
        for row in empty if 3 * len(empty) <= len(rows) and listed not in findings.broken else ():
            if not findings.tells(("lists", listed, row.code), "F601", "F603", "F609", "F612", "F728"):
                said = f"row {row.code!r} has no {column}, and texts show {{{name}}}: callers read a gap"
                findings.add("F612", ("lists", listed, row.code), said, hint=f"write its {column}")


def _gaps(findings: Findings, name: str, rows: tuple[Row, ...], used: frozenset[str]) -> None:
    """Cells that are empty in one row and in no other: a new row that was not finished."""
    if len(rows) <= FEWEST:
        return
    told = {column.name: column.cells for column in columns_of(name)}
    for column in rows[0].columns:
        cells = [row.columns.get(column, "") for row in rows]
        if cells.count("") != 1 or told.get(column) in ("yes_no", "free"):
            continue
        findings.spend(len(rows) // 8)
        if column not in told and column not in used and len(set(cells)) > len(cells) // 2:
            continue  # notes for people, different in each row
        if column in findings.flow.lists or told.get(column) == "number":
            continue  # references.py tells that
        row = rows[cells.index("")]
        said = f"row {row.code!r} has no {column}, which each of the other {len(rows) - 1} rows has"
        findings.add("F612", ("lists", name, row.code), said, hint=f"write its {column}, or remove the row")


def _filters(findings: Findings) -> None:
    """Rows that no filter ever offers, and single rows among those of another group."""
    orders: set[tuple[str, str]] = set()  # lists and columns whose order has been looked at
    for ask in findings.flow.asks:
        pick = ask.pick
        rows = findings.flow.lists.get(pick.list, ()) if pick is not None else ()
        if pick is None or pick.where is None or not rows or pick.list in findings.broken:
            continue
        column, variable = pick.where
        known = {*parents(findings.flow, pick)}
        findings.spend(len(rows) // 8 + len(known))
        sources = findings.flow.kinds.get(variable, "")
        if (
            known
            and sources in findings.flow.lists
            and sources not in findings.broken
            and column not in findings.flow.lists
        ):
            for row in rows:
                if (cell := row.columns.get(column, "")) not in known and cell:
                    said = (
                        f"{column} of row {row.code!r} is {cell[:30]!r}, which {variable} never is: no caller sees it"
                    )
                    findings.add(
                        "F612", ("lists", pick.list, row.code), said, hint=findings.suggest(cell, known), severity="E"
                    )
        if (pick.list, column) in orders:
            continue
        orders.add((pick.list, column))
        _unoffered(findings, pick.list, column)
        for row, group in _strays(rows, column):
            said = f"row {row.code!r} is of {column} {row.columns[column]!r} and stands among the rows of {group!r}"
            hint = f"write {group!r}, or move the row to the others of its {column}"
            findings.add("F612", ("lists", pick.list, row.code), said, hint=hint)


def _unoffered(findings: Findings, name: str, column: str) -> None:
    """Rows without what the filter asks for, which nobody can choose and nothing names."""
    flow = findings.flow
    picks = [ask.pick for ask in flow.asks if ask.pick is not None and ask.pick.list == name]
    looked_up = {ask.pick.typed.list for ask in flow.asks if ask.pick is not None and ask.pick.typed is not None}
    by_filter = all(pick.where is not None and pick.where[0] == column and not pick.type_name for pick in picks)
    if not by_filter or name in looked_up or is_texted(flow):
        return
    named = {source[1:] for screen in flow.actions for source in screen.arguments.values() if source.startswith("'")}
    named |= {danger.category for danger in (flow.danger.dangers if flow.danger is not None else ())}
    named |= {
        str(value)
        for screen in flow.screens.values()
        for _, condition in conditions_of(screen)
        for atom in atoms(condition)
        if isinstance(atom, Compare)
        for value in values_of(atom)
    }
    rows = flow.lists[name]
    lost = [row for row in rows if not row.columns.get(column) and row.code not in named]
    findings.spend(len(rows) // 8)
    for row in lost if 2 * len(lost) < len(rows) else ():
        said = f"row {row.code!r} has no {column}, by which rows are offered: nobody can choose it"
        hint = f"write its {column}, or remove the row"
        if not findings.tells(("lists", name, row.code), "F603", "F612"):
            findings.add("F612", ("lists", name, row.code), said, hint=hint)


def _strays(rows: Sequence[Row], column: str) -> Iterator[tuple[Row, str]]:
    """The one row that stands inside another group, in a list that is otherwise in the order of its groups."""
    runs = [(value, [*each]) for value, each in groupby(rows, key=lambda row: row.columns.get(column, ""))]
    names = [value for value, _ in runs]
    if len(names) != len(set(names)) + 2:
        return
    found = [
        (run[0], runs[at - 1][0])
        for at, (value, run) in enumerate(runs[1:-1], 1)
        if len(run) == 1 and runs[at - 1][0] == runs[at + 1][0] and names.count(value) > 1
    ]
    if len(found) == 1:
        yield found[0]
