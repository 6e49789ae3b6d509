"""Whatever names a contact or a phone is erased with it, or stays for a reason that stands here."""

from __future__ import annotations

import pytest

from storage.retention import contact_data
from storage.schema.tables import Base

# What stays names a contact whose number is gone, and holds no words.
STAYS = {
    "contacts": "the row itself, without a number and without what was known of the phone",
    "complaints": "the case, without its words",
    "me_toos": "the count of those who have the same problem",
    "outbox": "that a text was sent, without its words",
    "survey_answers": "the rating, without the words",
    "unheard": "that texts were not understood, without the note",
    "inbound": "that an SMS came, without its words and number",
    "unreadable": "that a request could not be read, without its bytes",
    "erasures": "who asked for the erasure",
    "legal_holds": "that there was a hold",
    "staff": "nobody who works here is erased",
}
GOES = {"reports", "inbound_parts", *(table.__tablename__ for table in contact_data.OWN)}


@pytest.mark.parametrize("table", [each.name for each in Base.metadata.sorted_tables])
def test_a_table_that_names_a_contact_or_a_phone_is_erased_with_it_or_says_why_not(table: str) -> None:
    columns = set(Base.metadata.tables[table].columns.keys())
    assert (table in GOES or table in STAYS) is bool(columns & {"contact_id", "phone"})
    assert not (table in GOES and table in STAYS)
