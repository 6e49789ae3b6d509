"""A file of keyword rules edited: keywords and rules are added, removed and moved. Every other character stays.

A comment belongs to the rule that it is in or above, and goes with it. The result is read again and compared before it
is returned.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from flows.editing.yaml_edits import WIDTH, double_quote, end_of_entry, line_end, scalar
from flows.editing.yaml_nodes import CannotEdit, compose_once, pairs
from flows.menu.keyword_rule import Rule
from flows.parsing.keyword_rules import LONGEST_KEYWORD, MOST_KEYWORD_WORDS
from flows.text.normalization import normalize_keyword

PARTS = ("words", "alone", "beside")  # the lists of a rule, in the order of a file
ELSEWHERE = "this cannot be put into the file without changing something else: change it in the file"
_COMMA = re.compile(r"( *,) *")
_BETWEEN = re.compile("[;؛,،\n]")


class _Span(Struct, frozen=True):
    """Where a rule is in its file: from the comments above it, from its own first line, and to its end."""

    lead: int
    start: int
    end: int


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of a file in order. Raises CannotEdit where one of them has another shape."""
    return _rules(compose_once(text))


def split_keywords(typed: str) -> tuple[str, ...]:
    """The keywords that somebody typed, with semicolons, commas or lines between, as a file has them: in capitals."""
    words = (" ".join(each.split()).upper() for each in _BETWEEN.split(typed))
    return tuple(dict.fromkeys(filter(None, words)))


def fault_of(keyword: str) -> str:
    """Why no SMS could begin with these words, as a key: empty, long, many; "" if one can."""
    if not normalize_keyword(keyword):
        return "empty"
    if len(keyword) > LONGEST_KEYWORD:
        return "long"
    return "many" if len(keyword.split()) > MOST_KEYWORD_WORDS else ""


def add_keywords(text: str, rule: int, part: str, words: Sequence[str]) -> str:
    """The file with more keywords at the end of a list of a rule. Raises CannotEdit."""
    rules, node = rules_of(text), _entry(text, rule)
    new = [word for word in words if word not in getattr(rules[rule], part)]
    if not new:
        return text
    pair = next(((key, value) for key, value in pairs(node) if key.value == part), None)
    made = _with_part(text, node, part, new) if pair is None else _longer(text, pair[1], new)
    return _checked(made, _with(rules, rule, part, (*getattr(rules[rule], part), *new)))


def remove_keywords(text: str, rule: int, part: str, words: Collection[str]) -> str:
    """The file without some keywords of a rule; a list that is empty then goes too, unless it is `words`.

    Raises CannotEdit.
    """
    rules, node = rules_of(text), _entry(text, rule)
    left = tuple(word for word in getattr(rules[rule], part) if word not in words)
    pair = next(((key, value) for key, value in pairs(node) if key.value == part), None)
    if pair is None or left == getattr(rules[rule], part):
        return text
    made = _shorter(text, pair[1], words) if left else _without_list(text, node, *pair)
    return _checked(made, _with(rules, rule, part, left))


def add_rule(text: str, rule: Rule, at: int) -> str:
    """The file with a new rule, which is the one at position `at` then. Raises CannotEdit."""
    rules, spans = rules_of(text), _spans(text)
    at = max(0, min(at, len(rules)))
    place = spans[0].start if at == 0 else spans[at - 1].end
    end = line_end(text)
    gap = end if place and text[place - 1] != "\n" else ""
    column = _column(text)
    intent = double_quote(rule.intent) if rule.intent in ("yes", "no") else scalar(rule.intent)
    lines = f"{' ' * column}- intent: {intent}{end}"
    for part in PARTS:
        if part == "words" or getattr(rule, part):
            lines += _list_lines(part, getattr(rule, part), column + 2, end)
    return _checked(text[:place] + gap + lines + text[place:], (*rules[:at], rule, *rules[at:]))


def remove_rule(text: str, rule: int) -> str:
    """The file without a rule and the comments above it. Raises CannotEdit for the only one."""
    rules, span = rules_of(text), _spans(text)[rule]
    if len(rules) == 1:
        raise CannotEdit("this is the only rule: a file of keywords has at least one")
    start = span.start if rule == 0 else span.lead
    return _checked(text[:start] + text[span.end :], (*rules[:rule], *rules[rule + 1 :]))


def move_rule(text: str, rule: int, to: int) -> str:
    """The file with a rule at another position. Raises CannotEdit."""
    rules, spans, end = list(rules_of(text)), _spans(text), line_end(text)
    chunks = [text[spans[0].start : spans[0].end], *(text[each.lead : each.end] for each in spans[1:])]
    chunks = [each if each.endswith("\n") else each + end for each in chunks]
    to = max(0, min(to, len(rules) - 1))
    rules.insert(to, rules.pop(rule))
    chunks.insert(to, chunks.pop(rule))
    made = text[: spans[0].start] + "".join(chunks) + text[spans[-1].end :]
    return _checked(made if text.endswith("\n") else made.removesuffix(end), tuple(rules))


def _rules(root: Any) -> tuple[Rule, ...]:
    if not isinstance(root, SequenceNode) or root.flow_style or not root.value:
        raise CannotEdit("a file of keywords is a list of rules, each beginning with `- intent:`")
    return tuple(_rule(each) for each in root.value)


def _rule(node: Any) -> Rule:
    found = {str(key.value): value for key, value in pairs(node)}
    intent = found.get("intent")
    if not isinstance(intent, ScalarNode) or not isinstance(found.get("words"), SequenceNode):
        raise CannotEdit(f"line {node.start_mark.line + 1}: each keyword rule needs an intent and words: [...]")
    return Rule(str(intent.value), *(_list(found.get(part)) for part in PARTS))


def _list(node: Any) -> tuple[str, ...]:
    if node is None or (isinstance(node, ScalarNode) and not node.value):
        return ()
    if not isinstance(node, SequenceNode) or not all(isinstance(each, ScalarNode) for each in node.value):
        raise CannotEdit(f"line {node.start_mark.line + 1}: this must be a list of words: [...]")
    return tuple(str(each.value) for each in node.value)


def _entry(text: str, rule: int) -> Any:
    return compose_once(text).value[rule]


def _with(rules: tuple[Rule, ...], rule: int, part: str, words: tuple[str, ...]) -> tuple[Rule, ...]:
    changed: Mapping[str, Any] = {part: words}
    return (*rules[:rule], replace(rules[rule], **changed), *rules[rule + 1 :])


def _checked(made: str, wanted: tuple[Rule, ...]) -> str:
    """The file as it was `made`, if it reads as it should. Raises CannotEdit."""
    if _rules(compose_once(made)) != wanted:
        raise CannotEdit(ELSEWHERE)
    return made


def _spans(text: str) -> list[_Span]:
    found: list[_Span] = []
    for node in compose_once(text).value:
        start = text.rfind("\n", 0, node.start_mark.index) + 1
        block = isinstance(node, MappingNode) and not node.flow_style
        end = end_of_entry(text, *node.value[-1]) if block else _next_line(text, node.end_mark.index)
        found.append(_Span(found[-1].end if found else start, start, end))
    return found


def _column(text: str) -> int:
    """How far the dashes of the rules are indented."""
    return int(compose_once(text).start_mark.column)


def _next_line(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found + 1


def _list_lines(part: str, words: Sequence[str], column: int, end: str) -> str:
    head = f"{' ' * column}{part}: ["
    return _wrapped(head, words, len(head), end, "") + "]" + end


def _wrapped(head: str, words: Sequence[str], indent: int, end: str, before: str) -> str:
    """Words in quotes behind `head`, on as many lines as they need; `before` stands before the first."""
    made, width = head, len(head)
    for at, word in enumerate(words):
        quoted, comma = double_quote(word), ", " if at else before
        if comma and width + len(comma) + len(quoted) > WIDTH:
            made += f",{end}{' ' * indent}{quoted}"
            width = indent + len(quoted)
        else:
            made += comma + quoted
            width += len(comma) + len(quoted)
    return made


def _with_part(text: str, node: Any, part: str, words: Sequence[str]) -> str:
    """The file with a list that the rule did not have."""
    earlier = [(key, value) for key, value in pairs(node) if key.value not in PARTS[PARTS.index(part) :]]
    key, value = earlier[-1]
    if node.flow_style:
        place = int(value.end_mark.index)
        return f"{text[:place]}, {part}: [{', '.join(map(double_quote, words))}]{text[place:]}"
    place, end = end_of_entry(text, key, value), line_end(text)
    gap = "" if text[:place].endswith("\n") else end
    return text[:place] + gap + _list_lines(part, words, int(key.start_mark.column), end) + text[place:]


def _longer(text: str, node: Any, words: Sequence[str]) -> str:
    end = line_end(text)
    if not isinstance(node, SequenceNode):
        raise CannotEdit(ELSEWHERE)
    if not node.value:
        start = int(node.start_mark.index)
        head = text[text.rfind("\n", 0, start) + 1 : start] + "["
        made = _wrapped(head, words, len(head), end, "") + "]"
        return text[: start + 1 - len(head)] + made + text[node.end_mark.index :]
    last = int(node.value[-1].end_mark.index)
    if node.flow_style:
        line = text[text.rfind("\n", 0, last) + 1 : last]
        made = _wrapped(line, words, int(node.value[0].start_mark.column), end, ", ")
        return text[: last - len(line)] + made + text[last:]
    place = _next_line(text, last)
    gap = "" if text[:place].endswith("\n") else end
    lines = "".join(f"{' ' * int(node.start_mark.column)}- {double_quote(word)}{end}" for word in words)
    return text[:place] + gap + lines + text[place:]


def _shorter(text: str, node: Any, words: Collection[str]) -> str:
    for at in reversed(range(len(node.value))):
        item = node.value[at]
        if str(item.value) not in words:
            continue
        start, end = int(item.start_mark.index), int(item.end_mark.index)
        if not node.flow_style:
            text = text[: text.rfind("\n", 0, start) + 1] + text[_next_line(text, end) :]
            continue
        comma = _COMMA.match(text, end)
        if comma and text[comma.end() : comma.end() + 1] in "#\r\n":  # what stands before keeps its own comma
            start, end = len(text[:start].rstrip(" ")), comma.end(1)
        elif comma:
            end = comma.end()
        elif at and "\n" not in text[node.value[at - 1].end_mark.index : start]:
            start = int(node.value[at - 1].end_mark.index)
        text = _without(text, start, end)
    return text


def _without(text: str, start: int, end: int) -> str:
    """The text without some characters, and without the line that they were alone on."""
    first, after = text.rfind("\n", 0, start) + 1, _next_line(text, end)
    if not text[first:start].strip() and not text[end:after].strip():
        return text[:first] + text[after:]
    return text[:start] + text[end:]


def _without_list(text: str, node: Any, key: Any, value: Any) -> str:
    if key.value != "words" and not node.flow_style:
        return text[: text.rfind("\n", 0, key.start_mark.index) + 1] + text[end_of_entry(text, key, value) :]
    start = int(value.start_mark.index) if value.flow_style else int(key.end_mark.index) + 1
    end = int(value.end_mark.index) if value.flow_style else int(value.value[-1].end_mark.index)
    return text[:start] + ("[]" if value.flow_style else " []") + text[end:]
