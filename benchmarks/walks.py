"""The calls that are walked: what the citizen types, and a word each screen must show. Only data, no measuring.

Written for flows/library/complaints.yaml and a caller who speaks Roman Urdu and last complained from Lahore. When that
flow changes, this file and peer/texts.js follow.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

SERVICE_CODE = "*8484#"
NETWORK = "41001"
CALLER = {"language": "ur-Latn", "province": "punjab", "district": "lahore"}
FIRST_PHONE = 923012000000  # the callers are +923012000000 and the numbers that follow


@dataclass(frozen=True, slots=True)
class Step:
    """One hop: what is typed (None for the dial itself), how the answer begins, and words it must contain."""

    typed: str | None
    begins: str
    shows: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A call from the dial to its last measured screen."""

    name: str
    steps: tuple[Step, ...]

    def answered_by_one_screen(self, begins: str, shows: str) -> Walk:
        """The same input, to a server that answers each hop with one constant screen."""
        return replace(self, steps=tuple(replace(step, begins=begins, shows=shows) for step in self.steps))

    def as_json(self) -> dict[str, Any]:
        """For the load process."""
        return asdict(self)


TO_CONFIRM = Walk(
    "a known caller, dial to confirm",
    (
        Step(None, "CON ", "1 Nayi shikayat"),
        Step("1", "CON ", "1 Pani, safai"),
        Step("1", "CON ", "1 Pani band"),
        Step("1", "CON ", "1 Lahore (pichli dafa)"),
        Step("1", "CON ", "Lahore. Chand lafzon mein likhein"),
        Step("Gali 4 Shadbagh mein 3 din se pani nahi", "CON ", "Daftar: WASA Lahore"),
    ),
)
TO_FILED = Walk("a known caller, dial to filed", (*TO_CONFIRM.steps, Step("1", "END ", "Darj: ")))
