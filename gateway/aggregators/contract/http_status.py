"""What an HTTP status other than 2xx means for a text, unless the vendor's answer says more."""

import re

from gateway.http.client import Answer
from sessions.delivery.outcome_types import Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown

ACCOUNT_SECONDS = 600.0  # no money, wrong key or wrong address: a person must act, and every text waits until then
LONGEST_WAIT = 3600.0
USUAL_WAIT = 60.0  # for a refusal that names no time

_SECONDS = re.compile(r"[0-9]{1,9}")


def account_rejection(why: str) -> TemporaryRejection:
    """A rejection that lasts until a person acts: the route is stopped with an alarm, and no text is lost."""
    return TemporaryRejection(ACCOUNT_SECONDS, why, account=True)


def by_status(answer: Answer) -> SendOutcome:
    """The outcome of an answer that is not a 2xx.

    A server that fails may have accepted the text first: only an answer that says so is a rejection. A 503 does: the
    server answers it instead of doing the work. If it counted as unknown, every longer outage would end texts unsent.
    """
    status = answer.status
    why = f"http_{status}"
    if status == 429 or (status == 503 and "Retry-After" in answer.headers):
        return TemporaryRejection(retry_after(answer), why)
    if status in (401, 402, 403, 404, 405):
        return account_rejection(why)
    if 300 <= status < 400 or status in (408, 409, 425, 503):
        return SendFailure(why)
    if 400 <= status < 500:
        return Rejection(why)
    return Unknown(why)


def retry_after(answer: Answer) -> float:
    """The seconds of Retry-After, up to an hour; a date counts as no value."""
    raw = answer.headers.get("Retry-After", "")
    return min(float(raw), LONGEST_WAIT) if _SECONDS.fullmatch(raw) else USUAL_WAIT
