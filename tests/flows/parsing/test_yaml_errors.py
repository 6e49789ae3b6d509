"""A file that is not YAML is told in an operator's words: the line to mend, and how."""

from __future__ import annotations

import time

import pytest

from flows.menu.diagnostics import Problem
from flows.parsing.yaml_document import Notes, load

PARSER = ("expected", "mapping", "scalar", "token", "block", "stream", "parsing", "duplicate", "CommentedMap", "column")

SLIPS = {
    "a brace is not closed": ("a:\n  b: {en: Hi, ur: x\n  c: {en: Yo, ur: z}\nd: 1\n", 2, "{ opened on this line"),
    "the last brace is not closed": ("a:\n  b: {en: Hi, ur: x\n", 2, "{ opened on this line"),
    "a bracket is not closed": ("a: [1, 2\nb: 3\n", 1, "[ opened on this line"),
    "a brace is open where the file ends with its line": ("a: {b: c, \n", 1, "but a { or [ is still open"),
    "a bracket is open, and blank lines follow": ("a:\n  - [x,\n\n\n", 2, "but a { or [ is still open"),
    "a brace over two lines is not closed": (
        'm:\n  ask: {en: "A",\n    ur: "B"\n  go: x\n',
        2,
        "{ opened on this line",
    ),
    "a brace too many": ("a: {en: x}}\nb: 1\n", 1, "nothing is open"),
    "a comma is missing at the end of a line": ("a:\n  b: {en: Hi, ur: x\n    go: y}\n", 2, "a comma is missing"),
    "a comma is missing within a line": ("a: {en: Hi ur: x}\n", 1, "a comma is missing before ur:"),
    "a quote is not closed, and another follows": ('a:\n  b: "Hi\n  c: "Yo"\n  d: z\n', 2, "a quote is opened here"),
    "a quote is not closed in braces": ('a:\n  b: {en: "Hi, ur: x}\n  c: {en: "Yo"}\n', 2, "a quote is opened here"),
    "a quote is not closed at all": ("a:\n  b: 'Hi\n  c: Yo\n  d: z\n", 2, "a quote is opened here"),
    "quotes within quotes": ('a:\n  en: "Say "yes" now"\n', 2, "after the closing quote"),
    "one space too many": ("a:\n  b:\n    x: 1\n     c: 2\n", 4, "5 spaces, 1 space too many"),
    "one space too many after a map": (
        "a:\n  b:\n    x: 1\n   c: 2\n",
        4,
        "3 spaces, like none of the lines above it",
    ),
    "one space too few": ("a:\n   b: 1\n  c: 2\n", 3, "2 spaces, 1 space too few"),
    "curly quotes with a colon": ("a: {en: “Hi: you”, ur: x}\n", 1, "curly quotes"),
    "curly quotes with a colon, without braces": ("a:\n  en: “Hi: you”\n", 2, "curly quotes"),
    "an apostrophe beside a colon": ("a:\n  en: Don’t: you\n", 2, "words that contain a :"),
    "a variable without quotes": ("a: {en: x, ur: ابھی {help}}\n", 1, "words that contain {help}"),
    "a variable first, without quotes": ("a:\n  en: {help} now\n", 2, "words that contain {help}"),
    "a name twice": ("a:\n  b: {en: Hi}\n  c: 1\n  b: {en: Yo}\n", 4, "'b' is used twice (first on line 2)"),
    "a name twice in a line": ("a: {b: 1, b: 2}\n", 1, "'b' is used twice (already on this line)"),
    "a tab": ("a:\n\tb: 1\n", 2, "a tab"),
    "no colon": ("a:\n  b\n  c: 1\n", 2, "without a : after it"),
    "no space after a colon": ("a:\n  b:1\n  c: 1\n", 2, "a space is missing"),
    "a wide colon": ("a：1\nb: 2\n", 1, "wide"),
    "words that begin with @": ("a: @x\n", 1, "begin with @"),
    "letters that were lost": ("a: {en: x, ur: ???? ??}\n", 1, "letters were lost"),
    "an entry among names": ("a:\n  b: 1\n  - c\n", 3, "a list entry"),
    "two files in one": ("a: 1\n---\nb: 2\n", 2, "splits the file in two"),
    "no colon, and names after it": ("a:\n  b: x\n  c y\n  d: z\n", 3, "without a : after it"),
    "no colon after a name that others are under": ("a: x\nb\n  c: y\nd: z\n", 2, "without a : after it"),
    "no space after a colon, and names after it": ("a:\n  b: x\n  c:y\n  d: z\n", 3, "a space is missing"),
    "no space after the colon before whole words": ("a:\n  en:Hello there\n  ur: x\n", 2, "a space is missing"),
    "a no-break space at the beginning": ("a:\n  b: x\n\u00a0\u00a0c: y\n  d: z\n", 3, "an unusual space"),
    "a no-break space after a colon": ("a:\n  b: x\n  c:\u00a0y\n  d: z\n", 3, "an unusual space"),
    "a merge that was not finished": ("a: x\n<<<<<<< HEAD\nb: y\n=======\nb: z\n>>>>>>> z\n", 2, "two versions"),
    "a bracket in place of a brace": ("a: {en: x]\nb: y\n", 1, "a ] where } should close"),
    "a sharp sign in braces": ("a: {en: #1, ur: x}\nb: y\n", 1, "a # after a space"),
    "words that begin with -": ("a:\n  en: - x\n", 2, "begin with - and a space"),
    "words that begin with ?": ("a:\n  en: ? x\n", 2, "begin with ? and a space"),
    "words that begin with %": ("a: {en: %x}\n", 1, "begin with %"),
    "a quote without its partner": ('a: {en: "x, ur: "y", de: "z"}\nb: y\n', 1, "no partner"),
    "a setting that begins too early": (
        "s:\n  a:\n    ask: x\n  save: y\n    go: z\n",
        4,
        "2 spaces, 2 spaces too few",
    ),
    "an entry whose second line begins too early": ("- a: x\n b: y\n", 2, "1 space"),
    "a screen that begins too late": (
        "screens:\n  a:\n    ask: x\n    b:\n    ask: y\n",
        5,
        "'ask' is used twice (first on line 3)",
    ),
    "an empty line before a colon": ("a:  # c\n  b\n\n: d\n", 2, "an empty line is not allowed here"),
    "a file that begins with spaces": ("    en: x\n  ur: y\n", 2, "2 spaces, 2 spaces too few"),
    "a map in braces among names": ("a:\n  {b: c}\n  d: e\n", 3, "cannot be understood after"),
    "a character of no letter": ("a: 1\nb: \x07\n", 2, "no phone can show"),
}


def told(text: str) -> Problem:
    notes = Notes()
    assert load(text, "flow.yaml", notes) is None
    [problem] = notes.problems
    return problem


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_on_its_line_with_the_fix_and_without_the_parsers_words(slip: str) -> None:
    text, line, said = SLIPS[slip]
    problem = told(text)
    assert (problem.code, problem.line) == ("F000", line), problem
    assert said in problem.message
    assert problem.hint
    assert not [word for word in PARSER if word in str(problem)], problem


def test_a_long_word_before_a_colon_is_told_at_once() -> None:
    begun = time.process_time()
    assert told("a: " + "w" * 200_000 + " : c\n").line == 1
    assert time.process_time() - begun < 5  # square time took minutes


SIGNS = ("&x 1", "*x", "!!python/object:os.system 1", "! 1", "!<tag:x> 1")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "around",
    ["%s", "a: %s", "a:\n  %s", 'a: {"b":%s}', "a: [1,%s]", "a: [%s]", "- %s", "? %s\n: 1", "--- %s", "a: {%s}"],
)
def test_aliases_and_tags_are_refused_wherever_they_stand(around: str, sign: str) -> None:
    notes = Notes()
    assert load(around % sign + "\n", "x.yaml", notes) is None
    assert [problem.code for problem in notes.problems] == ["F000"]


def test_words_with_these_signs_are_words() -> None:
    notes = Notes()
    said = load("a: \"*8484#\"\nb: Rasheed & sons!\nc: '&'\nd: 2*3\n", "x.yaml", notes)
    assert (dict(said), notes.problems) == ({"a": "*8484#", "b": "Rasheed & sons!", "c": "&", "d": "2*3"}, [])
