"""The nouns that a menu flow is made of. Nothing in this file does anything.

A `Flow` is what a YAML file and its CSV lists are compiled into, a `State` a caller's place in it; msgpack stores both.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.keyword_rule import Rule
from flows.text.working_days import WorkingDays

# What a variable may hold. A record is what an action brought back; a list of records is offered by `choose_from`.
Scalar = str | int | bool | None
Record = dict[str, Scalar]
Value = Scalar | Record | list[Record]

ANY_LANGUAGE = "*"  # the key of a text that reads the same in every language
RECEIPT = "receipt"  # the variable of a last screen that says whether a text follows
STOPPED = "contact.stopped"  # set for a phone that sent STOP: it gets no text about its complaints
PLACE_LIST = "place"  # the list of towns and areas that people type for a row of another list
LANGUAGES_LIST = "languages"  # the built-in list `choose_from: languages`
SENSITIVE = "sensitive"  # the column of rows that others who use the phone may not read of
DANGER = "danger"  # the variable with whom to call, on the screen that words of danger lead to
LINE = "contact.line"  # the code that was dialled, without the choices behind it: texts show it as {line}
CAME_FROM = "contact.came_from"  # the flow that a call began in, where it went on in another
# The ISO date and the time of day (13:30) at which a call began, and whether it was a holiday: where the flow needs it.
TODAY, CLOCK, HOLIDAY = "contact.today", "contact.clock", "contact.holiday"
DATE, PIN = "date", "pin"  # kinds of answers: a day; a PIN, which is asked for last and never kept
FIRST_DAY, LAST_DAY = "first_day", "last_day"  # in the words of a screen that asks for a day: those that it takes


class Variable(Struct, frozen=True, tag="v"):
    """`{name}` or `{name|60}` inside a text: a variable, cut at `cut` characters."""

    name: str
    cut: int | None = None


Template = tuple[str | Variable, ...]
Text = dict[str, Template]  # BCP 47 tag (or ANY_LANGUAGE) -> template


class IsSet(Struct, frozen=True, tag="known"):
    """`name`: true when the variable is set, not empty, not zero and not false."""

    name: str


class Not(Struct, frozen=True, tag="not"):
    of: Condition


class Compare(Struct, frozen=True, tag="compare"):
    """`name = value` or `name > number`.

    The value of `>` may be another variable. `in` has codes with spaces between, of days too; `between` two times of
    the day, `09:00-17:00`, the second of which is no longer meant.
    """

    name: str
    operator: Literal["=", ">", "in", "between"]
    value: str | int


class Both(Struct, frozen=True, tag="and"):
    left: Condition
    right: Condition


class Either(Struct, frozen=True, tag="or"):
    left: Condition
    right: Condition


Condition = IsSet | Not | Compare | Both | Either


class Option(Struct, frozen=True):
    """One numbered line of a screen. `key` is what the caller types; it stays the same while `when` hides others.

    One that is not `shown` works all the same: for what nobody who reads the screen may learn.
    """

    code: str
    key: str
    text: Text
    go: str
    when: Condition | None = None
    shown: bool = True


class Pick(Struct, frozen=True):
    """`choose_from`: options taken from a list (or from records in the variable `list`).

    `where` is (column, variable): only rows whose column equals the variable are offered. `show` is the text of a
    record. With `type_name` the caller may type a name instead of a number; `typed` then says in which list it is
    looked up, where it is saved and which screen follows (all default to the pick's own).
    """

    list: str
    where: tuple[str, str] | None = None
    show: Text | None = None
    type_name: bool = False
    typed: NameLookup | None = None


class NameLookup(Struct, frozen=True):
    """`or_type`: a name typed instead of a number is looked up in `list`, saved as `save`, and leads to `go`."""

    list: str
    save: str
    go: str


class Answer(Struct, frozen=True):
    """`answer`: what the caller types. `flows/engine/answer_kinds.py` has the kinds.

    `shortest`/`longest` count characters of a text; `between` bounds a number, both ends included, and `days` a date,
    counted from the day of the call. `working_days`: only days on which offices work, by the flow's calendar. `country`
    is that of a phone number without a country code.
    """

    kind: str
    shortest: int = 1
    longest: int = 160
    between: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    working_days: bool = False
    country: str = ""


class Ask(Struct, frozen=True, tag="ask"):
    """A screen that asks: by numbered options, by a list, by a typed answer, or by options beside an answer."""

    id: str
    text: Text
    options: tuple[Option, ...] = ()
    pick: Pick | None = None
    answer: Answer | None = None
    save: str | None = None
    go: str | None = None
    skip_if: Condition | None = None
    tries: int = 3
    after_tries: str | None = None  # screen shown after the last wrong try; None ends the call with errors.too_many
    errors: dict[str, Text] = field(default_factory=dict)  # bad_choice, bad_answer, too_short, too_long


class Do(Struct, frozen=True, tag="do"):
    """A screen that nobody sees: the caller of the engine performs `action` and returns with an outcome.

    `joined` are arguments made of several parts: variables and the words between them.
    """

    id: str
    action: str
    arguments: dict[str, str]  # argument -> variable name, or a quoted literal
    then: dict[str, str]  # outcome -> screen; "else" catches the rest
    save: str | None = None
    skip_if: Condition | None = None
    joined: dict[str, Template] = field(default_factory=dict)  # argument -> its parts; not in `arguments`

    @property
    def given(self) -> tuple[str, ...]:
        """The names of all arguments."""
        return (*self.arguments, *self.joined)


class End(Struct, frozen=True, tag="end"):
    """The last screen of a call; `sms` goes to the caller, stored in one transaction with the actions before it."""

    id: str
    text: Text
    sms: Text | None = None


Screen = Ask | Do | End


class Row(Struct, frozen=True):
    """A row of a list: a stable code, its words per language, other columns, and names people also type for it.

    It is offered from `active_from` to `active_until`, ISO dates, both days included; None leaves that side open.
    """

    code: str
    text: dict[str, str]
    columns: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    active_from: str | None = None
    active_until: str | None = None


class Key(Struct, frozen=True):
    """A key that works on every screen: `back`, `home` or `more`."""

    key: str
    text: Text
    show: bool = True


class Ready(Struct):
    """Facts of screens by id; by name what reads a variable; by condition what says whether it is true."""

    facts: dict[str, Any] = field(default_factory=dict)  # those of flows/engine/screen_facts.py
    readers: dict[str, Any] = field(default_factory=dict)  # these two are of flows/engine/variables.py
    tests: dict[Condition, Any] = field(default_factory=dict)


class Flow(Struct, frozen=True, dict=True):
    """One published menu with its lists and words. Immutable; derived look-ups are cached on the instance."""

    name: str
    title: str
    start: str
    home: str
    languages: dict[str, str]  # tag -> the language's own name, in menu order
    keys: dict[str, Key]
    errors: dict[str, Text]  # bad_choice, bad_answer, too_short, too_long, too_many, busy, ...
    screens: dict[str, Screen]
    lists: dict[str, tuple[Row, ...]]
    kinds: dict[str, str] = field(default_factory=dict)  # variable -> list its codes come from
    resume: dict[str, Text] = field(default_factory=dict)  # ask, go_on, again, delete
    meant: dict[str, Text] = field(default_factory=dict)  # yes, no: the answers where one name may be meant
    texts: dict[str, Text] = field(default_factory=dict)  # event -> SMS
    keywords: tuple[Rule, ...] = ()
    service: dict[str, str] = field(default_factory=dict)  # words of the service put into texts: {ussd}, {sms}, {help}
    ussd_languages: tuple[str, ...] = ()  # languages that screens are shown in; () means all of them
    receipt: dict[str, Text] = field(default_factory=dict)  # coming, stopped: what {receipt} says
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)  # code of an option -> words typed for its label
    channel: Literal["ussd", "sms"] = "ussd"  # sms: each screen is a text, and a citizen is asked twice at most
    danger: DangerLexicon | None = None  # words of danger; None: those that ship
    helplines: dict[str, Helpline] = field(default_factory=dict)  # code -> line; none: those that ship
    danger_screen: str = ""  # shown to who types words of danger where a number is expected; "": none is
    calendar: WorkingDays | None = None  # the days on which offices work

    @cached_property
    def unnamed(self) -> tuple[str, ...]:
        """The screens that callers come to although no other screen names them."""
        return tuple(dict.fromkeys(filter(None, (self.start, self.home, self.danger_screen))))

    @cached_property
    def rows(self) -> dict[str, dict[str, Row]]:
        """List -> code -> row."""
        return {name: {row.code: row for row in rows} for name, rows in self.lists.items()}

    def with_screens(self, screens: dict[str, Screen], kinds: dict[str, str]) -> Flow:
        """The same flow with other screens; what was found in its lists alone is kept."""
        made = replace(self, screens=screens, kinds=kinds)
        made.__dict__.update((name, self.__dict__[name]) for name in ("rows", "parts") if name in self.__dict__)
        return made

    @cached_property
    def words_by_language(self) -> dict[str, str]:
        """Everything that the flow says in each of its languages: on screens, in lists and by SMS."""
        found: dict[str, list[str]] = {tag: [] for tag in self.languages}
        words = to_builtins(self)
        words["lists"].pop(PLACE_LIST, None)  # names of towns are of no language
        _collect_words(words, found)
        return {tag: " ".join(words) for tag, words in found.items()}

    @cached_property
    def parts(self) -> dict[tuple[str, str, str], list[Row]]:
        """(list, column, value) -> the rows with that value."""
        found: dict[tuple[str, str, str], list[Row]] = {}
        for name, rows in self.lists.items():
            for row in rows:
                for column, value in row.columns.items():
                    found.setdefault((name, column, value), []).append(row)
        return found

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """The screens that ask."""
        return tuple(screen for screen in self.screens.values() if isinstance(screen, Ask))

    @cached_property
    def actions(self) -> tuple[Do, ...]:
        """The screens that act."""
        return tuple(screen for screen in self.screens.values() if isinstance(screen, Do))

    @cached_property
    def sensitive(self) -> dict[str, frozenset[str]]:
        """List -> the codes of its sensitive rows; lists without any are left out."""
        found = {
            name: frozenset(row.code for row in rows if row.columns.get(SENSITIVE) == "yes")
            for name, rows in self.lists.items()
        }
        return {name: codes for name, codes in found.items() if codes}

    @cached_property
    def dated(self) -> frozenset[str]:
        """Lists with rows that are offered only from or until a certain day."""
        return frozenset(
            name for name, rows in self.lists.items() if any(row.active_from or row.active_until for row in rows)
        )

    @cached_property
    def days(self) -> dict[str, Answer]:
        """The screens that ask for a day, with the answer that each takes."""
        return {ask.id: ask.answer for ask in self.asks if ask.answer is not None and ask.answer.kind == DATE}

    @cached_property
    def compiled(self) -> dict[str, object]:
        """What is worked out once, such as by the name of a list the index of its names."""
        return {}

    @cached_property
    def ready(self) -> Ready:
        """What the engine worked out once for all calls."""
        return Ready()

    @cached_property
    def memo(self) -> dict[tuple[object, ...], list[str]]:
        """What the renderer keeps: pages by everything they depend on. It empties this when it has grown large."""
        return {}


def _collect_words(node: object, found: dict[str, list[str]]) -> None:
    """The strings under a language's tag, however deep in a flow they are."""
    for name, value in node.items() if isinstance(node, dict) else ():
        if name in found:
            found[name] += [part for part in ([value] if isinstance(value, str) else value) if isinstance(part, str)]
        else:
            _collect_words(value, found)
    for each in node if isinstance(node, list | tuple) else ():
        _collect_words(each, found)


class Room(Struct, frozen=True, array_like=True):
    """How much one USSD screen holds on the caller's network: safe and hard limits in septets and UCS-2 units.

    160 octets carry 182 septets or 80 UCS-2 units (3GPP TS 23.038 6.1.2.3); not every network shows more than 160/70.
    """

    gsm_safe: int = 160
    ucs2_safe: int = 70
    gsm_hard: int = 182
    ucs2_hard: int = 80
    ucs2: bool = True  # False: this network cannot show Urdu script


class State(Struct, frozen=True, array_like=True):
    """The place of one caller in a call: small, serialisable, and pinned to the revision on which the call began."""

    revision: int
    screen: str
    language: str
    room: Room
    values: dict[str, Value]
    hops: int = 0  # inputs taken so far in this call; with the step it keys every action
    page: int = 0
    wrong: int = 0  # wrong inputs in a row on this screen
    problem: str = ""  # the key in errors of what was wrong with the last input
    trail: tuple[str, ...] = ()  # screens to go back to
    matches: tuple[str, ...] = ()  # rows offered after an unclear name: `Classification.candidates`
    after: str | None = None  # where to go when `remember` comes back, or when an unfinished call is gone on with
    ended: bool = False
    dialled: tuple[str, ...] = ()  # choices dialled with the code by a caller who is asked for the language first
    typed: str = ""  # words that are looked at for danger before they are read as an answer
    pin_entries: int = 0  # how many of the last entries were typed where a PIN is asked for


class Action(Struct, frozen=True):
    """What the flow asks the outside world to do: sessions performs it, and its outcome goes to `resume`."""

    name: str
    arguments: dict[str, Value]


class Outcome(Struct, frozen=True):
    """The result of an action, such as `ok`, `repeat` or `missing`, and a record or records to save."""

    result: str
    record: Record | list[Record] | None = None


class RenderedScreen(Struct, frozen=True):
    """A rendered screen: words that fit, whether the call ends, and the SMS that the screen sends."""

    body: str
    ends: bool
    sms: str | None = None


class Turn(Struct, frozen=True):
    """A new state and either a screen to show or an action to perform first.

    `flow` is the flow of the state where an action let the call go on in another one; None where it is the same.
    """

    state: State
    shown: RenderedScreen | None = None
    action: Action | None = None
    flow: Flow | None = None
