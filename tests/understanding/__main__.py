"""`make understanding`: send the frozen texts through the SMS door and print how well they were understood.

`--texts PATH` measures another set with the same columns. `--wrong MEASURE` also prints the texts that speak against a
measure; never use it on the frozen set. `--json COMMIT` prints the figures as `before.json` holds them.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

from storage.migrations.runner import migrate
from tests.flows.library import shipped_model
from tests.keys import open_database
from tests.sessions.texter import Post
from tests.understanding import report, trial

TEXTS = Path(__file__).parent / "texts.csv"


def trials(path: Path) -> list[trial.Trial]:
    """Every text of a file, each from a phone of its own."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/understanding.db")
        migrate(database)
        post = Post(database, model=shipped_model())
        found = [trial.run(post, row, f"+92300{at:07}") for at, row in enumerate(rows, 1)]
        database.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--wrong", default="")
    parser.add_argument("--json", default="")
    chosen = parser.parse_args()
    tried = trials(chosen.texts)
    found = report.figures(tried)
    print(report.as_json(found, chosen.json) if chosen.json else report.page(found), end="")
    for measure in report.MEASURES:
        if measure.name == chosen.wrong:
            for each in tried:
                if measure.about(each) and measure.counts(each) == measure.at_most:
                    asked = [(one.about, one.offered) for one in each.questions]
                    print(f"{each.row['text']!r} {each.row} -> {each.event} {each.category} {each.district} {asked}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
