"""F417: outcomes of an action that are told as something else, because no screen is named for them or a wrong one."""

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.walks.exploration import stores
from flows.checks.walks.marks import DANGER_OUTCOMES
from flows.checks.walks.word_cues import says_again, tells_success
from flows.menu.action_spec import ActionSpec
from flows.menu.actions import ACTIONS
from flows.menu.model import RECEIPT, Do, End

# What the caller wants has been done before, or is done otherwise: no failure.
NO_FAILURE = ("repeat", "already", "yours", "joined", "private", "too_soon")
NO_SUCCESS = ("missing", "closed", "too_many", "too_soon", "none")


def check_outcomes(findings: Findings) -> None:
    """Report outcomes that lead where another outcome belongs."""
    flow = findings.flow
    cares = bool(flow.danger_screen) or any("danger" in screen.then for screen in flow.actions)
    for screen in flow.actions:
        declared = ACTIONS.get(screen.action)
        if declared is None or declared.built_in or findings.is_shorthand(screen.id):
            continue
        _unnamed(findings, screen, declared)
        _as_success(findings, screen, declared)
        if cares and "danger" in declared.outcomes and "danger" not in declared.arguments:
            _danger(findings, screen)


def _unnamed(findings: Findings, screen: Do, declared: ActionSpec) -> None:
    """Outcomes that fall to `else`, where the call ends with words of failure."""
    end = findings.flow.screens.get(screen.then.get("else", ""))
    if not isinstance(end, End) or "ok" not in screen.then:
        return
    unlooked = () if "danger" in declared.arguments else DANGER_OUTCOMES  # without a screen it never comes
    again = any(says_again(parts) for parts in end.text.values())
    missing = [
        outcome
        for outcome in declared.outcomes
        if outcome not in (*screen.then, *unlooked, "ok") and (outcome in NO_FAILURE or again)
    ]
    named = [each for each in NO_FAILURE if again and screen.then.get(each) == end.id and each in declared.outcomes]
    if named:
        said = f"the outcome {named[0]} of {screen.action} leads to {end.id}, as if it had failed"
        hint = f"name another screen for {named[0]}"
        findings.add("F417", (*findings.path(screen.id), "then", named[0]), said, hint=hint)
    misspelt = [outcome for outcome in screen.then if outcome not in (*declared.outcomes, "else")]
    if missing and again and not misspelt:
        said = (
            f"the outcome {missing[0]} of {screen.action} ({declared.outcomes[missing[0]].split(':')[0].rstrip('.')}) "
            f"leads to {end.id}, as if it had failed: the caller tries again in vain"
        )
        hint = f"name a screen for it: {', '.join(f'{outcome}: …' for outcome in missing)}"
        findings.add("F417", (*findings.path(screen.id), "then"), said, hint=hint)


def _as_success(findings: Findings, screen: Do, declared: ActionSpec) -> None:
    """Outcomes that lead to the words of success although nothing new was done."""
    target = screen.then.get("ok", "")
    end = findings.flow.screens.get(target)
    if not stores(screen.action) or not isinstance(end, End):
        return
    done = sum(tells_success(parts) for parts in end.text.values())
    texted = ("repeat",) if RECEIPT in names_in(end.text) else ()  # who repeats it would get the text of a new one
    for outcome in (*NO_SUCCESS, *texted):
        if outcome in declared.outcomes and screen.then.get(outcome) == target and done:
            said = f"the outcome {outcome} of {screen.action} leads to {target}, which says that it was done"
            hint = f"name another screen for {outcome}"
            findings.add("F417", (*findings.path(screen.id), "then", outcome), said, hint=hint)


def _danger(findings: Findings, screen: Do) -> None:
    """Words of danger are looked for only where every screen says what follows; F905 tells if only some do."""
    others = [each for each in findings.flow.actions if each.action == screen.action]
    path = (*findings.path(screen.id), "then")
    if "details" in screen.given and not any("danger" in each.then for each in others):
        said = f"words of danger in what {screen.id} is given are not looked for: no screen is named for danger"
        findings.add("F417", path, said, hint="add danger: … with a screen that says whom to call")
    hidden = [each.id for each in others if "private_danger" in each.then]
    if hidden and "danger" in screen.then and "private_danger" not in screen.then:
        said = f"danger that others may not read of leads to the screen for danger: only {hidden[0]} names its own"
        findings.add("F417", path, said, hint="add private_danger: … with a screen that tells only whom to call")
