"""`results.json` beside this file: the last figures of each benchmark that keeps them, with machine, date and load."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import report

FILE = Path(__file__).parent / "results.json"


def keep_results(name: str, figures: Mapping[str, Any]) -> None:
    """Write the figures of one benchmark; those of the others stay as they are."""
    held = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    measured = {"machine": report.machine(), "at": dt.datetime.now(dt.UTC).isoformat(timespec="minutes")}
    held[name] = measured | {"load": round(os.getloadavg()[0], 1)} | dict(figures)
    FILE.write_text(json.dumps(dict(sorted(held.items())), indent=2) + "\n", encoding="utf-8")
