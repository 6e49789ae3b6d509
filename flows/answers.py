"""The texts that an SMS is answered with, by what it asked for: the contract between `texts.yaml` and sessions."""

from __future__ import annotations

ALWAYS = ("status_is", "status_missing", "status_mistyped", "stop_ok", "start_ok", "help", "unknown")

# Intent -> keys of texts. Where a flow has none, its `help` is sent.
TO: dict[str, tuple[str, ...]] = {
    "new": ("new_how", "new_dial"),
    "details": ("details_added",),
    "suggest": ("suggest_how", "suggestion_received"),
    "reopen": ("reopened", "reopen_closed"),
    "appeal": ("appealed", "appeal_closed"),
    "withdraw": ("withdraw_ask", "withdrawn", "withdraw_kept", "withdraw_closed"),
    "yes": ("closed_confirmed", "nothing_asked", "which_number", "choose_again"),
    "no": ("reason_ask", "reason_kept", "nothing_asked", "which_number", "choose_again"),
    "partly": ("reason_ask", "reason_kept", "nothing_asked", "which_number", "choose_again"),
    "status": ("status_too_many",),
    "language": ("language_ask", "language_ok"),
    "call_me": ("call_ok",),
    "private": ("private_ok",),
    "forget": ("forgotten",),
}
ALL = frozenset((*ALWAYS, *(text for texts in TO.values() for text in texts)))
