"""Nothing that somebody waits for costs more among a hundred thousand complaints than among ten thousand."""

from __future__ import annotations

import pytest

from tests.conftest import TOLD
from tests.growth import plans
from tests.growth.cost import Cost, growths, make_ready, work_of
from tests.growth.installation import Installation
from tests.growth.operations import OPERATIONS
from tests.servers import PostgreSQL, Valkey

FEW, MANY = 10_000, 100_000
pytestmark = pytest.mark.long  # PostgreSQL alone has plans to read; where it does not start, the end of the run says so


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


def test_every_operation_reads_as_much_among_many_as_among_few(
    postgresql_server: PostgreSQL, valkey_server: Valkey
) -> None:
    wrong = list[str]()
    few, many = (measured_among(size, postgresql_server, valkey_server, wrong) for size in (FEW, MANY))
    for growth in growths(few, many):
        wrong += growth.reds(by_cpu=False)
    assert wrong == [], "\n".join(wrong)
