"""The small grammar of `when:` and `skip_if:`: `name`, `not name`, `name = value`, `name > number`, `and`, `or`.

`not` binds tighter than `and`, `and` tighter than `or`; there are no parentheses, so a line reads in one way only.
"""

import re
from collections.abc import Callable, Iterator

from flows.menu.model import Both, Compare, Condition, Either, IsSet, Not, Value

# Every form of a condition, as an example, and when it is true.
FORMS = {
    "category": "It is set, and not empty, 0 or `no`. Of a list of records: there are some.",
    "not category": "The opposite.",
    "category = lamp_out": "It is this code or word. `= yes` and `= no` fit what is true or false.",
    "category.emergency = yes": "The column of the row that was chosen has this value.",
    "rating = 5": "It is this number.",
    "contact.complaints > 0": "It is a larger number. Of a list of records: there are more.",
    "category and not district": "Both are true.",
    "category or district": "One of them is true. `not` comes before `and`, and `and` before `or`.",
}

LONGEST = 300  # characters of a condition: more is a slip, and a bound keeps the tree shallow
MOST_TERMS = 30  # names and comparisons of a condition; each is one level of its tree, which has no parentheses
MOST_NOTS = 4  # `not` before one of them, the only thing that nests

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"[^"]*"|'[^']*')
      | (?P<number>-?[0-9]+)(?![\w.-])
      | (?P<word>\w[\w.-]*)
      | (?P<sign>[=<>!&|()]+)
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
            return Compare(name, "=", self._value())
        if self._takes("sign", ">"):
            return Compare(name, ">", self._whole_number())
        return IsSet(name)

    def _name(self) -> str:
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
        if kind == "other":
            raise ConditionError(f"{word!r} is not understood here")
        if kind == "sign" and word not in {"=", ">"}:
            instead = _INSTEAD.get(word, "use only =, >, not, and, or, without parentheses")
            raise ConditionError(f"{word} is not understood: {instead}")
        yield kind, word
    while True:
        yield "end", ""


def holds(condition: Condition, lookup: Callable[[str], Value]) -> bool:
    """Whether `condition` is true. `lookup` gives the value of each variable, None if nothing was saved.

    A name alone is false when unset, empty, zero, or the code or column `no`. `= yes` and `= no` are true of a yes/no
    value as well as of those codes; a number matches its digits; `>` counts a list; an unset variable equals nothing.
    """
    match condition:
        case IsSet(name):
            actual = lookup(name)
            return actual not in _UNTRUE if isinstance(actual, str) else bool(actual)
        case Not(of):
            return not holds(of, lookup)
        case Both(left, right):
            return holds(left, lookup) and holds(right, lookup)
        case Either(left, right):
            return holds(left, lookup) or holds(right, lookup)
        case Compare(name, "=", value):
            return _equal(lookup(name), value)
        case Compare(name, _, value):
            number = _number(lookup(name))
            return number is not None and isinstance(value, int) and number > value


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
        case IsSet(name) | Compare(name, _, _):
            return frozenset({name})
        case Not(of):
            return names(of)
        case Both(left, right) | Either(left, right):
            return names(left) | names(right)
