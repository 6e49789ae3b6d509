"""One screen of a flow file: it asks, acts or ends."""

import re

from msgspec.structs import replace

from flows.engine.answer_kinds import ERRORS, KINDS, LONGEST_TEXT
from flows.menu import conditions, screen_kinds
from flows.menu.action_spec import ActionSpec
from flows.menu.actions import ACTIONS
from flows.menu.declared_names import LINE_WORDS
from flows.menu.diagnostics import did_you_mean, near, suggest_nearest
from flows.menu.file_keys import BOUNDS, CHOOSE_FROM, OPTION, OR_TYPE
from flows.menu.model import (
    Answer,
    Ask,
    Condition,
    Do,
    End,
    NameLookup,
    Option,
    Pick,
    Screen,
    Template,
    Text,
    Variable,
)
from flows.parsing.lists import CODE_SHAPE, is_code
from flows.parsing.yaml_document import CommentedMap, Node, is_quoted, template
from flows.text.western_digits import western, whole_number

LINE_ERRORS = (*ERRORS, *LINE_WORDS)  # of the whole line
KINDS_OF_SCREEN = tuple(kind.word for kind in screen_kinds.KINDS)
WORDS = {*(word for kind in screen_kinds.KINDS for word in kind.keys), *BOUNDS, *ERRORS}
AFTER_BRACE = re.compile(r"\{\s*([a-z_][a-z0-9_]*)")
LONGEST_RANGE = 20  # letters of a wrong one that are quoted
_NEAR_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAY = r"(-?[0-9]{1,5}|today|tomorrow|yesterday)"
_DAYS = re.compile(rf"{_DAY}\s*(?:-|–|\.\.+|…|\bto\b)\s*{_DAY}", re.ASCII)
OPEN_LIST = "contact.open_complaints"  # the caller's own complaints, fetched by an action before the screen


class Screens:
    """Reads screens one by one and gathers them, including those that shorthand stands for."""

    def __init__(self, languages: dict[str, str], pinned: set[str]) -> None:
        self.languages, self.reserved = languages, pinned
        self.found: dict[str, Screen] = {}

    def read(self, name: str, node: Node) -> None:
        """Read one screen; what is wrong with it is reported and, where it can be, left out."""
        node.screen = name
        if not is_code(name):
            node.problem("F802", None, f"the screen id {name!r} must have only {CODE_SHAPE}")
        kinds = [word for word in KINDS_OF_SCREEN if word in node.data]
        if len(kinds) != 1:
            said = " and ".join(kinds) if kinds else "none"
            slips = [(str(word), near(str(word), KINDS_OF_SCREEN)) for word in node.data if word not in WORDS]
            hint = next((f"{did_you_mean(meant)[:-1]} instead of {word!r}?" for word, meant in slips if meant), "")
            message = f"a screen must have exactly one of ask, do and end; this one has {said}"
            node.problem("F001", None, message, hint="" if kinds else hint)
            node.perhaps_saves("save")
            return
        node.amend(WORDS - {*KINDS_OF_SCREEN})
        reader = {"ask": self._ask, "do": self._do, "end": self._end}[kinds[0]]
        screen = reader(name, node)
        if screen is not None:
            self.found[name] = screen
        node.done(WORDS)

    def _ask(self, name: str, node: Node) -> Screen | None:
        text = node.text(self.languages, "ask")
        shared_go, save = node.word("go"), node.word("save")
        options = self._options(name, node, shared_go)
        pick = self._pick(node)
        answer = self._answer(node)
        errors = {key: node.text(self.languages, key) for key in ERRORS if key in node.data}
        tries = whole_number(node.word("tries") or "3")
        if not tries:
            node.problem("F701", "tries", "tries must be a whole number from 1 to 5")
        ask = Ask(
            name,
            text,
            options=options,
            pick=pick,
            answer=answer,
            save=save,
            go=shared_go,
            skip_if=self._condition(node, "skip_if"),
            tries=tries or 3,
            after_tries=node.word("after_tries"),
            errors=errors,
        )
        if pick is not None and pick.list == OPEN_LIST:
            return self._own_complaints(ask)
        return ask

    def _own_complaints(self, ask: Ask) -> Screen:
        """`choose_from: contact.open_complaints` fetches the list first; with none, the caller is back at the menu."""
        listed = f"{ask.id}.list"
        self.found[listed] = replace(ask, id=listed, skip_if=None)
        then = {"ok": listed, "none": "", "else": ""}
        return Do(ask.id, "my_complaints", {}, then, save=OPEN_LIST, skip_if=ask.skip_if)

    def _options(self, name: str, node: Node, shared_go: str | None) -> tuple[Option, ...]:
        choices = node.map("choose")
        if choices is None:
            return ()
        options: list[Option] = []
        for number, (code, choice) in enumerate(choices.maps(), 1):
            if not is_code(code):
                choice.problem("F802", None, f"the choice code {code!r} must have only {CODE_SHAPE}")
            known = {*OPTION, *self.languages}
            choice.amend(known)
            key = self._key(choice) or str(number)
            go = choice.word("go") or shared_go or ""
            if not go and set(choice.data) <= known:  # else the word that is unknown is the cause
                choice.problem("F103", None, f"nothing follows the choice {code!r}, because it has no go")
            if "do" in choice.data:
                go = self._option_action(f"{name}.{code}", choice, go)
            text = choice.text(self.languages)
            when, shown = self._condition(choice, "when"), choice.flag("show", True)
            options.append(Option(code, key, text, go, when, shown))
            choice.done(known)
        return tuple(options)

    def _key(self, node: Node) -> str | None:
        value = node.take("key")
        if value is not None and not is_quoted(value):
            node.problem("F801", "key", f"put the key {value} in quotes: without them, 08 is another number")
        return None if value is None else western(str(value)).strip()

    def _option_action(self, name: str, choice: Node, go: str) -> str:
        """`do:` on an option is short for a screen that acts and then leads where the option leads."""
        action = choice.word("do") or ""
        declared = ACTIONS.get(action)
        if declared is None:
            choice.problem("F402", "do", f"unknown action {action!r}", hint=suggest_nearest(action, ACTIONS))
            return go
        given = {arg: "complaint.number" if arg == "complaint" else arg for arg in declared.arguments}
        self.found[name] = Do(name, action, given, {"ok": go, "else": "try_later"})
        return name

    def _pick(self, node: Node) -> Pick | None:
        value = node.take("choose_from")
        if value is None:
            return None
        typed = self._typed(node.map("or_type"))
        if not isinstance(value, CommentedMap):
            return Pick(str(value), typed=typed)
        inner = Node(value, node.file, node.notes, (*node.path, "choose_from"), node.screen)
        inner.amend(CHOOSE_FROM)
        name = inner.word("list")
        if name is None:
            inner.problem("F001", None, "choose_from needs a list")
            return None
        where = self._where(inner)
        show: Text | None = None
        if "show" in inner.data:
            show = inner.text(self.languages, "show")
        pick = Pick(name, where, show, inner.flag("type_name", False), typed)
        inner.done({*CHOOSE_FROM})
        return pick

    def _typed(self, node: Node | None) -> NameLookup | None:
        if node is None:
            return None
        node.amend(OR_TYPE)
        words = [node.word(key) for key in OR_TYPE]
        node.done({*OR_TYPE})
        if None in words:
            node.problem("F001", None, "or_type needs list, save and go")
            node.perhaps_saves("save")
            return None
        return NameLookup(*(str(word) for word in words))

    def _where(self, node: Node) -> tuple[str, str] | None:
        where = node.word("where")
        if where is None:
            return None
        column, equals, variable = (part.strip() for part in where.partition("="))
        if not (column and equals and variable):
            node.problem("F409", "where", f"where must be `column = variable`, not {where!r}")
            return None
        return column, variable

    def _answer(self, node: Node) -> Answer | None:
        name = node.word("answer")
        written = {word: node.word(word) for word in BOUNDS if word != "working_days"}
        working = node.flag("working_days", False)
        if name is None:
            return None
        ranges = {word: self._range(node, word, written[word]) for word in ("length", "between")}
        days = self._days(node, written["days"])
        kind = KINDS.get(name)
        if kind is None:
            said = f"answer must be {', '.join([*KINDS][:-1])} or {[*KINDS][-1]}, not {name!r}"
            node.problem("F001", "answer", said, hint=suggest_nearest(name, KINDS))
            return None
        shortest, longest = (ranges["length"] if kind.bounds == "length" else None) or (1, LONGEST_TEXT)
        between = ranges["between"] if kind.bounds == "between" else None
        return Answer(name, shortest, longest, between, days, working, written["country"] or "")

    def _days(self, node: Node, words: str | None) -> tuple[int, int] | None:
        """The first and the last day, counted from that of the call: `0-30`, `today to 30`, `-7 to -1`."""
        if words is None:
            return None
        ends = _DAYS.fullmatch(words.strip().casefold())
        first, last = (_NEAR_DAYS[end] if end in _NEAR_DAYS else int(end) for end in ends.groups()) if ends else (1, 0)
        if first > last:
            said = f"days must be a range such as 0-30, where 0 is today, not {words[:LONGEST_RANGE]!r}"
            node.problem("F702", "days", said, hint="write the first day, - or to, and the last: 1-30, -7 to 0")
            return None
        return first, last

    def _range(self, node: Node, key: str, words: str | None) -> tuple[int, int] | None:
        if words is None:
            return None
        low, high = (whole_number(part.strip()) for part in words.partition("-")[::2])
        if low is None or high is None or low > high:
            node.problem("F702", key, f"{key} must be a range such as 10-160, not {words[:LONGEST_RANGE]!r}")
            return None
        return low, high

    def _condition(self, node: Node, key: str) -> Condition | None:
        words = node.word(key)
        if words is None:
            return None
        try:
            return conditions.parse(words)
        except conditions.ConditionError as error:
            node.problem("F409", key, f"{key}: {error}")
            return None

    def _do(self, name: str, node: Node) -> Screen | None:
        action = node.word("do") or ""
        declared = ACTIONS.get(action)
        if declared is None:
            node.problem("F402", "do", f"unknown action {action!r}", hint=suggest_nearest(action, ACTIONS))
        given, joined = self._arguments(node, declared)
        then = node.map("then")
        if then is not None and declared is not None and "else" not in then.data:
            then.amend({"else", *declared.outcomes} | {str(key) for key in then.data if near(str(key), ["else"]) == ""})
        targets = {str(key): str(then.take(key)) for key in then.data} if then else {}
        if "else" not in targets:
            node.problem("F403", "do", "the action has no else: where does the caller go if it cannot be done?")
            targets["else"] = ""
        return Do(name, action, given, targets, node.word("save"), self._condition(node, "skip_if"), joined)

    def _arguments(self, node: Node, declared: ActionSpec | None) -> tuple[dict[str, str], dict[str, Template]]:
        """Argument -> variable, and those with variables in braces, which join them.

        Any other value in quotes, a number, yes or no is the value itself, stored after a `'`.
        """
        inner = node.map("with")
        given: dict[str, str] = {}
        joined: dict[str, Template] = {}
        if inner is None:
            return given, joined
        for key in inner.data:
            value = inner.take(key)
            if "{" in str(value):
                said = self._join(inner, str(key), value, declared)
                if isinstance(said, str):
                    given[str(key)] = said
                else:
                    joined[str(key)] = said
                continue
            literal = is_quoted(value) or isinstance(value, (int, float)) or str(value) in ("yes", "no")
            given[str(key)] = f"'{value}" if literal else str(value)
        return given, joined

    def _join(self, node: Node, key: str, value: object, declared: ActionSpec | None) -> Template | str:
        """The parts of an argument with braces in it. Braces that join nothing are reported, and read as the variable
        that was most likely meant."""
        takes = declared.arguments.get(key) if declared else None
        lone = str(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else ""  # {clinic} without quotes
        parts = template(str(value), node, key, code="F420") if not isinstance(value, dict | list) else ()
        if any(isinstance(part, str) and "{" in part for part in parts):
            node.notes.unsure.update(AFTER_BRACE.findall(str(value)))  # which variable was meant is not known
        names = [lone, *(part.name for part in parts if isinstance(part, Variable))]
        first = next(filter(None, names), "")
        if takes is not None and not takes.joins:
            message = f"{key} takes a single value, and no words with variables in braces"
            node.problem("F420", key, message, hint=f"write {key}: {first}" if first else "remove the braces")
        elif not is_quoted(value):
            hint = f"write {key}: {lone}" if lone else "put the whole value in quotes"
            node.problem("F420", key, f"the braces of {key} are not in quotes, so they join nothing", hint=hint)
        return lone if lone or isinstance(value, list) else parts

    def _end(self, name: str, node: Node) -> Screen:
        sms = node.text(self.languages, "sms") if "sms" in node.data else None
        return End(name, node.text(self.languages, "end"), sms)
