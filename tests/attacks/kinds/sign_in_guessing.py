"""Eight strangers guess passwords: of one operator, and of a thousand accounts. Then that operator signs in."""

from __future__ import annotations

import itertools
import secrets
import threading
import time

from tests.attacks.browser import Browser
from tests.attacks.sockets import crowd
from tests.attacks.world import PASSWORD, World

ACCOUNTS = 1000


def prepare(world: World) -> tuple[str, Browser]:
    """The operator, and their browser."""
    name = f"Operator {secrets.token_hex(3)}"
    return name, world.signed_in("operator", name)


def attack(world: World, over: threading.Event, ready: tuple[str, Browser]) -> str:
    """Every second guess is at the operator; the others go round the accounts."""
    name, operator = ready
    operator.get("/console/account")
    operator.post("/console/sign-out", {})
    turns = itertools.count()

    def guess() -> str:
        turn = next(turns)
        whose = name if turn % 2 else f"User {turn % ACCOUNTS}"
        return str(_sign_in(world.stranger(), whose, "not the right one")[0])

    guessed = crowd(8, guess, over)
    own, seconds = _sign_in(operator, name, PASSWORD)
    new, _ = _sign_in(world.stranger(), name, PASSWORD)
    return f"{guessed}; then the operator in their own browser: {own} in {seconds:.1f} s, in a new one: {new}"


def _sign_in(browser: Browser, name: str, password: str) -> tuple[int, float]:
    browser.get("/console/sign-in")
    started = time.monotonic()
    status, _ = browser.post("/console/sign-in", {"sign_in_name": name, "sign_in_password": password})
    return status, time.monotonic() - started
