"""The command groups: `flask flows`, `complaints`, `offices`, `staff`, `sms`, `model`, `worker`, `sweep` and more."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the commands with the application."""
    from gateway.cli.audit_log import transparency_commands  # noqa: F401 - adds its commands to the group
    from gateway.cli.audit_log.commands import audit
    from gateway.cli.complaints import pin_commands, reveal_commands  # noqa: F401 - they add their commands to the group
    from gateway.cli.complaints.commands import complaints
    from gateway.cli.complaints.count_commands import counts
    from gateway.cli.database_roles import roles
    from gateway.cli.encryption import rotation_commands  # noqa: F401 - adds its commands to the group
    from gateway.cli.encryption.commands import keys
    from gateway.cli.flows import (  # noqa: F401 - each adds its commands to the group
        check,
        code_assignment,
        exchange,
        graph,
        publish,
        rollback,
        schema,
        show_and_diff,
        status,
        test,
    )
    from gateway.cli.flows.command_group import flows
    from gateway.cli.model import model
    from gateway.cli.offices import offices
    from gateway.cli.privacy.citizen_commands import citizen
    from gateway.cli.privacy.retention_commands import retention
    from gateway.cli.processes import migrate_database, sweep, worker
    from gateway.cli.sms import sms
    from gateway.cli.staff import staff
    from gateway.cli.texts import texts
    from gateway.simulator.terminal import simulate

    for command in (
        flows,
        complaints,
        sms,
        texts,
        model,
        offices,
        staff,
        roles,
        audit,
        retention,
        keys,
        citizen,
        counts,
        migrate_database,
        worker,
        sweep,
        simulate,
    ):
        app.cli.add_command(command)
