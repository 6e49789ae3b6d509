"""The application as an aggregator meets it: its settings, its addresses, and forms posted to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from gateway.endpoints.application import Sunwai
from gateway.settings.config import Config
from gateway.settings.loader import load_config
from storage.schema.tables import Base
from tests.keys import KEYS_FILE

SECRET = "a-secret-of-this-year"
HOOKS = f"/hooks/africastalking/{SECRET}"
FORM = "application/x-www-form-urlencoded"
PHONE = "+923001234567"
SMS = {"date": "2026-06-17 07:00:00", "from": PHONE, "id": "15071", "text": "STATUS 482719304", "to": "8484"}
OURS = {
    "PUBLIC_URL": "https://sunwai.example.org",
    "TRUSTED_HOSTS": "sunwai.example.org,localhost",
    "KEYS_FILE": KEYS_FILE,
}
REPORT = {"id": "ATXid_1", "status": "Success", "phoneNumber": PHONE, "networkCode": "41001"}
HOP = {"sessionId": "ATUid_1", "serviceCode": "*8484#", "phoneNumber": PHONE, "networkCode": "41001", "text": ""}


def settings(database_url: str, redis_url: str, **other: str) -> Config:
    """Settings of production for these servers."""
    environ = {
        "WEBHOOK_SECRETS": SECRET,
        "AT_API_KEY": "key",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    return load_config(OURS | environ | other)


def post(app: Sunwai, door: str, form: dict[str, str] | bytes, **other: Any) -> Any:
    """What a door answers to a form (or to raw bytes)."""
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return app.test_client().post(f"{HOOKS}/{door}", data=body, content_type=other.pop("content_type", FORM), **other)


def readiness(app: Sunwai, holds: Callable[[Any], bool]) -> Any:
    """The answer of /readyz as soon as this holds of it: it may be a second old."""
    deadline = time.monotonic() + 20
    while not holds(answer := app.test_client().get("/readyz")):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
    return answer


def rows(app: Sunwai, table: type[Base]) -> list[Any]:
    """Every row of a table."""
    with app.database.read() as db:
        return list(db.scalars(select(table)))
