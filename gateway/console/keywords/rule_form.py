"""A keyword rule as its form sends it: the keywords to add and to remove, and the file with them."""

from collections.abc import Mapping
from typing import Literal

from flask import request
from msgspec import Struct

from flows.editing.keyword_edits import PARTS, add_keywords, add_rule, remove_keywords, split_keywords
from flows.menu.keyword_rule import Rule
from flows.understanding.intents import INTENTS
from gateway.console.keywords.labels import wrong_keyword
from gateway.console.site.i18n import _
from sessions.drafts.draft_editing import content_hash

Part = Literal["words", "alone", "beside"]
# The fields to type into, each with the list of the rule that it adds to.
FIELDS: Mapping[str, Part] = {"words_latin": "words", "words_other": "words", "alone": "alone", "beside": "beside"}
MOST_TYPED = 4_000  # characters of a field
NEW = "new"


class SubmittedRule(Struct, frozen=True):
    """What was sent. `at` is the rule's index when the page was shown, None for a new rule; `seen` its hash then.

    `typed` is by field, `removed` by list and keyword, `to` the index of a new rule.
    """

    at: int | None = None
    seen: str = ""
    intent: str = ""
    typed: Mapping[str, str] = {}
    removed: frozenset[tuple[str, str]] = frozenset()
    to: int = 0

    @property
    def changes(self) -> bool:
        """True if saving it would change the file."""
        return self.at is None or bool(self.removed) or any(split_keywords(each) for each in self.typed.values())

    def added(self) -> dict[str, tuple[str, ...]]:
        """The keywords to add, by list of the rule."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(PARTS, ())
        for field, part in FIELDS.items():
            found[part] += split_keywords(self.typed.get(field, ""))
        return {part: tuple(dict.fromkeys(words)) for part, words in found.items()}

    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        found: dict[str, str] = {}
        for field in FIELDS:
            wrong = (wrong_keyword(each) for each in split_keywords(self.typed.get(field, "")))
            if said := next(filter(None, wrong), ""):
                found[field] = said
        if self.at is None and self.intent not in INTENTS:
            found["intent"] = _("Choose what the rule does.")
        if self.at is None and not found and not (self.added()["words"] or self.added()["alone"]):
            found["words_latin"] = _("Type at least one keyword.")
        return found

    def applied(self, text: str, at: int | None) -> str:
        """The keyword file with this rule at index `at` changed, or with a new rule. Raises CannotEdit."""
        added = self.added()
        if at is None:
            return add_rule(text, Rule(self.intent, added["words"], added["alone"], added["beside"]), self.to)
        for part in PARTS:
            text = remove_keywords(text, at, part, {word for list_, word in self.removed if list_ == part})
            text = add_keywords(text, at, part, added[part])
        return text


def submitted_rule() -> SubmittedRule | None:
    """The rule that this request sends; None if it sends none."""
    at = request.form.get("rule", "")
    if at != NEW and not _is_index(at):
        return None
    to = request.form.get("to", "")
    return SubmittedRule(
        at=None if at == NEW else int(at),
        seen=request.form.get("seen", ""),
        intent=request.form.get("intent", ""),
        typed={field: request.form.get(field, "")[:MOST_TYPED] for field in FIELDS},
        removed=frozenset((part, word) for part, _colon, word in map(_parted, request.form.getlist("remove"))),
        to=int(to) if _is_index(to) else 0,
    )


def rule_hash(rule: Rule) -> str:
    """A short hash of a rule, to detect that somebody else has changed it."""
    return content_hash(repr((rule.intent, rule.words, rule.alone, rule.beside)))


def find_rule(rules: tuple[Rule, ...], at: int, seen: str) -> int | None:
    """The index of the rule that had this hash, wherever it is now; None if it was changed or removed."""
    hashes = [rule_hash(each) for each in rules]
    if at < len(hashes) and hashes[at] == seen:
        return at
    return hashes.index(seen) if seen in hashes else None


def _parted(sent: str) -> tuple[str, str, str]:
    return sent.partition(":")


def _is_index(sent: str) -> bool:
    return sent.isascii() and sent.isdigit() and len(sent) < 5
