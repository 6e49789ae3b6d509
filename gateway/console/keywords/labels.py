"""What a keyword rule does, and how an SMS was understood, in words for operators."""

from flows.editing.keyword_edits import fault_of
from flows.parsing.keyword_rules import LONGEST_KEYWORD, MOST_KEYWORD_WORDS
from flows.understanding.intents import INTENTS
from gateway.console.site.i18n import _


def meaning(intent: str) -> str:
    """What happens with an SMS of this intent; the intent itself if it is unknown."""
    return (_citizens() | _officers() | _without_rule()).get(intent, intent)


def groups() -> dict[str, tuple[str, ...]]:
    """The intents of rules by the heading they are shown under; each intent under one."""
    return {
        _("About the texts: stop, start, help"): ("stop", "start", "help", "who"),
        _("File something new"): ("new", "suggest", "private"),
        _("About a complaint"): (
            "status",
            "numbers",
            "reopen",
            "appeal",
            "withdraw",
            "call_me",
            "viewers",
            "off_phone",
        ),
        _("Answers to questions"): ("yes", "no", "partly"),
        _("Language"): (*("language", "language_name", "forget", "new_holder", "new_holder_yes", "new_holder_no_pin"),),
        _("Emergencies, thanks and advertisements"): ("emergency", "thanks", "greeting", "spam"),
        _("From officers"): tuple(each for each in INTENTS if each.startswith("officer_")),
    }


def intent_choices() -> list[tuple[str, str]]:
    """What a new rule may do, for a field."""
    known = [each for intents in groups().values() for each in intents if each in INTENTS]
    return [(each, f"{meaning(each)} ({each})") for each in known]


def wrong_keyword(keyword: str) -> str:
    """Why these words cannot be a keyword, and what to do; "" if they can."""
    return {
        "": "",
        "empty": _("“%(word)s” has no letters or digits: type a word.", word=keyword),
        "long": _("“%(word)s” is longer than %(n)s letters: type its first words only.", word=keyword,
                  n=LONGEST_KEYWORD),
        "many": _("“%(word)s” has more than %(n)s words: type the first ones only.", word=keyword,
                  n=MOST_KEYWORD_WORDS),
    }[fault_of(keyword)]  # fmt: skip


def how(found: str) -> str:
    """How the rule was found."""
    return {
        "keyword": _("it begins with a keyword"),
        "always": _("understood without a rule"),
        "spelling": _("it begins with a misspelt keyword"),
        "number": _("it begins with a number"),
        "nothing": _("no rule matches"),
    }[found]


def _citizens() -> dict[str, str]:
    return {
        "stop": _("Stops texts about complaints. The complaints continue."),
        "start": _("Starts texts again."),
        "help": _("Explains what can be sent."),
        "new": _("Files the words that follow as a complaint. On its own, the next SMS is filed."),
        "suggest": _("Files the words that follow as a suggestion."),
        "status": _("Gives the status of the complaint with this number, or of the latest one."),
        "numbers": _("Lists the numbers of this phone's complaints."),
        "reopen": _("Reopens a complaint that was not solved."),
        "appeal": _("Appeals against a refusal."),
        "withdraw": _("Withdraws a complaint, after asking again."),
        "yes": _("Yes (1): answers the last question, or the one about this number."),
        "no": _("No (2): answers the last question, or the one about this number."),
        "partly": _("In part (3): answers the last question, or the one about this number."),
        "language": _("Changes the language of texts."),
        "language_name": _("Changes the language of texts to this one."),
        "log": _("Asks what is on record about a complaint, and for its code."),
        "call_me": _("Asks the office to call this phone."),
        "private": _("Files a private complaint, or makes one private."),
        "thanks": _("Thanks: one short reply, or none if another came within the hour."),
        "greeting": _("A greeting: one short reply, or none if another came within the hour."),
        "viewers": _("Says which offices read the complaint, and whether they saw the phone number."),
        "who": _("Who are you, a wrong number: says whose line this is."),
        "spam": _("An advertisement: it is kept and gets no reply."),
        "emergency": _("A cry for help in a language of its own: the emergency numbers are sent first."),
        "off_phone": _("Takes a complaint off this phone: it is not shown or told of there any more."),
        "new_holder": _("The number is new to the sender: asks them to confirm it."),
        "new_holder_yes": _("Confirms it: nothing that was filed from this number before is shown any more."),
        "new_holder_no_pin": _("Confirms it without the PIN of the phone."),
        "forget": _("Forgets the language and the district, but keeps the complaints."),
    }


def _officers() -> dict[str, str]:
    return {
        "officer_ack": _("An officer takes a case."),
        "officer_done": _("An officer says that a case is solved, with proof."),
        "officer_part": _("An officer says that a case is solved in part."),
        "officer_ask": _("An officer asks the citizen one question."),
        "officer_late": _("An officer says why a late case takes longer."),
        "officer_pass": _("An officer transfers a case to another office."),
        "officer_code": _("An officer asks for a new code for a case."),
        "officer_cases": _("Lists an officer's open cases."),
        "officer_help": _("Explains the officers' keywords."),
        "officer_look": _("Gives an officer the status of a case."),
        "officer_visit": _("In an officer's words: proof by a visit."),
        "officer_call": _("In an officer's words: proof by a call."),
        "officer_denied": _("In an officer's words: this was not done."),
        "officer_triage": _("In an officer's words: the office is not known."),
    }


def _without_rule() -> dict[str, str]:
    return {
        "details": _("Adds these words to the complaint with this number."),
        "digits": _("A key: answers the last question, or the one about this number."),
        "mistyped": _("A number with a wrong digit: the reply says so, and nothing else happens."),
        "answer": _("In its own words: answers an open question."),
        "echo": _("A text of ours that came back: it is kept and gets no reply."),
        "unknown": _("Not understood: answers an open question for words; otherwise the reply says so."),
    }
