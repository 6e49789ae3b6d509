from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import select, update

from flows.model import Flow
from gateway.flowfiles import read_flow
from sessions import earlier, publishing, sources
from sessions.origin import NONE_LIVE, Taken
from sessions.publishing import FROM_FILES, LeadsElsewhere, Published, Unfit
from storage import revisions
from storage.database import Database
from storage.tables import Revision
from tests.sessions.filing import LIBRARY, NOW, file_one, shipped
from tests.sessions.overtaking import Overtaking
from tests.sessions.patience import patiently

FILES, MAIN = read_flow(LIBRARY)
MINE = sources.belonging(FILES, MAIN, "complaints")
UNREACHED = """
  island:
    end: {en: "Nobody comes here.", ur-Latn: "Yahan koi nahi.", ur: یہاں کوئی نہیں}
"""


def publish(
    database: Database, *, reason: str | None = None, base: int | None = None, **replaced: str
) -> Published | Unfit:
    files = FILES | {name.replace("_", "."): text for name, text in replaced.items()}
    return publishing.publish(database, NOW, files, MAIN, "Bilal", "first words", reason=reason, base=base)


def revision(database: Database, number: int) -> Revision:
    found = earlier.find(database, "complaints", number)
    assert found is not None
    return found


def retitled(title: str) -> str:
    return FILES[MAIN].replace("title: Citizen complaint line 8484", f"title: {title}")


def test_a_published_flow_is_a_numbered_revision_that_compiles_to_the_flow(database: Database) -> None:
    assert publish(database) == Published("complaints", 1, changed=True)
    with database.read.begin() as db:
        revision = revisions.live_of(db, "complaints")
        assert revision is not None
        assert msgspec.msgpack.decode(revision.compiled, type=Flow) == shipped()
        assert (revision.source, revision.author, revision.message) == (MINE, "Bilal", "first words")
        assert revision.digest == sources.digest_of(MINE, MAIN)
        assert revision.base is None
        assert revision.checks["E"] == 0
        assert revision.checks["scripts"] > 90


def test_publishing_the_same_again_changes_nothing(database: Database) -> None:
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert publish(database) == Published("complaints", 1, changed=False)
    with database.read.begin() as db:
        assert revisions.marker(db) == before


def test_a_changed_flow_is_a_new_revision_and_the_old_one_stays_as_it_was(database: Database) -> None:
    publish(database)
    assert publish(database, complaints_yaml=retitled("Line two")) == Published("complaints", 2, changed=True)
    with database.read.begin() as db:
        rows = db.scalars(select(Revision).order_by(Revision.number)).all()
        titles = [msgspec.msgpack.decode(row.compiled, type=Flow).title for row in rows]
        live = revisions.live_of(db, "complaints")
    assert titles == ["Citizen complaint line 8484", "Line two"]
    assert live is not None
    assert live.number == 2


def test_the_old_words_published_again_are_a_new_revision(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publish(database) == Published("complaints", 3, changed=True)


def test_a_source_that_compiles_to_something_else_today_is_published_anew(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        db.execute(update(Revision).values(compiled=b"as an older release compiled it"))
    assert publish(database) == Published("complaints", 2, changed=True)


def test_a_flow_with_errors_is_not_published(database: Database) -> None:
    broken = FILES[MAIN].replace("go: menu", "go: nowhere", 1)
    done = publish(database, complaints_yaml=broken)
    assert isinstance(done, Unfit)
    assert any(problem.severity == "E" for problem in done.problems)
    assert publishing.listing(database) == []


def test_two_who_publish_at_once_get_a_revision_each(database: Database) -> None:
    def one(at: int) -> Published | Unfit:
        return patiently(lambda: publish(database, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert sorted(each.number for each in done if isinstance(each, Published)) == [1, 2, 3, 4]


def test_codes_lead_to_published_flows_only(database: Database) -> None:
    assert not publishing.route(database, "*8484#", "complaints")
    publish(database)
    with database.read.begin() as db:
        before = revisions.marker(db)
    assert publishing.route(database, "*8484#", "complaints")
    assert publishing.route(database, "8484", "complaints")
    assert publishing.route(database, "8484", "complaints")
    with database.read.begin() as db:
        assert revisions.marker(db) != before
        assert [(code, row.number) for code, row in revisions.live(db)] == [("*8484#", 1), ("8484", 1)]
    [listed] = publishing.listing(database)
    assert listed.codes == ("*8484#", "8484")


@pytest.mark.parametrize(
    ("code", "fit"),
    [
        ("*8484#", True),
        ("*8484*1#", True),
        ("8484", True),
        ("8484#", False),
        ("", False),
        ("*8484#\n", False),
        (f"*{'8' * 39}#", False),
    ],
)
def test_a_code_is_what_can_be_dialled_or_texted(code: str, fit: bool) -> None:
    assert publishing.is_code(code) is fit


def test_the_files_of_another_flow_in_the_same_folder_are_not_this_flows(database: Database) -> None:
    publish(database)
    files = FILES | {"other.yaml": "flow: other", "transcripts/o.yaml": "test: o\nflow: other\nsteps: [{see: x}]\n"}
    done = publishing.publish(database, NOW, files, MAIN, "Bilal", "first words")
    assert done == Published("complaints", 1, changed=False)


def test_warnings_ask_for_a_reason_and_it_is_kept(database: Database) -> None:
    odd = FILES[MAIN] + UNREACHED
    refused = publish(database, reason="", complaints_yaml=odd)
    assert isinstance(refused, Unfit)
    assert refused.why == "warnings"
    assert publishing.listing(database) == []
    assert isinstance(publish(database, reason="It is for next month", complaints_yaml=odd), Published)
    kept = revision(database, 1)
    assert kept.reason == "It is for next month"
    assert kept.checks["W"] == len(kept.checks["warnings"]) > 0
    assert any("F102" in each for each in kept.checks["warnings"])


def test_what_ships_is_not_asked_for_a_reason(database: Database) -> None:
    assert isinstance(publish(database, complaints_yaml=FILES[MAIN] + UNREACHED), Published)


def test_a_scripted_call_that_fails_blocks_publishing(database: Database) -> None:
    name = "transcripts/file_typed_district_en.yaml"
    files = FILES | {name: FILES[name].replace("What is it about", "Who are you")}
    done = publishing.publish(database, NOW, files, MAIN, "Bilal", "x")
    assert isinstance(done, Unfit)
    [problem] = [each for each in done.problems if each.severity == "E"]
    assert (problem.code, problem.file, problem.line) == ("F901", name, 7)
    assert publishing.listing(database) == []


def test_a_first_revision_needs_no_base(database: Database) -> None:
    assert publish(database, base=FROM_FILES) == Published("complaints", 1, changed=True)


def test_files_made_from_the_live_revision_are_published_however_much_changed(database: Database) -> None:
    publish(database)
    mine = retitled("Line two").replace("en: My complaints,", "en: Mine,").replace("en: Suggestion,", "en: Idea,")
    assert publish(database, base=FROM_FILES, complaints_yaml=mine) == Published("complaints", 2, changed=True)
    assert revision(database, 2).base == 1


def test_files_made_from_an_older_revision_are_refused_for_they_would_undo_the_newer_one(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    mine = FILES[MAIN].replace("en: My complaints,", "en: Mine,").replace("en: Suggestion,", "en: Idea,")
    assert publish(database, base=FROM_FILES, complaints_yaml=mine) == Unfit(why="stale", live=2, base=1)
    assert [each.number for each in earlier.history(database, "complaints")] == [2, 1]
    taken_in = mine.replace("title: Citizen complaint line 8484", "title: Line two")
    assert publish(database, base=FROM_FILES, complaints_yaml=taken_in) == Published("complaints", 3, changed=True)


def test_who_rewrites_a_row_that_somebody_took_out_meanwhile_is_told(database: Database) -> None:
    """Without a note: such files are nearer to the revision that lacks the row than to the one they were made from."""
    row = "spare,Spare,Spare,فالتو,Spare office,local,,\n"
    name = "lists/office.csv"
    more = FILES | {name: FILES[name] + row}
    publishing.publish(database, NOW, more, MAIN, "Bilal", "with a spare one")
    publish(database)  # without it
    mine = FILES | {name: FILES[name] + row.replace("Spare office", "Another office")}
    done = publishing.publish(database, NOW, mine, MAIN, "Sara", "x", base=FROM_FILES)
    assert done == Unfit(why="stale", live=2, base=1)


def test_a_note_from_another_installation_does_not_count(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    taken = Taken(2, "not one of ours")
    stale = publishing.publish(database, NOW, FILES, MAIN, "Sara", "x", base=FROM_FILES, taken=taken)
    assert stale == Unfit(why="stale", live=2, base=1)


def test_old_files_laid_over_newer_ones_are_found_in_spite_of_the_note(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    taken = Taken(2, revision(database, 2).digest)
    old = FILES | {MAIN: FILES[MAIN].replace("en: Suggestion,", "en: Idea,")}
    done = publishing.publish(database, NOW, old, MAIN, "Sara", "x", base=FROM_FILES, taken=taken)
    assert done == Unfit(why="stale", live=2, base=1)


def test_one_old_file_laid_over_newer_ones_is_found_though_all_together_is_nearer_to_them(database: Database) -> None:
    name = "lists/group.csv"
    old = silent(FILES)
    publishing.publish(database, NOW, old, MAIN, "Sara", "x")
    newer = old | {
        name: old[name].replace("Health,", "Hospitals,"),
        MAIN: retitled("Two").replace("en: Suggestion,", "en: Idea,"),
    }
    publishing.publish(database, NOW, newer, MAIN, "Bilal", "x")
    taken = Taken(2, revision(database, 2).digest)
    laid_over = newer | {name: old[name]}
    done = publishing.publish(database, NOW, laid_over, MAIN, "Sara", "x", base=FROM_FILES, taken=taken)
    assert done == Unfit(why="stale", live=2, base=1)
    mine = newer | {name: newer[name].replace("Hospitals,", "Clinics,")}
    done = publishing.publish(database, NOW, mine, MAIN, "Sara", "x", base=FROM_FILES, taken=taken)
    assert done == Published("complaints", 3, changed=True)


def test_lines_that_only_changed_places_are_not_put_back_unseen(database: Database) -> None:
    name = "lists/group.csv"
    old = silent(FILES)
    publishing.publish(database, NOW, old, MAIN, "Sara", "x")
    head, first, second, *rest = old[name].splitlines(keepends=True)
    publishing.publish(database, NOW, old | {name: "".join([head, second, first, *rest])}, MAIN, "Bilal", "x")
    done = publishing.publish(database, NOW, old | {MAIN: retitled("x")}, MAIN, "Sara", "x", base=FROM_FILES)
    assert done == Unfit(why="stale", live=2, base=1)


def silent(files: dict[str, str]) -> dict[str, str]:
    """A flow's files without scripted calls, which would notice every change."""
    return {name: text for name, text in files.items() if not name.startswith("transcripts/")}


def test_a_base_that_was_said_is_believed_and_must_be_live(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publish(database, base=1) == Unfit(why="stale", live=2, base=1)
    assert publish(database, base=NONE_LIVE) == Unfit(why="stale", live=2, base=0)
    assert publish(database, base=2) == Published("complaints", 3, changed=True)


def test_of_two_who_publish_from_the_same_base_one_is_told(database: Database) -> None:
    publish(database)

    def one(at: int) -> Published | Unfit:
        return patiently(lambda: publish(database, base=1, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert [each for each in done if isinstance(each, Published)] == [Published("complaints", 2, changed=True)]
    assert [each for each in done if isinstance(each, Unfit)] == [Unfit(why="stale", live=2, base=1)] * 3
    assert [each.number for each in earlier.history(database, "complaints")] == [2, 1]


def test_of_two_first_revisions_at_once_one_is_told(database: Database) -> None:
    def one(at: int) -> Published | Unfit:
        return patiently(lambda: publish(database, base=NONE_LIVE, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert sum(isinstance(each, Published) for each in done) == 1
    assert [each.number for each in earlier.history(database, "complaints")] == [1]


def test_rolling_back_is_a_new_revision_with_the_old_files(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    done = publishing.bring_back(database, NOW, "complaints", 1, "Sara", "Two was wrong")
    assert done == Published("complaints", 3, changed=True)
    first, third = revision(database, 1), revision(database, 3)
    assert (third.digest, third.source, third.compiled) == (first.digest, first.source, first.compiled)
    assert (third.rolls_back, third.base, third.author, third.message) == (1, 2, "Sara", "Two was wrong")
    live = earlier.find(database, "complaints")
    assert live is not None
    assert live.number == 3


def test_rolling_back_to_what_is_live_changes_nothing(database: Database) -> None:
    publish(database)
    assert publishing.bring_back(database, NOW, "complaints", 1, "Sara", "x") == Published(
        "complaints", 1, changed=False
    )


def test_what_is_not_there_or_does_not_match_its_hash_is_not_brought_back(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publishing.bring_back(database, NOW, "complaints", 9, "Sara", "x") == Unfit(why="missing")
    with database.write.begin() as db:
        row = revisions.numbered(db, "complaints", 1)
        assert row is not None
        row.source = row.source | {MAIN: "flow: complaints"}
    assert publishing.bring_back(database, NOW, "complaints", 1, "Sara", "x") == Unfit(why="damaged")


def test_a_code_that_complaints_use_cannot_be_published_away(database: Database) -> None:
    publish(database)
    file_one(database, category="mun01")
    lists = FILES["lists/category.csv"].replace("mun01,", "mun99,", 1)
    files = {name: text for name, text in FILES.items() if not name.startswith("transcripts/")}
    done = publishing.publish(database, NOW, files | {"lists/category.csv": lists}, MAIN, "Bilal", "x")
    assert isinstance(done, Unfit)
    assert "F605" in {each.code for each in done.problems if each.severity == "E"}


def test_how_files_stand_to_what_is_live_is_known(database: Database) -> None:
    assert earlier.standing(database, FILES, MAIN, "complaints").live == NONE_LIVE
    publish(database)
    stands = earlier.standing(database, FILES, MAIN, "complaints")
    assert (stands.made_from, stands.live, stands.same) == (1, 1, True)
    assert not earlier.standing(database, FILES | {MAIN: retitled("x")}, MAIN, "complaints").same


def test_going_back_does_not_undo_what_somebody_publishes_meanwhile(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))

    def another(mine: Database) -> None:
        assert publish(mine, complaints_yaml=retitled("Line three")) == Published("complaints", 3, changed=True)

    hurried = Overtaking.of(database, another)
    done = publishing.bring_back(hurried, NOW, "complaints", 1, "Sara", "x")
    assert done == Unfit(why="stale", live=3, base=2)
    assert [each.number for each in earlier.history(database, "complaints")] == [3, 2, 1]


def test_what_was_checked_against_an_older_revision_is_not_published_over_a_newer_one(database: Database) -> None:
    """Its numbers were compared with those of revision 1: what callers of revision 2 lose was not looked for."""
    publish(database)

    def another(mine: Database) -> None:
        assert publish(mine, complaints_yaml=retitled("Line two")) == Published("complaints", 2, changed=True)

    hurried = Overtaking.of(database, another)
    assert publish(hurried, base=2, complaints_yaml=retitled("Line")) == Unfit(why="stale", live=2, base=1)


def test_two_who_route_the_same_new_code_at_once_both_succeed(database: Database) -> None:
    publish(database)
    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            revisions.route(db, "*8484#", "complaints")
            other = threads.submit(publishing.route, database, "*8484#", "complaints")
            with pytest.raises(TimeoutError):  # it waits for this transaction
                other.result(0.3)
        assert other.result(5)
    [listed] = publishing.listing(database)
    assert listed.codes == ("*8484#",)


def test_of_two_who_give_a_new_code_to_two_flows_at_once_one_is_told(database: Database) -> None:
    publish(database)
    publishing.publish(database, NOW, FILES, "power_cut.yaml", "Bilal", "x")
    with ThreadPoolExecutor(1) as threads:
        with database.write.begin() as db:
            assert revisions.claim(db, "*99#", "complaints") == "complaints"
            other = threads.submit(publishing.route, database, "*99#", "power_cut", instead=False)
            with pytest.raises(TimeoutError):  # it waits for this transaction
                other.result(0.3)
        with pytest.raises(LeadsElsewhere):
            other.result(5)
    assert {each.flow: each.codes for each in publishing.listing(database)} == {
        "complaints": ("*99#",),
        "power_cut": (),
    }


def test_a_file_that_is_only_spoken_of_is_not_the_flows(database: Database) -> None:
    publish(database)
    text = FILES[MAIN] + "# as in survey.yaml and old-texts.yaml\n"
    others = {"survey.yaml": "flow: x", "old-texts.yaml": "a: {en: b}", "s.yaml": "a: {en: b}"}
    done = publishing.publish(database, NOW, FILES | others | {MAIN: text}, MAIN, "Bilal", "x")
    assert done == Published("complaints", 2, changed=True)
    assert revision(database, 2).source.keys() == MINE.keys()


def test_numbers_are_compared_with_a_revision_that_another_release_compiled(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        db.execute(update(Revision).values(compiled=b"as an older release compiled it"))
    files = {name: text for name, text in FILES.items() if not name.startswith("transcripts/")}
    text = FILES[MAIN].replace("      track:    {en:", '      track:    {key: "7", en:')
    done = publishing.publish(database, NOW, files | {MAIN: text}, MAIN, "Bilal", "x", reason="")
    assert isinstance(done, Unfit)
    assert "F506" in {each.code for each in done.problems}
