"""What a filing brings by the rules of an installation, and the texts that it would send: not sample data."""

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from flows.menu.model import Flow, Outcome, Record, Scalar, Value
from flows.text import gsm


class OwedText(Struct, frozen=True):
    """An SMS that would be sent to the citizen, or to the officer at `office` who would have the case.

    `sent` is False where nobody would get it, because no officer of that office has a phone on file.
    """

    to: Literal["citizen", "officer"]
    language: str
    body: str
    office: str = ""
    sent: bool = True

    @property
    def parts(self) -> int:
        """How many SMS it takes."""
        return gsm.parts(self.body)

    @property
    def measure(self) -> gsm.Measure:
        """Its encoding, and the units that it takes in it."""
        return gsm.measure(self.body)


class RuledOutcome(Struct, frozen=True):
    """The outcome of an action by the rules, and the texts that it owes."""

    outcome: Outcome
    texts: tuple[OwedText, ...] = ()


class FilingRules(Protocol):
    """The rules by which an installation files, for calls that are only tried out."""

    def __call__(
        self, action: str, given: Mapping[str, Value], language: str, found: Outcome, *, chosen: bool
    ) -> RuledOutcome | None:
        """What an action brings instead of the sample outcome `found`; None if no rule says.

        The result of `found` stays where somebody has `chosen` it.
        """
        ...


# Another day, number and count than in a sample: what a screen shows of them is not what a caller chose.
_OTHERS: Mapping[str, Scalar] = {
    "due": "2027-11-09",
    "filed": "2027-10-08",
    "day": "2027-10-08",
    "number": "913-004-127",
    "since": "03:55",
    "count": 4,
    "note": "Zxq",
}


def other_values(flow: Flow) -> FilingRules:
    """Rules by which each filing brings another office, date and number than the sample.

    What two calls show alike, one with the sample and one with these, comes from what the caller chose.
    """
    offices = list(flow.rows.get("office", ()))

    def ruled(
        action: str,  # noqa: ARG001
        given: Mapping[str, Value],
        language: str,  # noqa: ARG001
        found: Outcome,
        *,
        chosen: bool,  # noqa: ARG001
    ) -> RuledOutcome | None:
        if not found.record:
            return None
        many = isinstance(found.record, list)
        record: Record = found.record[0] if isinstance(found.record, list) else found.record
        other = {name: _OTHERS[name] for name in record if name in _OTHERS and record[name] and name not in given}
        if record.get("office") and offices:
            other["office"] = next((code for code in reversed(offices) if code != record["office"]), offices[0])
        changed = {**record, **other}
        return RuledOutcome(replace(found, record=[changed] if many else changed))

    return ruled
