"""Who read my case? Offices, the last day of each, and whether the number was seen, to the phone that filed it."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.cases.acts import citizen_verdicts
from storage.audit import audit_log
from storage.audit.entry import AuditActor, AuditEntry, staff_actor
from storage.connection.database import Database
from storage.people import staff
from storage.schema.tables import Complaint
from tests.sessions.filing import AMIR, NOW, SARA, context, file_one
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

DAY = dt.timedelta(days=1)


def staffed(database: Database) -> None:
    import_(database, WATER, POLICE, POLICE_HQ, DESK)
    hire(database, "Bilal", phone="+923331110001")
    hire(database, "Rehana", office="desk", role="oversight", phone="+923331110002")


def look(database: Database, case: Complaint, name: str, at: dt.datetime, event: str = "case_opened") -> bool:
    """Somebody reads the case; "" is an operator of the line. False if that was merged with an earlier view."""
    with database.write.begin() as db:
        known = staff.by_name(db, name) if name else None
        actor = staff_actor(known.id, known.role) if known else AuditActor("command", "root")
        return audit_log.record_view(db, AuditEntry(event, actor, at, "case", case.number)) is not None


def short(number: str) -> str:
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


@pytest.mark.parametrize(
    "words", ["WHO {}", "{} WHO", "who saw {}", "Kis ne dekha {}", "KISNE DEKHI {} JI", "کس نے دیکھا {}", "WHO"]
)
def test_the_offices_that_read_it_are_named_with_their_last_day_the_latest_first(
    database: Database, words: str
) -> None:
    staffed(database)
    case, _ = file_one(database)
    look(database, case, "Bilal", NOW + DAY)
    look(database, case, "Bilal", NOW + 3 * DAY)
    look(database, case, "Rehana", NOW + 2 * DAY)
    post = Post(database, now=NOW + 4 * DAY)
    assert post.says(words.format(case.number)) == (
        f"{short(case.number)}: nobody saw your number. Offices that opened it: WASA Lahore 20 Jun, Our desk 19 Jun"
    )


def test_an_office_that_was_given_it_is_named_though_it_never_looked(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    post = Post(database, now=NOW + DAY)
    assert "WASA Lahore 17 Jun" in post.says(f"WHO {case.number}")
    look(database, case, "", NOW + DAY)
    assert "opened it: this line 18 Jun, WASA Lahore 17 Jun" in post.says(f"WHO {case.number}")


@pytest.mark.parametrize("language", ["en", "ur", "ur-Latn"])
@pytest.mark.parametrize("shown", [True, False])
def test_of_a_private_case_no_office_is_named_on_a_phone_that_others_read(
    database: Database, language: str, shown: bool
) -> None:
    staffed(database)
    case, _ = file_one(database, private=True, language=language)
    look(database, case, "Rehana", NOW + DAY)
    if shown:
        look(database, case, "Rehana", NOW + DAY, "revealed")
    said = Post(database, now=NOW + 2 * DAY).says(f"WHO {case.number}")
    assert not any(name in said for name in ("WASA", "desk", "Lahore", "Rehana", "oversight"))
    assert "2, 18 " in said
    assert ("18 " in said.split("2, 18 ")[0].split(short(case.number))[1]) is shown


def test_of_a_case_about_a_body_no_office_is_named_either(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database, category="pol03", office="police", columns={"against": "police", "sensitive": "no"})
    look(database, case, "Rehana", NOW + DAY)
    said = Post(database, now=NOW + DAY).says(f"WHO {case.number}")
    assert "desk" not in said
    assert "1, 18 Jun" in said


def test_somebody_elses_phone_hears_what_it_hears_of_a_number_that_nobody_has(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    post = Post(database)
    assert post.says(f"WHO {case.number}", AMIR).replace(short(case.number), "N") == post.says(
        "WHO 482719300", AMIR
    ).replace("482-719-300", "N")


def test_who_asks_without_any_complaint_is_told_whose_line_this_is(database: Database) -> None:
    assert Post(database).event("WHO", AMIR) == "who_we_are"


def test_views_of_five_minutes_are_one_and_of_two_people_or_ways_are_not(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    other, _ = file_one(database, phone=AMIR)
    minutes = [look(database, case, "Bilal", NOW + dt.timedelta(minutes=at)) for at in (0, 1, 4, 5, 6)]
    assert minutes == [True, False, False, True, False]
    assert look(database, case, "Rehana", NOW)
    assert look(database, other, "Bilal", NOW)


def test_whoever_made_them_take_it_back_does_not_see_that_it_goes_on(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    look(database, case, "Bilal", NOW + DAY)
    with database.write.begin() as db:
        assert citizen_verdicts.note_pressure(context(db, NOW + 2 * DAY), db.get_one(Complaint, case.id))
    before = Post(database, now=NOW + 2 * DAY)
    said = before.says(f"WHO {case.number}")
    for at in (3, 4):
        look(database, case, "Rehana", NOW + at * DAY)
    look(database, case, "Rehana", NOW + 4 * DAY, "revealed")
    before.wait(days=5)
    assert before.says(f"WHO {case.number}") == said
    assert "desk" not in said
    assert SARA not in said
