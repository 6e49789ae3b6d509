"""Words that try to become part of a statement: both databases get them as parameters, keep them and find no more.

What PostgreSQL was really sent is read from the server, by another connection, after each statement.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import event, make_url, select

from sessions.audit import audit_notes
from sessions.cases.access import staff_listing
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import MessageFilter
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.operations import quarantine_review, unheard_review
from sessions.publishing import revision_history, short_codes
from sessions.staff import authentication
from sessions.staff.sign_in_limits import SignInSource
from sessions.staff.staff_and_their_cases import list_staff
from storage.audit.audit_log import AuditFilter
from storage.connection.database import Database
from storage.schema.tables import Complaint, Inbound
from tests.examples import examples
from tests.sessions.filing import NOW, file_one
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

# Breaking out of quotes, comments, stacked statements, unions, blind and timed questions, casts, encodings: what sqlmap
# begins with, for both databases.
BREAKS = ("'", '"', "`", "')", "'))", '")', "\\'", "%27", "\u2019", "\uff07", "''", "$$", "$q$", "E'\\'")
TAILS = (
    " OR 1=1--", " OR '1'='1", "; DROP TABLE complaints;--", " UNION SELECT NULL,phone FROM contacts--",
    " AND (SELECT pg_sleep(5)) IS NULL--", "||(SELECT phone FROM contacts LIMIT 1)||", "::int/**/", "/*", " #",
    ";COMMIT;--",
    " ORDER BY 99--", " LIMIT 1 OFFSET 1--", "; ATTACH DATABASE 'x' AS y;--", " RETURNING *--", "%' ESCAPE '", "_%",
)  # fmt: skip
CORPUS = [f"qz{mark}{tail}" for mark in BREAKS for tail in TAILS] + ["${1}", ":name", "%(x)s", "$1", "?", "{0}", "\\"]


class Wire:
    """What the database was sent: on PostgreSQL as the server shows it, on SQLite as the driver got it."""

    def __init__(self, database: Database) -> None:
        self.sent: list[str] = []
        url = make_url(str(database.engine.url.render_as_string(hide_password=False)))
        self._server: Any = None
        if url.get_backend_name() == "postgresql":
            self._server = psycopg.connect(
                url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
            )
        self._engine = database.engine
        event.listen(database.engine, "after_cursor_execute", self._hear)

    def _hear(self, connection: Any, _cursor: object, statement: str, *_: object) -> None:
        if self._server is None:
            self.sent.append(statement)
            return
        pid = connection.connection.driver_connection.info.backend_pid
        [[query]] = self._server.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchall()
        self.sent.append(query)

    def close(self) -> None:
        event.remove(self._engine, "after_cursor_execute", self._hear)
        if self._server is not None:
            self._server.close()


def ask_everything(database: Database, words: str) -> list[int]:
    """Every look-up and filter that takes words, with these: how much each finds."""
    page = AuditFilter(event=words, actor_kind=words, actor=words, subject_kind=words, subject=words)
    listed = staff_listing.list_complaints(
        database, office=words, statuses=(words,), limit=50, as_=None, policy=SHIPPED_POLICY
    )
    return [
        len(audit_notes.list_entries(database, page, 50)),
        len(listed) if not hasattr(listed, "message") else 0,
        len(outbox_admin.list_messages(database, MessageFilter(number=words), 50)),
        len(unheard_review.list_unheard(database, 50, (words,))),
        len(quarantine_review.list_unreadable(database, 50, words)),
        len(draft_editing.list_open_drafts(database, words)),
        int(revision_history.find_revision(database, words) is not None),
        int(short_codes.unassign_code(database, words) is not None),
        audit_notes.find_actor(database, words) != ("command", words),
    ]


def test_hostile_words_are_parameters_to_the_database_and_stay_what_they_are(database: Database) -> None:
    post = Post(database)
    kept, _ = file_one(database, details="the only complaint")
    draft = draft_editing.start_draft(database, Edit("Sara", NOW), NewDraft("line", 0, "x", {"x": "flow: line"}))
    staff = len(list_staff(database, SHIPPED_POLICY))
    tried = CORPUS[:: max(1, len(CORPUS) // examples(len(CORPUS), quick=45))]
    wire = Wire(database)
    try:
        for at, words in enumerate(tried):
            assert ask_everything(database, words) == [0] * 9, words
            if at % 16 == 0:  # every beginning once
                post.text(words)
                came = authentication.sign_in(database, NOW, words, words, SignInSource(words[:40], {}))
                assert not isinstance(came, authentication.SignInSuccess)
                saved = draft_editing.save_draft(database, Edit(words[:60], NOW, words), draft, {"x": words})
                assert isinstance(saved, type(draft))
                assert saved.files == {"x": words}
                draft = saved
    finally:
        wire.close()
    assert len(wire.sent) > 9 * len(tried)
    assert [statement for statement in wire.sent if "qz" in statement] == []
    with database.read.begin() as db:
        assert [each.details for each in db.scalars(select(Complaint))].count("the only complaint") == 1
        assert {row.text for row in db.scalars(select(Inbound))} == {
            words for at, words in enumerate(tried) if at % 16 == 0
        }
        assert db.get(Complaint, kept.id) is not None
    assert len(list_staff(database, SHIPPED_POLICY)) == staff
