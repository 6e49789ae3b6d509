"""What the sweep logs when it starts or stops: alarms, and routes that are paused."""

import time
from datetime import UTC, datetime

from gateway.monitoring.logs import log
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.delivery import outbox_admin
from sessions.operations import active_alarms
from storage.connection.database import Database

ALARMS_EVERY = 10.0
Held = dict[tuple[str, str, str], str]  # (what, which route or "", which step or ""): why


class AlarmLog:
    """Logs a line when an alarm starts or stops; `/readyz` and `flask texts alarms` show its message.

    A paused route is no alarm: a line is logged when the pause starts and when the route is used again.
    """

    def __init__(
        self, database: Database, per_hour: int, every: float = ALARMS_EVERY, policy: CasePolicy = SHIPPED_POLICY
    ) -> None:
        self._database, self._per_hour, self._every, self._policy = database, per_hour, every, policy
        self._standing: Held = {}
        self._resting: Held = {}
        self._next = 0.0

    def look(self) -> None:
        """Look for what needs a person, unless that was done a moment ago."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        found = active_alarms.find_active_alarms(self._database, datetime.now(UTC), self._per_hour, self._policy)
        standing = {(each.name, each.route, each.step): each.reason for each in found}
        for name, route, step in sorted(standing.keys() - self._standing.keys()):
            log().error("alarm", problem=name, **_about(route, standing[name, route, step], step))
        for name, route, step in sorted(self._standing.keys() - standing.keys()):
            log().info("alarm_over", problem=name, **_about(route, step=step))
        self._standing = standing
        self._look_at_routes()

    def _look_at_routes(self) -> None:
        troubled = outbox_admin.list_failing_routes(self._database)
        resting = {("road", each.name, ""): each.reason or "" for each in troubled if each.rests_until is not None}
        stopped = {each.name for each in troubled if each.stopped_at is not None}
        for what, route, step in sorted(resting.keys() - self._resting.keys()):
            if route not in stopped:
                log().warning("road_rests", **_about(route, resting[what, route, step]))
        for _, route, _step in sorted(self._resting.keys() - resting.keys()):
            log().info("road_used_again", **_about(route))
        self._resting = resting


def _about(route: str, reason: str = "", step: str = "") -> dict[str, str]:
    given = {"aggregator": route, "reason": reason, "step": step}
    return {key: word for key, word in given.items() if word}
