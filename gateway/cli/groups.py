"""Done from a terminal: `flask flows`, `complaints`, `offices`, `staff`, `sms`, `texts`, `worker`, `sweep` and more."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Give the application its commands."""
    from gateway.cli.complaints.commands import complaints
    from gateway.cli.flows.status import flows
    from gateway.cli.offices import offices
    from gateway.cli.processes import migrate_database, sweep, worker
    from gateway.cli.sms import sms
    from gateway.cli.staff import staff
    from gateway.cli.texts import texts
    from gateway.simulator.terminal import simulate

    for command in (flows, complaints, sms, texts, offices, staff, migrate_database, worker, sweep, simulate):
        app.cli.add_command(command)
