"""An installation with officers of two offices, and one case."""

from __future__ import annotations

import pytest

from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one
from tests.sessions.officer_sms.officers import AKBAR, BUSHRA, FARZANA, HINA, IMRAN, TANVIR, TARIQ, spoken
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, hire, import_
from tests.sessions.texter import Post


@pytest.fixture
def post(database: Database) -> Post:
    import_(database, WATER, DESK, POLICE, POLICE_HQ)
    for name, role, office, phone in (
        ("Imran", "officer", "water-lahore", IMRAN),
        ("Farzana", "supervisor", "water-lahore", FARZANA),
        ("Tariq", "head", "water-lahore", TARIQ),
        ("Akbar", "officer", "police-lahore", AKBAR),
        ("Hina", "oversight", None, HINA),
        ("Tanvir", "triage", None, TANVIR),
    ):
        hire(database, name, office, role, phone)
    spoken(database, IMRAN, BUSHRA, FARZANA, TARIQ, AKBAR, HINA, TANVIR)
    return Post(database)


@pytest.fixture
def case(post: Post) -> Complaint:
    """Sara's, with Imran."""
    return file_one(post.database)[0]
