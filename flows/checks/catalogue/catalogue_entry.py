"""What the catalogue says of each kind of finding."""

from msgspec import Struct

from flows.menu.diagnostics import Severity


class Check(Struct, frozen=True):
    """A kind of finding. `severity` is the usual one. `about` says who is affected, and when it differs."""

    severity: Severity
    summary: str
    about: str
