"""A small made-up house, in which the tests of the rules plant what must not be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FILES = {
    "flows/__init__.py": '"""Decides."""\n\nFOLDERS = (\n    "menu",\n    "engine",\n)\n',
    "flows/menu/__init__.py": '"""Menu: the nouns of a flow."""\n',
    "flows/menu/model.py": "class Flow: ...\n",
    "flows/engine/__init__.py": '"""Engine: one step of a call."""\n',
    "flows/engine/engine.py": "from flows.menu.model import Flow\n\n\ndef begin(flow: Flow) -> Flow: ...\n",
    "storage/__init__.py": '"""Remembers."""\n\nFOLDERS = ("schema", "migrations")\n',
    "storage/schema/__init__.py": '"""Schema: the tables."""\n',
    "storage/schema/tables.py": "class Complaint: ...\n",
    "storage/migrations/__init__.py": '"""Migrations: from one schema to the next."""\n',
    "storage/migrations/runner.py": "def migrate() -> None: ...\n",
    "storage/migrations/versions/0001_first.py": "REVISION = 1\n",
    "sessions/__init__.py": '"""Acts."""\n\nFOLDERS = ("ussd",)\n',
    "sessions/ussd/__init__.py": '"""USSD: one hop."""\n',
    "sessions/ussd/hop.py": "from flows.engine import engine\nfrom storage.schema.tables import Complaint\n",
    "gateway/__init__.py": '"""Doors."""\n\nFOLDERS = ("endpoints", "app")\n\n__version__ = "0.1.0"\n',
    "gateway/__main__.py": "from gateway import app\n",
    "gateway/app.py": "from gateway.endpoints import ussd\n",
    "gateway/endpoints/__init__.py": '"""Endpoints: hops over HTTP."""\n',
    "gateway/endpoints/ussd.py": "from sessions.ussd import hop\n",
}


def build_house(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write a house that keeps every rule, with these files added, or with another text."""
    for name, text in (FILES | dict(changes or {})).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
