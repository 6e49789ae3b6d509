"""F609: rows whose flags are unlike those of another row with the same words, or unlike what their words say."""

from flows.checks.analysis.findings import Findings
from flows.checks.dataflow.unused_answers import used_variables
from flows.checks.protection.filing_ways import files
from flows.checks.protection.grave_words import says_urgent, tells_secrecy
from flows.menu.diagnostics import Severity
from flows.menu.model import SENSITIVE, Row

EMERGENCY, CHECK, CATEGORY = "emergency", "emergency_check", "category"
YES = "yes"
TOLD = ("F601", "F603", "F609", "F612", "F614", "F903")


def check_row_flags(findings: Findings) -> None:
    """Report rows of what is filed that lack a flag which their words, or a row with the same words, call for."""
    flow = findings.flow
    filed = {flow.kinds.get(screen.arguments.get(CATEGORY, ""), "") for screen in flow.actions if files(screen)}
    used = used_variables(findings)
    for name in sorted(filed & {*flow.lists} - findings.broken):
        rows = flow.lists[name]
        findings.spend(len(rows))
        read = {column for column in rows[0].columns if f"{CATEGORY}.{column}" in used} if rows else set[str]()
        _alike(findings, name, rows, {SENSITIVE, EMERGENCY, *read})
        for row in rows:
            _words(findings, name, row, rows)


def _alike(findings: Findings, name: str, rows: tuple[Row, ...], columns: set[str]) -> None:
    """Rows with the same words in several groups: what is said of most of them holds for all."""
    same: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for row in rows:
        same.setdefault(tuple(sorted(row.text.items())), []).append(row)
    for group in (each for each in same.values() if len(each) > 1):
        for column in sorted(columns & {*rows[0].columns}):
            flags = [row.columns.get(column, "") for row in group]
            if not {*flags} <= {YES, "no", ""} or YES not in flags or 2 * flags.count(YES) < len(flags):
                continue
            for row in group:
                if row.columns.get(column) != YES:
                    like = next(each for each in group if each.columns.get(column) == YES)
                    said = f"{row.code!r} has the words of {like.code!r}, which has yes under {column}, and it has not"
                    _tell(findings, name, row, said, f"write yes under {column}")


def _words(findings: Findings, name: str, row: Row, rows: tuple[Row, ...]) -> None:
    shown = SENSITIVE in row.columns and row.columns[SENSITIVE] != YES
    if shown and (tag := tells_secrecy(row.text)) and any(each.columns.get(SENSITIVE) == YES for each in rows):
        said = f"{row.text[tag]!r} ({row.code}) is nothing that others who use the phone may read, and not sensitive"
        _tell(findings, name, row, said, f"write yes under {SENSITIVE}")
    quiet = row.columns.get(EMERGENCY, YES) != YES and not row.columns.get(CHECK)
    if quiet and (tag := says_urgent(row.text)) and any(each.columns.get(EMERGENCY) == YES for each in rows):
        said = f"{row.text[tag]!r} ({row.code}) is a danger to life, and no emergency: nobody is told whom to call"
        _tell(findings, name, row, said, f"write yes under {EMERGENCY}")


def _tell(findings: Findings, name: str, row: Row, said: str, hint: str) -> None:
    """A note where the live revision has the row so: somebody has agreed to it."""
    before, path = findings.around.before, ("lists", name, row.code)
    old = before.rows.get(name, {}).get(row.code) if before is not None else None
    severity: Severity = "I" if old is not None and old.columns == row.columns else "W"
    if not findings.tells(path, *TOLD):
        findings.add("F609", path, said, hint=hint, severity=severity)
