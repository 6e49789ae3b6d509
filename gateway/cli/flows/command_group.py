"""The group that the commands of `flask flows` join, each from its own file."""

from gateway.terminal.errors import CommandGroup

flows = CommandGroup("flows", help="Check, test, publish, compare, draw and list flows.")
