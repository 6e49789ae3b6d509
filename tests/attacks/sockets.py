"""Raw connections and crowds, for attacks that no HTTP client would send."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

GIVES_UP = 15.0  # seconds that requests under way at the end are waited for


def connect(port: int, begins: bytes) -> socket.socket | None:
    """A connection on which this has been sent; None if nobody took it."""
    try:
        made = socket.create_connection(("127.0.0.1", port), timeout=2)
        made.sendall(begins)
    except OSError:
        return None
    made.setblocking(False)
    return made


def is_open(connection: socket.socket) -> bool:
    """False once the server has closed it; an answer that came is read and dropped."""
    try:
        return bool(connection.recv(65536))
    except BlockingIOError:
        return True
    except OSError:
        return False


def stall(port: int, begins: bytes, count: int, over: threading.Event) -> str:
    """Keep `count` connections open on which this was sent and nothing follows; a closed one is opened again."""
    held: list[socket.socket] = []
    opened = 0
    try:
        while not over.is_set():
            held = [each for each in held if is_open(each) or each.close()]
            while len(held) < count and not over.is_set():
                made = connect(port, begins)
                if made is None:
                    break
                held.append(made)
                opened += 1
            over.wait(0.1)
        return f"{len(held)} sockets stalled at the end, {opened} opened"
    finally:
        for each in held:
            each.close()


def crowd(count: int, act: Callable[[], str], over: threading.Event) -> str:
    """So many at once who do the same again and again; how often each result was got."""
    results: Counter[str] = Counter()

    def again() -> None:
        while not over.is_set():
            try:
                results[act()] += 1
            except OSError as error:
                results[type(error).__name__] += 1
                over.wait(0.05)

    threads = [threading.Thread(target=again, daemon=True) for _ in range(count)]
    for each in threads:
        each.start()
    over.wait()
    deadline = time.monotonic() + GIVES_UP
    for each in threads:
        each.join(max(0.0, deadline - time.monotonic()))
    return (
        ", ".join(f"{often} x {result}" for result, often in results.most_common(6)) or "nothing was answered in time"
    )
