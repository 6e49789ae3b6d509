"""D201 to D209: offices that get no cases, get those of others, or leave a district to nobody."""

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable

from flows.cases.jurisdiction import Book, JurisdictionRule, Office
from flows.cases.local_offices import OFFICES, local_offices, office_of_place
from flows.cases.office_file import COLUMNS, CaseCodes, OfficeFileFault, read_offices
from flows.checks.analysis.catalogue import CHECKS
from flows.checks.data_files.data_file import DataContext
from flows.menu.diagnostics import Problem

UNREADABLE, DATES, UNSERVED, APART = "D201", "D205", "D208", "D209"
TRIAGE = "triage"  # the kind without an office: triage reads its cases
NAMED = 3  # districts that a finding names
FEW = 4  # rows that are alike in a cell, if one that is not is odd
ALIKE = 8  # findings of one code that are told one by one
_TURNED_ROUND = "Excel writes days in its own way: set the column to Text before you paste, or edit the file elsewhere"
_SAME = re.compile(r"line (\d+) has the same cases")
_COMMAS = "in Excel, save as “CSV UTF-8 (Comma delimited)”; if that also writes semicolons, replace them"


def check_offices(text: str, file: str, around: DataContext) -> list[Problem]:
    """What is wrong with a file of offices. It never raises.

    Without the lists of a flow beside it only its own names are compared.
    """
    if said := _separators(text):
        return [Problem(UNREADABLE, "E", file, 1, said, hint=_COMMAS)]
    known = around.codes or _own_codes(text)
    read = read_offices(text, file, known)
    if read.faults:
        lines = _Lines(text)
        return [*_told([lines.intruder(each) for each in read.faults], file, text.count("\n"))]
    if around.today is None or around.codes is None:
        return []
    lines = _Lines(text)
    found = [*_unserved(read.book, around.codes, around.today, lines, file)]
    found += _elsewhere(read.book, around, lines, file)
    return [*found, *_alone(read.book, lines, file), *_unlike(read.book, around.codes, lines, file)]


def _separators(text: str) -> str:
    """What is said of a first line that has other signs than commas between its cells."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if sign in first and "," not in first and COLUMNS[0] in first:
            return f"this file has {name} instead of commas between its cells, so none of its rows can be read"
    return ""


def _own_codes(text: str) -> CaseCodes:
    """The codes that the file itself has: nothing else is known."""
    rows = _Lines(text).rows
    return CaseCodes(
        frozenset(row.get("kind", "") for _, row in rows),
        {row.get("category", ""): frozenset({row.get("kind", "")}) for _, row in rows if not row.get("category")},
        frozenset(row.get("province", "") for _, row in rows),
        {row.get("district", ""): "" for _, row in rows},
    )


class _Lines:
    """The rows of a file with their lines, to find where one is missing."""

    def __init__(self, text: str) -> None:
        self.rows: list[tuple[int, dict[str, str]]] = []
        reader = csv.reader(io.StringIO(text.lstrip("\ufeff")))
        header: list[str] = []
        line = 1
        try:
            for cells in reader:
                if header:
                    self.rows.append((line, dict(zip(header, map(str.strip, cells), strict=False))))
                header = header or [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error:
            self.rows = []  # read_offices tells why

    def intruder(self, fault: OfficeFileFault) -> OfficeFileFault:
        """A fault of two rows at the one that is out of the order of its office: it was changed."""
        other = _SAME.match(fault.message)
        if fault.code != "D206" or other is None:
            return fault
        first, last = int(other[1]), fault.line
        if self._fits(first) or not self._fits(last):
            return fault
        return OfficeFileFault(first, fault.message.replace(f"line {first}", f"line {last}", 1), fault.code)

    def _fits(self, line: int) -> bool:
        """True if a row stands between others of its office in the order of districts."""
        places = [at for at, (each, _) in enumerate(self.rows) if each == line]
        if not places:
            return True
        at, row = places[0], self.rows[places[0]][1]
        beside = [self.rows[near][1] for near in (at - 1, at + 1) if 0 <= near < len(self.rows)]
        mine = [each for each in beside if each.get("office") == row.get("office")]
        before = [each for each in mine if self.rows[at - 1][1] is each]
        for each in mine:
            lower, upper = (each, row) if each in before else (row, each)
            if lower.get("district", "") > upper.get("district", ""):
                return False
        return bool(mine)

    def where(self, kind: str, province: str, district: str) -> int:
        """The line of this row, or of the one after which it would stand."""
        alike = [(line, row) for line, row in self.rows if row.get("kind") == kind]
        code = district.replace("_", "-")
        own = [row for _, row in alike if _named_like(row)]
        if code and 2 * len(own) > len(alike):  # the offices are called like their districts, and stand in that order
            start = own[0]["office"].removesuffix(own[0]["district"].replace("_", "-"))
            ahead = [line for line, row in alike if row.get("office", "") <= start + code]
            return max(ahead, default=alike[0][0])
        exact = [line for line, row in alike if row.get("district") == district]
        near = [(row.get("district", ""), line) for line, row in alike if row.get("province") == province]
        before = [line for name, line in sorted(near) if name <= district]
        return next(iter([*exact, *before[-1:], *[line for _, line in near], *[line for line, _ in alike]]), 1)


def _named_like(row: dict[str, str]) -> bool:
    """True for an office whose code ends with its district."""
    district = row.get("district", "").replace("_", "-")
    return bool(district) and row.get("office", "").endswith(f"-{district}")


def _told(faults: Iterable[OfficeFileFault], file: str, rows: int) -> Iterable[Problem]:
    """Each fault with its code; many of one code have one cause, and are told once."""
    faults = list(faults)
    counts = Counter(each.code for each in faults)
    if counts["D203"] + counts["D204"] > max(20, rows // 10):
        first = next(each for each in faults if each.code in ("D203", "D204"))
        rows = counts["D203"] + counts["D204"]
        said = f"in {rows} rows the columns contradict each other, first on line {first.line}: {first.message}"
        hint = "a column was sorted without the others: take the file from before, and sort all columns together"
        yield Problem(APART, "E", file, 1, said, hint=hint)
        return
    told: Counter[str] = Counter()
    for each in faults:
        told[each.code] += 1
        more = counts[each.code] - 1
        if told[each.code] > 1 and counts[each.code] > ALIKE:
            continue
        said = each.message
        if counts[each.code] > ALIKE:
            said += f"; {more} more rows have a fault of this kind"
        hint = _TURNED_ROUND if each.code == DATES and "takes a day" in each.message else ""
        yield Problem(each.code, CHECKS[each.code].severity, file, each.line, said, hint=hint)


def _elsewhere(book: Book, around: DataContext, lines: _Lines, file: str) -> Iterable[Problem]:
    """Districts whose callers read one office, and whose cases go to another."""
    for flow in around.flows:
        known = {row.code for row in local_offices(flow)}
        for rule in book.rules:
            read = office_of_place(flow, rule.kind, rule.district) if rule.district and not rule.category else ""
            meant = read.replace("_", "-")
            part = rule.office.startswith(f"{meant}-")  # a branch of it
            if read in known and meant in book.offices and meant != rule.office and not part:
                said = f"callers in {rule.district} read {read} (list {OFFICES}), and their cases go to {rule.office}"
                line = lines.where(rule.kind, rule.province or "", rule.district or "")
                yield Problem("D203", "E", file, line, said, hint=f"write {meant}, or correct the list")


def _alone(book: Book, lines: _Lines, file: str) -> Iterable[Problem]:
    """The one office of a kind that nobody is over."""
    kinds: dict[str, list[Office]] = {}
    for office in book.offices.values():
        kinds.setdefault(office.kind, []).append(office)
    served = {rule.office for rule in book.rules} - {office.oversight for office in book.offices.values()}
    for kind, offices in kinds.items():
        alone = [office for office in offices if not office.oversight]
        if len(alone) == 1 and len(offices) > FEW and alone[0].code in served:
            line = next((at for at, row in lines.rows if row.get("office") == alone[0].code), 1)
            said = f"nobody is over {alone[0].code}, and all other offices of the kind {kind} have an oversight"
            hint = "name its oversight: complaints about the office itself go there"
            yield Problem("D207", "W", file, line, said, hint=hint)


def _unlike(book: Book, codes: CaseCodes, lines: _Lines, file: str) -> Iterable[Problem]:
    """Rows with a cell of another: its name, its oversight, or no district where the office is called like one."""
    districts = {code.replace("_", "-") for code in codes.districts}
    names = Counter(office.name.casefold() for office in book.offices.values())
    overs: dict[tuple[str, str], Counter[str]] = {}
    for _, row in lines.rows:
        overs.setdefault((row.get("kind", ""), row.get("province", "")), Counter())[row.get("oversight", "")] += 1
    told: set[str] = set()
    above = {office.oversight for office in book.offices.values()}
    for line, row in lines.rows:
        code, name, own = row.get("office", ""), row.get("name", ""), row.get("district", "").replace("_", "-")
        usual, times = overs[row.get("kind", ""), row.get("province", "")].most_common(1)[0]
        over = row.get("oversight", "")
        rare = overs[row.get("kind", ""), row.get("province", "")][over]
        place = code.partition("-")[2] if code.partition("-")[2] in districts else ""
        if names[name.casefold()] == 2 and code not in told and not _is_called(code, name, book):
            told.add(code)
            said = f"{code} is called {name!r}, as another office is: people are told the wrong one"
            yield Problem("D209", "W", file, line, said, hint="write its own name")
        elif rare == 1 and times > FEW and usual and code not in above and not code.startswith(f"{over}-"):
            said = f"{over or 'nobody'} is over {code}, and {usual} over all others of its kind there"
            yield Problem("D207", "W", file, line, said, hint=f"write {usual}")
        elif place and not own and row.get("province") not in ("", place):
            said = f"{code} has no district, so it gets the cases of all of {row['province']}"
            yield Problem("D209", "W", file, line, said, hint=f"write {place.replace('-', '_')} under district")


def _is_called(code: str, name: str, book: Book) -> bool:
    """False for a name that fits the code of another office and not this one."""
    mine, *others = [code, *(each.code for each in book.offices.values() if each.name == name and each.code != code)]
    words = {*re.split(r"\W+", name.casefold())}
    return bool(words & {*mine.split("-")}) or not any(words & {*other.split("-")} for other in others)


def _unserved(book: Book, codes: CaseCodes, today: dt.date, lines: _Lines, file: str) -> Iterable[Problem]:
    """Districts from which the cases of a kind go to nobody today."""
    wanted = {kind: category for category, kinds in sorted(codes.categories.items()) for kind in kinds if kind}
    by_kind: dict[str, list[JurisdictionRule]] = {}
    for rule in book.rules:
        if rule.category is None and rule.holds(today):
            by_kind.setdefault(rule.kind, []).append(rule)
    for kind in sorted(wanted):
        rules = by_kind.get(kind, [])
        if kind == TRIAGE or any(rule.district is None and rule.province is None for rule in rules):
            continue
        here = {rule.district for rule in rules} | {rule.province for rule in rules if rule.district is None}
        left = sorted(
            (code, province) for code, province in codes.districts.items() if code not in here and province not in here
        )
        if not rules:
            said = (
                f"no office has the cases of {kind}: nobody gets what is complained of it, {wanted[kind]} for example"
            )
            hint = f"add a row with the kind {kind}"
            yield Problem(UNSERVED, "W", file, lines.where(kind, "", ""), said, hint=hint)
        elif left:
            code, province = left[0]
            names = ", ".join(name for name, _ in left[:NAMED])
            more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
            said = f"no office of the kind {kind} serves {names}{more} on {today}: nobody gets complaints from there"
            hint = f"add a row for {code}, or end no rule before the next one begins"
            yield Problem(UNSERVED, "E", file, lines.where(kind, province, code), said, hint=hint)
