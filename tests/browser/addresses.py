"""Every page of the console that can be opened, for tests that walk them all."""

from __future__ import annotations

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.publishing import revision_history

FILES = (".zip", ".csv", ".xlsx", ".po", ".yaml")
NOT_A_PAGE = ("/static/", "/oidc", "<path:address>", "/problems/count")


def draft_of(app: Sunwai, who: str, changes: dict[str, str] | None = None) -> int:
    """A draft of the live complaints flow, with words of its file replaced."""
    revision = revision_history.find_revision(app.database, "complaints")
    assert revision is not None
    files = dict(revision.source)
    for old, new in (changes or {}).items():
        assert old in files["complaints.yaml"], old
        files["complaints.yaml"] = files["complaints.yaml"].replace(old, new)
    started = draft_editing.start_draft(
        app.database, Edit(who, app.clock()), NewDraft("complaints", revision.number, "complaints.yaml", files)
    )
    return started.id


def pages(app: Sunwai, draft: int) -> list[str]:
    """The address of each page, with this draft and the shipped flow wherever one is asked for."""
    known = {
        "draft_id": str(draft),
        "draft": str(draft),
        "flow": "complaints",
        "flow_name": "complaints",
        "screen": "menu",
        "name": "category",
        "number": "1",
        "n": "1",
        "file": "complaints.yaml",
        "code": "F301",
        "token": "an-invitation-that-nobody-gave",
    }
    found = list[str]()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/console") or "GET" not in (rule.methods or ()) or rule.rule.endswith(FILES):
            continue
        if any(part in rule.rule for part in NOT_A_PAGE):
            continue
        address = rule.rule
        for argument in rule.arguments:
            for converter in ("", "int:", "path:"):
                address = address.replace(f"<{converter}{argument}>", known[argument])
        found.append(address)
    return sorted(found)
