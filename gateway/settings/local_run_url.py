"""The address of `make run`, from two variables of a developer's terminal that are not settings."""

import os


def run_url() -> str:
    """The address of the run whose `env` this terminal has loaded; otherwise the address of the next one."""
    return os.environ.get("WEB_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
