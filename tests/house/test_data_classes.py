"""docs/operators/data-classes.md gives a class to what the tables hold, and to each class what protects it."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.types import TypeEngine

from storage.schema.tables import Base

PAGE = Path(__file__).parents[2] / "docs/operators/data-classes.md"
CLASSES = ["secret", "sensitive", "personal", "internal", "public"]
LONG = 100  # letters; a shorter column may hold a code or a state
# Names that hint at people and their words, however short the column is.
TELLING = re.compile(
    r"phone|text|word|body|detail|note|raw|typed|password|second\b|token|secret|contact|address|network|who\b|"
    r"_by\b|author|actor|subject|session|number\b.*citizen|^name$|credential|provider_id"
)
# Named like that and about nobody: checked by hand.
HARMLESS = {
    "complaints.closed_by", "footfall.network", "reports.outbox_id", "live_flows.revision_id", "contacts.complaints",
    "contacts.texts", "spending.texts", "unheard.texts", "logins.second_step", "reassignments.theirs",
    "audit.actor_kind", "audit.subject_kind", "footfall.mistyped",
    "footfall_months.network", "footfall_months.mistyped", "footfall_days.mistyped",
}  # fmt: skip


def rows(heading: str) -> list[list[str]]:
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][2:]


def listed() -> dict[str, str]:
    """The class of each column that the page names, as `table.column`."""
    found: dict[str, str] = {}
    for table, kind, columns in rows("What is where"):
        assert kind in CLASSES
        for column in re.findall(r"`(\w+)`", columns):
            name = f"{table.strip('`')}.{column}"
            assert name not in found, f"{name} stands twice"
            found[name] = kind
    return found


def is_free(kind: TypeEngine[object]) -> bool:
    """True if a column can hold anybody's words: long or unbounded text, JSON, bytes."""
    if isinstance(kind, String):
        return kind.length is None or kind.length > LONG
    return isinstance(kind, (JSON, LargeBinary)) or "JSON" in type(kind).__name__.upper()


def test_every_column_of_words_and_every_one_that_hints_at_people_has_a_class() -> None:
    known = listed()
    there = {f"{table.name}.{column.name}": column for table in Base.metadata.sorted_tables for column in table.columns}
    assert sorted(set(known) - set(there)) == [], "there is no such column"
    assert sorted(set(HARMLESS) & set(known)) == []
    open_ones = {
        name
        for name, column in there.items()
        if is_free(column.type) or (TELLING.search(column.name) and name not in HARMLESS)
    }
    assert sorted(open_ones - set(known)) == [], f"give it a class in {PAGE.name}"


def test_what_is_most_harmful_is_not_taken_for_less() -> None:
    known = listed()
    for name, kind in known.items():
        column = name.partition(".")[2]
        if column == "phone":
            assert kind == "personal", name
        if column in ("details", "body", "text", "raw", "words", "typed"):
            assert kind == "sensitive", name
        if column in ("password", "second", "invited"):
            assert kind == "secret", name


def test_each_class_has_its_harm_and_each_requirement_a_word_for_each_class() -> None:
    assert [row[0] for row in rows("Classes")] == CLASSES
    required = rows("What each class requires")
    assert all(len(row) == 1 + len(CLASSES) and all(cell.strip() for cell in row) for row in required)
    wanted = ("on the way", "at rest in the database", "integrity", "in logs", "in the audit", "who may read", "kept")
    assert set(wanted) <= {row[0] for row in required}
