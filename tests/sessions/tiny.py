"""The smallest flow that the checks find nothing in: publishing it takes no time."""

from __future__ import annotations

from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision
from storage.connection.database import Database
from tests.sessions.filing import NOW

MAIN = "line.yaml"
TEXT = """# The line of tests.
flow: line
title: Citizen line
start: menu
languages: {en: English}
keys:
  home: {key: "000", en: Menu, show: no, go: menu}
errors:
  bad_choice: {en: "Not on the list, try again."}
  bad_answer: {en: "Not understood."}
  too_many: {en: "Too many tries."}
  busy: {en: "Not available."}
  expired: {en: "Over."}
  changed: {en: "Changed."}
  deleted: {en: "Deleted."}
  bad_phone: {en: "No number."}
screens:
  menu:
    ask: {en: What do you want}
    choose:
      water: {en: Water, go: water}
      routes: {en: Routes, go: routes}
  water:
    end: {en: Thank you for telling us about water.}
  routes:
    end: {en: Thank you for telling us about routes.}
"""
FILES = {MAIN: TEXT}


def publish(database: Database, text: str = TEXT) -> int:
    """Make it, or a text like it, live; the number of its revision."""
    done = publication.publish(database, NOW, {MAIN: text}, MAIN, publication.RevisionNote("Bilal", "first words"))
    assert isinstance(done, PublishedRevision), done
    return done.number
