"""Nothing that somebody waits for costs more among a hundred thousand complaints than among ten thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import TOLD
from tests.growth import plans
from tests.growth.cost import Cost, Growth, growths, make_ready, work_of
from tests.growth.installation import Installation
from tests.growth.operations import OPERATIONS, Bound, Operation
from tests.servers import PostgreSQL, Valkey
from tests.work import Work

FEW, MANY = 10_000, 100_000
KNOWN_FAULTS = Path(__file__).parents[2] / "docs/engineers/known-faults.md"
BOUNDED = [each for each in OPERATIONS if each.bound]


@pytest.mark.parametrize("operation", BOUNDED, ids=lambda each: each.name)
def test_what_is_known_to_grow_is_among_the_known_faults(operation: Operation) -> None:
    assert operation.bound is not None
    assert f"* `{operation.name}` {operation.bound.why}." in KNOWN_FAULTS.read_text(encoding="utf-8")


@pytest.mark.parametrize(("rows", "pages", "red"), [(1000, 100, False), (1001, 100, True), (1000, 101, True)])
def test_what_is_known_to_grow_is_red_beyond_its_bound(*, rows: int, pages: int, red: bool) -> None:
    few, many = Cost(1, 1, Work(cost=10, pages=10)), Cost(9, 9, Work(cost=rows, pages=pages))
    assert bool(Growth("known", few, many, Bound(1000, 100, "grows")).reds()) is red
    assert Growth("new", few, many).reds() != []


def measured_among(complaints: int, server: PostgreSQL, valkey: Valkey, wrong: list[str]) -> dict[str, Cost]:
    """The work of each operation, and what is wrong with it at this size alone."""
    there, found = Installation(server, valkey, complaints), dict[str, Cost]()
    TOLD.append(f"growth: {there.made}")
    large, recorded = plans.large_tables(there.database), plans.recorded()
    for each in OPERATIONS:
        make_ready(each, there)
        each.act(there)  # what a process keeps is kept when it is measured
        work = work_of(each, there)
        found[each.name] = Cost(0.0, 0.0, work)
        if complaints == MANY:
            wrong += plans.scans_of_large_tables(each.name, work, large)
        elif any(plans.more_than_recorded(each.name, work, recorded)):
            again = work_of(each, there)  # a key that was kept for its minute is read again
            wrong += list(plans.more_than_recorded(each.name, again, recorded))
    there.close()
    server.drop(there.name)
    return found


@pytest.mark.long  # PostgreSQL alone has plans to read; where it does not start, the end of the run says so
def test_every_operation_reads_as_much_among_many_as_among_few(
    postgresql_server: PostgreSQL, valkey_server: Valkey
) -> None:
    wrong = list[str]()
    few, many = (measured_among(size, postgresql_server, valkey_server, wrong) for size in (FEW, MANY))
    for growth in growths(few, many):
        wrong += growth.reds(by_cpu=False)
    assert wrong == [], "\n".join(wrong)
