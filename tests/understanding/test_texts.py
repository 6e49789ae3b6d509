"""The texts that understanding is measured with: their labels are codes that the shipped lists have."""

import csv
from collections import Counter
from pathlib import Path

from tests.flows.library import shipped_files

ANSWERED = {"status", "add", "thanks", "greeting", "question", "spam", "stop", "language", "other"}
KINDS = ANSWERED | {"complaint", "suggestion"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


TEXTS = rows((Path(__file__).parent / "texts.csv").read_text(encoding="utf-8"))


def codes(name: str) -> set[str]:
    return {row["code"] for row in rows(shipped_files()[f"lists/{name}.csv"])}


def test_each_label_is_a_code_of_the_shipped_lists() -> None:
    categories, districts = codes("category"), codes("district")
    for row in TEXTS:
        named = {*filter(None, row["category"].split("|"))}, {*filter(None, row["district"].split("|"))}
        assert named[0] <= categories and named[1] <= districts, row
        assert {*filter(None, row["danger"].split("|"))} <= {"15", "1122", "helpline"}, row
        assert row["kind"] in KINDS and row["money"] in {"", "yes"}, row


def test_the_set_is_large_enough_to_measure_with() -> None:
    assert len({row["text"].casefold() for row in TEXTS}) == len(TEXTS) >= 500
    scripts = Counter(row["script"] for row in TEXTS)
    assert scripts.keys() == {"en", "ur-Latn", "ur"} and min(scripts.values()) >= 100
    assert sum(row["kind"] in ANSWERED for row in TEXTS) >= 80
    assert sum(bool(row["danger"]) for row in TEXTS) >= 40
    assert codes("category") <= {code for row in TEXTS for code in row["category"].split("|")}
