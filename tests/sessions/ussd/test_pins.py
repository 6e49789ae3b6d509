"""A PIN in a call: typed last, needed for hidden cases, and kept nowhere."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.text import tracking_number
from sessions.cases.core import own_cases, pins
from storage.cases import contacts, recycled_phones
from storage.cases import pins as rows
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact
from tests.examples import examples
from tests.servers import Valkey
from tests.sessions.calls import NOW, NUMBER, Line, Phone
from tests.sessions.cases.test_pins import compared
from tests.sessions.filing import AMIR, SARA, context, file_one
from tests.sessions.test_statement_counts import heard

pytestmark = pytest.mark.both_databases

PIN, WRONG = "4826", "9517"
WORDS = "He asked for money"
PHONES = itertools.count(1)
DISTRICTS = ["lahore", "multan", "kasur", "sialkot", "narowal", "gujrat", "okara"]
MINE = ["2", "1"]  # my complaints, the first


def has(line: Line, phone: str = SARA, digits: str = PIN) -> None:
    with line.database.write.begin() as db:
        pins.set_pin(context(db, NOW), contacts.find_or_add(db, phone, NOW), digits)


def hidden(line: Line, phone: str = SARA) -> Complaint:
    return file_one(line.database, phone, private=True, details=WORDS, category="cor01")[0]


def state(line: Line, complaint: Complaint) -> Complaint:
    with line.database.read() as db:
        found = db.get_one(Complaint, complaint.id)
        db.expunge(found)
        return found


def last(phone: Phone, *entries: str) -> str:
    return phone.walk([*MINE, *entries])[-1]


def test_a_hidden_complaint_is_filed_before_a_pin_is_asked_for(line: Line) -> None:
    phone = Phone(line)
    screens = phone.walk(["3", "1", "12", "1", "lahore", WORDS, "1", PIN])
    assert "Type a PIN of 4-6 digits" in screens[-2]
    filed = NUMBER.search(screens[-2])
    assert filed is not None
    assert filed[0] in screens[-1]
    assert screens[-1].startswith("END Filed: only your PIN opens it")
    again = Phone(line, now=NOW + dt.timedelta(days=1)).walk(["1", "12", "1", "1", "another matter of money", "1"])
    assert again[-1].startswith("END Filed: only your PIN opens it"), "a phone has one PIN"


@pytest.mark.parametrize(
    ("language", "asked", "read"),
    [("en", "type your PIN", "Bribe"), ("ur", "اپنا پن لکھیں", "رشوت")],
)
def test_a_conversation_in_which_a_hidden_case_is_read_and_taken_back(
    line: Line, language: str, asked: str, read: str
) -> None:
    mine, _ = file_one(line.database, private=True, details=WORDS, category="cor01", language=language)
    has(line)
    phone = Phone(line)
    shown = phone.walk([*MINE, "5", PIN])
    assert read not in "".join(shown[:-1])
    assert WORDS[:10] not in "".join(shown[:-1])
    assert asked in shown[-2]
    assert read in shown[-1]
    assert WORDS in shown[-1]
    before = last(phone, "4", "1", WRONG)
    assert state(line, mine).status != "withdrawn"
    assert before.startswith("END")
    assert tracking_number.format_number(mine.number) in last(phone, "4", "1", PIN)
    assert state(line, mine).status == "withdrawn"


def test_who_sets_a_pin_later_reads_nothing_that_was_filed_before(line: Line) -> None:
    """Whoever holds the phone sets a PIN, and is not offered to read; asked all the same, it is like a wrong PIN."""
    file_one(line.database, now=NOW, private=True, details=WORDS, category="cor01")
    phone = Phone(line, now=NOW + pins.ONE_CALL + dt.timedelta(seconds=1))
    assert "Set a PIN" in (offered := last(phone))
    assert "Read it" not in offered
    assert "nothing older" in last(phone, "6", PIN)
    assert "Read it" not in last(phone)
    assert "type your PIN" in last(phone, "4", "1"), "what changes it needs the PIN as before"


def test_a_pin_that_is_new_since_the_question_opens_nothing_either(line: Line) -> None:
    """The same screen as after a wrong PIN."""
    mine, _ = file_one(line.database, now=NOW, private=True, details=WORDS, category="cor01")
    has(line)
    phone = Phone(line, now=NOW + dt.timedelta(hours=1))
    last(phone, "5")
    with line.database.write.begin() as db:
        rows.remove(db, mine.contact_id)
        pins.set_pin(context(db, phone.now), db.get_one(Contact, mine.contact_id), PIN)
    assert "PIN from this phone" in phone.type(PIN)


def test_a_phone_with_a_pin_hides_nothing_without_it_and_is_new_to_who_says_twice_that_they_have_none(
    line: Line,
) -> None:
    hidden(line)
    has(line)
    phone = Phone(line)
    assert "PIN from this phone" in last(phone, "4", "3", "1", WRONG)
    assert "All complaints go" in last(phone, "4", "3", "2")
    assert "has a PIN" in phone.type("1")
    phone.type("1")
    assert "PIN from this phone" in phone.type(WRONG), "and it shows the case as before"
    assert "really new" in last(phone, "4", "3", "2", "1", "2")
    assert "Nothing from before" in phone.type("1")
    assert NUMBER.search(phone.walk(["2"])[-1]) is None


steps = st.lists(
    st.sampled_from(["file", "pin", "change", "reset", "moved"]).flatmap(
        lambda what: st.tuples(st.just(what), st.integers(0, 40))
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=steps)
def test_a_pin_opens_what_is_not_older_than_the_first(database: Database, said: list[tuple[str, int]]) -> None:
    """A model: when the first PIN was set since the last reset, and for which cases an office reset it."""
    phone, now = f"+92301{next(PHONES):07}", NOW
    filed: list[Complaint] = []
    first: dt.datetime | None = None
    proven: set[int] = set()
    for what, minutes in said:
        now += dt.timedelta(minutes=minutes)
        if what == "file":
            filed.append(file_one(database, phone, now=now, private=True, district=DISTRICTS[len(filed)])[0])
        with database.write.begin() as db:
            me = contacts.lock_or_add(db, phone, now)
            if what in ("pin", "change") and (what == "pin") == (first is None):
                pins.set_pin(context(db, now), me, PIN if what == "pin" else WRONG)
                first = first or now
            elif what == "reset" and first is not None and filed:
                reset = rows.add_reset(db, me.id, filed[0].id, 1, now, now)
                rows.remove(db, me.id)
                rows.end_reset(db, reset, rows.REMOVED, now)
                proven.add(filed[0].id)
                first = None
            elif what == "moved" and filed:
                before, me = me, recycled_phones.hand_over(db, me, now, "silent")
                own_cases.give(db, before, me)
                recycled_phones.rejoin(db, before, me, now)
            for each in [db.get_one(Complaint, each.id) for each in filed]:
                expected = first is not None and (each.filed_at >= first - pins.ONE_CALL or each.id in proven)
                assert pins.opens(db, rows.find(db, me.id), each) is expected


def test_unknown_numbers_and_those_of_others_get_the_same_bytes_and_with_a_wrong_pin_the_same_outcome(
    line: Line,
) -> None:
    """A call asks for a number first, and for a PIN only of a case that is the phone's own."""
    mine, theirs, absent = hidden(line), hidden(line, AMIR), tracking_number.make(90_000_007)
    has(line)
    asking = {"+923005550001": absent, "+923005550002": theirs.number}  # two phones: neither has a call to go on with
    screens = [Phone(line, phone).walk(["3", "3", number])[-1] for phone, number in asking.items()]
    assert screens[0] == screens[1]
    with line.database.write.begin() as db:
        me = contacts.find_or_add(db, SARA, NOW)
        said = {
            own_cases.open_with_pin(context(db, NOW), me, number, WRONG, f"key {number}")
            for number in (mine.number, theirs.number, absent)
        }
        assert said == {"missing"}
        assert own_cases.open_with_pin(context(db, NOW), me, theirs.number, PIN, "the right one") == "missing"


def test_a_wrong_pin_costs_the_same_whosever_the_number_is_and_no_comparison_once_the_phone_is_locked(
    line: Line,
) -> None:
    mine, theirs, absent = hidden(line), hidden(line, AMIR), tracking_number.make(90_000_007)
    has(line)
    number = (at for at in range(10))

    def tried(named: str) -> tuple[str, list[str], int]:
        with heard(line.database) as asked, compared() as hashes, line.database.write.begin() as db:
            me = contacts.find_or_add(db, SARA, NOW)
            told = own_cases.open_with_pin(context(db, NOW), me, named, WRONG, f"key {next(number)}")
        return str(told), asked, len(hashes)

    tried(absent)
    wrong = [tried(each) for each in (mine.number, theirs.number, absent)]
    assert wrong[0] == wrong[1] == wrong[2]
    assert (wrong[0][0], wrong[0][2]) == ("missing", 1)
    tried(absent)
    late = [tried(each) for each in (mine.number, theirs.number, absent)]
    assert late[0] == late[1] == late[2]
    assert (late[0][0], late[0][2]) == ("too_many", 0)


def test_the_sixth_guess_of_a_day_is_not_compared_whatever_redis_forgets(line: Line, valkey: Valkey) -> None:
    hidden(line)
    has(line)
    phone = Phone(line)
    for at in range(5):
        assert "PIN from this phone" in last(phone, "5", f"951{at}")
        valkey.client().flushall()
        assert "PIN from this phone" in phone.again(line.process()), "the same hop is the same guess"
    assert "Too many wrong PINs" in last(phone, "5", PIN)


def test_another_pin_on_the_same_hop_is_no_second_guess(line: Line, valkey: Valkey) -> None:
    hidden(line)
    has(line)
    phone = Phone(line)
    first = last(phone, "5", WRONG)
    start = phone.text.rpartition("*")[0]
    for forgotten in (False, True):
        if forgotten:
            valkey.client().flushall()
        phone.text = f"{start}*{PIN}"
        assert phone.again(line.process()) == first


def test_what_is_no_pin_is_asked_again_and_no_state_has_a_pin(line: Line, valkey: Valkey) -> None:
    hidden(line)
    has(line)
    phone = Phone(line)
    last(phone, "5")
    assert "A PIN has 4-6 digits" in phone.type("48")
    assert "PIN from this phone" in phone.type("482634")
    assert phone.again(line.process()).startswith("END")
    client = valkey.client()
    held = b"".join(client.dump(key) or b"" for key in client.keys("*"))
    values = b"".join(client.get(key) or b"" for key in client.keys("*") if client.type(key) == b"string")
    assert b"482634" not in held + values
