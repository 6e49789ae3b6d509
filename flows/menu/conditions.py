"""The small grammar of `when:` and `skip_if:`: `name`, `not name`, `name = value`, `name > number`, `and`, `or`.

`name in (a, b)` is one of several values, `name between 1 and 5` a number. `time` and `today` are those at which the
call began, so that a call that is replayed decides the same: `time between 09:00 and 17:00`, `today in (sat, sun)`.

`not` binds tighter than `and`, `and` tighter than `or`; there are no parentheses, so a line reads in one way only.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

from flows.menu.model import CLOCK, HOLIDAY, TODAY, Both, Compare, Condition, Either, IsSet, Not, Value
from flows.text.typed_date import DAYS, weekday_code

# Every form of a condition, as an example, and when it is true.
FORMS = {
    "category": "It is set, and not empty, 0 or `no`. Of a list of records: there are some.",
    "not category": "The opposite.",
    "category = lamp_out": "It is this code or word. `= yes` and `= no` fit what is true or false.",
    "category.emergency = yes": "The column of the row that was chosen has this value.",
    "rating = 5": "It is this number.",
    "contact.complaints > 0": "It is a larger number. Of a list of records: there are more.",
    "category in (lamp_out, lamp_on)": "It is one of these codes or words.",
    "rating between 2 and 4": "It is a number from the first to the second.",
    "amount > clinic.limit": "It is a larger number than stands in the column of the row that was chosen.",
    "amount > {limit}": "It is a larger number than another variable.",
    "time between 09:00 and 17:00": "The call began at 09:00 or later, and before 17:00.",
    "today in (sat, sun, holiday)": "It began on such a day. A `holiday` is one of the flow's `calendar`.",
    "visit_day in (fri, sat)": "The day that was given is such a day of the week.",
    "category and not district": "Both are true.",
    "category or district": "One of them is true. `not` comes before `and`, and `and` before `or`.",
}

LONGEST = 300  # characters of a condition: more is a slip, and a bound keeps the tree shallow
MOST_TERMS = 30  # names and comparisons of a condition; each is one level of its tree, which has no parentheses
KEPT = 4096  # conditions whose test is kept
MOST_NOTS = 4  # `not` before one of them, the only thing that nests

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<clock>[0-9]{1,2}:[0-9]{2})(?![\w:.-])
      | (?P<braced>\{[^{}]*\})
      | (?P<quoted>"[^"]*"|'[^']*')
      | (?P<number>-?[0-9]+)(?![\w.-])
      | (?P<word>\w[\w.-]*)
      | (?P<sign>[=<>!&|]+|[()])
      | (?P<other>\S)
    )""",
    re.VERBOSE,
)
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_RESERVED = frozenset({"and", "or", "not", "yes", "no"})
_UNTRUE = frozenset({"", "0", "no", "false"})  # how codes and CSV columns spell a value that is not so
_INSTEAD = {
    "==": "write one = sign",
    "!=": "write: not name = value",
    "<>": "write: not name = value",
    "<": "write: not name > number",
    "<=": "write: not name > number",
    ">=": "write > and the number before it",
    "&&": "write: and",
    "||": "write: or",
}
_ANYTHING_ELSE = "use only =, >, not, and, or, without parentheses"
_PARENTHESES = ("(", ")")
TODAY_WORD, HOLIDAY_WORD = "today", "holiday"
V = TypeVar("V")  # where the values of variables are held
_DAY_NAMES = {
    day: (day, f"{name}day")
    for day, name in zip(DAYS, ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"), strict=True)
}


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what to write instead."""


def parse(source: str) -> Condition:
    """Read a condition. Raises ConditionError, with a sentence for the operator, if it does not follow the grammar."""
    if len(source) > LONGEST:
        raise ConditionError(f"a condition may have at most {LONGEST} characters, but this one has {len(source)}")
    reader = _Reader(source)
    condition = reader.either()
    if reader.kind != "end":
        raise ConditionError(f"expected and, or, = or > before {reader.word!r}")
    return condition


class _Reader:
    """One token ahead over a condition's tokens; a method per level of precedence."""

    __slots__ = ("_terms", "_tokens", "kind", "word")

    def __init__(self, source: str) -> None:
        self._tokens, self._terms = _tokens(source), 0
        self.kind, self.word = next(self._tokens)

    def _step(self) -> str:
        word = self.word
        self.kind, self.word = next(self._tokens)
        return word

    def _takes(self, kind: str, word: str) -> bool:
        if (self.kind, self.word) != (kind, word):
            return False
        self._step()
        return True

    def either(self) -> Condition:
        left = self._both()
        while self._takes("word", "or"):
            left = Either(left, self._both())
        return left

    def _both(self) -> Condition:
        left = self._not()
        while self._takes("word", "and"):
            left = Both(left, self._not())
        return left

    def _not(self) -> Condition:
        nots = 0
        while self._takes("word", "not"):
            nots += 1
            if nots > MOST_NOTS:
                raise ConditionError(f"there are more than {MOST_NOTS} not in a row: two of them say nothing")
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise ConditionError(f"a condition may have at most {MOST_TERMS} terms: divide it over several screens")
        test = self._test()
        return Not(test) if nots % 2 else test

    def _test(self) -> Condition:
        name = self._name()
        if self._takes("sign", "="):
            value = self._value()
            is_day = name == TODAY_WORD and value in (*DAYS, HOLIDAY_WORD)
            return Compare(TODAY, "in", value) if is_day else Compare(name, "=", value)
        if self._takes("sign", ">"):
            return Compare(name, ">", self._other() or self._whole_number())
        if (self.kind, self.word) == ("word", "in"):
            self._step()
            return self._one_of(name)
        if (self.kind, self.word) == ("word", "between"):
            self._step()
            return self._between(name)
        return IsSet(name)

    def _other(self) -> str:
        """A variable that is compared with: `{name}`, or the column of a row; "" for anything else."""
        if self.kind == "braced":
            name = self._step()[1:-1].strip()
            if not _NAME.fullmatch(name):
                raise ConditionError(f"{{{name}}} is not the name of a variable")
            return name
        is_column = self.kind == "word" and "." in self.word and _NAME.fullmatch(self.word)
        return self._step() if is_column else ""

    def _one_of(self, name: str) -> Condition:
        """`in (a, b)`: words or numbers, with commas or spaces between."""
        if not self._takes("sign", "("):
            raise ConditionError(f"codes in parentheses should follow in: {name} in (a, b)")
        codes: list[str] = []
        while not self._takes("sign", ")"):
            if self.kind not in ("word", "number"):
                raise ConditionError(f"codes in parentheses should follow in, not {self.word!r}: {name} in (a, b)")
            codes.append(self._step())
            self._takes("comma", ",")
        if not codes:
            raise ConditionError(f"there is nothing in the parentheses, so {name} is never one of them")
        if name != TODAY_WORD:
            return Compare(name, "in", " ".join(codes))
        days = [next((day for day in DAYS if code in _DAY_NAMES[day]), code) for code in codes]
        if strange := [day for day in days if day not in (*DAYS, HOLIDAY_WORD)]:
            raise ConditionError(f"{strange[0]!r} is no day: write {', '.join(DAYS)} or {HOLIDAY_WORD}")
        return Compare(TODAY, "in", " ".join(days))

    def _between(self, name: str) -> Condition:
        """`time between 09:00 and 17:00`, or two numbers, both of which are meant."""
        is_time = self.kind == "clock" or name == "time"
        first = self._time() if is_time else self._whole_number()
        if not self._takes("word", "and"):
            raise ConditionError("and should follow the first of two: between 09:00 and 17:00, between 1 and 5")
        last = self._time() if is_time else self._whole_number()
        if isinstance(first, int) and isinstance(last, int):
            if first > last:
                raise ConditionError(f"no number is between {first} and {last}: write the smaller one first")
            return Both(Compare(name, ">", first - 1), Not(Compare(name, ">", last)))
        if name != "time":
            raise ConditionError(f"only the time of the call can be compared with {first}: write time between …")
        if first == last:
            raise ConditionError(
                f"nothing is between {first} and {last}: write from when to when, such as 09:00 and 17:00"
            )
        return Compare(CLOCK, "between", f"{first}-{last}")

    def _time(self) -> str:
        """A time of the day as 09:00; the end of the day is 24:00."""
        hour, _, minute = self.word.partition(":")
        if self.kind != "clock" or int(minute) > 59 or int(hour) * 60 + int(minute) > 24 * 60:
            raise ConditionError("a time of the day such as 09:00 or 17:30 should follow between, with hours up to 24")
        self._step()
        return f"{int(hour):02}:{minute}"

    def _name(self) -> str:
        if self.kind == "sign" and self.word in _PARENTHESES:
            raise ConditionError(f"{self.word} is not understood: {_ANYTHING_ELSE}")
        if self.kind == "end":
            raise ConditionError("something is missing at the end: the name of a variable should follow")
        if self.kind != "word" or self.word in _RESERVED or not _NAME.fullmatch(self.word):
            raise ConditionError(f"{self.word!r} is not the name of a variable")
        return self._step()

    def _value(self) -> str | int:
        if self.kind == "quoted":
            return self._step()[1:-1]
        if self.kind == "number":
            return self._whole_number()
        if self.kind != "word" or self.word in _RESERVED - {"yes", "no"}:
            raise ConditionError("a value should follow =: a word, a number, yes, no, or words in quotes")
        if "." in self.word:
            raise ConditionError(f"{self.word!r} cannot follow =: compare with a word or a number, or put it in quotes")
        return self._step()

    def _whole_number(self) -> int:
        if self.kind != "number":
            raise ConditionError("a whole number should follow >")
        digits = self.word.removeprefix("-")
        if len(digits) > 1 and digits.startswith("0"):
            raise ConditionError(f'{self.word} begins with 0: put it in quotes, "{self.word}"')
        if len(digits) > 18:
            raise ConditionError(f"{self.word} is too large a number")
        return int(self._step())


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(source.rstrip()):
        kind, word = str(match.lastgroup), str(match[str(match.lastgroup)])
        if kind == "other" and word in "\"'":
            raise ConditionError("a quote is opened but not closed")
        if kind == "other" and word != ",":
            raise ConditionError(f"{word!r} is not understood here")
        if kind == "other" and word == ",":
            kind = "comma"
        if kind == "sign" and word not in {"=", ">", *_PARENTHESES}:
            instead = _INSTEAD.get(word, _ANYTHING_ELSE)
            raise ConditionError(f"{word} is not understood: {instead}")
        yield kind, word
    while True:
        yield "end", ""


def holds(condition: Condition, lookup: Callable[[str], Value]) -> bool:
    """Whether `condition` is true. `lookup` gives the value of each variable, None if nothing was saved.

    A name alone is false when unset, empty, zero, or the code or column `no`. `= yes` and `= no` are true of a yes/no
    value as well as of those codes; a number matches its digits; `>` counts a list; an unset variable equals nothing.
    A day is `in` days of the week if it is one of them.
    """
    return _by_lookup(condition)(lookup)


@lru_cache(maxsize=KEPT)
def _by_lookup(condition: Condition) -> Callable[[Callable[[str], Value]], bool]:
    return test_of(condition, lambda name: lambda lookup: lookup(name))


def test_of(condition: Condition, reader: Callable[[str], Callable[[V], Value]]) -> Callable[[V], bool]:
    """`holds` as a function of where values are held, for many tests. `reader` gives what reads a variable."""
    match condition:
        case IsSet(name):
            return _set_test(reader(name))
        case Not(of):
            test = test_of(of, reader)
            return lambda held: not test(held)
        case Both(left, right):
            first, second = test_of(left, reader), test_of(right, reader)
            return lambda held: first(held) and second(held)
        case Either(left, right):
            first, second = test_of(left, reader), test_of(right, reader)
            return lambda held: first(held) or second(held)
        case Compare(name, "=", value):
            read = reader(name)
            return lambda held: _equal(read(held), value)
        case Compare(name, "in", value):
            return _one_of_test(name, frozenset(str(value).split()), reader)
        case Compare(name, "between", value):
            read = reader(name)
            return lambda held: _is_between(read(held), str(value))
        case Compare(name, _, value):
            return _more_test(reader(name), reader(value) if isinstance(value, str) else lambda _: value)


def _set_test(read: Callable[[V], Value]) -> Callable[[V], bool]:
    def is_set(held: V) -> bool:
        actual = read(held)
        return actual not in _UNTRUE if isinstance(actual, str) else bool(actual)

    return is_set


def _more_test(read: Callable[[V], Value], other: Callable[[V], Value]) -> Callable[[V], bool]:
    def is_more(held: V) -> bool:
        number, least = _number(read(held)), _number(other(held))
        return number is not None and least is not None and number > least

    return is_more


def _one_of_test(
    name: str, codes: frozenset[str], reader: Callable[[str], Callable[[V], Value]]
) -> Callable[[V], bool]:
    read = reader(name)
    holiday = reader(HOLIDAY) if name == TODAY and HOLIDAY_WORD in codes else None

    def is_one_of(held: V) -> bool:
        actual = read(held)
        if isinstance(actual, bool):
            return ("yes" if actual else "no") in codes
        if not isinstance(actual, int | str):
            return False
        if str(actual) in codes or (isinstance(actual, str) and weekday_code(actual) in codes):
            return True
        return holiday is not None and bool(holiday(held))

    return is_one_of


def _is_between(clock: Value, times: str) -> bool:
    """Times as 09:00 compare as they follow in a day; a span that ends before it begins goes over midnight."""
    first, _, until = times.partition("-")
    if not isinstance(clock, str):
        return False
    return first <= clock < until if first < until else clock >= first or clock < until


def _equal(actual: Value, value: str | int) -> bool:
    if isinstance(actual, bool):
        return value == ("yes" if actual else "no")
    if isinstance(value, int):
        return isinstance(actual, int | str) and _number(actual) == value
    return isinstance(actual, int | str) and str(actual) == value


def _number(actual: Value) -> int | None:
    if isinstance(actual, list):
        return len(actual)
    if isinstance(actual, str):
        return int(actual) if re.fullmatch(r"-?[0-9]{1,18}", actual) else None
    return actual if isinstance(actual, int) and not isinstance(actual, bool) else None


def names(condition: Condition) -> frozenset[str]:
    """Every variable the condition reads."""
    match condition:
        case Compare(name, ">", str(other)):
            return frozenset({name, other})
        case Compare(name, "in", value) if name == TODAY and HOLIDAY_WORD in str(value).split():
            return frozenset({name, HOLIDAY})
        case IsSet(name) | Compare(name, _, _):
            return frozenset({name})
        case Not(of):
            return names(of)
        case Both(left, right) | Either(left, right):
            return names(left) | names(right)
