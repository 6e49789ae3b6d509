"""Every finding by its code: its severity, one line on what it means, and what a citizen would meet.

`docs/operators/checks.md` is generated from this and from the fixtures of the tests.
"""

from collections.abc import Mapping
from types import MappingProxyType

from flows.checks.catalogue.catalogue_choices import CHOICES
from flows.checks.catalogue.catalogue_data import DATA_CHECKS, KEYWORD_CHECKS
from flows.checks.catalogue.catalogue_entry import Check
from flows.checks.catalogue.catalogue_format import OF_FORMAT
from flows.checks.catalogue.catalogue_languages import ACROSS_LANGUAGES
from flows.checks.catalogue.catalogue_meaning import MEANING
from flows.checks.catalogue.catalogue_walks import WALKS

_GENERAL: dict[str, Check] = {
    "F000": Check(
        "E",
        "a file cannot be read, or is more than can be checked",
        "The file is not valid YAML or CSV: a bracket is not closed, a name is used twice, a tab is used, or the "
        "indentation is wrong. Nothing else in that file is checked until you correct it.",
    ),
    "F001": Check(
        "E",
        "a screen is not exactly one of ask, do and end, or a word is unknown",
        "A misspelt word would be ignored, and the screen would do less than you wrote. The message names the nearest "
        "known word.",
    ),
    "F101": Check(
        "E",
        "the next screen does not exist",
        "The call would be cut off at this point. The message names the screen with the most similar id.",
    ),
    "F102": Check(
        "W",
        "no caller can reach a screen",
        "Its words are never shown. Often a `go` is missing on another screen.",
    ),
    "F103": Check(
        "E",
        "nothing follows a screen",
        "A caller who answers would be told that the service is busy.",
    ),
    "F104": Check(
        "E",
        "a screen asks but takes no answer",
        "Whatever the caller types is wrong, until the call ends after the last try.",
    ),
    "F105": Check(
        "E",
        "no caller can finish from here",
        "These screens lead only to each other. The caller has to hang up, and does not know whether anything "
        "was sent.",
    ),
    "F106": Check(
        "E",
        "the call goes round in circles without asking the caller anything",
        "Screens that act, or that can be skipped, lead to each other. The call is cut off after a hundred of them.",
    ),
    "F107": Check(
        "W",
        "a screen is too far from the start of the call",
        "The shortest way to file something has more than 8 screens (screens that can be skipped do not count), or a "
        "screen comes after more than 15. At 8 seconds a screen, the network ends the call after about 120 seconds.",
    ),
    "F108": Check(
        "E",
        "flows open each other without asking the caller anything",
        "A flow that opens another (`do: open_flow`) before it asks, and is opened by that one in the same way, keeps "
        "the call going round until it is cut off. The flows beside the file are followed, and those that are live.",
    ),
    "F109": Check(
        "E",
        "a question in an SMS flow leads nowhere, or is never asked",
        "A flow with `channel: sms` asks at most two questions. It then continues with `after_tries`, which you must "
        "give, and files what it knows. A question that comes third on every path is never sent.",
    ),
    "F116": Check(
        "W",
        "the flow that a call should go on in does not exist",
        "Callers would be sent to the `else` of `do: open_flow`. The name must be in quotes. It is compared with the "
        "flows beside the file and, when you publish, with those that are live. It is an error (E) if the name is "
        "nearly that of another flow: then it is misspelt.",
    ),
    "F117": Check(
        "E",
        "the flow that a call should go on in cannot be opened in a call",
        "One of the two has `channel: sms`. Its screens are texts, so a call cannot go on there, nor leave from there.",
    ),
    "F201": Check(
        "E",
        "a text is missing, or its words in a language",
        "A caller who chose that language would read another language, or nothing. Screens need every language in "
        "`ussd_languages` (or in `languages`). Texts sent by SMS need every language in `languages`.",
    ),
    "F203": Check(
        "E",
        "a translation has a variable that the base text does not have",
        "The variable is usually misspelt, and the caller would read a gap. The base text is the English one if the "
        "flow has English.",
    ),
    "F204": Check(
        "I",
        "a translation leaves out a variable",
        "This may be on purpose, to save space: an Urdu screen holds 70 characters. It is an error (E) if callers are "
        "not told whom to call, and on a screen of danger if they are not told of one number of several. Such are the "
        "screen of danger, those that `danger` leads to and those that ask about an `emergency`. It is a warning (W) "
        "elsewhere, and if a tracking number, the day of an answer, or an office beside no number is lost; for other "
        "variables where the script has the room, or another variable or a number stands in their place.",
    ),
    "F205": Check(
        "W",
        "the base text changed after it was translated, or is gone",
        "This is checked only if the flow names a file of hashes (`translations: translations.yaml`). "
        "`flask flows translated FILE` writes that file once the translations are right. It is a note (I) if the file "
        "names a text that does not exist.",
    ),
    "F206": Check(
        "W",
        "a text is not translated, is in the wrong script, or lost its letters",
        "A text of two or more words is the same in two languages, an Urdu text contains Latin letters, or an English "
        "text contains Urdu letters. Words in capitals (SMS, CNIC) and single words, which may be borrowed, are "
        "allowed. It is an error (E) if `????` replaces Urdu. Excel does this when you save a list as “CSV” instead of "
        "“CSV UTF-8”: the words are lost from the file, and callers would read question marks.",
    ),
    "F301": Check(
        "E",
        "a text or a row is longer than a screen can carry, with every variable at its longest",
        "A screen carries 182 characters, or 80 if one of them is outside GSM-7. `--profile` sets other limits. The "
        "end of the text would be cut off. Where a few rows of a list make a screen or a text too long, and it fits "
        "with every other row, those rows are told.",
    ),
    "F302": Check(
        "I",
        "a screen takes more than one page",
        "The caller turns pages with 99. Each page costs a hop, and some callers give up.",
    ),
    "F303": Check(
        "W",
        "a text or a row is longer than some networks show, with every variable at its longest",
        "Every network shows 160 characters, or 70, including the four of `CON `. Some networks show more, others cut "
        "off the end. Messages after a wrong entry (`errors`) are measured together with the keys, and are not shown "
        "if they are too long.",
    ),
    "F304": Check(
        "I",
        "an SMS costs more than one part",
        "One part holds 160 or 70 characters. Each of several parts holds 153 or 67. It is a warning (W) if the SMS "
        "needs more than is usual for its script: one part in Latin letters, two in Urdu.",
    ),
    "F305": Check(
        "W",
        "a few characters halve the space of a text",
        "One curly quote turns a whole screen or SMS into UCS-2, which holds 70 characters instead of 160. The message "
        "names the characters and what to write instead.",
    ),
    "F306": Check(
        "W",
        "a variable in another script makes a screen or an SMS too long",
        "An officer or a caller may have written Urdu words that appear in an English text. It is a warning (W) if the "
        "last screen would lose words or an SMS would cost more than two parts, and a note (I) if a screen only gets "
        "more pages.",
    ),
    "F307": Check(
        "W",
        "a text has spaces, lines or characters that do not display well on a phone",
        "There are spaces at the end of a line, two spaces in a row, more than 8 lines, emoji, or a quote without its "
        "partner.",
    ),
    "F308": Check(
        "E",
        "the channel or the network cannot show a language",
        "A screen is written in a language that is not in `ussd_languages`, or the network has no UCS-2 (`--profile "
        "latin`) and the flow has no language in Latin letters, so callers would read question marks.",
    ),
    "F309": Check(
        "W",
        "an option that ends the flow stands behind “more”",
        "Callers who do not turn the page never find the option that sends. All options of such a screen are shown on "
        "its first page, below as much of the question as there is room for, and the rest of the question follows. "
        "This is reported if they do not fit even so.",
    ),
    "F310": Check(
        "W",
        "a screen promises an SMS that not everybody gets",
        "A phone that sent STOP gets no texts about its complaints, and would wait for this one. `{receipt}` says what "
        "is true for the caller: `receipt: {coming: …, stopped: …}` has the words.",
    ),
    "F401": Check(
        "E",
        "no screen saves a variable",
        "The caller reads a gap, the condition always has the same result, or the action gets no value.",
    ),
    "F402": Check(
        "E",
        "an action is unknown, or one of its arguments is unknown or missing",
        "The action could not be carried out, or the caller's answer would be lost.",
    ),
    "F403": Check(
        "E",
        "an action has no else",
        "When the database is unavailable, the caller must be told so, and what to do next.",
    ),
    "F404": Check(
        "W",
        "an action never has this outcome",
        "No caller takes this path. The message names the most similar outcome.",
    ),
    "F405": Check(
        "W",
        "an action that succeeds leads to else",
        "The caller is told that it failed, although it succeeded.",
    ),
    "F406": Check(
        "W",
        "a variable may be empty on some path to a screen",
        "Every path to a screen is followed, including skipped screens and the return to the menu, where everything "
        "except `contact.…` is forgotten. The message names the screen from which a caller comes without the value. "
        "Values that may be empty anyway, such as an officer's note, are not reported.",
    ),
    "F407": Check(
        "W",
        "a saved variable is never used",
        "The question serves no purpose, and every question loses some callers. `contact.…` is kept for later calls.",
    ),
    "F408": Check(
        "E",
        "a screen is skipped when one variable is set, and saves another",
        "For example, `skip_if: contact.district` on a screen that saves `place`: callers whose district is known have "
        "no place.",
    ),
    "F409": Check(
        "E",
        "a condition cannot be read, compares different kinds of values, or decides nothing",
        "Each variable is tried with the values it can have. The condition compares with a code that is not in the "
        "list, uses `>` on words, or is always or never true. Then nobody sees the screen or choice, or the condition "
        "has no effect.",
    ),
    "F410": Check(
        "W",
        "a caller's own words are shown back in full",
        "Up to 160 characters push everything else off the screen. In an SMS they stay on a phone that may be shared. "
        "`{details|40}` is enough for the caller to recognise them.",
    ),
    "F420": Check(
        "E",
        "an argument has braces that join nothing",
        '`details: "{clinic}, {day}"` joins two answers. The braces must be in quotes, hold the name of a variable, '
        "and stand in an argument for words. Otherwise the officer would read the braces, or the action would fail.",
    ),
    "F421": Check(
        "E",
        "joined words are longer than what the action keeps",
        "They are measured with every variable at its longest, rows in the language that officers read. What is too "
        "long is cut off, or not stored at all.",
    ),
    "F422": Check(
        "W",
        "a text shows the code of a choice",
        "A row that is chosen from a list is shown with its words in each language. Of an option under `choose` only "
        "the code is kept: callers read `mon`, and so do officers where it is joined into an argument.",
    ),
    "F423": Check(
        "E",
        "a variable takes codes of two lists",
        "What is remembered as `contact.province` must be a code of the list `province`: nothing could be looked up by "
        "that of a district. It is a warning (W) for a variable of the flow's own.",
    ),
    "F424": Check(
        "E",
        "a PIN is asked for anywhere but last, shown, or kept",
        "Aggregators repeat all that was typed on every later hop of a call, and so would their logs: only actions and "
        "a last screen may follow. No text shows it, and only an argument `pin` takes it. Never by SMS.",
    ),
    "F601": Check(
        "E",
        "a row of a list has no words in a language, or the list has no column for them",
        "The caller would read a number and nothing else.",
    ),
    "F602": Check(
        "E", "a list has the same code twice", "Complaints store the code, so the two rows could not be told apart."
    ),
    "F603": Check(
        "E", "a list, column, file or row that something names does not exist", "A caller would have nothing to choose."
    ),
    "F604": Check(
        "E",
        "a filter leaves nothing to choose",
        "For example, a province has no districts: a caller who chooses it cannot continue.",
    ),
    "F605": Check(
        "E",
        "a code that complaints use has been removed",
        "Complaints, reports and officers would be shown the bare code. You can change words, but not codes. This "
        "check needs the live revision and the complaints, so it runs when you publish. It is a warning (W) where "
        "nobody knows whether complaints use the code, as with `--before`.",
    ),
    "F701": Check(
        "E",
        "tries is not a number, or a wrong entry gets an unhelpful reply",
        "It is a warning (W) if a wrong entry shows the same screen again without an explanation, if there are more "
        "than 5 tries or only one, or if nothing is said after the last try (`errors: too_many`, or `after_tries`).",
    ),
    "F702": Check(
        "E",
        "a range cannot be read, or no answer can be within it",
        "For example `length: 160-10`, or more characters than a caller can type on a phone (182, or 80 in Urdu). It "
        "is a warning (W) if `length` or `between` has no effect on this kind of answer.",
    ),
    "F703": Check(
        "W",
        "an SMS keyword is understood as something else",
        "STOP, START and HELP take precedence over every rule, then a tracking number, then the longest keyword. "
        "Capitals, punctuation and variants of a letter do not make two keywords different.",
    ),
    "F704": Check(
        "W",
        "there is no way back to the menu, or to another language",
        "No screen shows a key that leads back, the menu key ends the call, or a caller who chose a wrong language is "
        "never asked again.",
    ),
    "F705": Check(
        "W",
        "nothing handles the intent of a keyword",
        "An SMS cannot have this intent, so an SMS with these keywords is not understood.",
    ),
    "F706": Check(
        "W",
        "a keyword has no text to reply with",
        "In an SMS flow, the sender gets the text `help` instead of what they asked for.",
    ),
    "F707": Check(
        "W",
        "a text about a private complaint reveals what it is about",
        "Other people may read the phone that gets a `private_…` text. The number, a date and `{ussd}` reveal nothing. "
        "The subject, office, place, status and an officer's words do.",
    ),
    "F708": Check(
        "E",
        "words of danger lead to no line that can be called",
        "Somebody in danger would be told a number that does not exist, one that nobody has verified, or none.",
    ),
    "F709": Check(
        "W",
        "a category may be a danger, and nothing warns of it",
        "Rows with `emergency_check` may hide a danger. Before such a complaint is filed, a screen should say whom to "
        "call: show `{category.emergency_check}`, which the list `emergency_check` has in words, or read the column in "
        "a `skip_if`.",
    ),
    "F801": Check(
        "E",
        "a key needs quotes",
        "Without quotes, 000 is read as 0 and 08 as another number.",
    ),
    "F802": Check(
        "E",
        "an id or code has characters other than lower-case letters, digits and _",
        "Ids and codes are used in conditions, reports and complaints, which allow nothing else.",
    ),
    "F901": Check(
        "E",
        "a scripted call differs from its script, or no call reaches a screen",
        "The message names the step, what was expected and what the caller saw. It is a warning (W) if no script "
        "reaches a screen. Scripts are played only if the flow has no other errors.",
    ),
    "F902": Check(
        "E",
        "an id or code does not mean the same as in the live revision, or is gone",
        "Reports and complaints would mix the two. A screen is of another kind or has another action, or the words of "
        "a choice or row are completely different in every language. It is a note (I) if new calls no longer have a "
        "screen or choice; calls in progress finish on the revision they began with.",
    ),
}

_OF_FLOWS = {**_GENERAL, **CHOICES, **ACROSS_LANGUAGES, **MEANING, **OF_FORMAT, **WALKS, **KEYWORD_CHECKS}
CHECKS: dict[str, Check] = {**dict(sorted(_OF_FLOWS.items())), **DATA_CHECKS}

# Codes of the original list that this format makes impossible: none is left.
LEFT_OUT: Mapping[str, str] = MappingProxyType({})

__all__ = ["CHECKS", "LEFT_OUT", "Check"]
