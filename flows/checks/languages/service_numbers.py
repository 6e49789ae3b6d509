"""F213: numbers of the service that settings override, and the code of another line."""

from flows.checks.analysis.findings import Findings
from flows.engine.sms_channel import is_texted
from flows.menu.model import Flow

# Word of the service -> the setting that wins. {ussd} is not here: callers read the code that they dialled.
SETTINGS = {"help": "HELP_NUMBER", "sms": "SHORT_CODE"}


def check_service_numbers(findings: Findings) -> None:
    """Report numbers that callers never hear, once, with both values, and a code to dial that is another flow's."""
    _codes(findings)
    own, ours = findings.flow.service, findings.around.service
    wrong = [word for word in SETTINGS if ours.get(word) and own.get(word) and own[word].strip() != ours[word].strip()]
    if not wrong:
        return
    heard = "; ".join(f"{{{word}}} is {ours[word]} ({SETTINGS[word]}), not {own[word]}" for word in wrong)
    said = f"the settings of this installation win over the flow, and callers read: {heard}"
    hint = "write the same number here, or change the setting"
    # Whom to call in danger stops a publication. The short code is one that the operator knows.
    findings.add("F213", ("service", wrong[0]), said, hint=hint, severity="W" if "help" in wrong else "I")


def _codes(findings: Findings) -> None:
    """The code of this line: another flow's, or no longer the one that callers know."""
    own, before = findings.flow.service, findings.around.before
    line = own.get("line", "")
    taken = {dialled_code(flow): name for name, flow in (findings.around.flows or {}).items() if not is_texted(flow)}
    if line and line in taken and not is_texted(findings.flow):
        said = f"{line} is the code of {taken[line]}: callers of this line who are told to dial it again come there"
        findings.add("F213", ("service", "line"), said, hint="write the code of this line", severity="W")
        return
    was, now = dialled_code(before) if before is not None else "", dialled_code(findings.flow)
    if was and was != now:
        word = "line" if line else "ussd"
        said = f"callers were told to dial {was}, and are now told {now or 'no code'}"
        findings.add("F213", ("service", word), said, hint="publish it when the new code leads here", severity="W")


def dialled_code(flow: Flow) -> str:
    """The code that callers of a flow dial: its own, or that of the service; "" if it names none."""
    return flow.service.get("line") or flow.service.get("ussd", "")
