"""List codes that complaints use: they may be retired, but never removed."""

from storage.cases import complaints
from storage.connection.database import Database


def codes_in_use(database: Database, flow: str) -> dict[str, frozenset[str]]:
    """List -> its codes that complaints of a flow use."""
    with database.read.begin() as db:
        pairs = [each.partition(":") for each in complaints.codes_in_use(db, flow)]
    names = {name for name, _, _ in pairs}
    return {name: frozenset(code for of, _, code in pairs if of == name) for name in names}
