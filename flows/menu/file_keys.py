"""The keys of a flow file: what each takes and what it is for.

The parser knows a key because it stands here. The reference (docs/operators/reference.md), the JSON Schema for editors
and the checks of misspelt keys follow from these tables.
"""

from msgspec import Struct

# What the format could say from which version on. Files name no version: every version reads the files of those before.
VERSIONS = {
    1: "Screens, lists, texts, keywords and scripted calls.",
    2: "Arguments joined of words and variables, answers `date` and `phone`, conditions on the time, the day and "
    "several values, `calendar`, and the action `open_flow`.",
}

# What a key can take: as the reference says it.
TAKES = {
    "text": "words in every language",
    "word": "words",
    "code": "a code: lower-case letters, digits and `_`",
    "screen": "the id of a screen",
    "variable": "the name of a variable",
    "list": "the name of a list",
    "rows": "the name of a list, `languages`, a variable with records, or a map (see below)",
    "where": "`column = variable`",
    "condition": "a condition",
    "yes_no": "`yes` or `no`",
    "tries": "a number from 1 to 5",
    "key": "digits in quotes",
    "range": "a range such as `10-160`",
    "days": "a range such as `0-30` or `-7 to 0`, where 0 is `today`",
    "country": "a country in two letters, such as `PK`",
    "answer": "a kind of answer",
    "action": "the name of an action",
    "file": "the name of a file beside this one",
    "channel": "`ussd` or `sms`",
    "languages": "a map of language tags and names",
    "tags": "a list of language tags",
    "files": "a map of list names and files",
    "words": "a list of words",
    "aliases": "a map of codes and words with semicolons between",
    "map": "a map (see below)",
    "anything": "anything",
}
# The same as an example, which editors and the reference show.
WRITTEN = {
    "text": "{en: Street lights, ur: بتیاں}",
    "word": "Street lights 8490",
    "code": "lamp_out",
    "screen": "menu",
    "variable": "district",
    "list": "district",
    "rows": "languages",
    "where": "province = province",
    "condition": "category.emergency = yes",
    "yes_no": "yes",
    "tries": "3",
    "key": '"7"',
    "range": "10-160",
    "days": "0-30",
    "country": "PK",
    "answer": "number",
    "action": "file_complaint",
    "file": "texts.yaml",
    "channel": "ussd",
    "languages": "{en: English, ur: اردو}",
    "tags": "[en, ur]",
    "files": "{district: lists/district.csv}",
    "words": "[STATUS, HAAL]",
    "aliases": "{send: bhej do; ok}",
    "map": "{name: value}",
    "anything": "yes",
}


class FileKey(Struct, frozen=True):
    """A key of a map in a flow's files: what it takes, one of TAKES, and in a sentence what it is for."""

    takes: str
    about: str
    required: bool = False
    since: int = 1  # the version of the format that brought it


FLOW = {
    "flow": FileKey("code", "The name of the flow, by which commands and reports call it.", required=True),
    "title": FileKey("word", "The name of the line, for people."),
    "channel": FileKey("channel", "Whether each screen is shown in a call (`ussd`, the usual) or sent as a text."),
    "start": FileKey("screen", "The first screen of a call; without it, the first in the file."),
    "languages": FileKey(
        "languages", "The languages that callers can choose, in the order of the menu.", required=True
    ),
    "ussd_languages": FileKey("tags", "The languages of the screens, if they are fewer than those of the SMS."),
    "service": FileKey(
        "map", "The service's own numbers, which texts show as `{line}`, `{ussd}`, `{sms}` and `{help}`."
    ),
    "lists": FileKey("files", "The CSV file of each list."),
    "keys": FileKey("map", "The keys that work on every screen: `back`, `home` and `more`."),
    "errors": FileKey("map", "What callers read after a wrong entry, and when the call cannot go on."),
    "resume": FileKey(
        "map",
        "The screen that offers to go on with a call that broke off. A call is not offered "
        "again once a sensitive row was chosen, or words of danger made it private; others who hold the phone read it.",
    ),
    "meant": FileKey("map", "The answers where one row is asked about: did you mean this one?"),
    "receipt": FileKey("map", "What `{receipt}` on a last screen says."),
    "aliases": FileKey("aliases", "Words that callers type for an option, besides its label."),
    "texts": FileKey("file", "The YAML file of the SMS that events and replies send."),
    "keywords": FileKey("file", "The YAML file of the words that begin an SMS, and what they ask for."),
    "danger": FileKey(
        "file", "The YAML file of the words of danger; without it, those that ship, which are Urdu and English."
    ),
    "helplines": FileKey(
        "file", "The YAML file of the numbers to call in danger; without it, those that ship, which are Pakistan's."
    ),
    "calendar": FileKey(
        "file", "The YAML file of working days and holidays, for answers that are a working day.", since=2
    ),
    "danger_screen": FileKey("screen", "The screen for callers who type words of danger where a number is expected."),
    "translations": FileKey("file", "The YAML file of hashes that says which translations are up to date."),
    "screens": FileKey("map", "The screens, by their ids.", required=True),
    "sms": FileKey("anything", "Kept for later versions: it has no effect."),
    "networks": FileKey("anything", "Kept for later versions: it has no effect."),
}

_SAVE = FileKey("variable", "Where the answer is kept; `contact.…` is remembered for the phone's next calls.")
_SKIP = FileKey("condition", "The screen is passed over if this is true.")
ASK = {
    "ask": FileKey("text", "The question.", required=True),
    "choose": FileKey("map", "Numbered options, by their codes."),
    "choose_from": FileKey("rows", "Options from a list or from records; a map can say more."),
    "or_type": FileKey("map", "Beside the options, a name may be typed that is looked up in another list."),
    "answer": FileKey("answer", "A typed answer, beside the options or instead of them."),
    "save": _SAVE,
    "go": FileKey("screen", "The screen that follows, where an option does not name its own."),
    "tries": FileKey(
        "tries",
        "How many wrong answers are allowed; 3 without it. By SMS, at most two questions are asked, whatever it says.",
    ),
    "after_tries": FileKey(
        "screen", "The screen after the last wrong answer; without it, `errors.too_many` ends the call."
    ),
    "skip_if": _SKIP,
}
DO = {
    "do": FileKey("action", "The action.", required=True),
    "with": FileKey(
        "map",
        "Its arguments: a variable each, or a value in quotes, a number, `yes` or `no`. Words with variables in "
        "braces, in quotes, are joined.",
    ),
    "then": FileKey(
        "map", "The screen for each outcome; `else` is for every other outcome and for failing.", required=True
    ),
    "save": FileKey("variable", "Where the record is kept that the action brings: `{name.field}` shows a field of it."),
    "skip_if": FileKey(
        "condition", "Nothing is done if this is true: the screen of `ok` follows, or of `else` without one."
    ),
}
END = {
    "end": FileKey("text", "The last screen of a call.", required=True),
    "sms": FileKey("text", "The SMS that follows it. It replaces the receipt of what the call filed."),
}
BOUNDS = {
    "length": FileKey("range", "With `answer: text`: the fewest and the most characters."),
    "between": FileKey("range", "With `answer: number`: the smallest and the largest number."),
    "days": FileKey(
        "days", "With `answer: date`: the first and the last day, counted from that of the call (0).", since=2
    ),
    "working_days": FileKey("yes_no", "With `answer: date`: `yes` takes only days on which offices work.", since=2),
    "country": FileKey("country", "With `answer: phone`: of numbers without a country code; `PK` without it.", since=2),
}

# Maps inside a screen, and the parts of a file.
OPTION = {
    "go": FileKey("screen", "The screen that follows."),
    "key": FileKey("key", "The number of the option; without it, its place."),
    "when": FileKey("condition", "The option is offered only if this is true. The others keep their numbers."),
    "show": FileKey("yes_no", "`no`: the option works and is not shown."),
    "do": FileKey(
        "action", "An action first: short for a screen of its own, with the variables of its arguments' names."
    ),
    "any_language": FileKey("yes_no", "`yes`: one text serves all languages."),
}
CHOOSE_FROM = {
    "list": FileKey("list", "The list, or a variable with records.", required=True),
    "where": FileKey(
        "where",
        "Only rows whose column equals the variable, or a column of a row chosen before, are offered. It takes no "
        "value of its own.",
    ),
    "show": FileKey("text", "How a record reads, with its fields as variables."),
    "type_name": FileKey("yes_no", "`yes`: a name may be typed instead of a number."),
}
OR_TYPE = {
    "list": FileKey("list", "The list in which the name is looked up.", required=True),
    "save": FileKey("variable", "Where the code of its row is kept.", required=True),
    "go": FileKey("screen", "The screen that follows.", required=True),
}
KEY = {
    "key": FileKey("key", "What callers type."),
    "show": FileKey("yes_no", "Whether screens show it."),
    "any_language": OPTION["any_language"],
    "go": FileKey("screen", "Of `home` alone: the screen that it leads to; without it, `menu` or the first screen."),
}
TEXT = {"any_language": OPTION["any_language"]}

# Names that a map of the file may have, and when callers meet what stands there.
KEYS = {
    "back": "Leads to the screen before. `0` without it.",
    "home": "Leads to the menu. `000` without it.",
    "more": "Shows the next page. `99` without it.",
}
RESUME = {
    "ask": "The question.",
    "go_on": "The answer that goes on where the call broke off.",
    "again": "The answer that starts again.",
    "delete": "The answer that deletes what was answered.",
}
MEANT = {"yes": "It is meant.", "no": "It is not meant."}
RECEIPT = {
    "coming": "An SMS follows.",
    "stopped": "No SMS follows, because this phone sent STOP.",
}
KEYWORD_RULE = {
    "intent": FileKey("word", "What the words ask for.", required=True),
    "words": FileKey("words", "The words that an SMS begins with.", required=True),
    "alone": FileKey("words", "Everyday words: they count only alone, or with a number after them."),
    "beside": FileKey("words", "Words that change nothing beside one of the others."),
}
DANGER_FILE = {
    "words": FileKey(
        "map", "Groups of words that mean the same, by names in capitals. A pattern names a group.", required=True
    ),
    "dangers": FileKey("map", "The kinds of danger, by their codes.", required=True),
    "past": FileKey("words", "Patterns of words that speak of the past: then only dangers with `past: yes` count."),
    "present": FileKey("words", "Patterns that speak of the present: with one of them, the past changes nothing."),
}
DANGER = {
    "call": FileKey("words", "The helplines to call, by their codes."),
    "when": FileKey("words", "Patterns of words that tell of this danger."),
    "perhaps": FileKey(
        "words",
        "Patterns that often mean something else. They count too, unless the text model sees hardly any danger.",
    ),
    "category": FileKey("code", "The category under which it is filed."),
    "private": FileKey("yes_no", "`yes`: others who use the phone must not read of it."),
    "past": FileKey("yes_no", "`yes`: it is a danger even if it is told of the past."),
    "text": FileKey("code", "The SMS that answers it, instead of the usual one."),
}
HELPLINE = {
    "number": FileKey("word", "The number that people call.", required=True),
    "name": FileKey("text", "What it is called, in a word.", required=True),
    "verified": FileKey(
        "yes_no", "Whether somebody has checked the number. One that is not is named only beside one that is."
    ),
    "basis": FileKey("word", "Where the number is from, for people."),
}
SCRIPT = {
    "test": FileKey("word", "What the call shows, in a sentence.", required=True),
    "flow": FileKey("code", "The name of the flow that is called.", required=True),
    "dial": FileKey("key", "The code that is dialled; with choices after it, they are made as well: `*8484*1*2#`."),
    "text": FileKey("word", "For a flow with `channel: sms`: the SMS that begins it."),
    "caller": FileKey(
        "map", "What is known of the caller: the fields of `contact`; `today` and `clock`, when the call begins."
    ),
    "act": FileKey(
        "map", "The outcome of each action, `ok` without it; `{result: …, record: {…}}` says what it brings."
    ),
    "steps": FileKey("map", "The screens of the call in their order, one step each.", required=True),
}
STEP = {
    "see": FileKey("word", "Words that the screen must show."),
    "enter": FileKey("key", "What the caller types there."),
    "ends": FileKey("word", "In place of `see`: words of the screen that ends the call."),
    "sms": FileKey("word", "Words of the SMS that this screen sends."),
    "stored": FileKey(
        "map",
        "What was filed on the way here, as officers find it: `details`, `private`, `office` …; `no` for nothing.",
    ),
}
