"""One setting as a field: its default, its reader, and its line in the docs."""

from collections.abc import Callable
from dataclasses import Field, field
from typing import Any

STANDIN = "{standin_url}"  # in a default for development: the address of the stand-in


def setting(
    default: Any,
    doc: str,
    read: Callable[[str], Any] = str,
    *,
    development: Any = None,
    private: bool = False,
    shown: str = "",
) -> Any:
    """A field with its doc line, its reader, and its default in development; `shown` is how docs write the default."""
    metadata = {"doc": doc, "read": read, "development": development, "private": private, "shown": shown}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata, repr=not private)
    return field(default=default, metadata=metadata, repr=not private)


def value_of(one: Field[Any], raw: str, developing: bool) -> Any:
    """The value of a setting where the environment has `raw`; "" counts as not set. Raises ValueError."""
    if raw:
        return one.metadata["read"](raw)
    special = one.metadata["development"]
    if developing and special is not None:
        return special
    return {} if isinstance(one.default_factory, type) else one.default


def prefix_of(name: str) -> str:
    """How the settings of a described aggregator begin: `JAZZ_` for jazz."""
    return name.upper().replace("-", "_") + "_"
