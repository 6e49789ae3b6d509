"""Texts that a model is trained or judged with: example sentences, the names and keywords of a list, and filings."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence

from msgspec import Struct

from flows.cases.redaction import redact
from flows.menu.model import Row
from flows.understanding.text_model import COMPLAINT

COLUMNS = ("text", "script", "kind", "category", "district", "danger", "money")
BRIBE, BRIBE_OF_A_CLINIC = "cor01", "hlt04"  # the categories for somebody in office who asks for money


class Example(Struct, frozen=True):
    """A text and what it means: its kind, the category codes that are right (the best first), danger and money."""

    text: str
    script: str
    kind: str
    categories: tuple[str, ...] = ()
    danger: bool = False
    money: bool = False


class UnreadableExamples(Exception):
    """A file of example sentences that cannot be used; the message says why."""


def parse_examples(content: str) -> tuple[Example, ...]:
    """The example sentences in a CSV file with the columns COLUMNS. Raises UnreadableExamples."""
    table = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
        raise UnreadableExamples(f"The first line has no column {missing[0]}: it must name {', '.join(COLUMNS)}.")
    found = []
    for row in table:
        if not (row["text"] or "").strip() or not row["kind"]:
            raise UnreadableExamples(f"Line {table.line_num} has no text or no kind.")
        codes = tuple(code for code in (row["category"] or "").split("|") if code)
        found.append(
            Example(row["text"], row["script"], row["kind"], codes, bool(row["danger"]), row["money"] == "yes")
        )
    return tuple(found)


def examples_of_rows(listed: Iterable[Row]) -> tuple[Example, ...]:
    """The names, aliases and keywords of a list of categories, as very short complaints."""
    found = {
        (words.strip(), row.code)
        for row in listed
        for words in (*row.text.values(), *row.aliases, *row.columns.get("keywords", "").split(";"))
        if words.strip()
    }
    return tuple(Example(words, "", COMPLAINT, (code,)) for words, code in sorted(found))


def examples_of_filings(filings: Iterable[tuple[str, str]]) -> tuple[Example, ...]:
    """Filings (words, category code) whose callers chose the category themselves, without names and numbers."""
    return tuple(Example(redact(words), "", COMPLAINT, (code,)) for words, code in filings if words.strip())


def trained_category(example: Example) -> str:
    """The category that a text teaches: the corruption category where somebody in office asks for money."""
    if example.money and BRIBE_OF_A_CLINIC not in example.categories:
        return BRIBE
    return example.categories[0] if example.categories else ""


def hash_examples(examples: Sequence[Example]) -> str:
    """The SHA-256 of texts and labels, whatever their order."""
    lines = sorted("\t".join((each.text, *map(str, _labels(each)))) for each in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _labels(each: Example) -> tuple[object, ...]:
    return each.kind, "|".join(each.categories), each.danger, each.money
