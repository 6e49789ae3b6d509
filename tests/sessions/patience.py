"""Trying again while a database is busy, as a citizen who dials again would."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import exc

T = TypeVar("T")


def patiently(act: Callable[[], T], seconds: float = 20) -> T:
    """What `act` gives, run again while the database says it is busy; its error when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (exc.OperationalError, exc.TimeoutError):
            if time.monotonic() > deadline:
                raise
