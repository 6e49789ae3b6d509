"""F213: numbers of the service that the flow gives and the installation's settings override."""

from flows.checks.analysis.findings import Findings

# Word of the service -> the setting that wins. {ussd} is not here: callers read the code that they dialled.
SETTINGS = {"help": "HELP_NUMBER", "sms": "SHORT_CODE"}


def check_service_numbers(findings: Findings) -> None:
    """Report the flow's own numbers that callers never hear, once, with both values."""
    own, ours = findings.flow.service, findings.around.service
    wrong = [word for word in SETTINGS if ours.get(word) and own.get(word) and own[word].strip() != ours[word].strip()]
    if not wrong:
        return
    heard = "; ".join(f"{{{word}}} is {ours[word]} ({SETTINGS[word]}), not {own[word]}" for word in wrong)
    said = f"the settings of this installation win over the flow, and callers read: {heard}"
    hint = "write the same number here, or change the setting"
    # Whom to call in danger stops a publication. The short code is one that the operator knows.
    findings.add("F213", ("service", wrong[0]), said, hint=hint, severity="W" if "help" in wrong else "I")
