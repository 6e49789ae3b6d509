"""The checks of choices, in their order."""

from flows.checks.analysis.findings import Findings, TooMuchWork
from flows.checks.choices.choice_targets import check_choice_targets, check_forced_callers
from flows.checks.choices.complaint_states import check_complaint_states
from flows.checks.choices.earlier_targets import check_earlier_targets
from flows.checks.choices.lost_targets import check_lost_targets
from flows.checks.choices.lost_words import check_lost_words
from flows.checks.choices.own_words import OwnWords
from flows.checks.choices.parallel_choices import check_parallel_choices
from flows.checks.choices.same_words import check_same_words
from flows.checks.choices.screen_roles import check_screen_roles
from flows.checks.choices.yes_and_no_targets import check_yes_and_no_targets
from flows.checks.walks.family import is_whole

MOST_STEPS_OF_CHOICES = 500_000  # as Findings.spend counts them: about half a second
TOO_MANY_CHOICES = "the flow has so many choices that not all were followed: some may lead where another one should"
DIVIDE = "divide the flow: fewer screens and choices in one"


def check_choices(findings: Findings) -> None:
    """Report choices that lead elsewhere than their words say. Nothing is said of a flow with screens missing."""
    check_forced_callers(findings)
    if not is_whole(findings):
        return
    try:
        with findings.allowance(MOST_STEPS_OF_CHOICES):
            own = OwnWords(findings)
            told = check_choice_targets(findings)
            check_yes_and_no_targets(findings, own, told)
            check_same_words(findings, own, told)
            check_lost_words(findings)
            check_complaint_states(findings)
            check_parallel_choices(findings)
            check_screen_roles(findings)
            check_lost_targets(findings, own)
            check_earlier_targets(findings)
    except TooMuchWork:
        findings.add("F000", ("screens",), TOO_MANY_CHOICES, severity="W", hint=DIVIDE)
