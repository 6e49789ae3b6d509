"""`python -m benchmarks.threads`: what a hop costs with each number of threads, on our server, granian and gunicorn.

One process each, in turns. granian and gunicorn are no dependencies of ours: install those that are to be measured.
Ours without threads, which is how hops are served, is what the others are compared with.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks import ground, report, servers
from benchmarks.hop import WARM_UP, Contender
from benchmarks.report import Measured
from benchmarks.walks import TO_CONFIRM
from gateway.server.command import is_hop, open_listener
from gateway.server.hop_runner import CooperativeHops
from gateway.server.http_server import HttpServer
from gateway.server.limits import ServingLimits

CALLERS = 40_000
OURS = "ours"
THREADS = {OURS: (0, 1, 4), "granian": (1, 2, 4, 8), "gunicorn": (1, 2, 4, 8)}


def command(server: str, threads: int, port: int) -> list[str]:
    """How a server is started with so many threads for the application."""
    if server == OURS:
        return [sys.executable, "-m", "benchmarks.threads", "--serve", str(port), str(threads)]
    if server == "granian":
        options = ["--interface", "wsgi", "--http", "1", "--no-ws", "--runtime-mode", "st", "--no-access-log"]
        options += ["--workers", "1", "--blocking-threads", str(threads), "--port", str(port)]
    else:
        options = ["--workers", "1", "--worker-class", "gthread", "--threads", str(threads), "--keep-alive", "75"]
        options += ["--bind", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", server, *options, "gateway.wsgi:hooks"]


def serve(port: int, threads: int) -> None:
    """Our server with so many threads, which no command of ours offers for hops."""
    from gateway import wsgi

    wsgi.hooks.keeper.start()
    listener, limits = open_listener("127.0.0.1", port), ServingLimits(threads=threads)
    if threads:
        server = HttpServer(wsgi.hooks, listener, limits)
    else:
        door, runner = wsgi.hooks.door, CooperativeHops(wsgi.hooks.store)
        server = HttpServer(wsgi.hooks, listener, limits, urgent=is_hop, runner=runner, form_handler=door.form_handler)
    server.run()


def measure(rounds: int, seconds: float) -> None:
    """Start all, take turns, print. Raises CannotMeasure."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sunwai-threads-")))
        url = ground.lay_database(folder, CALLERS)
        racing: dict[str, Contender] = {}
        for server, counts in THREADS.items():
            for threads in counts if server == OURS or find_spec(server) else ():
                name = f"{server}, {threads or 'no'} thread{'' if threads == 1 else 's'}"
                own = folder / name.replace(" ", "")
                own.mkdir()
                store = stack.enter_context(servers.valkey(own))
                settings, path = servers.production_settings(url, store)
                port = servers.free_port()
                started = servers.running(
                    command(server, threads, port), servers.REPOSITORY, own / "log", settings, port
                )
                running = servers.Server(port, path, stack.enter_context(started))
                racing[name] = Contender(running, store, callers=CALLERS)
        print(f"{report.machine()}\n{rounds} rounds of {seconds:g} s each", flush=True)
        for contender in racing.values():
            contender.measure(TO_CONFIRM, WARM_UP)
        legs: dict[str, list[Measured]] = {name: [] for name in racing}
        for _ in range(rounds):
            for name, contender in racing.items():
                legs[name].append(contender.measure(TO_CONFIRM, seconds))
        print(report.table(legs))
        first, *others = legs
        for name in others:
            pairs = list(zip(legs[name], legs[first], strict=True))
            micros, rate = median(a.micros / b.micros for a, b in pairs), median(a.rate / b.rate for a, b in pairs)
            print(f"{name}: {micros:.2f} of the CPU per hop of {first}, {rate:.2f} of its hops/s")


def main() -> int:
    """Exit code 0 when everything was measured and every answer was right, 2 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.threads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each leg")
    parser.add_argument("--serve", type=int, nargs=2, metavar=("PORT", "THREADS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(*chosen.serve)
        return 0
    try:
        measure(chosen.rounds, chosen.seconds)
    except servers.CannotMeasure as error:
        print(f"no figures: {error}")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
