"""`python -m tests.sessions.operations.clock_worker URL MOMENT`: a process that does what is due to cases at a moment.

It prints how many cases each batch moved on, and ends when it finds none that is free.
"""

from __future__ import annotations

import datetime as dt
import sys

from sessions.operations.case_clock_sweep import BATCH
from tests.keys import open_database
from tests.sessions.operations.test_case_clock_sweep import tick


def main(url: str, moment: str) -> None:
    """Work until nothing is free."""
    database, now = open_database(url), dt.datetime.fromisoformat(moment)
    while made := tick(database, now, at_once=BATCH).made:
        print(made, flush=True)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
