"""A draft of the shipped flow, for tests of what people do with drafts."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import main_of
from storage.schema.tables import Draft


def drafted(app: Sunwai, flow: str = "complaints", *changes: tuple[str, str, str]) -> Draft:
    """A draft of the live flow; each change is (file, words, other words)."""
    live = revision_history.find_revision(app.database, flow)
    assert live is not None
    main = main_of(live)
    assert main is not None
    files = dict(live.source)
    for file, words, other in changes:
        assert words in files[file], f"{words} is not in {file}"
        files[file] = files[file].replace(words, other)
    return draft_editing.start_draft(
        app.database, Edit("Somebody else", app.clock()), NewDraft(flow, live.number, main, files)
    )


def files_of(app: Sunwai, draft: Draft) -> Mapping[str, str]:
    """The files of a draft as it stands now."""
    found = draft_editing.find_draft(app.database, draft.id)
    assert found is not None
    return dict(found.files)
