"""A code that is dialled with its choices works at once after a publication, where they mean what they meant."""

from __future__ import annotations

import datetime as dt

from sessions.publishing.publication import PublishedRevision, RevisionNote, publish
from tests.flows.library import shipped_files
from tests.servers import Valkey
from tests.sessions.calls import NOW, Line, Phone

SOON = NOW + dt.timedelta(seconds=2)


def publish_reversed(line: Line) -> None:
    """Publish the groups in the other order; everything else stays, but for the words of the menu."""
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    header, *rows = files["lists/group.csv"].splitlines()
    files["lists/group.csv"] = "\n".join([header, *reversed(rows), ""])
    files["complaints.yaml"] = files["complaints.yaml"].replace("en: Complaint line", "en: The complaint line")
    done = publish(line.database, NOW, files, "complaints.yaml", RevisionNote("test", "in the other order"))
    assert isinstance(done, PublishedRevision), done
    assert line.shelf.refresh()


def how(phone: Phone) -> str:
    return phone.last.how if phone.last is not None else ""


def test_choices_that_mean_the_same_work_at_once_and_others_do_not(line: Line, valkey: Valkey) -> None:
    known = Phone(line, "+923000000001")
    known.walk(["3"])  # the language
    lost = Phone(line, "+923000000003")
    lost.walk(["3"])
    lost.walk(["3"])
    there = known.dial("3")
    publish_reversed(line)
    known.now = lost.now = SOON
    assert known.dial("3") == there and how(known) == "replayed"
    assert known.last is not None and known.last.revision == 2
    assert known.dial("1*2").startswith("END ") and how(known) == "changed"
    new = Phone(line, "+923000000002", now=SOON)
    assert "Language / Zaban" in new.dial("3")
    assert new.type("3") == there
    assert "Language / Zaban" in Phone(line, "+923000000004", now=SOON).dial()
    valkey.client().flushall()
    line.hops = line.process()
    assert lost.again() == there  # its session is lost, and nobody knows on which revision it began
    assert known.dial() and known.dial("1*2").startswith("END ")
    known.now = NOW + dt.timedelta(minutes=6)
    assert known.dial("1*2").startswith("CON ")
