"""Which revision files were made from: nobody's work is undone unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sessions.publishing import publication, revision_history
from sessions.publishing.base_revision import NONE_LIVE, BaseRevision
from sessions.publishing.publication import FromFiles, PublishedRevision, PublishFailure
from storage.connection.database import Database
from tests.sessions.filing import NOW
from tests.sessions.overtaking import Overtaking
from tests.sessions.patience import patiently
from tests.sessions.revising import FILES, MAIN, publish, retitled, revision, silent

pytestmark = pytest.mark.both_databases


def test_a_first_revision_needs_no_base(database: Database) -> None:
    assert publish(database, base=FromFiles()) == PublishedRevision("complaints", 1, changed=True)


def test_files_made_from_the_live_revision_are_published_however_much_changed(database: Database) -> None:
    publish(database)
    mine = retitled("Line two").replace("en: My complaints,", "en: Mine,").replace("en: Suggestion,", "en: Idea,")
    assert publish(database, base=FromFiles(), complaints_yaml=mine) == PublishedRevision("complaints", 2, changed=True)
    assert revision(database, 2).base == 1


def test_files_made_from_an_older_revision_are_refused_for_they_would_undo_the_newer_one(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    mine = FILES[MAIN].replace("en: My complaints,", "en: Mine,").replace("en: Suggestion,", "en: Idea,")
    assert publish(database, base=FromFiles(), complaints_yaml=mine) == PublishFailure(why="stale", live=2, base=1)
    assert [each.number for each in revision_history.history(database, "complaints")] == [2, 1]
    taken_in = mine.replace("title: Citizen complaint line 8484", "title: Line two")
    assert publish(database, base=FromFiles(), complaints_yaml=taken_in) == PublishedRevision(
        "complaints", 3, changed=True
    )


def test_who_rewrites_a_row_that_somebody_took_out_meanwhile_is_told(database: Database) -> None:
    """Without a note: such files are nearer to the revision that lacks the row than to the one they were made from."""
    row = "spare,Spare,Spare,فالتو,Spare office,local,,,,\n"
    name = "lists/office.csv"
    more = FILES | {name: FILES[name] + row}
    publication.publish(database, NOW, more, MAIN, publication.RevisionNote("Bilal", "with a spare one"))
    publish(database)  # without it
    mine = FILES | {name: FILES[name] + row.replace("Spare office", "Another office")}
    done = publication.publish(
        database, NOW, mine, MAIN, publication.RevisionNote("Sara", "x"), base=publication.FromFiles()
    )
    assert done == PublishFailure(why="stale", live=2, base=1)


def test_a_note_from_another_installation_does_not_count(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    taken = BaseRevision(2, "not one of ours")
    stale = publication.publish(
        database, NOW, FILES, MAIN, publication.RevisionNote("Sara", "x"), base=publication.FromFiles(taken)
    )
    assert stale == PublishFailure(why="stale", live=2, base=1)


def test_old_files_laid_over_newer_ones_are_found_in_spite_of_the_note(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    taken = BaseRevision(2, revision(database, 2).digest)
    old = FILES | {MAIN: FILES[MAIN].replace("en: Suggestion,", "en: Idea,")}
    done = publication.publish(
        database, NOW, old, MAIN, publication.RevisionNote("Sara", "x"), base=publication.FromFiles(taken)
    )
    assert done == PublishFailure(why="stale", live=2, base=1)


def test_one_old_file_laid_over_newer_ones_is_found_though_all_together_is_nearer_to_them(database: Database) -> None:
    name = "lists/group.csv"
    old = silent(FILES)
    publication.publish(database, NOW, old, MAIN, publication.RevisionNote("Sara", "x"))
    newer = old | {
        name: old[name].replace("Health,", "Hospitals,"),
        MAIN: retitled("Two").replace("en: Suggestion,", "en: Idea,"),
    }
    publication.publish(database, NOW, newer, MAIN, publication.RevisionNote("Bilal", "x"))
    taken = BaseRevision(2, revision(database, 2).digest)
    laid_over = newer | {name: old[name]}
    done = publication.publish(
        database, NOW, laid_over, MAIN, publication.RevisionNote("Sara", "x"), base=publication.FromFiles(taken)
    )
    assert done == PublishFailure(why="stale", live=2, base=1)
    mine = newer | {name: newer[name].replace("Hospitals,", "Clinics,")}
    done = publication.publish(
        database, NOW, mine, MAIN, publication.RevisionNote("Sara", "x"), base=publication.FromFiles(taken)
    )
    assert done == PublishedRevision("complaints", 3, changed=True)


def test_lines_that_only_changed_places_are_not_put_back_unseen(database: Database) -> None:
    name = "lists/group.csv"
    old = silent(FILES)
    publication.publish(database, NOW, old, MAIN, publication.RevisionNote("Sara", "x"))
    head, first, second, *rest = old[name].splitlines(keepends=True)
    publication.publish(
        database, NOW, old | {name: "".join([head, second, first, *rest])}, MAIN, publication.RevisionNote("Bilal", "x")
    )
    done = publication.publish(
        database,
        NOW,
        old | {MAIN: retitled("x")},
        MAIN,
        publication.RevisionNote("Sara", "x"),
        base=publication.FromFiles(),
    )
    assert done == PublishFailure(why="stale", live=2, base=1)


def test_a_base_that_was_said_is_believed_and_must_be_live(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publish(database, base=1) == PublishFailure(why="stale", live=2, base=1)
    assert publish(database, base=NONE_LIVE) == PublishFailure(why="stale", live=2, base=0)
    assert publish(database, base=2) == PublishedRevision("complaints", 3, changed=True)


def test_of_two_who_publish_from_the_same_base_one_is_told(database: Database) -> None:
    publish(database)

    def one(at: int) -> PublishedRevision | PublishFailure:
        return patiently(lambda: publish(database, base=1, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert [each for each in done if isinstance(each, PublishedRevision)] == [
        PublishedRevision("complaints", 2, changed=True)
    ]
    assert [each for each in done if isinstance(each, PublishFailure)] == [
        PublishFailure(why="stale", live=2, base=1)
    ] * 3
    assert [each.number for each in revision_history.history(database, "complaints")] == [2, 1]


def test_of_two_first_revisions_at_once_one_is_told(database: Database) -> None:
    def one(at: int) -> PublishedRevision | PublishFailure:
        return patiently(lambda: publish(database, base=NONE_LIVE, complaints_yaml=retitled(f"Line {at}")))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(one, range(4)))
    assert sum(isinstance(each, PublishedRevision) for each in done) == 1
    assert [each.number for each in revision_history.history(database, "complaints")] == [1]


def test_how_files_stand_to_what_is_live_is_known(database: Database) -> None:
    assert revision_history.source_status(database, FILES, MAIN, "complaints").live == NONE_LIVE
    publish(database)
    stands = revision_history.source_status(database, FILES, MAIN, "complaints")
    assert (stands.made_from, stands.live, stands.same) == (1, 1, True)
    assert not revision_history.source_status(database, FILES | {MAIN: retitled("x")}, MAIN, "complaints").same


def test_what_was_checked_against_an_older_revision_is_not_published_over_a_newer_one(database: Database) -> None:
    """Its numbers were compared with those of revision 1: what callers of revision 2 lose was not looked for."""
    publish(database)

    def another(mine: Database) -> None:
        assert publish(mine, complaints_yaml=retitled("Line two")) == PublishedRevision("complaints", 2, changed=True)

    hurried = Overtaking.of(database, another)
    assert publish(hurried, base=2, complaints_yaml=retitled("Line")) == PublishFailure(why="stale", live=2, base=1)
