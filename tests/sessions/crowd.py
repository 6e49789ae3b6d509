"""Hops of one process that are answered at the same time, as its server runs them."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, event

from sessions.redis.redis_line import RedisLine
from storage.connection.autocommit_reads import GLANCES
from storage.connection.database import Database

PATIENCE = 30.0  # seconds


class Crowd:
    """The loop of a process, which puts hops aside that wait for Redis."""

    def __init__(self, line: RedisLine, transactions: Sequence[int] = ()) -> None:
        """`transactions` are those that are open: none may be while a hop is put aside."""
        self.line, self.put_aside, self._transactions = line, 0, transactions
        self._selector = selectors.DefaultSelector()
        line.cooperate(self)

    def add_reader(self, fd: int, callback: Callable[[], object], /) -> None:
        self._selector.register(fd, selectors.EVENT_READ, callback)

    def remove_reader(self, fd: int, /) -> None:
        self._selector.unregister(fd)

    def ask(self, hop: Callable[[], str]) -> list[str]:
        """Begin a hop; a list that gets its answer."""
        answered = list[str]()
        self.line.start(lambda: answered.append(hop()))
        self.put_aside += not answered
        assert not self._transactions
        return answered

    def look_round(self, seconds: float = 0.0) -> None:
        """Once round the loop."""
        self.line.flush()
        for key, _ in self._selector.select(seconds):
            key.data()
        self.line.look()
        self.line.flush()
        assert not self._transactions


def answers(crowds: Sequence[Crowd], asked: Sequence[list[str]]) -> list[str]:
    """What was answered to all these hops, once it was."""
    deadline = time.monotonic() + PATIENCE
    while not all(asked):
        assert time.monotonic() < deadline
        for each in crowds:
            each.look_round(0.002)
    return [each for (each,) in asked]


@contextmanager
def open_transactions(database: Database) -> Iterator[list[int]]:
    """The connections on which a transaction is open; single reads are none."""
    found = list[int]()

    def begun(connection: Connection) -> None:
        if not connection.get_execution_options().get(GLANCES):
            found.append(id(connection))

    def ended(connection: Connection) -> None:
        if id(connection) in found:
            found.remove(id(connection))

    engine = database.engine
    heard = [("begin", begun), ("commit", ended), ("rollback", ended)]
    for name, hear in heard:
        event.listen(engine, name, hear)
    try:
        yield found
    finally:
        for name, hear in heard:
            event.remove(engine, name, hear)
