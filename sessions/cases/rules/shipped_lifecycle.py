"""The life cycle that ships: read once, when the process starts, and the same at every door."""

from __future__ import annotations

from collections.abc import Mapping

from flows.cases.lifecycle_rules import Life, Lifecycle, Status, Transition
from sessions.cases.rules.case_policy import SHIPPED_POLICY

__all__ = ["EVENTS", "LIFE", "LIFECYCLE", "MOVES", "RANK", "RELIEF", "ROLES", "STATUSES", "TOP"]

LIFECYCLE: Lifecycle = SHIPPED_POLICY.lifecycle
LIFE: Life = LIFECYCLE.life
STATUSES: Mapping[str, Status] = LIFECYCLE.statuses
MOVES: tuple[Transition, ...] = LIFECYCLE.moves
ROLES: frozenset[str] = LIFECYCLE.roles
RANK: Mapping[str, int] = LIFECYCLE.ranks  # who works on cases, the higher the later asked
TOP: int = LIFECYCLE.top
RELIEF: tuple[str, ...] = LIFECYCLE.relief
EVENTS: frozenset[str] = LIFECYCLE.events  # the keys of the texts that a case sends
