"""The texts that an SMS is answered with, by what it asked for: the contract between `texts.yaml` and sessions."""

ALWAYS = ("status_is", "status_missing", "status_mistyped", "stop_ok", "start_ok", "help", "unknown")

EMERGENCY = "emergency"  # to danger: whom to call
DIAL = "new_dial"  # to a complaint, where no flow takes one by SMS: a flow by SMS never sends it

# To danger, where a flow has them; else EMERGENCY is sent.
DANGER = ("emergency_place", "emergency_suicide", "emergency_suicide_again", "emergency_first")

# These may cost two SMS in Latin letters too, so that an officer's words can be read. Without those, all must fit.
WITH_NOTE = frozenset({"status_is"})

# To officers: whatever they wanted done.
_ANY_ACT = (
    *("officer_help", "officer_how", "officer_one", "officer_missing", "officer_case", "officer_already"),
    *("officer_own", "officer_cannot", "officer_ack_first", "officer_late_first", "officer_colleague"),
    *("officer_closed_before", "officer_elsewhere", "officer_refused"),
)

# Intent -> keys of texts. Where a flow has none, its `help` is sent.
TO: dict[str, tuple[str, ...]] = {
    "new": ("new_how", DIAL, EMERGENCY, "join_ask", "unknown_again", "unheard_answer"),
    "who": ("who_we_are",),
    "thanks": ("thanks",),
    "greeting": ("greeting",),
    "details": ("details_added",),
    "suggest": ("suggest_how", "suggestion_received"),
    "reopen": ("reopened", "reopen_closed"),
    "appeal": ("appealed", "appeal_closed"),
    "withdraw": ("withdraw_ask", "withdrawn", "withdraw_kept", "withdraw_closed", "end_by_call"),
    "yes": (
        *("closed_confirmed", "refusal_accepted", "done_ask", "nothing_asked", "which_number", "choose_again"),
        *("resolved_sure", "refused_sure", "end_by_call"),
    ),
    "no": ("reason_ask", "reason_kept", "nothing_asked", "which_number", "choose_again"),
    "partly": ("reason_ask", "reason_kept", "nothing_asked", "which_number", "choose_again"),
    "status": ("status_too_many", "status_joined", "status_none", "status_nearly", "status_added"),
    "numbers": ("numbers", "number_line"),
    "language": ("language_ask", "language_ok"),
    "log": ("log_is", "log_later"),
    "call_me": ("call_ok",),
    "private": ("private_ok", "pin_set", "pin_exists", "pin_how", "pin_missing", "pin_needed", "pin_too_many"),
    "off_phone": ("off_phone_ok", "off_phone_which"),
    "new_holder": ("new_holder_ask", "new_holder_ok"),
    "new_holder_yes": ("new_holder_ok", "new_holder_pin"),
    "new_holder_no_pin": ("new_holder_ok",),
    "forget": ("forgotten",),
    "viewers": ("viewers", "viewers_number", "viewers_line"),
    "officer_ack": ("officer_taken", "officer_took_over", *_ANY_ACT),
    "officer_done": ("officer_done", "officer_proof", "officer_words", "officer_not_ours", "officer_raised", *_ANY_ACT),
    "officer_part": ("officer_done", "officer_proof", "officer_words", "officer_not_ours", "officer_raised", *_ANY_ACT),
    "officer_ask": ("officer_asked", "officer_say", "officer_asked_enough", *_ANY_ACT),
    "officer_late": ("officer_replied", "officer_say", "officer_in_time", *_ANY_ACT),
    "officer_pass": ("officer_passed", "officer_triage", "officer_office", "officer_place", "officer_say", *_ANY_ACT),
    "officer_cases": ("officer_cases", "officer_case_line", "officer_none"),
    "officer_code": ("officer_code", "officer_code_missing", "officer_code_wrong", "officer_code_new"),
}
ALL = frozenset((*ALWAYS, *DANGER, *(text for texts in TO.values() for text in texts)))


def most_parts(event: str, *, ucs2: bool) -> int:
    """How many parts the text of an event may cost."""
    return 2 if ucs2 or event in WITH_NOTE else 1


TO_OFFICERS = frozenset(text for intent, texts in TO.items() if intent.startswith("officer_") for text in texts)
