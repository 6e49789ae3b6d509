"""A recent call that the phone plays again: all its steps, and at which of them the phone is."""

import datetime as dt
from collections.abc import Collection, Sequence

from msgspec import Struct
from werkzeug.datastructures import MultiDict

from flows.preview.rehearsal import MOST
from flows.preview.rehearsed_step import RehearsedScreen

PREFIX = "phone-"
LONGEST = 200  # letters of one input that are taken
_MOST_REVISION = 2**31 - 1
_DAY, _REVISION, _ENTRY, _SAMPLES, _GO = (f"{PREFIX}{name}" for name in ("day", "revision", "entry", "samples", "do"))
_TO = "to-"  # what a button begins with that goes to a step


class ReplayStep(Struct, frozen=True):
    """A screen of the call. `entry` is what is typed there, "" at the last; `sample` if what was typed is hidden."""

    at: int
    screen: str
    entry: str
    sample: bool
    is_here: bool


class Replay(Struct, frozen=True):
    """The call of one day on a revision, with its entries, and the positions of those that are samples.

    `at` is the step that the phone shows, None after something else was typed. `steps` are the screens, once played.
    """

    day: dt.date
    number: int
    entries: tuple[str, ...]
    samples: frozenset[int]
    at: int | None
    steps: tuple[ReplayStep, ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The hidden fields that keep the replay in the form of the phone."""
        return replay_fields(self.day, self.number, self.entries, sorted(self.samples))

    @property
    def has_samples(self) -> bool:
        """True if something that is typed is a sample."""
        return any(step.sample for step in self.steps)

    @property
    def before(self) -> int | None:
        """The step before the one that is shown, None at the first."""
        return self.at - 1 if self.at else None

    @property
    def after(self) -> int | None:
        """The step after the one that is shown, None at the last."""
        return self.at + 1 if self.at is not None and self.at + 1 < len(self.steps) else None


def replay_fields(
    day: dt.date, number: int, entries: Sequence[str], samples: Collection[int]
) -> tuple[tuple[str, str], ...]:
    """The fields of a form that make the phone play a call again."""
    told = [(_DAY, day.isoformat()), (_REVISION, str(number)), (_SAMPLES, ",".join(map(str, samples)))]
    return (*told, *((_ENTRY, entry) for entry in entries))


def parse_revision(form: MultiDict[str, str]) -> int | None:
    """The number of the revision on which a call is played again, None for the live one."""
    words = form.get(_REVISION, "")[:10]
    number = int(words) if words.isascii() and words.isdigit() else 0
    return number if 0 < number <= _MOST_REVISION else None


def parse_replay(form: MultiDict[str, str], inputs: tuple[str, ...]) -> Replay | None:
    """The replay of a form whose phone was given these inputs; None for a phone that plays no recent call."""
    number, entries = parse_revision(form), _entries(form)
    try:
        day = dt.date.fromisoformat(form.get(_DAY, "")[:10])
    except ValueError:
        return None
    if number is None:
        return None
    words = form.get(_SAMPLES, "")[: 4 * MOST].split(",")
    samples = frozenset(int(word) for word in words if word.isascii() and word.isdigit())
    return Replay(day, number, entries, samples, len(inputs) if entries[: len(inputs)] == inputs else None)


def inputs_of_step(form: MultiDict[str, str]) -> tuple[str, ...] | None:
    """The inputs that lead to the step whose button was pressed; None if it was another button."""
    pressed = form.get(_GO, "")
    at = pressed.removeprefix(_TO)
    return _entries(form)[: int(at[:4])] if pressed.startswith(_TO) and at.isascii() and at.isdigit() else None


def replay_steps(replay: Replay, played: Sequence[RehearsedScreen]) -> tuple[ReplayStep, ...]:
    """The steps of a replay from its screens, as far as the call goes."""
    entries = (*replay.entries, "")
    return tuple(
        ReplayStep(at, step.screen, entries[at], at in replay.samples, at == replay.at)
        for at, step in enumerate(played[: len(entries)])
        if step.body
    )


def _entries(form: MultiDict[str, str]) -> tuple[str, ...]:
    return tuple(entry[:LONGEST] for entry in form.getlist(_ENTRY)[:MOST])
