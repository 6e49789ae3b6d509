"""What a rule of keywords does, and how a text was understood, in operators' words."""

from __future__ import annotations

from gateway.console.site.i18n import _


def meaning(intent: str) -> str:
    """What is done with a text of this intent; the intent itself where the line knows none such."""
    return (_citizens() | _officers() | _without_rule()).get(intent, intent)


def how(found: str) -> str:
    """How the rule was found."""
    return {
        "keyword": _("its first words are a keyword"),
        "always": _("understood without a rule"),
        "spelling": _("nearly spelt like a keyword"),
        "number": _("it begins with a number"),
        "nothing": _("no rule takes it"),
    }[found]


def _citizens() -> dict[str, str]:
    return {
        "stop": _("No more texts about complaints, which go on."),
        "start": _("Texts again."),
        "help": _("Tells what can be sent."),
        "new": _("Files a complaint from the words behind it; alone, the next words are filed."),
        "suggest": _("Files a suggestion from the words behind it."),
        "status": _("Tells how the complaint with this number stands, or the latest one."),
        "numbers": _("Tells the numbers of this phone's complaints."),
        "reopen": _("Opens a complaint again that was not solved."),
        "appeal": _("Appeals against a refusal."),
        "withdraw": _("Takes a complaint back, after asking once more."),
        "yes": _("Yes (1): the answer to what was asked last, or about the number."),
        "no": _("No (2): the answer to what was asked last, or about the number."),
        "partly": _("In part (3): the answer to what was asked last, or about the number."),
        "language": _("Changes the language of texts."),
        "language_name": _("Changes the language of texts to the one that is named."),
        "call_me": _("The office shall call this phone."),
        "private": _("Files or keeps a complaint with the name hidden."),
        "forget": _("Forgets language and district; complaints stay."),
    }


def _officers() -> dict[str, str]:
    return {
        "officer_ack": _("An officer takes a case up."),
        "officer_done": _("An officer says that a case is solved, and how that is known."),
        "officer_part": _("An officer says that a case is solved in part."),
        "officer_ask": _("An officer asks the citizen one question."),
        "officer_late": _("An officer says why a late case takes longer."),
        "officer_pass": _("An officer passes a case to another office."),
        "officer_cases": _("Tells an officer their open cases."),
        "officer_help": _("Tells an officer the words for their work."),
        "officer_look": _("Tells an officer how a case stands."),
        "officer_visit": _("Within an officer's words: somebody was there."),
        "officer_call": _("Within an officer's words: somebody telephoned."),
        "officer_denied": _("Within an officer's words: this was not done."),
        "officer_triage": _("Within an officer's words: nobody knows which office."),
    }


def _without_rule() -> dict[str, str]:
    return {
        "details": _("Adds these words to the complaint with this number."),
        "digits": _("A key: the answer to what was asked last, or about the number."),
        "mistyped": _("A number with a wrong digit: it says so, and nothing else is done."),
        "unknown": _("Not understood: it answers a question that waits for words, else it is said so."),
    }
