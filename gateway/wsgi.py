"""What a server loads: `gateway.wsgi:hooks`, `gateway.wsgi:console`, and `gateway.wsgi:app`, which is both.

Each is made when it is first asked for, so that a process that answers calls imports nothing of the console. In a
checkout `wsgi:hooks` and so on are the same.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from gateway.app import create_app
from gateway.endpoints.application import EVERY_SIDE, Side
from gateway.endpoints.foreign_servers import find_server_problem
from gateway.endpoints.start_record import record_start
from gateway.settings.key_ring_settings import check_keys_at_first_use, refuse_keys
from gateway.settings.loader import ConfigError, command_line, is_command, load_config
from gateway.settings.production_checks import refuse_database_role

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

    app: Sunwai
    hooks: Sunwai
    console: Sunwai

_SIDES = {"hooks": (Side.HOOKS,), "console": (Side.CONSOLE,), "app": EVERY_SIDE}


def __getattr__(name: str) -> Sunwai:
    """The application of this name. Exits with what is wrong with the settings."""
    if name not in _SIDES:
        raise AttributeError(name)
    return _application(name)


@cache
def _application(name: str) -> Sunwai:
    try:
        made = create_app(load_config(), sides=_SIDES[name])
    except ConfigError as error:
        sys.exit(str(error))
    if is_command():
        check_keys_at_first_use(made.settings, made.database)
        return made
    if too_many := find_server_problem(*command_line(), made.database):
        sys.exit(too_many)
    if refused := refuse_database_role(made.settings, made.database) or refuse_keys(made.settings, made.database):
        sys.exit(refused)
    record_start(made.database, made.clock, made.settings, name)
    return made
