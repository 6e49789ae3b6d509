"""A process that shows a phone number and dies at its commit: `before_commit`, or `after_commit` and before it returns.

python -m tests.sessions.cases.access.dying_reveal URL NAME NUMBER CODE MOMENT
"""

from __future__ import annotations

import os
import sys
from typing import Any

from sqlalchemy import event

from flows.cases.officer_code import OfficerCodes
from sessions.cases.access import reveal
from sessions.cases.access.reveal import RevealRequest, RevealStep
from sessions.cases.core.actors import of_staff
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.audit.entry import AuditActor
from storage.people import staff
from tests.keys import open_database
from tests.sessions.filing import NOW, shipped

DIED = 9


def main(url: str, name: str, number: str, code: str, moment: str) -> None:
    """Show it on standard output, which nobody lives to see."""
    flow, database = shipped(), open_database(url)
    with database.read.begin() as db:
        found = staff.by_name(db, name)
        assert found is not None
        actor = of_staff(found)

    def die(connection: Any) -> None:
        if moment == "after_commit":
            connection.connection.dbapi_connection.commit()
        os._exit(DIED)

    event.listen(database.engine, "commit", die)
    me = AuditActor("command", "root")
    wanted = RevealRequest(database, NOW, actor, number, me, lambda _: flow, SHIPPED_POLICY, OfficerCodes(()))
    done = reveal.show(wanted, code)
    print(done.phone if isinstance(done, RevealStep) else done.message, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
