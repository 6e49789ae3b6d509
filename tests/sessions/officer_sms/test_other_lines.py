"""A case of another line: its texts have the words of that line's lists and its code, whoever acts by SMS."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from storage.menus.revisions import publish, route
from storage.schema.tables import Complaint
from tests.sessions.filing import file_one, shipped
from tests.sessions.officer_sms.officers import IMRAN, to
from tests.sessions.texter import SARA, Post


@pytest.fixture
def roads(post: Post) -> Complaint:
    """Sara's, filed by a line that has another name for the office and whose code is *701#."""
    flow = shipped()
    offices = tuple(
        msgspec.structs.replace(row, text={"en": "Canal board"}) if row.text["en"] == "WASA Lahore" else row
        for row in flow.lists["office"]
    )
    words = {name: text for name, text in flow.texts.items() if name != "thanks"}
    own = msgspec.structs.replace(flow, name="roads", lists={**flow.lists, "office": offices}, texts=words)
    with post.database.write.begin() as db:
        compiled, at = msgspec.msgpack.encode(own), post.now - dt.timedelta(days=1)
        publish(db, flow="roads", digest="x", source={}, compiled=compiled, author="test", message="", now=at)
        route(db, "*701#", "roads")
    post.shelf.refresh()
    return file_one(post.database, flow="roads")[0]


def test_after_ack_the_citizen_reads_the_name_that_the_line_has_for_its_office(post: Post, roads: Complaint) -> None:
    assert "yours now" in post.says(f"ACK {roads.number} ¤", IMRAN)
    assert "Canal board has started work" in to(post, SARA)[-1]


def test_the_status_of_a_hidden_case_names_the_code_of_its_line(post: Post, roads: Complaint) -> None:
    assert "Canal board" in post.says(f"STATUS {roads.number}")
    post.says(f"PRIVATE {roads.number}")
    told = post.says(f"STATUS {roads.number}")
    assert "*701#" in told and "*8484#" not in told and "Canal" not in told


def test_a_text_that_the_line_lacks_is_that_of_the_line_that_was_written_to(post: Post, roads: Complaint) -> None:
    assert post.event(f"{roads.number} thanks") in ("thanks", "details_added", "status_added")


def test_the_status_of_the_only_case_names_the_code_of_its_line(post: Post, roads: Complaint) -> None:
    post.says(f"PRIVATE {roads.number}")
    assert "*701#" in post.says("STATUS")
