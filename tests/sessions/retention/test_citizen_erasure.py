"""Of whom was erased, no number or word is left, also after a restore; the log still verifies, and figures stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from sessions.cases.core.act_record import Refusal
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.retention import citizen_erasure, citizen_export, legal_holds
from sessions.retention.citizen_erasure import CitizenErasure, ErasureRequest
from sessions.retention.erasure_journal import ErasureJournal
from sessions.retention.live_calls import forget_calls
from sessions.transparency.log_verification import verify_log
from storage.audit.entry import AuditActor
from storage.cases import contacts
from storage.connection.database import Database
from storage.schema.tables import AuditRow, Contact, OutboxMessage
from storage.transparency.tile_files import TileFiles
from tests.examples import examples
from tests.needles import that_occur
from tests.servers import Valkey
from tests.sessions.calls import CODE, SESSION_KEYS, Line, Phone
from tests.sessions.filing import NOW, file_one
from tests.sessions.retention.erased_people import (
    backup,
    canaries,
    everything,
    figures,
    phone,
    readable,
    restore,
    sealed_of,
    settle_in,
)
from tests.sessions.transparency.logged import KEY, publication

pytestmark = pytest.mark.both_databases
SARA, AMIR = AuditActor("command", "sara"), AuditActor("command", "amir")


def erasure(database: Database, journal: Path, by: AuditActor = SARA, redis: Redis | None = None) -> CitizenErasure:
    def forget(number: str) -> int:
        return forget_calls(redis, SESSION_KEYS, number, [CODE]) if redis is not None else 0

    return CitizenErasure(database, SHIPPED_POLICY, ErasureJournal(str(journal)), forget, by, NOW)


def erase(database: Database, journal: Path, number: str, redis: Redis | None = None) -> None:
    asked = citizen_erasure.request_erasure(
        erasure(database, journal, SARA, redis), number, "citizen", open_cases=False
    )
    assert isinstance(asked, ErasureRequest)
    done = citizen_erasure.confirm_erasure(erasure(database, journal, AMIR, redis), number)
    assert isinstance(done, ErasureRequest)
    assert done.done


def test_of_a_tenth_who_are_erased_nothing_is_found_also_after_a_restore_and_figures_stay(
    database: Database, tmp_path: Path
) -> None:
    people = examples(1000, quick=40)
    gone, others = range(0, people, 10), [each for each in range(people) if each % 10]
    settle_in(database, people)
    log = publication(database, tmp_path / "log")
    log.extend(NOW + dt.timedelta(minutes=1))
    kept, before = backup(database, tmp_path / "backup.db"), figures(database)
    assert that_occur(readable(database), canaries([0])) >= {phone(0).encode(), b"canary00000details"}
    wanted = canaries(gone) | sealed_of(database, gone)
    assert len(that_occur(everything(database), wanted)) >= 5 * len(gone)
    journal = tmp_path / "erasures"
    for person in gone:
        erase(database, journal, phone(person))
    for again in (False, True):
        if again:
            restore(database, kept, tmp_path / "backup.db")
            assert phone(0).encode() in readable(database)
            assert citizen_erasure.replay_journal(database, ErasureJournal(str(journal)), NOW) == len(gone)
            assert citizen_erasure.replay_journal(database, ErasureJournal(str(journal)), NOW) == 0
        assert that_occur(everything(database), wanted) == set()
        held = readable(database)
        assert that_occur(held, wanted) == set()
        assert all(phone(each).encode() in held for each in others)
        assert figures(database) == before
        found = verify_log(database, TileFiles(tmp_path / "log"), [KEY.verify_key], NOW + dt.timedelta(minutes=2))
        assert (found.bad, found.mismatches) == (0, ())
        assert found.erased >= 2 * len(gone)
        assert "step 2 of" in found.erased_steps[1]
        with database.read.begin() as db:
            waiting = select(OutboxMessage).join(Contact, Contact.id == OutboxMessage.contact_id)
            for text in db.scalars(waiting.where(Contact.texts.is_(False))):
                assert (text.state, text.body) == ("cancelled", "")
    assert that_occur(journal.read_bytes(), canaries(range(people))) == set()


def test_one_person_alone_erases_nothing_and_neither_does_anybody_under_a_hold(
    database: Database, tmp_path: Path
) -> None:
    settle_in(database, 1)
    journal, number = tmp_path / "erasures", phone(0)
    first, second = erasure(database, journal), erasure(database, journal, AMIR)
    refused = [citizen_erasure.confirm_erasure(second, number)]
    assert isinstance(citizen_erasure.request_erasure(first, number, "citizen", open_cases=False), ErasureRequest)
    refused.append(citizen_erasure.confirm_erasure(first, number))
    refused.append(citizen_erasure.request_erasure(second, number, "law", open_cases=False))
    assert not isinstance(legal_holds.change_hold(database, number, "court of Lahore", NOW, SARA), Refusal)
    refused.append(citizen_erasure.confirm_erasure(second, number))
    assert not isinstance(legal_holds.change_hold(database, number, "", NOW, SARA), Refusal)
    open_one, _ = file_one(database, number)
    refused.append(citizen_erasure.confirm_erasure(second, number))
    said = " ".join(each.message for each in refused if isinstance(each, Refusal))
    assert len([each for each in refused if isinstance(each, Refusal)]) == len(refused)
    for part in ("Nobody has asked", "another person is to confirm", "asked for this already", "court of Lahore"):
        assert part in said
    assert open_one.number in said
    assert number not in said
    assert not journal.exists()
    with database.read.begin() as db:
        events = list(
            db.scalars(select(AuditRow.event).where(AuditRow.subject_kind == "contact").order_by(AuditRow.id))
        )
        assert events == ["erasure_asked", "hold_changed", "hold_changed"]
        assert contacts.find(db, number) is not None


def test_without_a_journal_that_can_be_written_nothing_is_erased(database: Database, tmp_path: Path) -> None:
    settle_in(database, 1)
    nowhere = tmp_path / "no folder" / "erasures"
    citizen_erasure.request_erasure(erasure(database, nowhere), phone(0), "citizen", open_cases=False)
    with pytest.raises(FileNotFoundError):
        citizen_erasure.confirm_erasure(erasure(database, nowhere, AMIR), phone(0))
    with database.read.begin() as db:
        assert contacts.find(db, phone(0)) is not None


def test_after_a_restore_nobody_is_erased_who_got_the_id_of_somebody_who_was(
    database: Database, tmp_path: Path
) -> None:
    settle_in(database, 2)
    journal = tmp_path / "erasures"
    erase(database, journal, phone(0))
    with database.write.begin() as db:
        contact = db.get_one(Contact, 1)
        contact.phone, contact.created_at = phone(7), NOW + dt.timedelta(days=1)
    with journal.open("ab") as out:
        out.write(b'{"database":"')  # the power went
    assert citizen_erasure.replay_journal(database, ErasureJournal(str(journal)), NOW) == 0
    erase(database, journal, phone(1))
    assert [each is None for each in ErasureJournal(str(journal)).entries()] == [False, True, False]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_call_that_could_be_continued_is_gone_from_redis(database: Database, valkey: Valkey, tmp_path: Path) -> None:
    line, number = Line(database, valkey.url), phone(3)
    settle_in(database, 4)
    Phone(line, number).walk(["1", "1", "1"])
    redis = Redis.from_url(valkey.url)
    before = redis.dbsize()
    assert forget_calls(redis, SESSION_KEYS, number, [CODE]) == 1
    assert redis.dbsize() < before
    assert forget_calls(redis, SESSION_KEYS, number, [CODE]) == 0


def test_the_export_has_all_that_is_held_and_leaves_an_entry(database: Database) -> None:
    settle_in(database, 2)
    done = citizen_export.export_citizen(database, phone(1), NOW, SARA)
    assert not isinstance(done, Refusal)
    theirs = canaries([1])
    for what in ("details", "note", "step", "body", "sms", "question", "survey", "unheard", "raw"):
        assert f"canary00001{what}".encode() in theirs
        assert f"canary00001{what}" in done.text
        assert f"canary00001{what}".encode() in done.json
    assert "canary00000" not in done.text
    with database.read.begin() as db:
        assert [row.event for row in db.scalars(select(AuditRow).where(AuditRow.subject == "2"))] == [
            "citizen_exported"
        ]
