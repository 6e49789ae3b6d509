"""What is done from a terminal: `flask flows`, `complaints`, `migrate`, `worker`, `sweep` and `simulate`."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Give the application its commands."""
    from gateway.commands.complaints import complaints
    from gateway.commands.flows import flows
    from gateway.commands.processes import migrate_database, sweep, worker
    from gateway.simulator.terminal import simulate

    for command in (flows, complaints, migrate_database, worker, sweep, simulate):
        app.cli.add_command(command)
