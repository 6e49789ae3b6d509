"""The report counts what happened to a text, not what the code says of itself."""

import json
from pathlib import Path

import pytest

from storage.connection.database import Database
from tests.sessions.texter import Post
from tests.understanding import report, trial
from tests.understanding.report import Figure, figures, page

LABELS = {"part": "", "script": "en", "kind": "complaint", "category": "", "district": "", "danger": "", "money": ""}


def about(text: str, **labels: str) -> dict[str, str]:
    return LABELS | {"text": text} | labels


def test_a_text_is_judged_by_the_complaint_that_is_stored_and_by_the_questions(database: Database) -> None:
    post = Post(database)
    rows = [
        about("bijli band hai Multan", category="nrg01", district="multan", script="ur-Latn"),
        about("bijli band hai Multan", category="mun01", district="lahore", script="ur-Latn"),
        about("aag lagi hai jaldi aao", danger="1122", script="ur-Latn"),
        about("STOP", kind="stop"),
    ]
    trials = [trial.run(post, row, f"+92300{at:07}") for at, row in enumerate(rows, 1)]
    found = figures(trials)
    assert found["complaints taken or asked about"][""] == Figure(3, 3)
    assert found["right kind first"][""] == Figure(1, 2)
    assert found["district right or rightly asked"][""] == Figure(1, 2)
    assert found["wrong district without asking"][""] == Figure(1, 4)
    assert found["danger told a number"]["ur-Latn"] == Figure(1, 1)
    assert found["false alarms"][""] == Figure(0, 3)
    assert "MISSED" in page(found) and "right kind first" in report.missed(found)


def test_intervals_are_wilsons() -> None:
    """Compared with R: `prop.test(8, 10, correct = FALSE)`."""
    assert Figure(8, 10).interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Figure(0, 20).interval == pytest.approx((0.0, 0.1611), abs=1e-4)


def test_the_figures_before_are_of_the_same_measures_and_texts() -> None:
    before = json.loads((Path(__file__).parent / "before.json").read_text(encoding="utf-8"))["figures"]
    assert before.keys() == {each.name for each in report.MEASURES}
    assert before["wrong district without asking"][""][1] == 645
