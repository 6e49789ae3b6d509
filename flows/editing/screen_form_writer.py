"""A screen's form written back into its lines: what was not changed in the form keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.editing.screen_form import (
    FIELDS,
    OPTION_FIELDS,
    PARTS,
    SAME,
    Choice,
    ScreenForm,
    Words,
    form_of,
    read_valid_tree,
)
from flows.editing.yaml_maps import Bare, QuotedScalar, Tree, graft, line_of
from flows.editing.yaml_scalars import CannotEdit, compose, pairs, scalar
from flows.engine.answer_kinds import ERRORS
from flows.menu.actions import ACTIONS
from flows.menu.model import ANY_LANGUAGE
from flows.menu.screen_kinds import ASK, KINDS

ORDER = (
    *("skip_if", "ask", "do", "with", "end", "sms", "choose", "choose_from", "or_type", "answer", "length", "between"),
    *(*ERRORS, "save", "go", "then", "tries", "after_tries"),
)
_INNER = {"choose_from": ("list", "where", "show", "type_name"), "or_type": ("list", "save", "go")}
_VARIABLE = re.compile(r"[a-z_][a-z0-9_.]*|-?[0-9]+")


def write_form(block: str, wanted: ScreenForm, languages: Sequence[str]) -> str:
    """The block with what the form says. A new translation is put in the order of `languages`. Raises CannotEdit."""
    was = form_of(block)
    if len({choice.code for choice in wanted.choices}) != len(wanted.choices):
        raise CannotEdit("two options have the same code: give one of them another")
    block = _renamed(block, {choice.was: choice.code for choice in wanted.choices if choice.was})
    name, there = read_valid_tree(block)
    writing = _Writing(languages)
    for key, path in FIELDS.items():
        if wanted.fields.get(key, "") != was.fields.get(key, ""):
            writing.put(there, path, wanted.fields.get(key, ""))
    for part, path in PARTS.items():
        now = wanted.words.get(part, Words())
        if now != was.words.get(part, Words()):
            writing.put(there, path, writing.words(_at(there, path), now, needed=part == wanted.kind))
    if wanted.choices != was.choices:
        writing.put(there, ("choose",), writing.choices(there.get("choose"), was.choices, wanted.choices))
    if wanted.then != was.then:
        writing.put(there, ("then",), _kept(there, "then") | dict(wanted.then))
    if wanted.given != was.given:
        writing.put(there, ("with",), _kept(there, "with") | {key: _argument(each) for key, each in wanted.given})
    return graft(block, {name: there})


def _at(there: Mapping[str, Tree], path: Sequence[str]) -> Tree | None:
    found: Tree | None = there
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _kept(there: Mapping[str, Tree], key: str) -> dict[str, Tree]:
    """What the form could not show of a map: it stays."""
    found = there.get(key)
    return {name: each for name, each in found.items() if not isinstance(each, str)} if isinstance(found, dict) else {}


def _argument(typed: str) -> str:
    inner = typed.strip()
    if len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "\"'":
        return QuotedScalar(inner[1:-1])
    return Bare(inner) if _VARIABLE.fullmatch(inner) else QuotedScalar(inner)


def _renamed(block: str, names: Mapping[str, str]) -> str:
    """Options under other codes, in the place they have."""
    changed = {was: code for was, code in names.items() if was != code}
    if not changed:
        return block
    options = _node(compose(block), "choose")
    made = block
    for key, _ in reversed(pairs(options)):
        if key.value in changed:
            made = made[: key.start_mark.index] + scalar(changed[key.value], None) + made[key.end_mark.index :]
    return made


def _node(root: object, key: str) -> object:
    screen = pairs(root)[0][1]
    return next((value for name, value in pairs(screen) if name.value == key), None)


class _Writing:
    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = languages

    def put(self, there: dict[str, Tree], path: Sequence[str], value: Tree | None) -> None:
        """Set what stands at a path, or take it out for "" and nothing; a new key stands where one looks for it."""
        head, *rest = path
        if head == "choose_from":
            self._pick(there, rest, value)
        elif rest:
            inner = there.get(head)
            inside = dict(inner) if isinstance(inner, Mapping) else {}
            self.put_in(inside, rest[0], value, _INNER[head])
            self.put_in(there, head, inside, ORDER)
        else:
            self.put_in(there, head, value, ORDER)

    def _pick(self, there: dict[str, Tree], rest: Sequence[str], value: Tree | None) -> None:
        """`choose_from: list` becomes a map once there is more to say than the list."""
        now = there.get("choose_from")
        if not rest and not isinstance(now, Mapping):
            self.put_in(there, "choose_from", value, ORDER)
            return
        if not rest and not value:
            there.pop("choose_from")
            return
        inside: dict[str, Tree] = dict(now) if isinstance(now, Mapping) else {"list": now} if now else {}
        self.put_in(inside, rest[0] if rest else "list", value, _INNER["choose_from"])
        self.put_in(there, "choose_from", inside, ORDER)

    def put_in(self, there: dict[str, Tree], key: str, value: Tree | None, order: Sequence[str]) -> None:
        """Set a key; a new one comes behind the last of those that stand before it in `order`."""
        if value is None or value == "" or value == {}:
            there.pop(key, None)
            return
        if key in there:
            there[key] = value
            return
        before = set(order[: order.index(key)]) if key in order else set(there)
        at = max((place for place, name in enumerate(there, 1) if name in before), default=0)
        later = list(there.items())[at:]
        for name, _ in later:
            del there[name]
        there[key] = value
        there.update(later)

    def words(self, now: Tree | None, wanted: Words, *, needed: bool = False) -> Tree | None:
        """A text as the file has it from now on; None for one that says nothing, unless it is `needed`."""
        if wanted.same:
            said = wanted.said.get(ANY_LANGUAGE, "")
            if isinstance(now, Mapping):
                first = next((tag for tag in now if tag in self.languages), self.languages[0])
                return {first: said, SAME: "yes"} if said or needed else None
            return said or ({self.languages[0]: ""} if needed else None)
        made = self.spoken(now if isinstance(now, Mapping) else {}, wanted)
        return made or ({self.languages[0]: ""} if needed else None)

    def spoken(self, now: Mapping[str, Tree], wanted: Words) -> dict[str, Tree]:
        """A map with the words of a text in it: those of languages that say nothing are taken out."""
        made = dict(now)
        if wanted.same:
            for tag in [tag for tag in made if tag in self.languages][1:]:
                del made[tag]
            first = next((tag for tag in made if tag in self.languages), self.languages[0])
            self.put_in(made, first, wanted.said.get(ANY_LANGUAGE, ""), self.languages)
            self.put_in(made, SAME, "yes", (*self.languages, SAME))
            return made
        made.pop(SAME, None)
        for tag in (*self.languages, *(each for each in wanted.said if each not in self.languages)):
            self.put_in(made, tag, wanted.said.get(tag, ""), self.languages)
        return made

    def choices(self, now: Tree | None, was: Sequence[Choice], wanted: Sequence[Choice]) -> dict[str, Tree]:
        """The options in their order, each with what its row says."""
        there = now if isinstance(now, Mapping) else {}
        before = {choice.code: choice for choice in was}
        made: dict[str, Tree] = {}
        for choice in wanted:
            option = there.get(choice.code)
            made[choice.code] = self._choice(
                option if isinstance(option, Mapping) else {}, before.get(choice.was), choice
            )
        return made | {code: each for code, each in there.items() if not isinstance(each, Mapping)}

    def _choice(self, now: Mapping[str, Tree], was: Choice | None, wanted: Choice) -> dict[str, Tree]:
        made = dict(now)
        if was is None or was.words != wanted.words:
            made = self.spoken(made, wanted.words)
        for key in OPTION_FIELDS:
            said = getattr(wanted, key)
            if said != (getattr(was, key) if was else ""):
                order = (*self.languages, SAME, "go", "do", "when", "key")
                self.put_in(made, key, QuotedScalar(said) if key == "key" and said else said, order)
        return made


def first_lines(name: str, kind: str, languages: Sequence[str], *, go: str = "", action: str = "") -> str:
    """What a new screen of a kind begins with: an action and where it leads, or room for its words."""
    blank: dict[str, Tree] = dict.fromkeys(languages, "")
    if kind == "do":
        declared = ACTIONS.get(action)
        given: dict[str, Tree] = {
            each: each for each, required in (declared.arguments if declared else {}).items() if required
        }
        then: dict[str, Tree] = dict.fromkeys((*(declared.outcomes if declared else ()), "else"), go)
        inside: dict[str, Tree] = {"do": action, "with": given, "then": then} if given else {"do": action, "then": then}
    else:
        known = next((each for each in KINDS if each.word == kind), ASK)
        inside = {known.word: blank, "go": go} if go and "go" in known.words else {known.word: blank}
    return line_of(name, inside, 0, "\n")
