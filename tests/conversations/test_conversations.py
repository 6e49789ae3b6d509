"""Whole conversations by SMS, each in a file that reads like the phone it was held on.

A step is one of `sara:` or `amir:` (what that phone sends, with `event:` and `reply:` of what comes back, or
`silence: yes`), `staff:` (`case`, `to`, `note`) and `wait:` (hours, minutes, days). `{1}` is the number of the first
complaint filed, `{key}` the number that the last question about ending a case named. `filed:` at the end is category,
district and status of each complaint, in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from flows.text import gsm, tracking_number
from storage.connection.database import Database
from storage.schema.tables import Complaint, OutboxMessage
from tests.sessions.texter import AMIR, DONE, SARA, Post

FOLDER = Path(__file__).parent
CONVERSATIONS = sorted(FOLDER.glob("*.yaml"))
PHONES = {"sara": SARA, "amir": AMIR}


def complaints(post: Post) -> list[Complaint]:
    with post.database.read() as db:
        return list(db.scalars(select(Complaint).order_by(Complaint.id)))


def filled(post: Post, words: object) -> str:
    """Words with the numbers of what was filed so far."""
    text = str(words)
    for at, complaint in enumerate(complaints(post), 1):
        text = text.replace(f"{{{at}}}", tracking_number.format_number(complaint.number))
    return text.replace("{key}", post.key)


def said(post: Post, step: dict[str, Any], where: str) -> None:
    """One SMS and what comes back."""
    who = next(name for name in PHONES if name in step)
    reply: OutboxMessage | None = post.text(filled(post, step[who]), PHONES[who])
    if step.get("silence"):
        assert reply is None, f"{where}: {reply.body if reply else ''}"
        return
    assert reply is not None, f"{where}: no reply"
    assert gsm.parts(reply.body) <= 2, f"{where}: {reply.body}"
    if "event" in step:
        assert reply.event == step["event"], f"{where}: {reply.event}: {reply.body}"
    wanted = step.get("reply", [])
    for part in [wanted] if isinstance(wanted, str) else wanted:
        assert filled(post, part) in reply.body, f"{where}: {reply.body}"
    for part in step.get("without", []):
        assert part not in reply.body, f"{where}: {reply.body}"


def play(post: Post, conversation: dict[str, Any]) -> None:
    """Hold a conversation, and look at what is filed after it."""
    for who, language in conversation.get("speaks", {}).items():
        post.speaks(language, PHONES[who])
    for at, step in enumerate(conversation["steps"], 1):
        if "wait" in step:
            post.wait(**step["wait"])
        elif "staff" in step:
            staff = step["staff"]
            case = complaints(post)[staff["case"] - 1]
            post.move(case, staff["to"], note=staff.get("note", DONE), left=not staff.get("held"))
        else:
            said(post, dict(step), f"step {at}")
    found = [[each.category, each.district, each.status] for each in complaints(post)]
    assert found == [list(each) for each in conversation["filed"]]


@pytest.mark.parametrize("path", CONVERSATIONS, ids=[path.stem for path in CONVERSATIONS])
def test_a_conversation_goes_as_it_is_written(database: Database, path: Path) -> None:
    play(Post(database), YAML(typ="safe").load(path.read_text(encoding="utf-8")))


def test_there_are_conversations_of_every_kind() -> None:
    assert len(CONVERSATIONS) >= 8
