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
# What each intent asks for. A test compares the names with those that can be acted on.
ABOUT = {
    "stop": "no more texts",
    "start": "texts again",
    "help": "the list of keywords",
    "new": "to file a complaint from the words that follow",
    "status": "the status of the complaint whose number is given, or of the latest one",
    "numbers": "the numbers of the sender's complaints",
    "suggest": "to file a suggestion from the words that follow",
    "reopen": "to open a complaint again that is not solved",
    "appeal": "oversight, where an office refused",
    "withdraw": "to take a complaint back",
    "yes": "yes to the question that was texted last",
    "no": "no to the question that was texted last",
    "partly": "partly, to the question that was texted last",
    "language": "another language, whose name follows",
    "language_name": "another language, by its name",
    "log": "what is on record about a complaint: its steps, who looked, and a code to compare",
    "call_me": "a call from the office",
    "private": "to hide the sender's name",
    "off_phone": "to show and text nothing of a complaint on this phone any more",
    "new_holder": "to show and text nothing that was filed from this number before: it is new to the sender",
    "new_holder_yes": "the same, said again as the reply asked",
    "new_holder_no_pin": "the same, from who does not know the PIN of the phone",
    "forget": "to forget language and district",
    "who": "who sends these texts",
    "viewers": "which offices read the complaint whose number is given, and whether they saw the phone number",
    "thanks": "nothing: it thanks",
    "greeting": "nothing: it greets",
    "spam": "nothing: an advertisement",
    "emergency": "help, in a language of its own: it counts anywhere in an SMS and comes before everything else",
    "officer_ack": "from an officer: the case is theirs",
    "officer_done": "from an officer: it is solved",
    "officer_part": "from an officer: it is solved in part",
    "officer_ask": "from an officer: a question to the citizen",
    "officer_late": "from an officer: why it is late",
    "officer_pass": "from an officer: it belongs to another office",
    "officer_cases": "from an officer: their open cases",
    "officer_code": "from an officer: a new code for a case",
    "officer_visit": "in an officer's text: they were there",
    "officer_call": "in an officer's text: they called the citizen",
    "officer_denied": "in an officer's text: it denies a visit or call",
    "officer_triage": "in an officer's text: no particular office",
}
# Never read into a misspelt word.
EXACTLY = frozenset((*FIRST, "forget", "withdraw", "off_phone", "new_holder", "new_holder_yes", "new_holder_no_pin"))


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
