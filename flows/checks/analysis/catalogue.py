"""Every finding by its code: how grave it is, what it means in a line, and what a citizen would meet.

`docs/operators/checks.md` is made of this and of the fixtures of the tests.
"""

from __future__ import annotations

from msgspec import Struct

from flows.menu.diagnostics import Severity


class Check(Struct, frozen=True):
    """A kind of finding. `severity` is the usual one; `about` says whom it hurts, and when it is graver or less."""

    severity: Severity
    summary: str
    about: str


CHECKS: dict[str, Check] = {
    "F000": Check(
        "E",
        "a file cannot be read",
        "Not YAML or CSV: a bracket that is not closed, a word that stands twice, a tab, an indent that does not fit. "
        "Nothing else of that file is checked until it is mended.",
    ),
    "F001": Check(
        "E",
        "a screen is not exactly one of ask, do and end, or a word is unknown",
        "A misspelt word would be passed over in silence, and the screen would do less than is written. "
        "The nearest known word is named.",
    ),
    "F101": Check(
        "E", "goes to a screen that does not exist", "The call would break off here. The nearest id is named."
    ),
    "F102": Check(
        "W", "no way to reach a screen", "What stands there is never shown. Often a `go` elsewhere is missing."
    ),
    "F103": Check("E", "dead end: nothing follows", "A caller who answers would be told that the service is busy."),
    "F104": Check(
        "E", "asks but takes no answer", "Whatever a caller types is wrong, until the call ends after the last try."
    ),
    "F105": Check(
        "E",
        "no way to finish from here",
        "Screens that lead only to each other: a caller can only hang up, and does not know whether anything was sent.",
    ),
    "F106": Check(
        "E",
        "goes round without asking the citizen anything",
        "Screens that act, or are passed over, and lead to each other. The call breaks off after a hundred of them.",
    ),
    "F107": Check(
        "W",
        "too far to what a caller came for",
        "More than 8 screens on the shortest way to file (skipped ones not counted), or a screen that comes after more "
        "than 15: at 8 seconds a screen the network breaks the call off after about 120.",
    ),
    "F109": Check(
        "E",
        "a question by SMS that has no way on, or that nobody is asked",
        "A flow with `channel: sms` asks two questions at most. Then it goes on with `after_tries`, which must be "
        "given, and files what it knows. A question that comes third on every way is never sent.",
    ),
    "F201": Check(
        "E",
        "words are missing in a language",
        "A caller who chose that language would read another one, or a blank. Screens need every language of "
        "`ussd_languages` (or of `languages`), texts sent by SMS every one of `languages`.",
    ),
    "F203": Check(
        "E",
        "a variable in a translation that the base text does not have",
        "Most often a slip of the pen: the caller would read a gap. The base text is English where the flow has it.",
    ),
    "F204": Check(
        "I", "a translation leaves a variable out", "Perhaps on purpose, to save room: Urdu has 70 letters a screen."
    ),
    "F205": Check(
        "W",
        "the base text changed after it was translated",
        "Found only where the flow names a file of hashes (`translations: translations.yaml`), which `flask flows "
        "translated FILE` writes once the translations are right. I: the file names a text that is not there.",
    ),
    "F206": Check(
        "W",
        "a translation that is none, or in the wrong letters",
        "Two or more words that read the same in two languages; Latin letters in Urdu text, or Urdu ones in English. "
        "Words in capitals (SMS, CNIC) are left alone, and single words, which may be borrowed. E: `????` where Urdu "
        "should be. Excel leaves that when a list is saved as “CSV” and not as “CSV UTF-8”: the words are gone from "
        "the file, and callers would read question marks.",
    ),
    "F301": Check(
        "E",
        "longer than a screen can carry, variables at their longest",
        "182 letters, or 80 as soon as one is outside GSM-7; other limits with `--profile`. The end would be cut off.",
    ),
    "F302": Check(
        "I", "a screen is split over pages", "A caller turns pages with 99. Each page costs a hop and some callers."
    ),
    "F303": Check(
        "W",
        "longer than every network shows, variables at their longest",
        "160 letters or 70, less the four of `CON `. Some networks carry more, others cut the end off. Words of help "
        "after a wrong entry (`errors`) are measured with the keys: longer ones are not shown.",
    ),
    "F304": Check(
        "I",
        "an SMS is paid for more than once",
        "160 letters or 70 in one part, 153 or 67 in each of several. W above what its script needs: one part in Latin "
        "letters, two in Urdu.",
    ),
    "F305": Check(
        "W",
        "a few letters halve the room of a text",
        "One curly quote puts a whole screen or SMS into UCS-2: 70 letters in place of 160. "
        "The letters are named with what to write instead.",
    ),
    "F306": Check(
        "W",
        "a variable in other letters makes a screen or SMS too long",
        "What an officer or a caller wrote may be in Urdu in the middle of an English text. W where a last screen "
        "would lose words or an SMS cost more than two parts, I where a screen only gets more pages.",
    ),
    "F307": Check(
        "W",
        "blanks, lines or signs that a phone shows badly",
        "Blanks at the end of a line or two in a row, more than 8 lines, emoji, invisible direction marks.",
    ),
    "F308": Check(
        "E",
        "a language that the channel or network cannot show",
        "Screens in a language that is not among `ussd_languages`, or a network without UCS-2 (`--profile latin`) and "
        "a flow without any language in Latin letters: callers would read question marks.",
    ),
    "F401": Check(
        "E",
        "a variable that nothing saves",
        "The caller reads a gap, the condition always goes one way, or the action is given nothing.",
    ),
    "F402": Check(
        "E",
        "an unknown action, or an argument it does not take or misses",
        "The action could not be done, or what the caller answered would be lost.",
    ),
    "F403": Check(
        "E", "an action has no else", "When the database is away, the caller must be told so, and what to do then."
    ),
    "F404": Check("W", "an answer the action never gives", "No caller goes this way. The nearest answer is named."),
    "F405": Check("W", "an action that went well falls to else", "The caller is told that it failed, and did not."),
    "F406": Check(
        "W",
        "a variable may be empty on some way here",
        "Every way to a screen is followed, over skips and back to the menu, where everything but `contact.…` is "
        "forgotten. The screen is named from which a caller comes without it. Values that may be empty of themselves, "
        "such as an officer's note, are left alone.",
    ),
    "F407": Check(
        "W",
        "saved and never used",
        "A caller is asked in vain; every question costs some callers. `contact.…` is kept.",
    ),
    "F408": Check(
        "E",
        "passed over when one thing is known, and saves another",
        "`skip_if: contact.district` on a screen that saves `place`: those whose district is known have no place.",
    ),
    "F409": Check(
        "E",
        "a condition that cannot be read, compares unlike things, or decides nothing",
        "Each variable is tried with what it can hold. A code that is not in the list, `>` on words, a condition that "
        "is always or never true: the screen or choice is there for nobody, or the condition for nothing.",
    ),
    "F410": Check(
        "W",
        "a caller's own words are shown back whole",
        "Up to 160 letters push everything else off the screen, and in an SMS they stay on a phone that may be shared. "
        "`{details|40}` is enough to know them again.",
    ),
    "F501": Check("E", "a number is used twice", "Who types it always gets the first of the two."),
    "F502": Check(
        "E",
        "a number that one of the keys of every screen has already",
        "Who types 0 goes back, whatever a choice says.",
    ),
    "F503": Check("E", "two options read the same", "A caller cannot tell them apart, in at least one language."),
    "F504": Check("W", "only one option", "The caller is asked, waits and pays for a hop that decides nothing."),
    "F505": Check(
        "W",
        "too many pages or options",
        "More than 6 pages where no name can be typed instead, or more than 12 choices of a screen's own.",
    ),
    "F506": Check(
        "W",
        "an option that people may know by heart gets another number",
        "People dial `*8484*1*2#`. Compared with the live revision: choices, languages, rows of lists, the keys of "
        "every screen.",
    ),
    "F507": Check(
        "E",
        "when can hide every option",
        "The caller reads a question and nothing to choose. Numbers never shift with `when` here: a hidden choice "
        "keeps its own.",
    ),
    "F601": Check("E", "a row of a list has no words in a language", "The caller would read a number and a blank."),
    "F602": Check("E", "a code stands twice in a list", "Complaints keep the code: the two could not be told apart."),
    "F603": Check("E", "an unknown list, column or file", "A caller would have nothing to choose."),
    "F604": Check(
        "E", "a filter leaves nothing to choose", "A province without districts: whoever chooses it is stuck."
    ),
    "F605": Check(
        "E",
        "a code is gone while complaints use it",
        "Complaints, reports and officers would be shown the bare code. Words may change, codes may not. "
        "Compared with the live revision and the complaints themselves, so it is found on publishing.",
    ),
    "F701": Check(
        "E",
        "tries is not a number, or a wrong try is badly answered",
        "W: a wrong entry brings the same screen again without a word, there are more than 5 tries or only one, or "
        "nothing is said after the last (`errors: too_many`, or `after_tries`).",
    ),
    "F702": Check(
        "E",
        "a range that cannot be read or met",
        "`length: 160-10`, or more letters than a phone lets a caller type (182; 80 in Urdu). "
        "W: `length` or `between` beside an answer it says nothing of.",
    ),
    "F703": Check(
        "W",
        "an SMS keyword that is understood as something else",
        "STOP, START and HELP come before every rule, then a tracking number, then the longest keyword. "
        "Case, punctuation and letter variants do not tell two keywords apart.",
    ),
    "F704": Check(
        "W",
        "no way back to the menu, or to another language",
        "No screen shows a key that leads back, the menu key ends the call, or a caller who once chose a wrong "
        "language is never asked again.",
    ),
    "F705": Check(
        "W",
        "a keyword for something that is never done",
        "The intent of the rule is none that an SMS can have: who sends its words is not understood.",
    ),
    "F706": Check(
        "W",
        "a keyword without the text that answers it",
        "In a flow by SMS: the sender is answered with the text `help` in place of what was asked for.",
    ),
    "F707": Check(
        "W",
        "a text about a private complaint that tells what it is about",
        "`private_…` texts go to phones that others may read. Number, date and `{ussd}` tell nothing; subject, office, "
        "place, status and an officer's words do.",
    ),
    "F801": Check("E", "a key that must stand in quotes", "Without them 000 is read as 0, and 08 as another number."),
    "F802": Check(
        "E",
        "an id or code that is not of lower-case letters, digits and _",
        "Ids and codes stand in conditions, reports and complaints, where anything else cannot be written.",
    ),
    "F901": Check(
        "E",
        "a scripted call goes otherwise than written",
        "The line of the step is named, with what was expected and what the caller saw. W: no script comes to a "
        "screen. Scripts are played only when nothing else blocks the flow.",
    ),
    "F902": Check(
        "E",
        "an id or code means something else than in the live revision",
        "Reports and complaints would mix the two. A screen of another kind or action, a choice or row whose words are "
        "nothing like before in any language. I: screens and choices that new calls have no more; calls in progress "
        "end on the revision they began on.",
    ),
}

LEFT_OUT = {
    "F108": "A flow cannot call another flow: there is no word for it, so two flows can never call each other."
}  # codes of the list we began from that this format makes impossible
