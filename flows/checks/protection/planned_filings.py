"""F414: a complaint is filed as something else than what was planned and shown."""

from flows.checks.analysis.findings import Findings
from flows.checks.protection.filing_ways import FilingSearch, files
from flows.menu.actions import ACTIONS
from flows.menu.model import Do

DECIDES = ("category", "district")  # the arguments that decide the office and the day
PLANS = ("plan_complaint", "known_problem")


def check_planned_filings(findings: Findings) -> None:
    """Report filings whose category or district is not that of the plan or the search that led to them."""
    flow = findings.flow
    plans = [screen for screen in flow.actions if screen.action in PLANS]
    if not plans or not any(files(screen) for screen in flow.actions):
        return
    earlier = findings.earlier
    for plan in plans:
        search = FilingSearch(findings, flow, earlier.of(plan.id), by_choice=False)
        found = search.from_screen(plan.then.get("ok", ""), {}) | search.from_screen(plan.then.get("none", ""), {})
        behind = [flow.screens[name] for name in sorted(found.private | found.public)]
        for argument in DECIDES:
            given = plan.arguments.get(argument, "")
            others = [each for each in behind if isinstance(each, Do) and _differs(each.arguments.get(argument), given)]
            if not given or not others:
                continue
            if len(others) == len(behind) and len(others) > 1:
                _tell(findings, plan, argument, others[0].arguments[argument], others[0].id)
                continue
            for other in others:
                _tell(findings, other, argument, given, plan.id)


def _differs(source: str | None, given: str) -> bool:
    return source is not None and source != given


def _tell(findings: Findings, screen: Do, argument: str, expected: str, of: str) -> None:
    """Where several filings agree, the plan is wrong; otherwise the filing."""
    written = expected.removeprefix("'")
    said = f"{screen.id} is given {screen.arguments[argument].removeprefix(chr(39))} as {argument}, and {of} {written}"
    what = f"callers are shown the office and the day of one {argument}, and another is filed"
    hint = f"write {argument}: {written if written == expected else repr(written)}"
    if screen.action in ACTIONS:
        findings.add("F414", (*findings.path(screen.id), "with", argument), f"{said}: {what}", hint=hint)
