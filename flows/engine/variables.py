"""Variables as values and as words: what `{category}` or `{complaint.due}` means to this caller in this language."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from flows.menu import conditions
from flows.menu.danger_rules import Helpline
from flows.menu.model import (
    ANY_LANGUAGE,
    LANGUAGES_LIST,
    LINE,
    RECEIPT,
    STOPPED,
    Condition,
    Flow,
    Record,
    Room,
    Row,
    State,
    Template,
    Text,
    Value,
)
from flows.menu.screen_kinds import saves_of
from flows.text import date_format, gsm

NOTE = "note"  # what an officer wrote: followed by our words, it ends as a sentence does
ENDINGS = ".!?:;…۔؟!"
MONTHS_LIST = "month"  # a list of a flow with the rows jan to dec: its months, where the usual ones do not fit
SAVED, PRIVATE = "saved names", "private codes"  # in `Flow.compiled`
OWN_CODE = ("line", "ussd")  # words of the service that may mean the code that was dialled
LOOSE_ENDS = " \n,;:،؛-"  # signs between two parts, where one of them is empty
DATE = "@date"  # in `Flow.kinds`: the variable is an ISO date, shown as day and month

Reader = Callable[[Mapping[str, Value]], Value]  # of one variable, from the values of a call

# Placeholders of the texts sent by SMS, and the list (or DATE) that turns their values into words.
EVENT_FIELDS = {
    "ref": None,
    "note": None,
    "status": "status",
    "office": "office",
    "cat": "category",
    "district": "district",
    "due": DATE,
    "call": None,  # helplines to call in a danger: "1122 (rescue), 15 (police)"
    "steps": None,  # of a case that are in the transparency log: how many
    "offices": None,  # that read it: how many
    "reveals": None,  # of its citizen's number: how many
    "record": None,  # the code of these steps: 7KQM-2X9D-PT4V
    "code": None,  # of an officer's phone for this case, or a number that ends a case and was drawn for that
}


def choose(text: Text, language: str, flow: Flow) -> Template:
    """The template of `text` in `language`, or the nearest one: same tongue in another script, then the base language.

    Never fails: a text without any usable language is empty (checks report it long before a citizen could see it).
    """
    for tag in fallbacks(language, flow):
        if tag in text:
            return text[tag]
    return next(iter(text.values()), ())


def fallbacks(language: str, flow: Flow) -> tuple[str, ...]:
    """Tags to try for a text, nearest first. Kept per flow: it is asked on every hop."""
    key = ("fallbacks", language)
    tags = flow.memo.get(key)
    if tags is None:
        tongue = language.partition("-")[0]
        kin = [tag for tag in flow.languages if tag != language and tag.partition("-")[0] == tongue]
        tags = flow.memo[key] = [language, ANY_LANGUAGE, *kin, base_language(flow), *flow.languages]
    return tuple(tags)


def base_language(flow: Flow) -> str:
    """The language texts are written in first and translated from: English where the flow has it."""
    return "en" if "en" in flow.languages else next(iter(flow.languages), "en")


def needs_ucs2(flow: Flow, language: str) -> bool:
    """True for a language whose own name cannot be written in GSM-7, such as Urdu script."""
    return bool(gsm.flips(flow.languages.get(language, "")))


def shown_language(flow: Flow, state: State) -> str:
    """The language of this caller's screens: the nearest one that they are written in and that the network shows.

    A network without UCS-2 shows only those in Latin letters.
    """
    if state.room.ucs2 and not flow.ussd_languages:  # as nearly everywhere
        return state.language
    if can_show(flow, state.language, state.room):
        return state.language
    shown = [tag for tag in fallbacks(state.language, flow) if tag in flow.languages]
    return next((tag for tag in shown if can_show(flow, tag, state.room)), state.language)


def can_show(flow: Flow, language: str, room: Room) -> bool:
    """True for a language that has screens and whose letters the network shows."""
    if flow.ussd_languages and language not in flow.ussd_languages:
        return False
    return room.ucs2 or not needs_ucs2(flow, language)


def fill(parts: Template, lookup: Callable[[str], str], longest: int | None = None) -> str:
    """A template as words. Each variable is cut at its own limit and, when given, at `longest` characters.

    A variable that is empty takes its comma along: "{category}, {district}: filed" is "Garbage: filed" without.
    """
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part if any(out) or not out else _without_comma(part))
            continue
        words = lookup(part.name)
        if not words and out:
            out[-1] = out[-1].removesuffix(", ").removesuffix("، ")
        limit = min(part.cut or len(words), longest or len(words))
        said = words if len(words) <= limit else shorten(words, limit)
        out.append(_ended(said) if part.name == NOTE else said)
    return "".join(out)


def _without_comma(part: str) -> str:
    """What follows an empty variable that the text begins with."""
    return part.removeprefix(", ").removeprefix("، ")


def _ended(words: str) -> str:
    """An officer's words with a full stop, so that they do not run into what follows."""
    said = words.rstrip()
    if not said or said[-1] in ENDINGS:
        return said
    return said + ("۔" if gsm.flips(said[-1]) else ".")


def shorten(words: str, limit: int) -> str:
    """The start of some words, ended by two dots, within `limit` characters and between words where that is near."""
    start = words[: max(limit - 2, 0)]
    space = start.rfind(" ")
    return (start[:space] if space > limit // 2 else start).rstrip(" .,;:") + ".."


def value_of(flow: Flow, values: Mapping[str, Value], name: str) -> Value:
    """What a variable holds; `a.b` is a field of a record, or a column of the list row that `a` is a code of."""
    return reader(flow, name)(values)


def reader(flow: Flow, name: str) -> Reader:
    """The function that reads a variable from the values of a call. What does not depend on them is found once."""
    known: Reader | None = flow.ready.readers.get(name)
    if known is None:
        known = flow.ready.readers[name] = _reader(flow, name)
    return known


def _reader(flow: Flow, name: str) -> Reader:
    head, dot, tail = name.rpartition(".")
    of_service = (name in flow.service or name in OWN_CODE) and name not in saved_names(flow)
    rows = flow.rows.get(flow.kinds.get(head, ""), {})

    def service(values: Mapping[str, Value]) -> Value:
        return values[name] if name in values else service_word(flow, values, name)

    def saved(values: Mapping[str, Value]) -> Value:
        return values.get(name)

    def field(values: Mapping[str, Value]) -> Value:
        if name in values:
            return values[name]
        holder = values.get(head)
        if isinstance(holder, dict):
            return holder.get(tail)
        row = rows.get(holder) if isinstance(holder, str) else None
        return row.columns.get(tail) if row else None

    return service if of_service else field if dot else saved


def is_true(flow: Flow, values: Mapping[str, Value], condition: Condition) -> bool:
    """Whether a condition of a flow is true of the values of a call."""
    test: Callable[[Mapping[str, Value]], bool] | None = flow.ready.tests.get(condition)
    if test is None:
        test = flow.ready.tests[condition] = conditions.test_of(condition, lambda name: reader(flow, name))
    return test(values)


def are_sensitive(flow: Flow, values: Mapping[str, Value]) -> bool:
    """True if a value is a row of a list, or a record, that others who use the phone may not read of."""
    private = flow.compiled.get(PRIVATE)
    if not isinstance(private, dict):
        private = {name: flow.sensitive[kind] for name, kind in flow.kinds.items() if kind in flow.sensitive}
        flow.compiled[PRIVATE] = private
    for name in values.keys() & private.keys():
        if isinstance(value := values[name], str) and value in private[name]:
            return True
    if dict in map(type, values.values()):
        for value in values.values():
            if isinstance(value, dict) and value.get("private") is True:
                return True
    return False


def saved_names(flow: Flow) -> frozenset[str]:
    """The variables that screens of a flow save. One that has the name of a word of the service is no such word there.

    Nothing is in it before somebody answers: a flow that asks for a `line` would skip the question otherwise.
    """
    if SAVED not in flow.compiled:
        flow.compiled[SAVED] = frozenset(name for screen in flow.screens.values() for name in saves_of(screen))
    saved = flow.compiled[SAVED]
    assert isinstance(saved, frozenset)  # noqa: S101 - as it was put there
    return saved


def service_word(flow: Flow, values: Mapping[str, Value], name: str) -> Value:
    """A word of the service. `line` is the code that the caller dialled, and where nobody dialled that of the flow.

    So is `ussd`, unless the flow has a `line` of its own beside it: then `ussd` is the main line of the service.
    """
    if name == "line" or (name == "ussd" and "line" not in flow.service):
        return values.get(LINE) or flow.service.get(name) or flow.service.get("ussd")
    return flow.service.get(name)


def row_of(flow: Flow, list_name: str, code: Value) -> Row | None:
    """The row of a list with this code, or None."""
    return flow.rows.get(list_name, {}).get(code) if isinstance(code, str) else None


def as_words(flow: Flow, kind: str | None, value: Value, language: str) -> str:
    """A value as the caller reads it: a code as its row's words, a date as day and month, nothing as nothing."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    if not kind:
        return gsm.plainest(str(value))  # one curly quote in an officer's note would halve the room of the screen
    if kind == DATE:
        return _date_words(flow, str(value), language)
    if kind == LANGUAGES_LIST:
        return flow.languages.get(str(value), str(value))
    row = row_of(flow, kind, value)
    return row_words(flow, row, language) if row else str(value)


def _date_words(flow: Flow, day: str, language: str) -> str:
    """A date as day and month: the month as the flow's own list `month` has it, else as the language is known to."""
    row = row_of(flow, MONTHS_LIST, date_format.month_code(day)) if MONTHS_LIST in flow.lists else None
    return date_format.show_date(day, language, row.text.get(language, "") if row else "")


def row_words(flow: Flow, row: Row, language: str) -> str:
    """A list row's words in the language, or in the nearest it has."""
    for tag in fallbacks(language, flow):
        if row.text.get(tag):
            return row.text[tag]
    return row.code


def lookup(flow: Flow, values: dict[str, Value], language: str) -> Callable[[str], str]:
    """A function from variable name to words, for `fill`."""

    def words(name: str) -> str:
        if name == RECEIPT and flow.receipt:
            text = flow.receipt.get("stopped" if values.get(STOPPED) else "coming", {})
            return fill(choose(text, language, flow), words)
        return as_words(flow, flow.kinds.get(name), value_of(flow, values, name), language)

    return words


def join_words(flow: Flow, values: dict[str, Value], parts: Template) -> str:
    """An argument of several parts, as officers read it: rows in the base language, words as they were typed.

    The language of the caller makes no difference, so that two who say the same leave the same record. Signs that an
    empty variable leaves at an end are left out.
    """
    language = base_language(flow)

    def words(name: str) -> str:
        kind, value = flow.kinds.get(name), value_of(flow, values, name)
        return value if isinstance(value, str) and not kind else as_words(flow, kind, value, language)

    return fill(parts, words).strip(LOOSE_ENDS)


def record_lookup(flow: Flow, list_name: str, record: Record, language: str) -> Callable[[str], str]:
    """The same for one record of a list variable, whose fields are named without the variable: `{number}`."""

    def words(name: str) -> str:
        return as_words(flow, flow.kinds.get(f"{list_name}.{name}"), record.get(name), language)

    return words


def text_for(flow: Flow, event: str, language: str, fields: dict[str, Value]) -> str:
    """The SMS a flow sends for an event, filled with `fields` (names and kinds of `EVENT_FIELDS`; codes and ISO dates).

    Raises KeyError for an event the flow has no text for.
    """

    return fill(choose(flow.texts[event], language, flow), event_lookup(flow, language, fields))


MOST_LINES = 3  # helplines that a screen names, the most important first
MOST_NAMES = 2  # of them with names where letters take twice the room


def screen_call_words(flow: Flow, lines: Mapping[str, Helpline], codes: Iterable[str], language: str) -> str:
    """Helplines as a screen names them: three at most. Where three names have no room, their numbers alone."""
    known = [code for code in codes if code in lines][:MOST_LINES]
    if len(known) > MOST_NAMES and needs_ucs2(flow, language):
        return ", ".join(lines[code].number for code in known)
    return call_words(lines, known, language)


def longest_call_words(flow: Flow, language: str) -> str:
    """The most room that the helplines of a flow take on a screen; "" for a flow without any."""
    named = combinations(flow.helplines, min(MOST_LINES, len(flow.helplines)))
    fewer = combinations(flow.helplines, min(MOST_NAMES, len(flow.helplines)))
    said = [screen_call_words(flow, flow.helplines, codes, language) for codes in (*named, *fewer)]
    return max(said, key=len, default="")


def call_words(lines: Mapping[str, Helpline], codes: Iterable[str], language: str) -> str:
    """Helplines as a text names them: the number of each, and whose it is."""
    known = [lines[code] for code in codes if code in lines]
    return ", ".join(
        f"{line.number} ({line.name[language]})" if language in line.name else line.number for line in known
    )


def event_lookup(flow: Flow, language: str, fields: dict[str, Value]) -> Callable[[str], str]:
    """The same as `lookup` for the texts of events."""

    def words(name: str) -> str:
        return as_words(flow, EVENT_FIELDS.get(name), fields.get(name, service_word(flow, fields, name)), language)

    return words
