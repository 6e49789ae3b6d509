"""The grammar of `when:` and `skip_if:`."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.menu.conditions import LONGEST, ConditionError, holds, names, parse
from flows.menu.model import Both, Compare, Condition, Either, IsSet, Not, Value

a, b, c = IsSet("a"), IsSet("b"), IsSet("c")


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        ("a", a),
        ("  contact.open_complaints  ", IsSet("contact.open_complaints")),
        ("not a", Not(a)),
        ("not not a", a),
        ("nothing", IsSet("nothing")),
        ("a = MUN", Compare("a", "=", "MUN")),
        ("a=ur-Latn", Compare("a", "=", "ur-Latn")),
        ('a = "two words"', Compare("a", "=", "two words")),
        ("a = 'it\"s'", Compare("a", "=", 'it"s')),
        ('a = "08"', Compare("a", "=", "08")),
        ("a = 8", Compare("a", "=", 8)),
        ("a = yes", Compare("a", "=", "yes")),
        ("a = پنجاب", Compare("a", "=", "پنجاب")),
        ("a > 0", Compare("a", ">", 0)),
        ("a > -1", Compare("a", ">", -1)),
        ("not a = x", Not(Compare("a", "=", "x"))),
        ("a or b and c", Either(a, Both(b, c))),
        ("a and b or c", Either(Both(a, b), c)),
        ("a or b or c", Either(Either(a, b), c)),
        ("not a and b", Both(Not(a), b)),
        ("a > 1 and not b = no", Both(Compare("a", ">", 1), Not(Compare("b", "=", "no")))),
    ],
)
def test_a_condition_is_read_by_precedence(source: str, condition: Condition) -> None:
    assert parse(source) == condition


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("", "missing at the end"),
        ("a and", "missing at the end"),
        ("not", "missing at the end"),
        ("a b", "before 'b'"),
        ("a not b", "before 'not'"),
        ("A", "not the name of a variable"),
        ("3", "not the name of a variable"),
        ("yes", "not the name of a variable"),
        ("a. = x", "not the name of a variable"),
        ("a =", "should follow ="),
        ("a = and", "should follow ="),
        ("a = contact.b", "cannot follow ="),
        ("a = 08", 'put it in quotes, "08"'),
        ("a > x", "whole number should follow >"),
        ("a > 'x'", "whole number should follow >"),
        ("a > 9999999999999999999", "too large"),
        ("a == b", "write one = sign"),
        ("a != b", "not name = value"),
        ("a >= 1", "the number before it"),
        ("a < 1", "not name > number"),
        ("(a or b) and c", "without parentheses"),
        ("a = 'x", "not closed"),
        ("a + b", "not understood"),
        ("a => b", "not understood"),
        ("a " + "or a " * LONGEST, "at most"),
    ],
)
def test_a_wrong_condition_says_what_to_write(source: str, hint: str) -> None:
    with pytest.raises(ConditionError, match=hint):
        parse(source)


@pytest.mark.parametrize(
    ("source", "value", "true"),
    [
        ("a", None, False),
        ("a", "", False),
        ("a", 0, False),
        ("a", False, False),
        ("a", [], False),
        ("a", {}, False),
        ("a", "no", False),
        ("a", "0", False),
        ("a", "yes", True),
        ("a", "north", True),
        ("a", 3, True),
        ("a", [{"number": "1"}], True),
        ("a = MUN", "MUN", True),
        ("a = MUN", "mun", False),
        ("a = MUN", None, False),
        ("a = yes", True, True),
        ("a = yes", "yes", True),
        ("a = no", False, True),
        ("a = no", True, False),
        ("a = no", None, False),
        ("a = 3", 3, True),
        ("a = 3", "3", True),
        ("a = 3", "three", False),
        ("a = 1", True, False),
        ('a = "3"', 3, True),
        ('a = "03"', 3, False),
        ("a > 0", 1, True),
        ("a > 0", "12", True),
        ("a > 0", 0, False),
        ("a > 0", None, False),
        ("a > 0", True, False),
        ("a > 0", "many", False),
        ("a > 0", {"number": "1"}, False),
        ("a > 1", [{"number": "1"}, {"number": "2"}], True),
        ("a = x", {"number": "x"}, False),
    ],
)
def test_a_comparison_holds_for_the_values_it_means(source: str, value: Value, true: bool) -> None:
    assert holds(parse(source), {"a": value}.get) is true
    assert holds(parse(f"not {source}"), {"a": value}.get) is not true


def trees() -> st.SearchStrategy[Condition]:
    name = st.sampled_from(["a", "b", "c.d"])
    value = st.one_of(st.integers(0, 3), st.sampled_from(["x", "yes", "no", "and", "two words"]))
    leaves = st.one_of(
        st.builds(IsSet, name),
        st.builds(Compare, name, st.just("="), value),
        st.builds(Compare, name, st.just(">"), st.integers(-3, 3)),
    )
    terms = st.one_of(leaves, st.builds(Not, leaves))
    chains = st.recursive(terms, lambda left: st.builds(Both, left, terms), max_leaves=4)
    return st.recursive(chains, lambda left: st.builds(Either, left, chains), max_leaves=4)


def written(condition: Condition) -> str:
    match condition:
        case IsSet(name):
            return name
        case Compare(name, operator, value):
            return f"{name} {operator} " + (f'"{value}"' if isinstance(value, str) else str(value))
        case Not(of):
            return f"not {written(of)}"
        case Both(left, right):
            return f"{written(left)} and {written(right)}"
        case Either(left, right):
            return f"{written(left)} or {written(right)}"


VALUES = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "x", "yes", "no", "2"]))


@given(trees())
def test_a_condition_written_out_reads_back_the_same(condition: Condition) -> None:
    assert parse(written(condition)) == condition


@given(trees(), st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c.d": VALUES}))
def test_holding_asks_only_for_the_names_it_lists_and_survives_encoding(
    condition: Condition, values: dict[str, Value]
) -> None:
    asked: set[str] = set()

    def lookup(name: str) -> Value:
        asked.add(name)
        return values[name]

    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(condition), type=Condition)
    assert stored == condition
    assert holds(stored, lookup) == holds(condition, lookup)
    assert asked <= names(condition)


@given(st.text(alphabet="ab.=><!&|() '\"\\019-_andortyesنہ\n\t"))
def test_any_line_is_read_or_refused_with_a_sentence(source: str) -> None:
    try:
        condition = parse(source)
    except ConditionError as error:
        refusal = str(error)
    else:
        holds(condition, lambda name: name)
        return
    assert refusal


def test_names_lists_every_variable_once() -> None:
    assert names(parse("a and not b = x or a > 2 or contact.c")) == {"a", "b", "contact.c"}
