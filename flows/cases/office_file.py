"""The CSV file of offices: each row is one responsibility of an office, with the office's own columns repeated.

It is read strictly: everything wrong is a fault with its line, and a file with a fault changes nothing.
"""

from collections.abc import Collection, Mapping
from datetime import date

from msgspec import Struct, field

from flows.cases.jurisdiction import Book, JurisdictionRule, Office, clashes
from flows.cases.local_offices import kinds_of_office
from flows.menu.diagnostics import did_you_mean, near
from flows.menu.model import Flow
from flows.parsing.lists import CLOSE_IT, OPEN_QUOTE, is_day, table_of, unclosed_quote_line, wrong_count
from flows.parsing.yaml_document import Notes

COLUMNS = ("office", "name", "kind", "oversight", "category", "province", "district", "from", "until")
NOTE = "note"  # a column for people, ignored
LONGEST_CODE, LONGEST_NAME = 64, 128
_ROW = ("category", "province", "district", "until")


class CaseCodes(Struct, frozen=True):
    """The codes that cases can have, from the lists of every live flow."""

    kinds: frozenset[str] = frozenset()
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)  # code -> kinds of office that get them
    provinces: frozenset[str] = frozenset()
    districts: Mapping[str, str] = field(default_factory=dict)  # code -> province, or ""


class OfficeFileFault(Struct, frozen=True, order=True):
    """Something wrong in a line, with its code among the checks (docs/operators/checks.md)."""

    line: int
    message: str
    code: str = "D201"


class OfficeFile(Struct, frozen=True):
    """The content of a file of offices, and its faults in line order."""

    book: Book
    faults: tuple[OfficeFileFault, ...] = ()


def case_codes_of(flows: Collection[Flow]) -> CaseCodes:
    """The codes in the lists of these flows."""
    kinds: set[str] = set()
    provinces: set[str] = set()
    categories: dict[str, set[str]] = {}
    districts: dict[str, str] = {}
    for flow in flows:
        kinds |= kinds_of_office(flow)
        provinces |= flow.rows.get("province", {}).keys()
        for code, row in flow.rows.get("category", {}).items():
            categories.setdefault(code, set()).add(row.columns.get("office", ""))
        for code, row in flow.rows.get("district", {}).items():
            districts[code] = districts.get(code) or row.columns.get("province", "")
    return CaseCodes(
        frozenset(kinds),
        {code: frozenset(sent) for code, sent in categories.items()},
        frozenset(provinces),
        districts,
    )


def read_offices(text: str, file: str, known: CaseCodes) -> OfficeFile:
    """The offices and rules in a CSV text; none if it has a fault."""
    notes = Notes()
    table = table_of(text, file, notes)
    faults = [OfficeFileFault(each.line, _with_hint(each.message, each.hint)) for each in notes.problems]
    rows = _rows(table, faults) if table is not None else []
    offices: dict[str, tuple[int, Office]] = {}
    rules: list[tuple[int, JurisdictionRule]] = []
    for line, row in rows:
        faults += [OfficeFileFault(line, said, code) for code, said in _misnamed(row, known)]
        faults += [OfficeFileFault(line, said, "D204") for said in _own(line, row, offices)]
        rule = _rule(row)
        if isinstance(rule, str):
            faults.append(OfficeFileFault(line, rule, "D205"))
        elif rule is not None:
            rules.append((line, rule))
    faults += _overseen(offices)
    for first, second, day in clashes(rule for _, rule in rules):
        (one, _), (other, rule) = rules[first], rules[second]
        said = f"line {one} has the same cases ({_area(rule)}) on {day}: end one rule before the other begins"
        faults.append(OfficeFileFault(other, said, "D206"))
    if faults:
        return OfficeFile(Book(), tuple(sorted(set(faults))))
    return OfficeFile(Book({code: office for code, (_, office) in offices.items()}, tuple(rule for _, rule in rules)))


def _rows(table: list[tuple[int, list[str]]], faults: list[OfficeFileFault]) -> list[tuple[int, dict[str, str]]]:
    """The rows as column -> cell; what cannot be read is a fault."""
    wanted = f"the first line names the columns: {','.join(COLUMNS)}, and {NOTE} if you like"
    if not table:
        faults.append(OfficeFileFault(1, f"the file is empty: {wanted}"))
        return []
    line, cells = table[0]
    header = [cell.strip() for cell in cells]
    missing = [name for name in COLUMNS if name not in header]
    strange = [name for name in header if name not in (*COLUMNS, NOTE)]
    twice = [name for at, name in enumerate(header) if name in header[:at]]
    for names, what in ((missing, "no column"), (strange, "a column nobody knows:"), (twice, "twice the column")):
        if names:
            faults.append(OfficeFileFault(line, f"the file has {what} {', '.join(map(repr, names))}: {wanted}"))
    if missing or strange or twice:
        return []
    rows = []
    for at, row in table[1:]:
        if (below := unclosed_quote_line(row, header)) is not None:
            faults.append(OfficeFileFault(at + below, _with_hint(OPEN_QUOTE, CLOSE_IT)))
        elif len(row) != len(header):
            faults.append(OfficeFileFault(at, _with_hint(*wrong_count(row, header))))
        else:
            rows.append((at, dict(zip(header, (cell.strip() for cell in row), strict=True))))
    if len(table) == 1:
        faults.append(OfficeFileFault(line, "the file has no offices: with it everything would end"))
    return rows


def _misnamed(row: Mapping[str, str], known: CaseCodes) -> list[tuple[str, str]]:
    """Codes that no live flow has (D202), and codes that contradict each other (D203)."""
    found = []
    if not row["kind"]:
        found.append(("D202", "the row has no kind: a code of the flows' list of offices, such as water"))
    lists: Mapping[str, Collection[str]] = {
        "kind": known.kinds,
        "category": known.categories,
        "province": known.provinces,
        "district": known.districts,
    }
    for column, codes in lists.items():
        if row[column] and row[column] not in codes:
            said = f"no live flow has a {column} {row[column]!r}"
            found.append(("D202", _with_hint(said, did_you_mean(near(row[column], codes)))))
    home = known.districts.get(row["district"])
    if home and row["province"] in known.provinces and row["province"] != home:
        found.append(("D203", f"{row['district']} lies in {home}, not in {row['province']}"))
    sent = known.categories.get(row["category"])
    if sent and row["kind"] in known.kinds and row["kind"] not in sent:
        goes = " or ".join(sorted(sent))
        said = f"cases of {row['category']} go to {goes}, not to {row['kind']}: this rule would never be used"
        found.append(("D203", said))
    return found


def _own(line: int, row: Mapping[str, str], offices: dict[str, tuple[int, Office]]) -> list[str]:
    """Add the office of a row; what is wrong with its own columns."""
    code, name = row["office"], row["name"]
    found = []
    if not is_office_code(code):
        shape = f"lower-case letters, digits, - and _, beginning with a letter, at most {LONGEST_CODE}"
        found.append(f"the office {code!r} must be {shape}" if code else f"the row names no office: {shape}")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.append(f"the office needs a name of 1 to {LONGEST_NAME} letters")
    office = Office(code, name, row["kind"], row["oversight"] or None)
    first, known = offices.setdefault(code, (line, office))
    for column in ("name", "kind", "oversight"):
        before, now = getattr(known, column), getattr(office, column)
        if before != now:
            found.append(f"{code} has the {column} {now or 'none'!r} here and {before or 'none'!r} on line {first}")
    return found


def _rule(row: Mapping[str, str]) -> JurisdictionRule | str | None:
    """The rule in a row, None, or what is wrong."""
    if not row["from"]:
        beside = [name for name in _ROW if row[name]]
        if beside:
            return f"a rule needs the day it begins: the row has {beside[0]} and no from"
        return None  # an office that only gets transfers, such as an oversight
    wrong = [name for name in ("from", "until") if row[name] and not is_day(row[name])]
    if wrong:
        return f"{wrong[0]} takes a day such as 2026-07-01, not {row[wrong[0]]!r}"
    since = date.fromisoformat(row["from"])
    until = date.fromisoformat(row["until"]) if row["until"] else None
    if until is not None and until <= since:
        how = "is before" if until < since else "is the same day as"
        return f"the rule would never hold: until {until} (the first day it holds no more) {how} from {since}"
    place = {name: row[name] or None for name in ("category", "province", "district")}
    return JurisdictionRule(row["office"], row["kind"], since, until=until, **place)


def _overseen(offices: Mapping[str, tuple[int, Office]]) -> list[OfficeFileFault]:
    """Oversights that are not in the file, and circles of them, each reported once."""
    found = []
    told: set[str] = set()
    for code, (line, office) in offices.items():
        above = office.oversight
        if above is not None and above not in offices:
            said = f"the oversight {above!r} of {code} is no office of this file"
            found.append(OfficeFileFault(line, _with_hint(said, did_you_mean(near(above, offices))), "D207"))
        way = [code]
        while above is not None and above in offices and above not in way:
            way.append(above)
            above = offices[above][1].oversight
        if above == code and not told & set(way):
            told |= set(way)
            said = f"the oversight goes round in a circle: {' -> '.join((*way, code))}"
            found.append(OfficeFileFault(line, said, "D207"))
    return found


def is_office_code(word: str) -> bool:
    """True for a valid office code: `lesco`, `water-lahore`."""
    plain = word.replace("-", "").replace("_", "")
    shaped = word.isascii() and word[:1].isalpha() and word == word.lower() and plain.isalnum()
    return shaped and len(word) <= LONGEST_CODE


def _area(rule: JurisdictionRule) -> str:
    return ", ".join((rule.kind, rule.category or "all of it", rule.district or rule.province or "everywhere"))


def _with_hint(said: str, hint: str) -> str:
    return f"{said} ({hint})" if hint else said
