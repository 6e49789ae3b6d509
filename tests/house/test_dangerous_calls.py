"""No code, command line or pattern is made of words that a person wrote: read from the source of the packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "storage", "sessions", "gateway")
PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
RUNS_WORDS = {"eval", "exec", "compile", "__import__"}
UNPACKS_OBJECTS = {"pickle", "marshal", "shelve", "dill"}


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Every call in the source, with its place."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_no_code_is_made_of_words() -> None:
    made = [at for at, call in calls() if isinstance(call.func, ast.Name) and call.func.id in RUNS_WORDS]
    assert made == []
    unpacked = [at for at, call in calls() if ast.unparse(call.func).split(".")[0] in UNPACKS_OBJECTS]
    assert unpacked == []
    yaml = [call for _, call in calls() if ast.unparse(call.func) == "YAML"]
    loaders = {ast.unparse(keyword.value) for call in yaml for keyword in call.keywords if keyword.arg == "typ"}
    assert loaders <= {"'rt'", "'safe'"}  # ruamel.yaml's loaders that make no objects


def test_no_command_line_is_put_together_from_words() -> None:
    """A program gets a list of arguments; no shell reads any."""
    through_a_shell = [
        at
        for at, call in calls()
        if ast.unparse(call.func) in ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
        or any(each.arg == "shell" and ast.unparse(each.value) != "False" for each in call.keywords)
    ]
    assert through_a_shell == []


def fixed(node: ast.expr) -> bool:
    """True for what the source itself says: constants, names in capitals, and words that are escaped."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_").isupper()
        case ast.JoinedStr(values=parts):
            return all(
                isinstance(part, ast.Constant) or (isinstance(part, ast.FormattedValue) and fixed(part.value))
                for part in parts
            )
        case ast.BinOp(left=left, right=right):
            return fixed(left) and fixed(right)
        case ast.Call(func=func, args=args):
            said = ast.unparse(func)
            if said == "re.escape":
                return True
            return said.endswith(".join") and all("re.escape" in ast.unparse(each) or fixed(each) for each in args)
    return False


# Patterns made of what the code itself or a setting holds: nothing of a flow, a form or a row is in them.
OURS = {
    "flows/cases/officer_code.py": "its own numbers",
    "flows/checks/protection/grave_words.py": "its own words, by language",
    "flows/checks/protection/hidden_words.py": "its own words, by language",
    "flows/checks/words/text_numbers.py": "its own words for to call",
    "flows/checks/walks/word_cues.py": "its own words, by language",
    "flows/checks/words/answer_words.py": "its own words, by language",
    "flows/checks/words/closing_words.py": "its own words, by language",
    "flows/checks/words/language_tags.py": "words that a module of the checks gives",
    "flows/checks/words/promise_words.py": "its own words, by language",
    "flows/checks/words/typing_words.py": "its own words, by language",
    "gateway/aggregators/contract/payload_fields.py": "names of fields that an adapter declares",
    "gateway/aggregators/descriptions/checks.py": "a file of the operator's, read when the process starts",
    "gateway/console/messages/template.py": "templates in the code of the product",
    "gateway/console/site/sentence_words.py": "its own sentences",
    "gateway/settings/values/phone_numbers.py": "calling codes, which are digits",
    "gateway/settings/values/readers.py": "the pattern of a setting, from the code",
}


def test_no_pattern_is_made_of_what_a_person_wrote() -> None:
    """A pattern from outside could take minutes; the answer kinds of a flow are a closed set instead."""
    made = [
        f"{at} {ast.unparse(call.args[0])}"
        for at, call in calls()
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "re"
        and call.func.attr in PATTERNS
        and not fixed(call.args[0])
        and at.partition(":")[0] not in OURS
    ]
    assert made == []


@pytest.mark.parametrize("source", ["re.compile(words)", "re.sub(f'a{said}', '', x)", "re.search('a' + form['x'], y)"])
def test_this_check_would_see_it(source: str) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert not fixed(call.args[0])
