"""The nouns of `keywords.yaml`. Nothing in this file does anything; `keywords.py` matches."""

from msgspec import Struct

FIRST = ("stop", "start", "help")  # never lost to another rule or to a number: opting out must always work
# "Band naali saaf karein" is about a blocked drain and "Stop pe bus nahi rukti" about a bus: a word switches texts only
# when nothing else is said.
SWITCHES = ("stop", "start")
ANSWERS = ("yes", "no", "partly")
EMERGENCY = "emergency"  # cries for help in a language of its own: wherever they are in an SMS, before anything else
SPAM = "spam"  # advertisements: its words count anywhere too, where nothing else is meant
POLITE = ("thanks", "greeting")  # words that ask for nothing
# What those who work on cases write. Read in texts from their phones alone, and there before anybody else's words.
OFFICERS = (
    *("officer_ack", "officer_done", "officer_part", "officer_ask", "officer_late", "officer_pass", "officer_cases"),
    "officer_code",
    *("officer_visit", "officer_call", "officer_denied", "officer_triage"),
)
EXACTLY = frozenset((*FIRST, "forget", "withdraw"))  # never read into a misspelt word


class Rule(Struct, frozen=True):
    """First words of an SMS and the intent they carry, e.g. ("STATUS", "HAAL") -> "status".

    Words of `alone` are everyday ones that begin other sentences too: they count when nothing but a number follows.
    Words of `beside` change nothing: with them around it a keyword is still all that the SMS says.
    """

    intent: str
    words: tuple[str, ...]
    alone: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def applies_to_sender(intent: str, *, officer: bool) -> bool:
    """True for a rule that is read in an officer's text, or in anybody else's.

    An ACK is recognised whoever sends it, so that it is never read as a citizen's words.
    """
    if intent in (EMERGENCY, SPAM):
        return False
    return intent in OFFICERS or intent in FIRST if officer else intent not in OFFICERS or intent == "officer_ack"
