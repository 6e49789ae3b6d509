"""A draft that is behind the live revision: merging is proposed, and only errors of its own are red."""

from __future__ import annotations

import re
from html import unescape

from flows.editing.list_csv_rows import with_rows
from gateway.endpoints.application import Sunwai
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.publication import PublishedRevision, RevisionNote
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted
from tests.sessions.filing import file_one

ROWS = "lists/category.csv"
DOGS = {"en": "Stray dogs", "ur-Latn": "Awara kuttay", "ur": "آوارہ کتے"}


def publish_dogs(app: Sunwai) -> None:
    """A revision with one more category, which a complaint has."""
    live = revision_history.find_revision(app.database, "complaints")
    assert live is not None
    main = main_of(live)
    assert main is not None
    row = {"code": "dogs", "group": "mun", "office": "lg", "days": "7", **DOGS}
    files = {name: text for name, text in live.source.items() if not name.startswith("transcripts/")}
    files[ROWS] = with_rows(files[ROWS], [row])
    done = publication.publish(app.database, app.clock(), files, main, RevisionNote("Adil", "Stray dogs"))
    assert isinstance(done, PublishedRevision), done
    file_one(app.database, category="dogs")


def figures(visitor: Visitor, draft_id: int) -> list[tuple[str, str, str]]:
    """The figures of a draft that lead to its errors: how they look, how many, and of what."""
    page = unescape(visitor.get(f"/console/drafts/{draft_id}").text)
    found = re.findall(r'<a class="(figure[^"]*)"[^>]*problems"><b>(\d+)</b><span>([^<]*error[^<]*)</span>', page)
    return [(kind, count, words) for kind, count, words in found]


def test_errors_that_merging_cures_are_calm_and_others_stay_red(visit: Visit, console: Sunwai) -> None:
    older = drafted(console)
    spoilt = drafted(console, "complaints", ("complaints.yaml", "go: group}", "go: nowhere_at_all}"))
    publish_dogs(console)
    visitor = visit()
    calm = unescape(visitor.get(f"/console/drafts/{older.id}/problems/count/badge").text)
    assert "behind revision 2: merge it" in calm
    assert "error" not in calm
    page = unescape(visitor.get(f"/console/drafts/{older.id}").text)
    assert "which this draft has only because it is behind" in page
    assert 'class="figure bad"' not in page
    red = unescape(visitor.get(f"/console/drafts/{spoilt.id}/problems/count/badge").text)
    assert "error" in red
    assert "behind revision 2: merge it" in red
    assert figures(visitor, spoilt.id) == [
        ("figure bad", "6", "errors"),
        ("figure", "1", "error that merging corrects"),
    ]
    assert figures(visitor, older.id) == [("figure", "1", "error that merging corrects")]
