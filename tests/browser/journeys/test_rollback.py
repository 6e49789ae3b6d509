"""Callers must get the earlier menu again, and complaints already use what only the newer one has."""

from __future__ import annotations

from flows.editing.list_csv_rows import with_rows
from gateway.endpoints.application import Sunwai
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.publication import PublishedRevision, RevisionNote
from tests.browser.conftest import Console
from tests.browser.journeys.journey import URDU, WAYS, Journey, Way, every_way
from tests.sessions.filing import file_one

ROWS, GROUPS = "lists/category.csv", "lists/group.csv"


def publish_a_new_category(app: Sunwai, number: int) -> int:
    """A revision with a category in a group of its own, which a complaint has; the number of the revision before."""
    live = revision_history.find_revision(app.database, "complaints")
    assert live is not None
    main = main_of(live)
    assert main is not None
    group = {"code": f"ani{number}", "en": f"Animals {number}", "ur-Latn": f"Janwar {number}", "ur": f"جانور {number}"}
    words = {"en": f"Stray dogs {number}", "ur-Latn": f"Awara kuttay {number}", "ur": f"آوارہ کتے {number}"}
    row = {"code": f"dogs{number}", "group": group["code"], "office": "lg", "days": "7", **words}
    files = {name: text for name, text in live.source.items() if not name.startswith("transcripts/")}
    files |= {GROUPS: with_rows(files[GROUPS], [group]), ROWS: with_rows(files[ROWS], [row])}
    done = publication.publish(app.database, app.clock(), files, main, RevisionNote("Adil", "Stray dogs"))
    assert isinstance(done, PublishedRevision), done
    file_one(app.database, category=row["code"])
    return live.number


@every_way(also=URDU)
def test_a_publisher_rolls_back_and_complaints_keep_their_rows(console: Console, way: Way) -> None:
    number = WAYS.index(way)
    earlier = publish_a_new_category(console.app, number)
    publisher = Journey(console, way, "publisher", f"Sara {way.name}")
    publisher.goes("/console/flows/complaints/revisions")
    link = f'main a[href$="/rollback/{earlier}"]'
    box = publisher.page.locator(link).bounding_box()
    assert box  # on the screen, also on a phone in Urdu: nobody looks for it sideways
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= way.width
    publisher.press_at(link)
    publisher.sees(f"آوارہ کتے {number}")
    publisher.sees(f"جانور {number}")
    publisher.fill("Why, in one sentence", "The new menu confuses callers")
    publisher.press("Roll back now")
    publisher.confirms_who_they_are()
    publisher.sees("Revision %(n)s is live for new calls", n=earlier + 2)
    publisher.ends(most=4)
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    assert f"dogs{number}" in live.source[ROWS]
