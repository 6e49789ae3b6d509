"""Forged aggregators: wrong secrets, reports without a proof, and SMS in the names of officers and citizens."""

from __future__ import annotations

import itertools
import threading
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.attacks.sockets import crowd
from tests.attacks.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PHONES = tuple(f"+92300555{number:04}" for number in range(40))
SAID = (
    "ACK 482719300 1234",
    "DONE 482719300 1234 Nali saaf kar di, mauqe par dekha",
    "1",
    "STOP",
    "WITHDRAW 482719300",
    "473",
)


def attack(world: World, over: threading.Event) -> str:
    """Four forgers, each with a connection of their own for every request."""
    numbers = itertools.count(1)

    def forge() -> str:
        number = next(numbers)
        phone, said = PHONES[number % len(PHONES)], SAID[number % len(SAID)]
        sms = {"date": "2026-06-17 07:00:00", "from": phone, "id": f"forged-{number}", "text": said, "to": "8484"}
        report = {"id": f"ATXid_{number}", "status": "Success", "phoneNumber": phone, "networkCode": "41001"}
        part, door, form = (
            ("wrong", "ussd", sms),
            (f"{number}.{'0' * 32}", "delivery", report),
            (world.secret, "sms", sms),
        )[number % 3]
        connection = HTTPConnection("127.0.0.1", world.hooks, timeout=10)
        try:
            connection.request("POST", f"/hooks/africastalking/{part}/{door}", urlencode(form), FORM)
            return f"{connection.getresponse().status} {door}"
        finally:
            connection.close()

    return crowd(4, forge, over)
