"""F212: numbers to call that are mistyped: a lost zero, a known line but for one digit, a name that is another's."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from flows.checks.analysis.findings import Findings
from flows.checks.languages.known_lines import KnownLines, plain
from flows.checks.languages.said_texts import SaidText
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import Row, Variable
from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western

OWN = ("ussd", "line", "sms")  # words of the service that nobody calls
LONG = 4  # digits from which a number is taken for a line but for one digit wherever it stands
_CODE = re.compile(r"[*#]+[0-9][0-9*#]*#")  # as *8484#, and #144# of West Africa
_PHONE_COLUMN = re.compile(r"phone|helpline|number|mobile|tel|contact|call|hotline", re.IGNORECASE)
_NAME = re.compile(r"\s*\(([^\W\d_]+)\)")
_MONEY = re.compile(
    r"[$€£₹₨]|\b(?:rs|rupees?|rupay|rupaye|pkr|npr|inr|ksh|kes|tsh|ugx|fcfa|cfa|usd|dollars?|birr|روپے|روپیہ|रु|रुपैयाँ|रुपये)\b",
    re.IGNORECASE,
)
SHORTEST_PHONE = 7
MOST_ALIKE = 0.6  # the share of cells that must be whole numbers before one without its zero is a mistake


def check_phone_numbers(findings: Findings, texts: Iterable[SaidText], lines: KnownLines) -> None:
    """Report numbers that callers would dial in vain."""
    _service(findings, lines)
    texts = [*texts]
    _service_names(findings, texts, lines)
    known = [number for number in lines.names if len(number) > 1]
    if known:
        for each in texts:
            found = {tag: (words_of(parts, {}), _numbers(each, tag)) for tag, parts in each.text.items()}
            named = _named_numbers(found.values(), lines)
            for tag, (said, numbers) in found.items():
                for number in numbers:
                    _look(findings, each.path, tag, said, number, numbers, lines, known, named)
    for name, rows in findings.flow.lists.items():
        _columns(findings, name, rows)


def _numbers(each: SaidText, tag: str) -> list[SaidNumber]:
    said = words_of(each.text[tag], {})
    return each.numbers[tag] if each.said.get(tag) == said else numbers_in(said, tag)


def _named_numbers(found: Iterable[tuple[str, list[SaidNumber]]], lines: KnownLines) -> frozenset[str]:
    """The digits behind which a language of a text names a known line: its other languages mean that line too."""
    known = frozenset().union(*lines.names.values())
    return frozenset(
        number.digits
        for said, numbers in found
        for number in numbers
        if (named := _NAME.match(said, western(said).find(number.shown) + len(number.shown)))
        and not known.isdisjoint(normalize_keyword(named[1])[:1])
    )


def _look(
    findings: Findings,
    path: Path,
    tag: str,
    said: str,
    number: SaidNumber,
    beside: Iterable[SaidNumber],
    lines: KnownLines,
    known: list[str],
    of_a_line: frozenset[str],
) -> None:
    if number.hours or "," in number.shown or "." in number.digits:
        return
    at = western(said).find(number.shown)
    named = _NAME.match(said, at + len(number.shown))
    name = normalize_keyword(named[1])[:1] if named else ()
    if name and name[0] in lines.names.get(number.digits, ()):
        return
    meant = [line for line in known if name and name[0] in lines.names[line]]
    if number.digits in lines.names and not meant:
        return
    in_a_name = path[0] == "lists" and not number.called  # as in "Ward 1123"
    long = number.called or len(number.digits) >= LONG
    if not meant and long and not in_a_name and not _is_amount(said, at, number):
        meant = [line for line in known if _is_slip(number.digits, line, called=number.called)]
        if not {each.digits for each in beside}.isdisjoint(meant):
            return  # the line itself stands beside it: the two are two lines
    if meant:
        because = f"the number of {named[1]} is {meant[0]}" if named and name else f"{meant[0]} is one"
        other = "another line" if number.digits in lines.names else "no known number"
        message = f"{number.shown} is {other}, and {because}: who calls it does not reach whom the text names"
        hint = f"write {meant[0]}, or name {number.shown} under service: or in the file of helplines"
        # 17 and 18 are two lines in many countries, and so may be 1121 and 1122: only the name behind it makes sure.
        own = len(meant[0]) >= LONG and meant[0] not in lines.official
        severity: Severity = "E" if own or number.digits in of_a_line else "W"
        findings.add("F212", path, message, language=tag, hint=hint, severity=severity)


def _is_amount(said: str, at: int, number: SaidNumber) -> bool:
    """True for money, and for a year."""
    beside = f"{said[max(0, at - 5) : at]} {said[at + len(number.shown) : at + len(number.shown) + 8]}"
    return bool(_MONEY.search(beside)) or (len(number.digits) == LONG and number.digits[:2] in ("19", "20"))


def _is_slip(digits: str, line: str, *, called: bool) -> bool:
    """True for a number that is a line but for one digit: another, a missing or a further one, or two swapped."""
    if abs(len(digits) - len(line)) > (len(line) >= LONG) or min(len(digits), len(line)) < 2:
        return False
    return (called or len(line) >= LONG) and OSA.distance(digits, line, score_cutoff=1) == 1


def _service(findings: Findings, lines: KnownLines) -> None:
    for word, value in findings.flow.service.items():
        digits = plain(value)
        if word in ("ussd", "line") and not _CODE.fullmatch(value.strip()):
            message = f"{word} is {value!r}, but a code that phones can dial looks like *123#"
            findings.add("F212", ("service", word), message, hint="write * before it and # after it")
        elif word in ("help", "sms", "helpline") and (not digits or any(map(str.isalpha, value))):
            message = f"{word} is {value!r}, which is no number that a phone can call"
            findings.add("F212", ("service", word), message, hint="write the number in digits, in quotes")
        elif (
            word not in OWN and digits and (line := findings.flow.helplines.get(word)) and plain(line.number) != digits
        ):
            message = f"{word} is {value} here and {line.number} in the file of helplines: texts and screens differ"
            findings.add("F212", ("service", word), message, hint="write the number that answers in both")
        elif word not in OWN and lines.official and digits not in lines.official:
            near = [line for line in lines.official if _is_slip(digits, line, called=word == "help")]
            if near:
                message = (
                    f"{word} is {value}, which is no known helpline, and {near[0]} is one: who calls it reaches nobody"
                )
                severity: Severity = "E" if word in lines.names[near[0]] else "W"
                hint = f"write {near[0]}, or name {value} in the file of helplines"
                findings.add("F212", ("service", word), message, hint=hint, severity=severity)


def _service_names(findings: Findings, texts: Iterable[SaidText], lines: KnownLines) -> None:
    """Report words of the service whose number texts give the name of another line, or that are one number twice."""
    own = {word: plain(value) for word, value in findings.flow.service.items() if word not in OWN}
    told: set[str] = set()
    for each in texts:
        for tag, parts in each.text.items():
            used = [part.name for part in parts if isinstance(part, Variable) and own.get(part.name)]
            said = each.said.get(tag, "") if used else ""
            for word in used:
                named = re.search(rf"{re.escape(findings.flow.service[word])}\s*\(([^\W\d_]+)\)", said)
                name = normalize_keyword(named[1])[:1] if named else ()
                meant = [line for line in lines.names if name and name[0] in lines.names[line]]
                if meant and own[word] not in meant and word not in told:
                    told.add(word)
                    message = (
                        f"{word} is {own[word]}, and texts call it ({named[1] if named else ''}), which is {meant[0]}"
                    )
                    findings.add("F212", ("service", word), message, hint=f"write {meant[0]}, or another name there")
            same = [word for word in used if word not in told and any(own[word] == own[b] for b in used if b != word)]
            if same and not told:
                told.update(same)
                message = f"{' and '.join(dict.fromkeys(same))} are both {own[same[0]]}, and one text names the two"
                hint = "write the number of each, or name one of them alone"
                findings.add("F212", ("service", same[0]), message, hint=hint, severity="W")


def _columns(findings: Findings, name: str, rows: tuple[Row, ...]) -> None:
    """Cells that a spreadsheet took the first zero from, where the others of their column have one."""
    for column in rows[0].columns if rows else ():
        if not _PHONE_COLUMN.search(column):
            continue
        cells = {row.code: plain(row.columns.get(column, "")) for row in rows}
        _lost_zeros(
            findings, name, column, {code: cell for code, cell in cells.items() if len(cell) >= SHORTEST_PHONE - 1}
        )


def _lost_zeros(findings: Findings, name: str, column: str, cells: Mapping[str, str]) -> None:
    whole = Counter(len(cell) for cell in cells.values() if cell.startswith("0"))
    for code, cell in cells.items():
        if whole[len(cell) + 1] and not cell.startswith("0") and whole.total() >= MOST_ALIKE * len(cells):
            message = f"{column} is {cell}, but the others begin with 0: it lost its 0, and who calls it reaches nobody"
            hint = "write 0 before it, and let the spreadsheet keep the column as text"
            findings.add("F212", ("lists", name, code), message, hint=hint)
