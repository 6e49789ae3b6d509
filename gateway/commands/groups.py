"""Done from a terminal: `flask flows`, `complaints`, `offices`, `staff`, `sms`, `texts`, `worker`, `sweep` and more."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Give the application its commands."""
    from gateway.commands.complaints import complaints
    from gateway.commands.flows import flows
    from gateway.commands.offices import offices
    from gateway.commands.processes import migrate_database, sweep, worker
    from gateway.commands.sms import sms
    from gateway.commands.staff import staff
    from gateway.commands.texts import texts
    from gateway.simulator.terminal import simulate

    for command in (flows, complaints, sms, texts, offices, staff, migrate_database, worker, sweep, simulate):
        app.cli.add_command(command)
