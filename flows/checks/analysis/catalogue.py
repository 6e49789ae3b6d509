"""Every finding by its code: its severity, one line on what it means, and what a citizen would meet.

`docs/operators/checks.md` is generated from this and from the fixtures of the tests.
"""

from __future__ import annotations

from msgspec import Struct

from flows.menu.diagnostics import Severity


class Check(Struct, frozen=True):
    """A kind of finding. `severity` is the usual one. `about` says who is affected, and when it differs."""

    severity: Severity
    summary: str
    about: str


CHECKS: dict[str, Check] = {
    "F000": Check(
        "E",
        "a file cannot be read",
        "The file is not valid YAML or CSV: an unclosed bracket, a key that is used twice, a tab, or a wrong "
        "indent. Nothing else in that file is checked until this is fixed.",
    ),
    "F001": Check(
        "E",
        "a screen is not exactly one of ask, do and end, or a word is unknown",
        "A misspelt word would be ignored, and the screen would do less than you wrote. The message names the "
        "nearest known word.",
    ),
    "F101": Check(
        "E",
        "goes to a screen that does not exist",
        "The call would end here with an error. The message names the nearest id.",
    ),
    "F102": Check(
        "W", "no caller can reach a screen", "The screen is never shown. Often a `go` is missing somewhere else."
    ),
    "F103": Check("E", "dead end: nothing follows", "A caller who answers would be told that the service is busy."),
    "F104": Check(
        "E", "asks but accepts no answer", "Whatever a caller types is wrong, until the call ends after the last try."
    ),
    "F105": Check(
        "E",
        "no way to finish from here",
        "These screens lead only to each other. A caller can only hang up, and does not know whether anything was "
        "sent.",
    ),
    "F106": Check(
        "E",
        "goes in a circle without asking the caller anything",
        "These screens act or are skipped, and lead to each other. The call ends with an error after a hundred of "
        "them.",
    ),
    "F107": Check(
        "W",
        "too many screens before the caller gets what they want",
        "The shortest way to file has more than 8 screens (not counting skipped ones), or a screen comes after more "
        "than 15. At 8 seconds a screen, the network ends the call after about 120 seconds.",
    ),
    "F109": Check(
        "E",
        "a question by SMS that has no way on, or that is never asked",
        "A flow with `channel: sms` asks at most two questions. Then it continues with `after_tries`, which is "
        "required, and files what it knows. A question that is always the third is never sent.",
    ),
    "F201": Check(
        "E",
        "words are missing in a language",
        "A caller who chose that language would read another language, or nothing. Screens need every language in "
        "`ussd_languages` (or in `languages`). Texts sent by SMS need every one in `languages`.",
    ),
    "F203": Check(
        "E",
        "a variable in a translation that the base text does not have",
        "This is usually a typing mistake, and the caller would read a gap. The base text is English if the flow "
        "has it.",
    ),
    "F204": Check(
        "I",
        "a translation leaves out a variable",
        "This may be on purpose, to save space: Urdu has 70 characters a screen.",
    ),
    "F205": Check(
        "W",
        "the base text changed after it was translated",
        "This is found only if the flow names a file of hashes (`translations: translations.yaml`), which `flask "
        "flows translated FILE` writes once the translations are right. I: the file names a text that does not "
        "exist.",
    ),
    "F206": Check(
        "W",
        "a translation that is the same as another language, or in the wrong script",
        "Two or more words are the same in two languages, Urdu text contains Latin letters, or English text "
        "contains Urdu ones. Words in capitals (SMS, CNIC) are ignored, and so are single words, which may be "
        "loanwords. E: `????` where Urdu should be. Excel writes that if a list is saved as “CSV” and not as “CSV "
        "UTF-8”: the words are lost from the file, and callers would read question marks.",
    ),
    "F301": Check(
        "E",
        "too long for any screen, with variables at their longest",
        "The limit is 182 characters, or 80 as soon as one is outside GSM-7; `--profile` sets other limits. The end "
        "would be cut off.",
    ),
    "F302": Check(
        "I",
        "a screen is divided into pages",
        "A caller turns pages with 99. Each page costs a hop, and some callers give up.",
    ),
    "F303": Check(
        "W",
        "too long for some networks, with variables at their longest",
        "The limit is 160 characters or 70, including the four of `CON `. Some networks show more, others cut off "
        "the end. Hints after a wrong entry (`errors`) are measured with the keys: longer ones are not shown.",
    ),
    "F304": Check(
        "I",
        "an SMS is charged as more than one",
        "One part has 160 characters or 70, and each of several parts 153 or 67. W if a text needs more parts than "
        "usual for its script: one in Latin script, two in Urdu.",
    ),
    "F305": Check(
        "W",
        "a few characters halve the length of a text",
        "One curly quote turns a whole screen or SMS into UCS-2: 70 characters instead of 160. The message names "
        "the characters and what to write instead.",
    ),
    "F306": Check(
        "W",
        "a variable in another script makes a screen or SMS too long",
        "What an officer or a caller wrote may be Urdu in the middle of an English text. W if a last screen would "
        "lose words, or an SMS would need more than two parts; I if a screen only gets more pages.",
    ),
    "F307": Check(
        "W",
        "spaces, lines or characters that a phone shows badly",
        "Spaces at the end of a line or two in a row, more than 8 lines, emoji, or invisible direction marks.",
    ),
    "F308": Check(
        "E",
        "a language that the channel or network cannot show",
        "Screens use a language that is not in `ussd_languages`, or the network has no UCS-2 (`--profile latin`) "
        "and the flow has no language in Latin script. Callers would read question marks.",
    ),
    "F401": Check(
        "E",
        "a variable that nothing saves",
        "The caller reads a gap, the condition always has the same result, or the action gets no value.",
    ),
    "F402": Check(
        "E",
        "an unknown action, or an argument that is unknown or missing",
        "The action could not run, or the caller's answer would be lost.",
    ),
    "F403": Check(
        "E", "an action has no else", "If the database is away, the caller must be told so, and what to do then."
    ),
    "F404": Check(
        "W", "an outcome that the action never has", "No caller goes this way. The message names the nearest outcome."
    ),
    "F405": Check(
        "W", "an action that succeeds leads to else", "The caller is told that it failed, although it did not."
    ),
    "F406": Check(
        "W",
        "a variable may be empty on some way here",
        "Every way to a screen is followed, including skips and the way back to the menu, where everything except "
        "`contact.…` is forgotten. The message names the screen from which a caller comes without the value. Values "
        "that can always be empty, such as an officer's note, are ignored.",
    ),
    "F407": Check(
        "W",
        "saved and never used",
        "The caller answers for nothing, and every question loses some callers. `contact.…` is exempt.",
    ),
    "F408": Check(
        "E",
        "skipped when one value is known, but saves another",
        "With `skip_if: contact.district` on a screen that saves `place`, callers whose district is known have no "
        "place.",
    ),
    "F409": Check(
        "E",
        "a condition that cannot be read, compares different kinds, or decides nothing",
        "Each variable is tried with every value that it can hold. Examples are a code that is not in the list, `>` "
        "on words, and a condition that is always or never true: nobody sees the screen or choice, or everybody "
        "does.",
    ),
    "F410": Check(
        "W",
        "a caller's own words are shown back in full",
        "Up to 160 characters push everything else off the screen, and in an SMS they stay on a phone that may be "
        "shared. `{details|40}` is enough to recognise them.",
    ),
    "F501": Check("E", "a number is used twice", "Callers who type it always get the first of the two."),
    "F502": Check(
        "E",
        "a number that is already one of the keys of every screen",
        "Callers who type 0 go back, whatever a choice says.",
    ),
    "F503": Check("E", "two options have the same words", "A caller cannot tell them apart, in at least one language."),
    "F504": Check("W", "only one option", "The caller is asked, waits and pays for a hop that decides nothing."),
    "F505": Check(
        "W",
        "too many pages or options",
        "A list has more than 6 pages and no name can be typed instead, or a screen has more than 12 choices of its "
        "own.",
    ),
    "F506": Check(
        "W",
        "an option that people may know by heart gets another number",
        "People dial `*8484*1*2#`. The check compares choices, languages, rows of lists and the keys of every "
        "screen with the live revision.",
    ),
    "F507": Check(
        "E",
        "when can hide every option",
        "The caller reads a question with nothing to choose. `when` never changes the numbers: a hidden choice "
        "keeps its own.",
    ),
    "F601": Check(
        "E", "a row of a list has no words in a language", "The caller would read a number and nothing after it."
    ),
    "F602": Check(
        "E", "a code is used twice in a list", "Complaints store the code, so the two could not be told apart."
    ),
    "F603": Check("E", "an unknown list, column or file", "A caller would have nothing to choose."),
    "F604": Check(
        "E",
        "a filter leaves nothing to choose",
        "For example, a province without districts: callers who choose it cannot continue.",
    ),
    "F605": Check(
        "E",
        "a code is gone while complaints use it",
        "Callers and officers would see the bare code, and so would reports. You can change words, but not codes. "
        "The check compares with the live revision and with the complaints, so it runs when you publish.",
    ),
    "F701": Check(
        "E",
        "tries is not a number, or a wrong try gets a bad reply",
        "W: a wrong entry shows the same screen again without a hint, there are more than 5 tries or only one, or "
        "nothing is said after the last one (`errors: too_many`, or `after_tries`).",
    ),
    "F702": Check(
        "E",
        "a range that cannot be read or met",
        "For example `length: 160-10`, or more characters than a phone lets a caller type (182; 80 in Urdu). W: "
        "`length` or `between` beside an answer that it does not apply to.",
    ),
    "F703": Check(
        "W",
        "an SMS keyword that is understood as something else",
        "STOP, START and HELP come before every rule, then a tracking number, then the longest keyword. Case, "
        "punctuation and variants of letters do not make two keywords different.",
    ),
    "F704": Check(
        "W",
        "no way back to the menu, or to another language",
        "No screen shows a key that leads back, the menu key ends the call, or a caller who once chose the wrong "
        "language is never asked again.",
    ),
    "F705": Check(
        "W",
        "a keyword for something that is never done",
        "The rule has an intent that does not exist, so an SMS with its words is not understood.",
    ),
    "F706": Check(
        "W",
        "a keyword without the text that answers it",
        "In a flow by SMS, the sender gets the text `help` instead of what they asked for.",
    ),
    "F707": Check(
        "W",
        "a text about a private complaint that says what it is about",
        "`private_…` texts go to phones that others may read. The number, the date and `{ussd}` reveal nothing. The "
        "subject, office, place, status and an officer's words do.",
    ),
    "F801": Check("E", "a key that must be in quotes", "Without quotes, 000 is read as 0, and 08 as another number."),
    "F802": Check(
        "E",
        "an id or code that contains anything but lower-case letters, digits and _",
        "Ids and codes are used in conditions, reports and complaints, which allow nothing else.",
    ),
    "F901": Check(
        "E",
        "a scripted call does not go as written",
        "The message names the line of the step, what was expected, and what the caller saw. W: no script reaches a "
        "screen. Scripts are played only if nothing else blocks the flow.",
    ),
    "F902": Check(
        "E",
        "an id or code means something else than in the live revision",
        "Reports and complaints would mix the two. This is a screen of another kind or action, or a choice or row "
        "whose words are completely different in every language. I: screens and choices that new calls no longer "
        "have; calls in progress end on the revision that they began with.",
    ),
}

LEFT_OUT = {
    "F108": "A flow has no way to call another flow, so two flows can never call each other."
}  # codes of the original list that this format makes impossible
