"""The columns that acts change are typed, so that a misspelt one is found before the database is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from storage.cases.complaints import ComplaintChanges, HistoryEntry, NewComplaint
from storage.cases.surveys import NewAnswer
from storage.schema.tables import Complaint, History, SurveyAnswer

ROOT = Path(__file__).parents[3]
GOOD = """
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step, note_act
from storage.schema.tables import Complaint


def change(context: ActContext, complaint: Complaint) -> None:
    note_act(context, complaint, Step("hidden"), private=True)
"""


@pytest.mark.parametrize(
    ("columns", "table"), [(NewComplaint, Complaint), (ComplaintChanges, Complaint), (NewAnswer, SurveyAnswer)]
)
def test_every_typed_column_is_one_of_the_table_with_its_type(columns: type, table: type) -> None:
    typed, mapped = get_type_hints(columns), get_type_hints(table)
    assert set(typed) <= set(mapped) | {name.rstrip("_") for name in mapped}  # `details_` is the column of `details`
    for name, kind in typed.items():
        column = table.__table__.c[name]  # type: ignore[attr-defined]
        assert column.nullable == (type(None) in getattr(kind, "__args__", ())), name


def test_a_history_entry_has_the_columns_of_the_table() -> None:
    assert set(HistoryEntry.__struct_fields__) == set(History.__table__.c.keys()) - {"id", "complaint_id", "version"}


def test_a_complaint_that_is_filed_has_every_column_that_has_no_default() -> None:
    of_the_filing = {"number", "filed_in", "status", "filed_at", "clock_from", "last_step_at"}
    needed = {column.name for column in Complaint.__table__.c if not column.nullable and column.default is None}
    assert needed - of_the_filing - {"id"} <= set(NewComplaint.__annotations__)


@pytest.mark.long
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (GOOD, "Success"),
        (GOOD.replace("private=True", "privat=True"), 'Unexpected keyword argument "privat"'),
        (GOOD.replace("private=True", "officer_id='Bilal'"), 'has incompatible type "str"; expected "int | None"'),
    ],
)
def test_mypy_finds_a_misspelt_column_and_one_of_another_type(tmp_path: Path, code: str, said: str) -> None:
    changed = tmp_path / "changed.py"
    changed.write_text(code, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), str(changed)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert said in checked.stdout, checked.stdout + checked.stderr
