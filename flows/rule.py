"""The noun behind `keywords.yaml`. Nothing in this file does anything; `keywords.py` matches."""

from __future__ import annotations

from msgspec import Struct


class Rule(Struct, frozen=True):
    """First words of an SMS and the intent they carry, e.g. ("STATUS", "HAAL") -> "status".

    Words of `alone` are everyday ones that begin other sentences too: they count when nothing but a number follows.
    """

    intent: str
    words: tuple[str, ...]
    alone: tuple[str, ...] = ()
