"""`sunwai serve`: the HTTP processes of production, with the limits that each needs."""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from gateway.endpoints.ussd import DOOR
from gateway.monitoring import logs
from gateway.server import limits
from gateway.server.hop_runner import CooperativeHops
from gateway.server.http_server import HttpServer
from gateway.server.limits import ServingLimits
from gateway.server.worker_processes import supervise
from gateway.settings.loader import ConfigError, load_config
from gateway.settings.production_checks import LOOPBACK
from storage.connection.connection_limits import find_connection_problem, find_thread_problem
from storage.connection.database import open_database

PORTS = {"hooks": 8000, "console": 8002, "app": 8000}
LIMITS: dict[str, ServingLimits] = {"hooks": limits.HOOKS, "console": limits.CONSOLE, "app": limits.CONSOLE}
GENTLE = 5  # a page waits for a processor before a hop does: see nice(1)
FILES = 4 * limits.CONNECTIONS  # file descriptors


def open_listener(host: str, port: int) -> socket.socket:
    """A socket with this address that a successor may share, so that a restart refuses nobody. Raises OSError.

    It does not listen yet: until the application can answer, a proxy must hear that nobody is there and ask another.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def allow_files(count: int) -> None:
    """Let this process open so many files, if the system allows it: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _connection_problem(threads: int, workers: int) -> str:
    """Why the database cannot bear so many threads and processes, or ""; one that does not answer keeps none back."""
    if problem := find_thread_problem(threads):
        return problem
    try:
        database = open_database(load_config().database_url)
    except ConfigError:
        return ""  # the application itself says what is wrong with its settings
    try:
        return find_connection_problem(database, threads, workers)
    except SQLAlchemyError:
        return ""
    finally:
        database.close()


def _listening_problem(host: str) -> str:
    """Why this process must not listen at this address, or "": secrets would come to it in the clear."""
    try:
        config = load_config()
    except ConfigError:
        return ""  # the application itself says what is wrong with its settings
    if config.in_development or host in (*LOOPBACK, *config.unencrypted_hosts):
        return ""
    return (
        f"{host} can be reached from other machines, and this process speaks no TLS: listen at 127.0.0.1, behind a "
        f"proxy on this machine. In a container that only the proxy reaches: UNENCRYPTED_HOSTS={host}"
    )


def is_hop(environ: dict[str, Any]) -> bool:
    """True for what a caller with a menu before them waits for: an SMS, or a delivery report, can wait for it."""
    path: str = environ["PATH_INFO"]  # /hooks/aggregator/secret/door
    return path.split("/", 5)[4:5] == [DOOR]


@click.command("serve")
@click.argument("side", type=click.Choice(list(PORTS)))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Default: 8000 for callbacks, 8002 for the console.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes: one per core.")
def main(side: str, host: str, port: int | None, workers: int) -> None:
    """Serve HTTP until stopped: `hooks` for aggregators, `console` for people and monitoring.

    Run both, behind a proxy that terminates TLS. `app` is both in one process, for development.
    """
    if problem := _connection_problem(LIMITS[side].threads, workers):
        raise click.ClickException(problem)
    if problem := _listening_problem(host):
        raise click.ClickException(problem)
    allow_files(FILES)
    try:
        listener = open_listener(host, port or PORTS[side])
    except OSError as error:
        raise click.ClickException(f"Port {port or PORTS[side]} of {host} cannot be used: {error.strerror}.") from None
    if side == "console":
        with suppress(OSError):
            os.nice(GENTLE)

    def work(alive: Callable[[], bool] = lambda: True) -> None:
        from gateway import wsgi  # each worker makes its own: threads and connections do not survive a fork

        app = getattr(wsgi, side)
        app.keeper.start()  # reads the published flows, so that the first caller does not wait for them
        if LIMITS[side].threads:  # pages
            server = HttpServer(app, listener, LIMITS[side], alive)
        else:
            door, hops = app.door, CooperativeHops(app.store)
            server = HttpServer(app, listener, LIMITS[side], alive, is_hop, door.begins_call, hops, door.form_handler)
        if not server.run():
            logs.flush()
            os._exit(0)  # what would not end in time ends now, as it does for a worker

    if workers == 1:
        work()
    else:
        sys.exit(supervise(workers, work))
