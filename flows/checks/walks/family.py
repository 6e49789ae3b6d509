"""The checks that follow a flow on every way, in their order: one walk serves them all."""

from flows.checks.analysis.findings import Findings, TooMuchWork
from flows.checks.texts.promised_texts import check_kept_promises
from flows.checks.walks.acts_on_ways import check_acts
from flows.checks.walks.crossed_outcomes import check_crossed_outcomes
from flows.checks.walks.exploration import Walk, stores
from flows.checks.walks.last_screens import check_contrary_ends, check_last_screens, check_same_ends, ends_of
from flows.checks.walks.marks import marks_of
from flows.checks.walks.outcomes import check_outcomes
from flows.checks.walks.reached_conditions import check_reached_conditions
from flows.checks.walks.repeated_answers import check_repeated_answers
from flows.checks.walks.unfiled_answers import check_unfiled_answers
from flows.checks.walks.word_cues import CalledLines

MOST_STEPS_OF_WALKS = 1_000_000  # as Findings.spend counts them: about a second
TOO_MANY_WAYS = (
    "callers can go so many ways that not all of them were followed: an emergency may be filed before anyone says whom "
    "to call, or an act be done that its caller has not confirmed, without a word of it here"
)
DIVIDE = "divide the flow: fewer screens, choices and conditions in one"


def check_walks(findings: Findings) -> None:
    """Walk through the flow, and report what callers would meet on some way of it."""
    if not is_whole(findings):
        return
    try:
        with findings.allowance(MOST_STEPS_OF_WALKS):
            _follow(findings)
    except TooMuchWork:
        findings.add("F000", ("screens",), TOO_MANY_WAYS, severity="W", hint=DIVIDE)


def is_whole(findings: Findings) -> bool:
    """False for a flow with a screen that is missing or could not be read: nobody knows where that one leads."""
    unread = any(each.code == "F001" and each.screen for each in findings.given)
    return not (unread or findings.of("F101") or findings.gone or findings.written() != set(findings.flow.screens))


def _follow(findings: Findings) -> None:
    lines = CalledLines(findings)
    marks = marks_of(findings.flow, lines)
    walk = Walk(findings, marks)
    confirmed: frozenset[str] = frozenset().union(*marks.confirms.values())
    check_acts(findings, walk, confirmed, lines)
    check_last_screens(findings, walk)
    check_kept_promises(findings, ends_of(walk) if any(stores(act.action) for act in findings.flow.actions) else {})
    check_same_ends(findings)
    check_contrary_ends(findings)
    check_reached_conditions(findings, walk)
    check_outcomes(findings)
    check_crossed_outcomes(findings)
    check_repeated_answers(findings, walk)
    check_unfiled_answers(findings, walk)
