"""Partitions among the tables of a database: their rows are those of the table that they belong to."""

from __future__ import annotations

import re

_NAME = re.compile(r"reports_(other|(to_)?y\d{4}m\d\d)")


def is_partition(name: str) -> bool:
    """True for a partition."""
    return _NAME.fullmatch(name) is not None


def is_table(name: str, _metadata: object = None) -> bool:
    """True for a table itself; for `only` of MetaData.reflect."""
    return not is_partition(name)
