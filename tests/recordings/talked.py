"""Every conversation of tests/conversations: each text exactly, to whom and in order, and all that is stored by it."""

from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML

from tests.conversations.test_conversations import CONVERSATIONS, play
from tests.recordings.product import open_database
from tests.recordings.rows import lines
from tests.recordings.world import shown
from tests.sessions.texter import Post

IN = "SELECT received_at, phone, state, intent, text FROM inbound ORDER BY id"
OUT = (
    "SELECT outbox.created_at, contacts.phone, outbox.event, outbox.kind, outbox.state, outbox.body"
    " FROM outbox JOIN contacts ON contacts.id = outbox.contact_id ORDER BY outbox.id"
)
NOT_HERE = ("revisions", "live_flows", "routes", "system")  # the flow itself is recorded elsewhere


def record(template: Path, folder: Path) -> dict[str, str]:
    """What was said, and what is stored. `template` is a migrated SQLite file."""
    said: list[str] = []
    kept: list[str] = []
    for path in CONVERSATIONS:
        file = folder / f"{path.stem}.db"
        file.write_bytes(template.read_bytes())
        database = open_database(f"sqlite:///{file}")
        play(Post(database), YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        with database.engine.connect() as connection:
            came = [tuple(row) for row in connection.exec_driver_sql(IN)]
            went = [tuple(row) for row in connection.exec_driver_sql(OUT)]
        said += [f"== {path.name}"]
        said += [f"{at[:19]} from {phone} {state} {intent}: {shown(text)}" for at, phone, state, intent, text in came]
        said += [
            f"{at[:19]} to {phone} {event}/{kind} {state}: {shown(text)}"
            for at, phone, event, kind, state, text in went
        ]
        kept += [f"== {path.name}"]
        kept += [
            f"{table} {json.dumps(row, ensure_ascii=False)}"
            for table, row in lines(database.engine)
            if table not in NOT_HERE
        ]
        database.close()
    return {"conversations.txt": "\n".join(said) + "\n", "conversations_stored.txt": "\n".join(kept) + "\n"}
