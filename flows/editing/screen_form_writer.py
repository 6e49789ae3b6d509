"""A screen's form written back into its lines: what the form does not change keeps its text."""

import re
from collections.abc import Mapping, Sequence

from flows.editing.screen_form import FIELDS, INNER, OPTION_FIELDS, PARTS, SAME, Choice, ScreenForm, Words, form_of
from flows.editing.yaml_edits import graft, insert, line_of, rename_keys
from flows.editing.yaml_nodes import Bare, CannotEdit, QuotedScalar, Source, Tree, at, tree_of
from flows.engine.answer_kinds import ERRORS
from flows.menu.actions import ACTIONS
from flows.menu.file_keys import BOUNDS
from flows.menu.model import ANY_LANGUAGE
from flows.menu.screen_kinds import ASK, KINDS

ORDER = (
    *("skip_if", "ask", "do", "with", "end", "sms", "choose", "choose_from", "or_type", "answer"),
    *(*BOUNDS, *ERRORS, "save", "go", "then", "tries", "after_tries"),
)
_VARIABLE = re.compile(r"[a-z_][a-z0-9_.]*|-?[0-9]+")


def write_form(block: str, wanted: ScreenForm, languages: Sequence[str]) -> str:
    """The block with what the form says. A new translation is put in the order of `languages`. Raises CannotEdit."""
    was = form_of(block)
    if len({choice.code for choice in wanted.choices}) != len(wanted.choices):
        raise CannotEdit("two options have the same code: give one of them another")
    renamed = {choice.was: choice.code for choice in wanted.choices if choice.was}
    block = rename_keys(block, (was.screen, "choose"), renamed)
    there = _dict(at(tree_of(Source(block).root), (was.screen,)))
    writing = _Writing(languages)
    for key, path in FIELDS.items():
        if wanted.fields.get(key, "") != was.fields.get(key, ""):
            _put_at(there, path, wanted.fields.get(key, ""))
    for part, path in PARTS.items():
        now = wanted.words.get(part, Words())
        if now != was.words.get(part, Words()):
            _put_at(there, path, writing.words(at(there, path), now, needed=part == wanted.kind))
    if wanted.choices != was.choices:
        _put(there, "choose", writing.choices(_dict(there.get("choose")), was.choices, wanted.choices), ORDER)
    if wanted.then != was.then:
        _put(there, "then", _odd(there, "then") | dict(wanted.then), ORDER)
    if wanted.given != was.given:
        _put(there, "with", _odd(there, "with") | {key: _argument(each) for key, each in wanted.given}, ORDER)
    return graft(block, {was.screen: there})


def _dict(tree: Tree | None) -> dict[str, Tree]:
    return dict(tree) if isinstance(tree, Mapping) else {}


def _odd(there: Mapping[str, Tree], key: str) -> dict[str, Tree]:
    """The entries of a map that the form cannot show: they stay."""
    return {name: each for name, each in _dict(there.get(key)).items() if not isinstance(each, str)}


def _argument(typed: str) -> str:
    inner = typed.strip()
    if len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "\"'":
        return QuotedScalar(inner[1:-1])
    return Bare(inner) if _VARIABLE.fullmatch(inner) else QuotedScalar(inner)


def _put(there: dict[str, Tree], key: str, value: Tree | None, order: Sequence[str]) -> None:
    """Set a key, or remove it for "" and nothing; a new key goes after those that come before it in `order`."""
    if value is None or value == "" or value == {}:
        there.pop(key, None)
    else:
        insert(there, key, value, order[: order.index(key)] if key in order else list(there))


def _put_at(there: dict[str, Tree], path: Sequence[str], value: Tree | None) -> None:
    """The same at a path. `choose_from: list` becomes a map once there is more to say than the list."""
    head, *rest = path
    now = there.get(head)
    if head == "choose_from" and isinstance(now, Mapping) and not rest:
        if not value:
            there.pop(head)
            return
        rest = ["list"]
    if rest:
        inside: dict[str, Tree] = {"list": now} if isinstance(now, str) else _dict(now)
        _put(inside, rest[0], value, INNER[head])
        value = inside
    _put(there, head, value, ORDER)


class _Writing:
    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = languages

    def words(self, now: Tree | None, wanted: Words, *, needed: bool = False) -> Tree | None:
        """A text as the file has it from now on; None for one that says nothing, unless it is `needed`."""
        said = wanted.said.get(ANY_LANGUAGE, "")
        if wanted.same and said and not isinstance(now, Mapping):
            return said
        made = self.spoken(_dict(now), wanted) if said or not wanted.same else {}
        return made or ({self.languages[0]: ""} if needed else None)

    def spoken(self, now: Mapping[str, Tree], wanted: Words) -> dict[str, Tree]:
        """A map with the words of a text in it; languages without words are removed."""
        made, tags = dict(now), [tag for tag in now if tag in self.languages]
        said = dict(wanted.said)
        if wanted.same:
            said = {(tags or self.languages)[0]: wanted.said.get(ANY_LANGUAGE, "")}
        for tag in dict.fromkeys([*self.languages, *said]):
            _put(made, tag, said.get(tag, ""), self.languages)
        _put(made, SAME, "yes" if wanted.same else "", (*self.languages, SAME))
        return made

    def choices(self, now: Mapping[str, Tree], was: Sequence[Choice], wanted: Sequence[Choice]) -> dict[str, Tree]:
        """The options in their order, each with what its row says."""
        before = {choice.code: choice for choice in was}
        made: dict[str, Tree] = {
            choice.code: self._choice(_dict(now.get(choice.code)), before.get(choice.was, Choice("", "")), choice)
            for choice in wanted
        }
        return made | {code: each for code, each in now.items() if not isinstance(each, Mapping)}

    def _choice(self, now: dict[str, Tree], was: Choice, wanted: Choice) -> dict[str, Tree]:
        made = self.spoken(now, wanted.words) if was.words != wanted.words else now
        for key in OPTION_FIELDS:
            said = getattr(wanted, key)
            if said != getattr(was, key):
                order = (*self.languages, SAME, "go", "do", "when", "key")
                _put(made, key, QuotedScalar(said) if key == "key" and said else said, order)
        return made


def first_lines(name: str, kind: str, languages: Sequence[str], *, go: str = "", action: str = "") -> str:
    """What a new screen of a kind begins with: an action and where it leads, or room for its words."""
    known = next((each for each in KINDS if each.word == kind), ASK)
    inside: dict[str, Tree] = {known.word: dict.fromkeys(languages, "")}
    if kind == "do":
        declared = ACTIONS.get(action)
        inside = {"do": action}
        if given := [each for each, takes in (declared.arguments if declared else {}).items() if takes.required]:
            inside["with"] = {each: each for each in given}
        inside["then"] = dict.fromkeys((*(declared.outcomes if declared else ()), "else"), go)
    elif go and "go" in known.keys:
        inside["go"] = go
    return line_of(name, inside, 0, "\n")
