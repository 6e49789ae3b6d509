"""The program `sunwai`: every command of the application, and those that run all of it on one machine.

In a checkout that is not installed, `python -m gateway` is the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo, routes_command, shell_command

import gateway

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

# Commands outside the application: none is imported before it is used.
OURS = {
    "run": "gateway.development.processes.launcher",
    "demo-data": "gateway.development.demodata.__main__",
    "serve": "gateway.server.command",
}
PLAYED = {
    "demo": ("gateway.development.demo", "Play a story: dial, file, text, status."),
    "demo-story": ("gateway.development.story", "Play six weeks in the life of three complaints."),
}


def _application() -> Flask:
    """The application for the settings in the environment; exits with what is wrong with them."""
    from gateway.wsgi import app

    return app


def _commands() -> MutableMapping[str, click.Command]:
    """The application's commands without its settings, so that `sunwai --help` works anywhere."""
    from gateway.cli import groups

    bare = Flask("gateway", static_folder=None)
    groups.register(bare)
    return bare.cli.commands


def _demonstration(name: str, module: str, about: str) -> click.Command:
    """The command for a demonstration without options."""

    def play() -> None:
        main: Callable[[], None] = import_module(module).main
        main()

    return click.Command(name, callback=play, help=about)


class Program(FlaskGroup):
    """Flask's group with two differences: it reads no `.env`, and needs no settings to show its help.

    A `.env` that Flask reads but the web server does not would give commands another database.
    """

    def __init__(self) -> None:
        super().__init__(
            name="sunwai",
            help="An SMS and USSD gateway for complaints. `sunwai run` starts everything on this machine.",
            create_app=_application,
            add_default_commands=False,
            add_version_option=False,
            load_dotenv=False,
            context_settings={"auto_envvar_prefix": "SUNWAI"},
        )
        self.params = []  # --app, --env-file and --debug: there is one application, set by its environment
        self.add_command(shell_command)
        self.add_command(routes_command)
        for name, (module, about) in PLAYED.items():
            self.add_command(_demonstration(name, module, about))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """The names of all commands."""
        return sorted({*self.commands, *OURS, *_commands()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command with this name. Other commands are not imported."""
        if name in OURS:
            command: click.Command = import_module(OURS[name]).main
            return command
        return self.commands.get(name) or _commands().get(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run; a command of the application gets the application."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name not in {*self.commands, *OURS}:
            ctx.with_resource(ctx.ensure_object(ScriptInfo).load_app().app_context())
        return name, command, rest


def main() -> None:
    """Run the command line."""
    program = click.version_option(gateway.__version__, prog_name="sunwai", message="%(prog)s %(version)s")(Program())
    program.main(prog_name="sunwai")
