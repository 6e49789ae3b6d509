"""F308: languages in which the caller's channel or network cannot show screens."""

from flows.checks.analysis.findings import Findings
from flows.engine.variables import can_show, needs_ucs2


def check_channels(findings: Findings) -> None:
    """Report screens in a language that USSD does not have here, and languages nobody can be shown."""
    flow = findings.flow
    for tag in flow.ussd_languages:
        if tag not in flow.languages:
            message = f"{tag} is not a language of this flow, so no screen is written in it"
            hint = findings.suggest(tag, flow.languages) or f"use some of {', '.join(flow.languages)}"
            findings.add("F308", ("ussd_languages",), message, hint=hint)
    if flow.ussd_languages:
        for each in findings.texts:
            for tag in each.text if each.on_screen else ():
                if tag in flow.languages and tag not in flow.ussd_languages:
                    message = f"no screen is shown in {tag}, so nobody will ever read this"
                    hint = f"remove it, or add {tag} to ussd_languages"
                    findings.add("F308", each.path, message, language=tag, hint=hint)
    room = findings.around.room
    if not any(can_show(flow, tag, room) for tag in flow.languages) and not findings.knows("F001"):
        message = (
            "this network shows only plain letters, but no language of the flow uses them: a caller would read ????"
        )
        hint = f"add a language in Latin letters, such as {next(iter(flow.languages), 'ur')}-Latn"
        if room.ucs2 or not any(needs_ucs2(flow, tag) for tag in flow.languages):
            message, hint = "no screen can be shown in any language", "list languages of the flow in ussd_languages"
        findings.add("F308", ("languages",), message, hint=hint)
