"""A fourth language is data: Pashto is added to copies of two flows and their lists, published, called and texted."""

from __future__ import annotations

import datetime as dt
import random

from sqlalchemy import select

from flows.checks import runner
from flows.engine.variables import DATE, as_words
from flows.parsing.flow import parse_flow
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.messages.inbound_types import Sms
from sessions.messages.sms_context import SmsEnvironment
from sessions.publishing import publication, short_codes
from sessions.publishing.publication import PublishedRevision, RevisionNote
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.action_transaction import CallSigns, perform_actions
from sessions.ussd.hop import HopActions, HopLimits, Hops
from sessions.ussd.hop_types import Hop
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, OutboxMessage
from tests.flows.library import LIFECYCLE
from tests.flows.pashto import NAME, TAG, pashto_files
from tests.servers import Valkey
from tests.sessions.calls import SESSION_KEYS

NOW = dt.datetime(2026, 8, 17, 9, 0, tzinfo=dt.UTC)  # August is اگست in Urdu and اګست in Pashto
SERVICE = {"ussd": "*8484#", "sms": "8484", "help": "15"}
SARA, AMIR = "+923001234567", "+923007654321"


def published(database: Database, main: str, code: str) -> PublishedFlowCache:
    """The Pashto copy of a flow, live on a code."""
    files = pashto_files(main)
    flow = parse_flow(files, main).flow
    assert flow is not None
    done = publication.publish(
        database, NOW - dt.timedelta(days=1), files, main, RevisionNote("Zarmina", "Pashto added")
    )
    assert isinstance(done, PublishedRevision), done
    short_codes.assign_code(database, code, flow.name)
    shelf = PublishedFlowCache(database, SERVICE)
    shelf.refresh()
    return shelf


def test_the_checks_find_nothing_wrong_with_the_pashto_copies() -> None:
    for main in ("power_cut.yaml", "by_text.yaml"):
        found = runner.check(parse_flow(pashto_files(main), main), events=LIFECYCLE.events)
        assert [each for each in found if each.severity != "I"] == []


def test_a_call_in_pashto_says_its_date_with_a_pashto_month(database: Database, valkey: Valkey) -> None:
    shelf = published(database, "power_cut.yaml", "*8485#")
    hops = Hops(
        database,
        SessionStore(valkey.url),
        shelf,
        HopActions(perform_actions, SHIPPED_POLICY, [].extend, random.Random(8485).randrange, CallSigns().caller_facts),
        HopLimits(SESSION_KEYS),
    )
    typed, seen = [], []
    for entry in ("", "4", "1", "1", "1", "کوڅه 4 شاد باغ جومات ته نږدې"):
        typed += [entry] if entry else []
        seen.append(hops.answer(Hop("africastalking", "ATUid_1", SARA, "*8485#", "*".join(typed), "99999"), NOW).body)
    assert NAME in seen[0].splitlines()[-1]
    assert "20 اګست تک" in seen[-1]
    with database.read() as db:
        assert db.scalars(select(Contact.language)).one() == TAG
        assert "20 اګست" in db.scalars(select(OutboxMessage)).one().body


def test_a_first_sms_in_pashto_is_answered_in_pashto_and_one_in_urdu_in_urdu(database: Database) -> None:
    shelf = published(database, "by_text.yaml", "8484")
    world = SmsEnvironment(SHIPPED_POLICY, random.Random(8484).randrange, shelf.revision)
    texting = SmsReceiver(database, shelf, world, wake=[].extend, short_code="8484")

    def replied(phone: str, words: str) -> str:
        stored = texting.take(NOW, Sms("africastalking", f"{phone}{words}", phone, "8484", words, NOW))
        with database.read() as db:
            return db.scalars(select(OutboxMessage).where(OutboxMessage.dedupe == f"reply:{stored}")).one().body

    assert "20 اګست" in replied(SARA, "شکایت زموږ په کلي کې برق نشته، لاهور")
    assert "20 اگست" in replied(AMIR, "شکایت ہماری گلی میں بجلی نہیں ہے لاہور")
    assert replied(SARA, "څه وشول؟").startswith("کيا يه")  # about her complaint, or about a new matter
    assert replied("+923002222222", "څه وشول؟").startswith("سمجه ڼه آيا")
    assert "1122" in replied("+923001111111", "زموږ کور کې اور ولګېد!")
    assert replied("+923001111111", f"LANG {NAME}") == replied("+923001111111", NAME)
    with database.read() as db:
        filed = db.scalars(select(Complaint).order_by(Complaint.id)).all()
        assert [(each.category, each.district) for each in filed] == [("nrg01", "lahore")] * 2 + [(None, None)]
        assert db.scalars(select(Contact.language).order_by(Contact.id)).all() == [TAG, "ur", None, TAG]


def test_a_flow_may_have_months_of_its_own() -> None:
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    files = pashto_files("by_text.yaml") | {
        "lists/month.csv": "code,en,ur-Latn,ur,ps\n"
        + "".join(f"{each},{each},{each},{each},{each}-ps\n" for each in months)
    }
    files["by_text.yaml"] = files["by_text.yaml"].replace("lists:\n", "lists:\n  month: lists/month.csv\n", 1)
    flow = parse_flow(files, "by_text.yaml").flow
    assert flow is not None
    assert as_words(flow, DATE, "2026-08-20", TAG) == "20 aug-ps"
