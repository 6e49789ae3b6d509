"""F601, F603, F201, F001 outside the screens: columns of lists, and the texts that SMS are answered with."""

from flows.cases import private_texts
from flows.checks.analysis.findings import Findings
from flows.delivery import message_policy
from flows.menu import sms_reply_text_keys
from flows.menu.diagnostics import suggest_nearest

DAYS = "days"  # the column of whole days until a reply is due
OTHERS = ("received", "suggestion_received", private_texts.UPDATE, *message_policy.IN_TIME, *message_policy.TO_STAFF)


def check_references(findings: Findings) -> None:
    """Report codes that lead nowhere, days that are no number, and texts that will be missed or never sent."""
    _columns(findings)
    if findings.flow.texts and findings.flow.keywords:  # it answers SMS
        _events(findings)


def _columns(findings: Findings) -> None:
    flow = findings.flow
    for name, rows in flow.lists.items():
        for row in rows:
            for column, code in row.columns.items():
                if column in flow.lists and column not in findings.broken and code not in flow.rows[column]:
                    said = (
                        f"{column} {code!r} of row {row.code!r} is not in list {column}, so a caller would "
                        "read the code"
                    )
                    findings.add("F603", ("lists", name, row.code), said, hint=suggest_nearest(code, flow.rows[column]))
                if column == DAYS and not code.isdecimal():
                    said = f"days {code!r} of row {row.code!r} is not a whole number, so there would be no due date"
                    findings.add("F601", ("lists", name, row.code), said, hint="write the number of days, such as 7")


def _events(findings: Findings) -> None:
    flow = findings.flow
    for event in sms_reply_text_keys.ALWAYS:
        if event not in flow.texts:
            said = f"there is no text {event!r}, so some people who send an SMS would get no answer"
            findings.add("F201", ("texts",), said, hint=f"add {event} in every language")
    if findings.around.events:
        _unsent(findings, {*sms_reply_text_keys.ALL, *OTHERS, *findings.around.events})


def _unsent(findings: Findings, sent: set[str]) -> None:
    known = sent | {private_texts.private_text_key(event) for event in sent}
    for event in findings.flow.texts:
        if event not in known:
            said = f"nothing ever sends the text {event!r}"
            findings.add("F001", ("texts", event), said, hint=suggest_nearest(event, known), severity="W")
