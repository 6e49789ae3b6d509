"""What people's complaints begin with, to measure whether a keyword would take them (flows/model/first_words.csv)."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def shipped_first_words() -> Mapping[str, tuple[int, str]]:
    """The first words as keywords are compared -> how many sentences begin so, and one of them."""
    text = (files("flows") / "model" / "first_words.csv").read_text(encoding="utf-8")
    return {row["words"]: (int(row["count"]), row["example"]) for row in csv.DictReader(io.StringIO(text))}
