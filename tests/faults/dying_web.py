"""A web process that kills itself at moments which chance would hardly find: amid the saves of several hops.

`python -m tests.faults.dying_web FILE hooks --port …`. The file says when: "before" saves of several hops leave
together, "after" it and before any of their callers is answered, "amid" these answers, or "never".
"""

from __future__ import annotations

import math
import os
import signal
import sys
from pathlib import Path

from gateway.server import command, http_server
from gateway.server.http_connection import HttpConnection
from sessions.redis.redis_line import RedisLine
from sessions.ussd import session_store

SEVERAL = 2


class Death:
    """When it comes, and what has been gathered until then."""

    file = Path()
    gathered, answering = 0, False

    @classmethod
    def comes(cls, moment: str) -> bool:
        """True if this is the moment."""
        return cls.file.read_text() == moment


def die() -> None:
    """As an operator or the kernel ends a process."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingLine(RedisLine):
    """Before or after its flush the process may die."""

    def tell(self, name: bytes, command: bytes) -> None:
        """Count what leaves with the next flush."""
        super().tell(name, command)
        Death.gathered += 1

    def flush(self, seconds: float = math.inf) -> int:
        """Let it leave, unless the process dies before."""
        several, Death.gathered = Death.gathered >= SEVERAL, 0
        if several and Death.comes("before"):
            die()
        lost = super().flush(seconds)
        if several and Death.comes("after"):
            die()
        Death.answering = several and Death.comes("amid")
        return lost


class DyingConnection(HttpConnection):
    """A connection whose answer may be the last of the process."""

    __slots__ = ()

    def send(self, answer: bytes) -> None:
        """Send it first."""
        super().send(answer)
        if Death.answering:
            die()


if __name__ == "__main__":
    Death.file = Path(sys.argv.pop(1))
    vars(session_store)["RedisLine"], vars(http_server)["HttpConnection"] = DyingLine, DyingConnection
    command.main()
