"""The rules that a process handles cases by: the life cycle, the working time of offices, and where days begin.

They are made once, at composition (gateway/app.py), and handed to every act. One process can hold several policies.
"""

from collections.abc import Mapping
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from flows.cases.lifecycle_file import BadLifecycle, parse_lifecycle
from flows.cases.lifecycle_rules import NOT_STAFF, Life, Lifecycle, Status, Transition
from flows.cases.working_time import BadCalendar, Calendars, parse_calendars


class CasePolicy(Struct, frozen=True):
    """What may be done to a case, by when, and in which time zone its days begin."""

    lifecycle: Lifecycle
    calendars: Calendars
    zone: ZoneInfo

    @property
    def life(self) -> Life:
        """Everything that the file of the life cycle says."""
        return self.lifecycle.life

    @property
    def statuses(self) -> Mapping[str, Status]:
        """Every status by its name."""
        return self.lifecycle.statuses

    @property
    def open_statuses(self) -> tuple[str, ...]:
        """The statuses in which somebody still owes the citizen something."""
        return tuple(name for name, status in self.statuses.items() if status.open)

    @property
    def running_statuses(self) -> tuple[str, ...]:
        """The statuses in which the clock runs: somebody must do something now."""
        return tuple(name for name, status in self.statuses.items() if status.clock == "runs")

    @property
    def roles_by_level(self) -> Mapping[int, str]:
        """Who has a case of each level: those who work on cases, the lowest first."""
        return {rank: role for role, rank in self.lifecycle.ranks.items()}

    @staticmethod
    def is_for_staff(move: Transition) -> bool:
        """True for a move that is not a citizen's alone and does not follow from time alone."""
        return bool(move.by - NOT_STAFF)

    def is_open(self, status: str) -> bool:
        """True for a status in which somebody still owes the citizen something."""
        return self.statuses[status].open


def _shipped() -> CasePolicy:
    """The policy of the files that ship. Somebody may have changed those: the process ends with what is wrong."""
    library = files("flows") / "library"
    life_text, calendar_text = (
        (library / name).read_text(encoding="utf-8") for name in ("lifecycle.yaml", "calendar.yaml")
    )
    try:
        life, calendars = parse_lifecycle(life_text), parse_calendars(calendar_text)
    except (BadLifecycle, BadCalendar) as error:
        hint = "with its line and all else that is wrong: python -m gateway.development.library_check"
        raise SystemExit(f"{library}: {error} ({hint})") from None
    return CasePolicy(Lifecycle(life), calendars, calendars.usual.zone)


SHIPPED_POLICY = _shipped()


def case_policy(life: Life | None, calendars: Calendars | None, timezone: str) -> CasePolicy:
    """The operator's own life cycle and calendars, or those that ship, in the time zone of the settings."""
    lifecycle = Lifecycle(life) if life else SHIPPED_POLICY.lifecycle
    return CasePolicy(lifecycle, calendars or SHIPPED_POLICY.calendars, ZoneInfo(timezone))
