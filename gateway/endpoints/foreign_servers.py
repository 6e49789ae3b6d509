"""How many threads and processes a server that is not ours was told to use, read from its own command line.

Such a server makes its threads before the application is asked, so this is all that the application can know. What
stands in a configuration file of the server is not seen: docs/operators/limits.md names the numbers to stay below.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from storage.connection.connection_limits import find_connection_problem, find_thread_problem
from storage.connection.database import Database


class ForeignServer(NamedTuple):
    """The options of a server: threads and processes, each with the environment variable for it and the default."""

    threads: tuple[str, ...]
    processes: tuple[str, ...]
    variables: tuple[str, str]
    arguments: str  # the environment variable that holds further arguments
    default: int  # threads


SERVERS = {
    "granian": ForeignServer(  # its default is the backlog over the workers, and never below 128
        ("--blocking-threads",), ("--workers",), ("GRANIAN_BLOCKING_THREADS", "GRANIAN_WORKERS"), "", 128
    ),
    "gunicorn": ForeignServer(("--threads",), ("--workers", "-w"), ("", "WEB_CONCURRENCY"), "GUNICORN_CMD_ARGS", 1),
    "waitress-serve": ForeignServer(("--threads",), (), ("", ""), "", 4),
}


def find_server_problem(command: Sequence[str], environ: Mapping[str, str], database: Database) -> str:
    """Why the database cannot bear the threads that this command asks for, or ""; also where it does not answer."""
    name, server = next(((each, SERVERS[each]) for each in _names(command) if each in SERVERS), ("", None))
    if server is None:
        return ""
    given = [*shlex.split(environ.get(server.arguments, "")), *command[1:]]
    threads = _number(given, server.threads, environ.get(server.variables[0], ""), server.default)
    processes = _number(given, server.processes, environ.get(server.variables[1], ""), 1)
    problem = find_thread_problem(threads)
    if not problem:
        try:
            problem = find_connection_problem(database, threads, processes)
        except SQLAlchemyError:
            return ""
    return f"{name} with {server.threads[0]} {threads}: {problem}" if problem else ""


def _names(command: Sequence[str]) -> tuple[str, str]:
    """The name of a program, and that of the package if it was run by `python -m`."""
    program = PurePath(command[0] if command else "")
    return program.name, program.parent.name


def _number(given: Sequence[str], options: tuple[str, ...], told: str, default: int) -> int:
    found = default if not told.isdecimal() else int(told)
    for at, word in enumerate(given):
        name, equals, value = word.partition("=")
        if word[:2] in options and word[2:].isdecimal():  # gunicorn -w4
            name, equals, value = word[:2], "=", word[2:]
        if name in options:
            value = value if equals else given[at + 1] if at + 1 < len(given) else ""
            found = int(value) if value.isdecimal() else found
    return found
