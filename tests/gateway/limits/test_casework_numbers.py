"""A number in casework is data that an operator may change, or is named here with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]

CASEWORK = ("flows/cases", "sessions/cases", "sessions/sms", "sessions/officer_sms", "sessions/messages")
# Numbers of the machinery and of algorithms: no law and no operator would choose another. A new number in these folders
# is either one of them, with its reason beside it in the code, or data.
TECHNICAL = {
    *("DAY", "HOUR", "MINUTE", "A_DAY", "_INSTANT"),  # units
    *("FEWEST", "MOST_OF_AMOUNT", "MOST_WORDS"),  # shapes of numbers and names in redaction.py
    "LONGEST_HOLIDAY",  # a check for mistakes
    "LONGEST_WORDS",  # of a citizen in the text to an officer: two SMS
    "LEAST_WORDS",  # of them, below which a text has none
    "LONGEST_CRY",  # words of a call for help: how people write, not what they may
    *("TRIES", "MOST_SESSION"),  # drawing a tracking number; characters of a column
    "FEW",  # offices that fit in a line
    *("REMEMBERED", "SHORTEST", "FRAME", "SENTENCE", "SAME_BREATH"),  # what counts as the same or our own words
    *("AT_ONCE", "FORGOTTEN_AT_ONCE", "LATER"),  # batches and retries
    *("OVERDUE", "TOGETHER", "REPEATED"),  # how networks send the parts of one SMS
    *("DAYS", "MOST"),  # which SMS other keyword rules are tried on
    "MOST_WAITING",  # what a stranger may cost: requests that nobody can read
    "REPORTS_WITHIN",  # how long a route is known to report
    "PRESSED",  # a key
    *("APART", "MOST_NOTED"),  # how often a sign of life is noted; cases of one phone that history is written for
    *("SHOWN_FOR", "ASKED_FOR", "WAIT"),  # of what two people do together for a phone: nobody may stretch or shorten it
    "ONE_CALL",  # how old a case may be that a first PIN opens: a rule of security
    *("KEPT", "MOST_KEPT", "DAYS_AT_ONCE", "MOST_WEEKS"),  # what is worked out once, in working_time.py
    "MOST_LISTED",  # entries of the audit log in one list
    *("PAIR", "SURE"),  # when words may be about an open case; when the model is believed
}


def test_a_new_number_in_casework_is_data_or_is_named_here() -> None:
    found = set()
    for folder in CASEWORK:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.Assign) and _is_number(node.value):
                    found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    assert found == TECHNICAL


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).endswith("timedelta")
    return (
        isinstance(value, ast.Constant) and isinstance(value.value, int | float) and not isinstance(value.value, bool)
    )
