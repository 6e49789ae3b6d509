"""F423: a variable in which a screen saves codes of one list, while all else takes them for codes of another."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.menu.actions import CONTACT
from flows.menu.diagnostics import Path

REMEMBERED = "contact."


def check_mixed_codes(findings: Findings) -> None:
    """Report screens that save the code of a row where a code of another list is expected."""
    flow = findings.flow
    saved = [each for each in _saved(findings) if each[1] in flow.rows and each[1] not in findings.broken]
    longest: dict[str, str] = {}
    for name, listed, _ in saved:
        longest[name] = max(longest.get(name, listed), listed, key=lambda each: len(flow.rows[each]))
    for name, listed, path in saved:
        wanted = _remembered(name) or longest[name]
        codes = flow.rows.get(wanted, {}).keys()
        findings.spend(len(codes) // 8)
        if not codes or wanted == listed or 2 * len(flow.rows[listed].keys() & codes) >= len(flow.rows[listed]):
            continue  # a short list of the same codes
        said = f"{name} gets a code of the list {listed} here, and a code of the list {wanted} elsewhere"
        hint = f"save it as {listed}" if not name.startswith(REMEMBERED) else f"save it as {REMEMBERED}{listed}"
        findings.add("F423", path, said, hint=hint, severity="E" if name.startswith(REMEMBERED) else "W")


def _remembered(name: str) -> str:
    """The list whose codes are remembered of a phone under this name; "" for what is not remembered."""
    brings = CONTACT.get(name.removeprefix(REMEMBERED)) if name.startswith(REMEMBERED) else None
    return brings.list or "" if brings is not None else ""


def _saved(findings: Findings) -> Iterator[tuple[str, str, Path]]:
    """Each variable that takes the code of a row, with the list, and where that is written."""
    for ask in findings.flow.asks:
        pick, path = ask.pick, findings.path(ask.id)
        if pick is not None and ask.save:
            yield ask.save, pick.list, (*path, "save")
        if pick is not None and pick.typed is not None:
            yield pick.typed.save, pick.typed.list, (*path, "or_type", "save")
