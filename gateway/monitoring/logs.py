"""Log lines: one JSON object each, on stderr, with known keys and values of known shapes only.

A phone number, a citizen's words or a secret cannot be logged, even by mistake: unknown keys are dropped, a word has no
digits or spaces, and a number has at most nine digits. Of an exception only the type and the line of our code are
logged, never the message or local variables. What libraries log is reduced in the same way.
"""

import atexit
import contextlib
import json
import logging
import re
import sys
import threading
import time
import traceback
from collections import deque
from functools import lru_cache
from typing import Any, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from storage.connection import error_codes

WORD = re.compile(r"[A-Za-z_][A-Za-z_.<\->]{0,79}")
PLACE = re.compile(r"[A-Za-z_./<>-]{1,120}:[0-9]{1,6}")
TIME = re.compile(r"[0-9-]{10}T[0-9:]{8}Z")
NETWORK = re.compile(r"[0-9]{1,6}")
CODE = re.compile(r"SQLITE_[A-Z_]{2,40}|[0-9A-Z]{5}")  # a database's error code
REASON = re.compile(r"[A-Za-z][A-Za-z_]{0,63}([0-9]{1,5})?")  # an aggregator's word or ours: http_401
MOST = 999_999_999
NUMBERS = frozenset(
    [
        "ms",
        "count",
        "bytes",
        "fields",
        "status",
        "attempts",
        "parts",
        "seconds",
        "outbox",
        "inbound",
        "revision",
        "audit",
    ]
)
STAFF = frozenset(["by", "staff"])  # their ids in our database
_COUNTED = NUMBERS | STAFF
WORDS = frozenset(
    [
        *("event", "level", "door", "aggregator", "problem", "error", "cause", "logger", "outcome", "command"),
        *("act", "actor", "subject", "step"),
    ]
)
SHAPES = {"where": PLACE, "at": TIME, "network": NETWORK, "code": CODE, "reason": REASON}

TOGETHER = 64  # lines written in one system call, if many come at once
_GATHERED: deque[str] = deque()

_OURS = ("gateway/", "sessions/", "flows/", "storage/")
_LEVEL = {"info": logging.INFO}  # hop lines are written from this level up; set by `configure`


def configure(level: str) -> None:
    """Log from this level (INFO, …) up, including what libraries log. It can be called more than once."""
    number = logging.getLevelNamesMapping()[level]
    atexit.register(flush)
    _LEVEL["info"] = number
    structlog.configure(
        processors=[structlog.processors.add_log_level, _at, drop_unlisted_keys, _line],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(_CurrentStderr())
    handler.setFormatter(_Library())
    handler.setLevel(max(number, logging.WARNING))  # some libraries set the level of their logger
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    threading.excepthook = thread_fault


def log() -> FilteringBoundLogger:
    """The logger: `log().warning("bad_phone", door="ussd")`."""
    return cast("FilteringBoundLogger", structlog.get_logger())


def hop(ms: float, ends: bool, network: str, how: str) -> None:
    """The line of one USSD hop, formatted directly: the same keys and shapes, at a tenth of the cost.

    Hop lines are collected and written together, at the latest by the next `flush` (once a second) or the next other
    line, because a system call for each would cost more than the line. `how` is one of our own words (live, repeat,
    replayed, …); the network comes from outside and is checked.
    """
    if _LEVEL["info"] > logging.INFO:
        return
    _GATHERED.append(
        f'{{"event":"hop","level":"info","at":"{_now()}","ms":{ms:.1f},"outcome":"{how}",'
        f'"ends":{"true" if ends else "false"}{_network(network)}}}\n'
    )
    if len(_GATHERED) >= TOGETHER:
        flush()


@lru_cache(maxsize=1024)
def _network(name: str) -> str:
    return f',"network":"{name}"' if NETWORK.fullmatch(name) else ""


def log_later(event: str, **told: object) -> None:
    """A line of something frequent, written like hop lines, at the latest by the next `flush`."""
    if _LEVEL["info"] > logging.INFO:
        return
    line = {"event": event, "level": "info", "at": _now(), **told}
    _GATHERED.append(_line(None, "", drop_unlisted_keys(None, "", line)) + "\n")
    if len(_GATHERED) >= TOGETHER:
        flush()


def flush() -> None:
    """Write the collected lines."""
    lines = []
    while _GATHERED:
        lines.append(_GATHERED.popleft())
    if lines:
        _write("".join(lines))


def _write(text: str) -> None:
    """A line that cannot be written (full disk, closed pipe) is lost; it must not cost a caller the answer."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)


def fault(error: BaseException) -> dict[str, str]:
    """What may be logged of an exception: its type, its cause, a database error code, and the last line of our code."""
    told = {"error": type(error).__name__}
    if (cause := error.__cause__ or error.__context__) is not None:
        told["cause"] = type(cause).__name__
    if found := error_codes.code(error):
        told["code"] = found
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if (place := _place(frame.f_code.co_filename)) is not None:
            told["where"] = f"{place}:{line}"
            break
    return told


def drop_unlisted_keys(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep known keys with values of the right shape, and drop the rest silently."""
    return {key: value for key, value in event.items() if _fits(key, value)}


def _fits(key: str, value: object) -> bool:
    if key == "ends":
        return isinstance(value, bool)
    if key in _COUNTED:
        return isinstance(value, int | float) and abs(value) <= MOST
    if not isinstance(value, str):
        return False
    shape = WORD if key in WORDS else SHAPES.get(key)
    return shape is not None and shape.fullmatch(value) is not None


def _place(file: str) -> str | None:
    """A path such as `sessions/ussd/hop.py` for our files; None for a library's."""
    if "site-packages" in file:
        return None
    starts = [file.rfind(room) for room in _OURS]
    return file[max(starts) :] if max(starts) >= 0 else None


def _at(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = _now()
    return event


_SECOND: tuple[int, str] = (0, "")


def _now() -> str:
    """The UTC time to the second, computed once a second."""
    global _SECOND
    second = int(time.time())
    known, text = _SECOND
    if known != second:
        text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        _SECOND = (second, text)
    return text


def _line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps({"event": event.pop("event", "unnamed"), **event})


class _Stderr:
    """Writes finished lines to the current stderr, one write for each."""

    def msg(self, line: str) -> None:
        flush()
        _write(line + "\n")

    debug = info = warning = error = critical = msg


class _CurrentStderr:
    """A stream for `logging` that follows sys.stderr if it is replaced."""

    def write(self, text: str) -> None:
        _write(text)


class _Library(logging.Formatter):
    """A library's record without its message, which could contain anything: the logger, the place and the exception."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "event": "library",
            "level": record.levelname.lower(),
            "at": _now(),
            "logger": record.name,
            "where": f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            event |= fault(record.exc_info[1])
        return json.dumps(drop_unlisted_keys(None, "", event))


def thread_fault(args: threading.ExceptHookArgs) -> None:
    """Log that a thread died, instead of Python's traceback."""
    error = args.exc_value
    if error is not None:
        log().error("thread_ended", **fault(error))
