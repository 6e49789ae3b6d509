"""The naive design's job: send, then note that it was sent. RQ tries again when anything is raised."""

from __future__ import annotations

import logging
import os

import requests
from sqlalchemy import create_engine, text

log = logging.getLogger("naive")


def words(number: str) -> str:
    """What the citizen is texted."""
    return f"Complaint {number} received."


def send(complaint: int) -> None:
    """Text the citizen of this complaint."""
    engine = create_engine(os.environ["DATABASE_URL"])
    with engine.begin() as db:
        row = db.execute(text("SELECT phone, number FROM naive_complaints WHERE id = :id"), {"id": complaint}).one()
    log.warning("sending %s to %s", row.number, row.phone)
    answer = requests.post(
        os.environ["AT_BASE_URL"] + "/messaging",
        headers={"apiKey": os.environ["AT_API_KEY"]},
        data={"username": "faults", "to": row.phone, "message": words(row.number)},
        timeout=9,
    )
    answer.raise_for_status()
    with engine.begin() as db:
        db.execute(text("UPDATE naive_complaints SET texted = 1 WHERE id = :id"), {"id": complaint})
    engine.dispose()
