"""Planted readers of somebody's complaints, beside the one place that gives them out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.ownership_rules import ASKS, GIVES_OUT, cases_given_out_elsewhere
from tests.house.plant import build_house

BESIDE = "sessions/ussd/action_handlers.py"
PLANTED = [
    "from storage.cases import contact_complaints",
    "from storage.cases.contact_complaints import latest",
    "import storage.cases.contact_complaints",
    "def mine(contact):\n    from storage.cases import contact_complaints",
    "query = select(Complaint).where(Complaint.contact_id == contact.id)",
    "query = select(Complaint).where(contact_id == Complaint.contact_id)",
    "query = select(Complaint).where(Complaint.contact_id == bindparam('contact'))",
    "query = select(Complaint).where(Complaint.contact_id.in_(ids))",
    "query = select(Complaint).filter_by(contact_id=contact.id)",
]
ALLOWED = [
    "from storage.cases import complaints",
    "query = select(Contact).join(Complaint, Contact.id == Complaint.contact_id)",
    "query = select(Complaint.id, Complaint.contact_id)",
    "mine = complaint.contact_id == contact.id",  # a case that is known already
    "query = select(Complaint).where(Complaint.contact_id != contact.id)",  # what others told
]


@pytest.mark.parametrize("code", PLANTED)
def test_nothing_beside_it_reads_complaints_by_contact(tmp_path: Path, code: str) -> None:
    house = build_house(tmp_path, {BESIDE: f"{code}\n", str(GIVES_OUT): f"{code}\n", str(ASKS): f"{code}\n"})
    [found] = cases_given_out_elsewhere(house)
    assert found.startswith(f"{BESIDE}:")


@pytest.mark.parametrize("code", ALLOWED)
def test_what_reads_nobodys_own_cases_is_fine(tmp_path: Path, code: str) -> None:
    assert cases_given_out_elsewhere(build_house(tmp_path, {BESIDE: f"{code}\n"})) == []
