"""Words that were altered in the database hide no others on a page."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from gateway.flow_folder.files import read_flow
from gateway.monitoring import logs
from sessions.messages.inbound_types import Sms
from sessions.publishing import publication, short_codes
from sessions.publishing.publication import RevisionNote
from storage.encryption import data_keys
from storage.schema.sealed_columns import MARK
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_health_page import unheard
from tests.sessions.filing import LIBRARY


def test_a_text_that_was_altered_is_told_and_the_others_of_the_page_are_read(
    visit: Visit, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_keys, "KEPT_FOR", 0.0)
    operator = visit()
    flows = read_flow(LIBRARY.parent / "by_text.yaml")
    publication.publish(operator.app.database, dt.datetime.now(dt.UTC), *flows, RevisionNote("Sara", "texts"))
    short_codes.assign_code(operator.app.database, operator.app.settings.short_code, "by_text")
    unheard(operator.app, "xyzzy plugh")
    now, code = dt.datetime.now(dt.UTC), operator.app.settings.short_code
    operator.app.texting.take(now, Sms("africastalking", "2", "+923007654321", code, "xyzzy frobozz", now))
    with operator.app.database.write.begin() as db:
        first = "(SELECT min(id) FROM inbound)"
        db.execute(text(f"UPDATE inbound SET text = :cut WHERE id = {first}"), {"cut": f"{MARK}AAAA"})
    page = operator.get("/console/health/unheard")
    assert page.status_code == 200
    assert "xyzzy frobozz" in page.text and "plugh" not in page.text
    assert "1 text cannot be opened: it was altered in the database." in page.text
    logs.flush()
    assert '"event": "texts_not_opened"' in capfd.readouterr().err
