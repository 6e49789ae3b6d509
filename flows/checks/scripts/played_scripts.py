"""A scripted call as it was played, and what all those that went well say for the flow."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from flows.engine.render import show
from flows.engine.variables import shown_language
from flows.menu.diagnostics import Path
from flows.menu.model import End, Flow, State
from flows.parsing.transcript_file import Transcript
from flows.preview.decisions import Decision
from flows.preview.transcripts import UNPLAYABLE, Difference, Step, expected_words


class Cause(Struct, frozen=True):
    """What of the flow is at fault: its path in the files, and the language if it is a text."""

    path: Path
    language: str = ""

    @property
    def is_turn(self) -> bool:
        """True for what decides which screen follows."""
        return self.path[-1] in ("go", "skip_if", "when", "do") or "then" in self.path[1:2]


class PlayedScript(Struct, frozen=True):
    """A script, the screens it came to, and where it differed; `problem` says why it could not be played at all."""

    script: Transcript
    steps: tuple[Step, ...] = ()
    wrong: Difference | None = None
    problem: str = ""

    @property
    def went_well(self) -> int:
        """How many of its screens were as they should be."""
        return len(self.steps) if self.wrong is None else min(self.wrong.step - 1, len(self.steps))

    @property
    def failing(self) -> Step | None:
        """The screen that was not as it should be; None if the call broke off before it."""
        return self.steps[self.went_well] if self.wrong is not None and self.went_well < len(self.steps) else None

    def passes(self, turn: Cause) -> bool:
        """True if the call took this turn, or came to the screen of an option or condition that may be at fault."""
        steps = self.steps[: self.went_well + 1]
        taken = {(each.screen, *each.path) for step in steps for each in step.way}
        if turn.path[-1] in ("skip_if", "when"):
            return turn.path in taken or any(turn.path[0] in (step.screen, *step.acts) for step in steps)
        return turn.path in taken or (turn.path[-1] == "do" and any(turn.path[0] in step.acts for step in steps))

    @property
    def expected(self) -> Mapping[str, Any]:
        """What the script says of that screen."""
        steps = self.script.said["steps"]
        return steps[self.went_well] if self.went_well < len(steps) else {}


class Witnesses(Struct, frozen=True):
    """What the screens that were as they should be say for the flow, and those that were not, against it.

    `passes` and `fails` count the decisions that led to them, `words` were expected and seen, by screen (with ` sms`
    for its SMS) and language, and `stored` are (act, name, value) of what was stored as it should be.
    """

    passes: Counter[Decision] = field(default_factory=Counter)
    fails: Counter[Decision] = field(default_factory=Counter)
    words: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    stored: set[tuple[str, str, str]] = field(default_factory=set)

    def confirms(self, decision: Decision) -> bool:
        """True if more scripts go well after this decision than do not."""
        return self.passes[decision] >= max(1, self.fails[decision])

    def words_of(self, screen: str) -> dict[str, list[str]]:
        """What was expected of a screen and seen there, by language."""
        return self.words.get(screen, {})


def witnesses(flow: Flow, played: Iterable[PlayedScript]) -> Witnesses:
    """What all scripts together say."""
    found = Witnesses()
    for each in played:
        if each.problem:
            continue
        for said, step in zip(each.script.said["steps"], each.steps[: each.went_well], strict=False):
            found.passes.update(step.way)
            language = step.language if step.state is None else shown_language(flow, step.state)
            _add(found, step.screen, language, expected_words(said))
            if "sms" in said:
                _add(found, f"{step.screen} sms", step.language, str(said["sms"]).strip("\n"))
            if "stored" in said and step.stored is not None and step.acts:
                found.stored.update((step.acts[-1], name, value) for name, value in step.stored.items())
        if each.failing is not None:
            found.fails.update(each.failing.way)
    return found


def _add(found: Witnesses, screen: str, language: str, words: str) -> None:
    found.words.setdefault(screen, {}).setdefault(language, []).append(words)


def body_at(flow: Flow, state: State, screen: str) -> tuple[str, str]:
    """What a caller in this state would see at another screen, and the SMS it would send; ("", "") if nothing."""
    there = flow.screens.get(screen)
    fresh = {"page": 0, "wrong": 0, "problem": "", "matches": (), "after": None}
    try:
        shown = show(flow, replace(state, screen=screen, ended=isinstance(there, End), **fresh))
    except UNPLAYABLE:
        return "", ""
    return shown.body, shown.sms or ""
