"""`flask roles` prints SQL that a superuser can run as it stands."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from gateway.endpoints.application import Sunwai
from storage.migrations.runner import migrate
from storage.operations.database_role import find_excess_rights
from tests.gateway.operating import run
from tests.keys import open_database
from tests.servers import PostgreSQL


def test_what_it_prints_makes_both_roles_and_may_be_run_twice(app: Sunwai, postgresql_server: PostgreSQL) -> None:
    with postgresql_server.fresh() as url, postgresql_server.roles(url) as (owner, runtime):
        engine, owning = create_engine(url, isolation_level="AUTOCOMMIT"), open_database(owner)
        names = [str(owning.engine.url.username), str(create_engine(runtime).url.username)]
        words = ("--owner", names[0], "--runtime", names[1], "--database", str(engine.url.database))
        with app.app_context():
            printed = run(app, "roles", *words)
        assert printed.exit_code == 0
        for _ in range(2):
            with engine.connect() as connection:
                for statement in printed.output.splitlines():
                    connection.execute(text(statement))
            migrate(owning)
        served = open_database(runtime)
        assert find_excess_rights(served) == ""
        for database in (owning, served):
            database.close()
        engine.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--owner", 'x"; DROP TABLE'), "give a name of small letters"),
        (("--owner", "sunwai"), "--owner and --runtime must differ"),
    ],
)
def test_names_that_cannot_be_are_refused(app: Sunwai, words: tuple[str, str], said: str) -> None:
    with app.app_context():
        refused = run(app, "roles", *words)
    assert refused.exit_code == 2
    assert said in refused.output
