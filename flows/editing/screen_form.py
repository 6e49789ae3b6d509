"""One screen of a flow file as a form, read from its lines of YAML."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from flows.editing.yaml_nodes import (
    CannotEdit,
    QuotedScalar,
    Tree,
    UnchangedNode,
    at,
    compose,
    pairs,
    tree_of,
    yaml_problems,
)
from flows.engine.answer_kinds import ERRORS
from flows.menu.file_keys import BOUNDS
from flows.menu.model import ANY_LANGUAGE
from flows.menu.screen_kinds import KINDS
from flows.parsing.screens import KINDS_OF_SCREEN, WORDS
from flows.parsing.yaml_bounds import MOST_SCREEN_NODES

SAME = "any_language"
PARTS: dict[str, tuple[str, ...]] = {kind.word: (kind.word,) for kind in KINDS if kind.seen}
PARTS |= {"sms": ("sms",), "show": ("choose_from", "show"), **{name: (name,) for name in ERRORS}}
FIELDS: dict[str, tuple[str, ...]] = {
    name: (name,) for name in ("skip_if", "answer", *BOUNDS, "save", "go", "tries", "after_tries", "do", "choose_from")
}
FIELDS |= {name: ("choose_from", name) for name in ("where", "type_name")}
FIELDS |= {f"or_{name}": ("or_type", name) for name in ("list", "save", "go")}
OPTION_FIELDS = ("key", "go", "do", "when")
INNER = {"choose_from": ("list", "where", "show", "type_name"), "or_type": ("list", "save", "go")}


class Words(Struct, frozen=True):
    """A text by language; `same` texts are the same in every language, under ANY_LANGUAGE."""

    said: dict[str, str] = field(default_factory=dict)
    same: bool = False


class Choice(Struct, frozen=True):
    """One option. `was` is its code in the file, "" for a new one; `key` is "" where its position is its number."""

    was: str
    code: str
    words: Words = Words()
    key: str = ""
    go: str = ""
    do: str = ""
    when: str = ""


class ScreenForm(Struct, frozen=True):
    """Everything of a screen that can be filled in; "" means that it is absent.

    `words` are its texts by part (PARTS), `fields` its single words (FIELDS). `given` are the arguments of an action as
    they are written (`complaint.number`, or `"5"` in quotes for that value itself), `then` the screen for each outcome.
    `odd` names what only the YAML can express.
    """

    screen: str
    kind: str
    words: dict[str, Words]
    fields: dict[str, str]
    choices: tuple[Choice, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    then: tuple[tuple[str, str], ...] = ()
    odd: tuple[str, ...] = ()


def tree(block: str) -> tuple[str, dict[str, Tree]]:
    """The name of the screen in a block of YAML, and what it holds. Raises CannotEdit with a sentence."""
    if problem := next(iter(yaml_problems(block, "", MOST_SCREEN_NODES)), None):
        raise CannotEdit(f"line {problem.line}: {problem.message}" + (f" ({problem.hint})" if problem.hint else ""))
    root = pairs(compose(block))
    if len(root) != 1:
        raise CannotEdit("one screen begins with its name and a colon; everything else is indented below it")
    inner = tree_of(root[0][1])
    if not isinstance(inner, dict):
        raise CannotEdit("a screen holds words such as ask, do or end, each with what belongs to it")
    return str(root[0][0].value), inner


@lru_cache(maxsize=64)
def form_of(block: str) -> ScreenForm:
    """The form of a screen as it is written. Raises CannotEdit for what is not one screen."""
    name, there = tree(block)
    odd = [key for key in there if key not in WORDS]
    kinds = [kind for kind in KINDS_OF_SCREEN if kind in there]
    if len(kinds) != 1:
        odd += kinds
    for outer, known in INNER.items():
        odd += [f"{outer}.{key}" for key in _map(there, outer) if key not in known]
    return ScreenForm(
        screen=name,
        kind=kinds[0] if kinds else "",
        words={part: words for part, path in PARTS.items() if (words := _words(at(there, path), odd, part))},
        fields={name: word for name, path in FIELDS.items() if (word := _word(there, path, odd))},
        choices=tuple(_choices(there, odd)),
        given=tuple(_pairs_of(there, "with", odd)),
        then=tuple(_pairs_of(there, "then", odd)),
        odd=tuple(dict.fromkeys(odd)),
    )


def _map(there: Mapping[str, Tree], key: str) -> Mapping[str, Tree]:
    found = there.get(key)
    return found if isinstance(found, Mapping) else {}


def _word(there: Mapping[str, Tree], path: tuple[str, ...], odd: list[str]) -> str:
    found = at(there, path)
    if path == ("choose_from",) and isinstance(found, Mapping):
        found, path = found.get("list", ""), ("choose_from", "list")
    if found is not None and not isinstance(found, str):
        odd.append(".".join(path))
    return str(found) if isinstance(found, str) else ""


def _words(found: Tree | None, odd: list[str], name: str) -> Words | None:
    if found is None:
        return None
    if isinstance(found, str):
        return Words({ANY_LANGUAGE: str(found)}, True)
    said = {key: str(each) for key, each in found.items() if isinstance(each, str)} if isinstance(found, dict) else {}
    if isinstance(found, UnchangedNode) or len(said) != len(found):
        odd.append(name)
    return words_in(said)


def words_in(said: Mapping[str, str]) -> Words:
    """Words as a map of the file has them: with `any_language: yes` the first is used for all languages."""
    said = dict(said)
    if said.pop(SAME, "").lower() in ("yes", "true") and said:
        return Words({ANY_LANGUAGE: next(iter(said.values()))}, True)
    return Words(said)


def _choices(there: Mapping[str, Tree], odd: list[str]) -> Iterator[Choice]:
    if not isinstance(there.get("choose", {}), Mapping):
        odd.append("choose")
    for code, option in _map(there, "choose").items():
        if not isinstance(option, Mapping):
            odd.append(f"choose.{code}")
            continue
        said = {}
        for key, value in option.items():
            if not isinstance(value, str):
                odd.append(f"choose.{code}.{key}")
            elif key not in OPTION_FIELDS:
                said[key] = str(value)
        given: dict[str, Any] = {key: str(option[key]) for key in OPTION_FIELDS if isinstance(option.get(key), str)}
        yield Choice(code, code, words_in(said), **given)


def _pairs_of(there: Mapping[str, Tree], key: str, odd: list[str]) -> Iterator[tuple[str, str]]:
    for name, value in _map(there, key).items():
        if isinstance(value, str):
            literal = key == "with" and isinstance(value, QuotedScalar)
            yield name, f'"{value}"' if literal else str(value)
        else:
            odd.append(f"{key}.{name}")


def texts_of(given: ScreenForm) -> dict[tuple[str, ...], str]:
    """Every text of a form by its part or option and its language."""
    texts: dict[tuple[str, ...], Words] = {(part,): words for part, words in given.words.items()}
    texts |= {("choose", choice.code): choice.words for choice in given.choices}
    return {(*place, tag): said for place, words in texts.items() for tag, said in words.said.items() if said}
