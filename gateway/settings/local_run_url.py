"""Where `make run` is to be seen: two variables of a developer's terminal, which are no settings."""

from __future__ import annotations

import os


def run_url() -> str:
    """Where the run whose `env` was read into this terminal is to be seen; else where the next one will be."""
    return os.environ.get("WEB_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
