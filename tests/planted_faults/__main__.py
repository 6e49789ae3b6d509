"""`make planting`: plant faults of meaning into copies of flows, and count what `flask flows check` finds.

Exit code 1: fewer were found than there should be, or something harmless was refused. `--data FOLDER` plants the
faults of another folder with `faults` and `flows` like this one, and no others; `--missed` lists what was not found
at the right place.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.planted_faults.plants import HERE, Plant, flow_names, read_plants
from tests.planted_faults.report import false_alarms, shortfalls, table, verdict
from tests.planted_faults.trial import Finding, Outcome, open_bench

SHIPPED = ("complaints.yaml", "by_text.yaml", "power_cut.yaml", "survey.yaml")


def run(plants: Sequence[Plant], folders: Sequence[Path]) -> list[Outcome]:
    """Every plant in its own copy."""
    with open_bench(folders) as bench:
        return [bench.trial(plant) for plant in plants]


def whole_flows(folders: Sequence[Path]) -> dict[str, list[Finding]]:
    """What the check says of the flows that are right as they are: the shipped ones, the foreign ones, the new one."""
    with open_bench(folders) as bench:
        shipped = {name: bench.untouched("library", name) for name in SHIPPED}
        others = [*flow_names(folders), *flow_names(folders, "new_")]
        return shipped | {name: bench.flow(name) for name in others}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class", dest="kind", default="")
    parser.add_argument("--only", default="", metavar="ID")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one a processor)")
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    folders = [HERE, *asked.data]
    plants = [
        plant
        for plant in read_plants(asked.data or [HERE])
        if asked.kind in plant.kind and asked.only in ("", plant.id)
    ]
    outcomes = _run(plants, folders, asked.jobs)
    flows = {} if asked.only or asked.kind else whole_flows(asked.data or [HERE])
    for outcome in outcomes:
        _tell(outcome, verbose=asked.verbose or bool(asked.only), missed=asked.missed)
    below = shortfalls(outcomes, false_alarms(outcomes, flows))
    print("\n".join([*table(outcomes), *below]))
    return 1 if below else 0


def _run(plants: Sequence[Plant], folders: Sequence[Path], jobs: int) -> list[Outcome]:
    if jobs < 2:
        return run(plants, folders)
    ordered = sorted(plants, key=lambda plant: (plant.base, plant.flow))
    parts = [ordered[at::jobs] for at in range(jobs)]
    with ProcessPoolExecutor(jobs) as pool:
        return [outcome for found in pool.map(run, parts, [folders] * jobs) for outcome in found]


def _tell(outcome: Outcome, *, verbose: bool, missed: bool) -> None:
    plant = outcome.plant
    if verbose or (missed and plant.is_harmful and not outcome.is_right):
        print(verdict(outcome), "-", plant.harm, flush=True)
    if verbose:
        print("\n".join(f"    {'*' if each in outcome.right else ' '} {each}" for each in outcome.findings))


if __name__ == "__main__":
    raise SystemExit(main())
