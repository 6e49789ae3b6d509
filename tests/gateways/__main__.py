"""`make gateways`: real Kannel and real Jasmin carry texts in both directions (ARGS: names of those, --bodies FILE).

Everything listens on 127.0.0.1, on ports that are free, and is ended by its process group.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.gateways import jasmin, kannel
from tests.gateways.processes import NotRun, Programs
from tests.gateways.scenario import Verdict, play
from tests.gateways.service import Service
from tests.gateways.smsc import Smsc
from tests.gateways.tap import Tap
from tests.servers import Valkey, free_port

Start = Callable[[Programs, int, str, int], dict[str, str]]
GATEWAYS: dict[str, Start] = {
    "kannel": lambda programs, smsc, hooks, _: kannel.start(programs, smsc, hooks),
    "kannel-parts": lambda programs, smsc, hooks, _: kannel.start(programs, smsc, hooks, joins=False),
    "jasmin": jasmin.start,
}
BOUND_WITHIN = 60.0  # seconds


def run(name: str, folder: Path, bodies: list[str]) -> list[Verdict]:
    """Play the scenario through one gateway. Raises NotRun."""
    programs, valkey = Programs(folder), Valkey(folder)
    smsc, port = Smsc(free_port()), free_port()
    tap = Tap(free_port(), port)
    service = Service(programs, name.partition("-")[0], valkey.url, f"http://127.0.0.1:{tap.port}", port)
    try:
        service.start(GATEWAYS[name](programs, smsc.port, service.hooks, valkey.port))
        if not smsc.bound.wait(BOUND_WITHIN):
            raise NotRun("it did not bind to the SMSC: see its log")
        return list(play(service, smsc, tap))
    finally:
        sys.stdout.flush()
        bodies += [
            f"{door}{'?' if method == 'GET' else ''} {raw.decode('latin-1')}" for method, door, raw in tap.requests
        ]
        programs.close()
        tap.close()
        smsc.close()
        valkey.stop()


def main() -> int:
    """Run each gateway that is asked for, and print what came of it. 1 if something was wrong."""
    parser = argparse.ArgumentParser(prog="make gateways")
    parser.add_argument("names", nargs="*", choices=[[], *GATEWAYS], default=[])
    parser.add_argument("--bodies", type=Path, help="write what the gateways posted into this file")
    given = parser.parse_args()
    wrong, bodies = 0, list[str]()
    for name in given.names or GATEWAYS:
        folder = Path(tempfile.mkdtemp(prefix=f"sunwai-{name}-"))
        try:
            verdicts = run(name, folder, bodies)
        except NotRun as why:
            print(f"{name}: not run: {why} (logs in {folder})")
            continue
        for verdict in verdicts:
            print(f"{name}: {verdict.tried}: {f'WRONG: {verdict.wrong}' if verdict.wrong else 'ok'}")
        failed = sum(bool(verdict.wrong) for verdict in verdicts)
        wrong += failed
        print(f"{name}: {len(verdicts) - failed} of {len(verdicts)} as they must be")
        if failed:
            print(f"{name}: logs in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if given.bodies:
        given.bodies.write_text("\n".join(bodies) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
