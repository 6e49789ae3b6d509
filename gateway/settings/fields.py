"""One setting as a field of Config: its default, its reader, and its line in the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, field
from typing import Any

BUILT_IN = ("africastalking", "infobip", "twilio", "jasmin", "kannel")  # the aggregators that need no description


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
    """What a setting is where the environment says `raw`; "" counts as not set. Raises ValueError."""
    if raw:
        return one.metadata["read"](raw)
    special = one.metadata["development"]
    if developing and special is not None:
        return special
    return {} if isinstance(one.default_factory, type) else one.default


def head_of(name: str) -> str:
    """How the settings of a described aggregator begin: `JAZZ_` for jazz."""
    return name.upper().replace("-", "_") + "_"


def described_settings(aggregators: tuple[str, ...], source: Mapping[str, str]) -> dict[str, str]:
    """What is set for described aggregators: `JAZZ_…` for jazz. The description knows which of them it needs."""
    heads = tuple(head_of(name) for name in aggregators if name not in BUILT_IN)
    return {name: value.strip() for name, value in source.items() if heads and name.startswith(heads)}
