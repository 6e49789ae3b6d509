"""Every conversation of tests/conversations: each text exactly, to whom and in order, and all that is stored by it."""

from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import select

from tests.conversations.test_conversations import CONVERSATIONS, play
from tests.recordings.opened_rows import opened_lines
from tests.recordings.product import Contact, Inbound, OutboxMessage, open_database
from tests.recordings.world import shown
from tests.sessions.texter import Post

IN = select(Inbound).order_by(Inbound.id)
OUT = select(OutboxMessage, Contact).join(Contact, Contact.id == OutboxMessage.contact_id).order_by(OutboxMessage.id)
TO_THE_SECOND = "%Y-%m-%d %H:%M:%S"
NOT_HERE = (
    "revisions",
    "live_flows",
    "routes",
    "system",  # the flow itself is recorded elsewhere
    "case_changes",
    "code_counts",
    "officer_counts",
)  # fmt: skip - triggers write them


def record(template: Path, folder: Path) -> dict[str, str]:
    """What was said, and what is stored. `template` is a migrated SQLite file."""
    said: list[str] = []
    kept: list[str] = []
    for path in CONVERSATIONS:
        file = folder / f"{path.stem}.db"
        file.write_bytes(template.read_bytes())
        database = open_database(f"sqlite:///{file}")
        play(Post(database), YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        said += [f"== {path.name}"]
        with database.read() as db:
            said += [
                f"{each.received_at:{TO_THE_SECOND}} from {each.phone} {each.state} {each.intent}: {shown(each.text)}"
                for each in db.scalars(IN)
            ]
            said += [
                f"{each.created_at:{TO_THE_SECOND}} to {to.phone} {each.event}/{each.kind} {each.state}: "
                f"{shown(each.body)}"
                for each, to in db.execute(OUT)
            ]
        kept += [f"== {path.name}"]
        kept += [
            f"{table} {json.dumps(row, ensure_ascii=False)}"
            for table, row in opened_lines(database)
            if table not in NOT_HERE
        ]
        database.close()
    return {"conversations.txt": "\n".join(said) + "\n", "conversations_stored.txt": "\n".join(kept) + "\n"}
