"""Hops of the power cut line and the survey: a known cut is confirmed with one key, once, by others than its filer."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from sessions.cases.access import acts_by_number
from sessions.cases.acts import me_too
from storage.cases import contacts
from storage.connection.database import Database
from storage.menus.revisions import route
from storage.schema.tables import Complaint, MeToo, OutboxMessage, SurveyAnswer
from tests.servers import Valkey
from tests.sessions.calls import CODE, NOW, Line, Phone, publish_shipped
from tests.sessions.filing import context, file_one

SARA, AMIR, ZAINAB = "+923001234567", "+923007654321", "+923330000001"
LAHORE = ["3", "1", "1"]  # English, no power, Lahore: a phone that calls for the first time
AGAIN = ["1", "1"]  # no power, Lahore as last time
FILE = ["2"]  # as it is, without words
CUT, SURVEY = "*8485#", "*8486#"
# What who follows another's complaint is told, by the key of the language: on its screen, below it, and in the list.
COUNTED = {"1": "aap shamil hain, Bijli band, Lahore", "2": "شامل", "3": "you are counted, No power, Lahore"}
COUNTED_OFFERS = {"1": "1 Nayi shikayat", "2": "1 نئی شکایت", "3": "1 New complaint"}
FOLLOWED = {"1": "Aap shamil", "2": "شامل", "3": "You are counted"}
BACK = {"1": "\n0 Wapis", "2": "\n0 واپس", "3": "\n0 Back"}
KIND_AND_PLACE = ("Bijli", "Lahore", "LESCO", "No power", "بجلی", "لاہور")


@pytest.fixture
def line(database: Database, valkey: Valkey) -> Line:
    """The complaint line with the two other flows beside it."""
    opened = Line(database, valkey.url)
    for flow, code in (("power_cut", CUT), ("survey", SURVEY)):
        publish_shipped(database, NOW - dt.timedelta(days=1), "test", "first", flow)
        with database.write.begin() as db:
            route(db, code, flow)
    opened.hops = opened.process()
    return opened


def rows(database: Database, table: type) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def told(line: Line, number: str, entries: Sequence[str], now: dt.datetime = NOW, code: str = CUT) -> str:
    """The last screen of a call."""
    return Phone(line, number, now=now, code=code).walk(entries)[-1]


def number_in(screen: str) -> str:
    found = re.search(r"\d{3}-\d{3}-\d{3}", screen)
    assert found, screen
    return found.group()


def test_a_new_caller_reports_a_power_cut_in_six_screens(line: Line) -> None:
    screens = Phone(line, SARA, code=CUT).walk([*LAHORE, "1", "Gali 4 Shadbagh"])
    assert len(screens) == 6
    assert screens[-1].startswith("END Reported. Your number:")
    with line.database.read() as db:
        filed = db.scalars(select(Complaint)).one()
        owed = db.scalars(select(OutboxMessage)).one()
    assert (filed.category, filed.district, filed.details, filed.flow) == (
        "nrg01",
        "lahore",
        "Gali 4 Shadbagh",
        "power_cut",
    )
    assert owed.complaint_id == filed.id and number_in(owed.body) == number_in(screens[-1])


def test_sending_without_words_keeps_no_words(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    with line.database.read() as db:
        assert db.scalars(select(Complaint)).one().details is None


def test_a_cut_that_another_reported_is_confirmed_with_one_key_and_counted(line: Line) -> None:
    number = number_in(told(line, SARA, [*LAHORE, *FILE]))
    asked = told(line, AMIR, LAHORE)
    assert "power cut known since 12:00. People who told us: 1" in asked and "1 Yes, me too" in asked
    assert number not in asked
    counted = told(line, AMIR, ["1", "1", "1"])
    assert counted.startswith("END You are counted: 2 people since 12:00. Number ")
    assert rows(line.database, Complaint) == rows(line.database, MeToo) == 1
    with line.database.read() as db:
        owed = db.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert owed is not None
        assert owed.contact_id == contacts.find_or_add(db, AMIR, NOW).id
    assert number_in(owed.body) == number and "2 people in all" in owed.body
    assert owed.complaint_id is None  # it is somebody else's: nothing about it follows to this phone
    assert line.woken[-1] == owed.id


@pytest.mark.parametrize("language", ["1", "2", "3"])
def test_who_is_counted_can_follow_the_number_and_learns_nothing_else(line: Line, language: str) -> None:
    number = number_in(told(line, SARA, [*LAHORE, "1", "Sara's shop in street 4"]))
    follow = ["3", number]
    before = told(line, AMIR, [language, *follow], code=CODE)
    assert before.startswith("END ") and number not in before
    counted = Phone(line, AMIR, code=CUT)
    assert number in counted.walk(["1", "1", "1"])[-1]
    assert number in counted.again()  # the hop repeated: once is enough
    assert rows(line.database, MeToo) == 1
    with line.database.write.begin() as db:
        (complaint,) = db.scalars(select(Complaint))
        complaint.note = "Sara, we come to your shop"
    seen = told(line, AMIR, follow, code=CODE)
    assert number in seen and COUNTED[language] in seen and COUNTED_OFFERS[language] in seen
    assert "Sara" not in seen and "shop" not in seen and SARA not in seen
    phone = Phone(line, AMIR, code=CODE)
    listed = phone.walk(["2"])[-1]
    assert f"1 {number} {FOLLOWED[language]}" in listed  # among my complaints, marked as another's
    assert phone.type("1").removesuffix(BACK[language]) == seen.removesuffix(BACK[language])
    told(line, AMIR, ["1", "1", "1", "1", "Street light is broken", "1"], code=CODE)
    both = Phone(line, AMIR, code=CODE)
    both.walk(["2"])
    pages = [both.last.body if both.last else "", both.type("99")]
    assert [f"{at} " in " ".join(pages) for at in (1, 2)] == [True, True] and number in " ".join(pages)
    with line.database.write.begin() as db:
        db.get_one(Complaint, complaint.id).private = True  # she hides her name afterwards
    for entries in (follow, ["2", "2"]):
        hidden = told(line, AMIR, entries, code=CODE)
        assert number in hidden and not any(word in hidden for word in ("Sara", "shop", *KIND_AND_PLACE))
    assert told(line, ZAINAB, [language, *follow], code=CODE) == before


def test_staff_see_how_many_have_the_same_problem(line: Line) -> None:
    number = number_in(told(line, SARA, [*LAHORE, *FILE]))
    for phone in (AMIR, ZAINAB):
        told(line, phone, [*LAHORE, "1"])
    seen = acts_by_number.find_complaint(line.database, number)
    assert isinstance(seen, acts_by_number.ComplaintHistory) and seen.others == 2
    assert [step.act for step in seen.history] == ["filed"]  # being counted is no move: no officer is overtaken by it


def test_nobody_is_counted_twice_however_often_they_call(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    told(line, AMIR, [*LAHORE, "1"])
    assert told(line, AMIR, [*AGAIN, "1"]).startswith("END You are counted already: 2 people")
    assert "3 people" in told(line, ZAINAB, [*LAHORE, "1"])
    assert rows(line.database, MeToo) == 2


def test_who_reported_the_cut_sees_their_own_number_and_is_not_asked(line: Line) -> None:
    number = number_in(told(line, SARA, [*LAHORE, *FILE]))
    told(line, AMIR, [*LAHORE, "1"])
    own = told(line, SARA, AGAIN)
    assert own.startswith(f"END You told us at 12:00:\n{number}\nReceived.") and own.endswith("told us: 2.")
    assert rows(line.database, MeToo) == 1


def test_who_reported_the_cut_cannot_be_counted_for_it(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    with line.database.write.begin() as db:
        filed = db.scalars(select(Complaint)).one()
        sara = contacts.find_or_add(db, SARA, NOW)
        assert me_too.me_too(context(db), sara, filed.number).result == "yours"
    assert rows(line.database, MeToo) == 0


def test_a_caller_may_still_report_another_cut_beside_a_known_one(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    assert told(line, AMIR, [*LAHORE, "2", *FILE]).startswith("END Reported.")
    assert rows(line.database, Complaint) == 2
    assert "told us: 2" in told(line, ZAINAB, LAHORE)


def test_a_report_to_the_complaint_line_is_known_to_the_power_cut_line(line: Line) -> None:
    file_one(line.database, SARA, now=NOW, category="nrg01", office="disco")
    assert "power cut known since 12:00" in told(line, AMIR, LAHORE)


@pytest.mark.parametrize(
    ("hours", "changed"),
    [
        (6.1, {}),
        (1, {"district": "kasur"}),
        (1, {"category": "nrg02"}),
        (1, {"private": True}),
    ],
    ids=["six hours ago", "elsewhere", "another matter", "with the name hidden"],
)
def test_what_is_old_elsewhere_another_matter_or_private_is_not_told(
    line: Line, hours: float, changed: dict[str, object]
) -> None:
    given = {"category": "nrg01", "office": "disco"} | changed
    file_one(line.database, SARA, now=NOW - dt.timedelta(hours=hours), **given)
    assert told(line, AMIR, LAHORE).startswith("CON No power, Lahore")


@pytest.mark.parametrize("status", ["closed_confirmed", "resolved_pending"])
def test_a_cut_said_to_be_over_is_not_known_any_more(line: Line, status: str) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    phone = Phone(line, AMIR, code=CUT)
    phone.walk(LAHORE)
    with line.database.write.begin() as db:
        db.scalars(select(Complaint)).one().status = status
    assert phone.type("1").startswith("CON No power, Lahore")  # closed while the caller read the screen
    assert rows(line.database, MeToo) == 0
    assert told(line, ZAINAB, LAHORE).startswith("CON No power, Lahore")


def test_the_same_hop_six_times_in_parallel_counts_once_and_says_the_same(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    phone = Phone(line, AMIR, code=CUT)
    phone.walk(LAHORE)
    rivals, answers = [line.hops, line.process()], []

    def press(at: int) -> None:
        copy = Phone(line, AMIR, code=CUT, session=phone.session, text=f"{phone.text}*1")
        answers.append(copy.again(rivals[at % 2]))

    threads = [threading.Thread(target=press, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1 and "2 people" in answers[0], answers
    assert rows(line.database, MeToo) == 1
    assert rows(line.database, OutboxMessage) == 2


def test_thirty_phones_at_once_are_each_counted(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    phones = [Phone(line, f"+92301{at:07}", code=CUT) for at in range(30)]

    def call(mine: Sequence[Phone]) -> None:
        for phone in mine:
            assert phone.walk([*LAHORE, "1"])[-1].startswith("END You are counted")

    threads = [threading.Thread(target=call, args=(phones[at::6],)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(line.database, MeToo) == 30
    assert "told us: 31" in told(line, ZAINAB, LAHORE)


def test_a_call_that_redis_forgot_goes_on_as_it_was_told_though_others_reported_meanwhile(
    line: Line, valkey: Valkey
) -> None:
    phone = Phone(line, AMIR, code=CUT)
    assert phone.walk(LAHORE)[-1].startswith("CON No power, Lahore")  # nothing was known then
    told(line, SARA, [*LAHORE, *FILE])
    valkey.client().flushall()
    phone.text = f"{phone.text}*2"
    screen = phone.again(line.process())
    assert phone.last is not None and phone.last.how == "replayed"
    assert screen.startswith("END Reported.")


def test_without_redis_a_cut_is_still_confirmed(line: Line) -> None:
    told(line, SARA, [*LAHORE, *FILE])
    line.redis_url = "redis://127.0.0.1:1/0"  # nobody is there
    phone = Phone(line, AMIR, code=CUT)
    phone.dial()
    for entry in (*LAHORE, "1"):
        line.hops = line.process(timeout=0.1)  # nor does any process remember the call
        said = phone.type(entry)
    assert said.startswith("END You are counted")
    assert rows(line.database, MeToo) == 1


def test_a_service_is_rated_with_words(line: Line) -> None:
    screens = Phone(line, SARA, code=SURVEY).walk(["3", "2", "4", "2", "The doctor listened"])
    assert screens[-1].startswith("END Thank you. Hospital: 4 of 5.")
    with line.database.read() as db:
        kept = db.scalars(select(SurveyAnswer)).one()
    assert (kept.service, kept.rating, kept.words, kept.flow, kept.revision) == (
        "hospital",
        4,
        "The doctor listened",
        "survey",
        1,
    )
    assert kept.day == dt.date(2026, 6, 17)
    assert rows(line.database, OutboxMessage) == 0


def test_one_phone_rates_a_service_once_a_day_and_the_first_rating_stays(line: Line) -> None:
    told(line, SARA, ["3", "2", "5", "1"], code=SURVEY)
    assert told(line, SARA, ["2", "1", "1"], code=SURVEY).startswith(
        "END You rated this service today already: Hospital"
    )
    assert told(line, SARA, ["1", "1", "1"], code=SURVEY).startswith("END Thank you. ID card")
    assert told(line, SARA, ["2", "1", "1"], NOW + dt.timedelta(days=1), SURVEY).startswith("END Thank you. Hospital")
    with line.database.read() as db:
        kept = db.execute(select(SurveyAnswer.service, SurveyAnswer.rating).order_by(SurveyAnswer.id)).all()
    assert [tuple(each) for each in kept] == [("hospital", 5), ("id_card", 1), ("hospital", 1)]


@pytest.mark.parametrize(("within", "result"), [(None, "ok"), (dt.timedelta(days=1), "ok"), (dt.timedelta(), "none")])
def test_a_flow_says_how_old_a_known_problem_may_be(
    database: Database, within: dt.timedelta | None, result: str
) -> None:
    filed, _ = file_one(database, now=NOW)
    later = NOW + dt.timedelta(hours=1)
    with database.write.begin() as db:
        amir = contacts.find_or_add(db, AMIR, later)
        category, district = filed.category or "", filed.district or ""
        assert me_too.known_problem(context(db, later), amir, category, district, within).result == result


def test_who_joins_an_old_case_hears_of_those_who_joined_it_and_of_the_last_thirty_days(database: Database) -> None:
    old, _ = file_one(database, SARA, now=NOW - dt.timedelta(days=100))
    for days, phone in ((99, ZAINAB), (31, "+923330000002"), (29, "+923330000003"), (0, "+923330000004")):
        file_one(database, phone, now=NOW - dt.timedelta(days=days))
    for phone, expected in ((AMIR, 4), ("+923330000005", 5), ("+923330000003", 5)):
        with database.write.begin() as db:
            found = me_too.me_too(context(db, NOW), contacts.find_or_add(db, phone, NOW), old.number)
        assert found.record["count"] == expected


@pytest.mark.parametrize("rating", [0, 6, "five", None, "", True, -1])
def test_a_rating_out_of_range_is_refused(database: Database, rating: int | str | None) -> None:
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, SARA, NOW)
        done = me_too.save_survey(context(db), contact, me_too.SurveyInput("water", rating, None, 1))
    assert done.result == "failed"
    assert rows(database, SurveyAnswer) == 0
