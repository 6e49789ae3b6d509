"""How well texts are understood: each of the frozen set through the real SMS door, and what became of them.

Run it with `make understanding`. Each figure has the number of texts it is about and its 95 % Wilson interval, and
beside it what the same texts gave at the commit that `before.json` names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from flows.text.western_digits import western
from tests.flows.library import shipped
from tests.understanding.trial import Trial

BEFORE = Path(__file__).parent / "before.json"
SCRIPTS = ("", "ur-Latn", "ur", "en")  # "" is all of them
Z = 1.96  # of a 95 % interval
OVERSIGHT = frozenset({"ace", "harass_omb", "oversight_desk", "police_oversight"})  # offices that watch the others
UNDERSTOOD_NOT = ("unknown", "not_understood")  # how events of replies that say so begin
GENERAL = (
    *UNDERSTOOD_NOT,
    "help",
    "who_we_are",
    "nothing_asked",
    "choose_again",
)  # replies to anybody, which may end with a number


class Measure(Struct, frozen=True):
    """A figure: which texts it is about, which of them count, and the target (at least, or at most)."""

    name: str
    about: Callable[[Trial], bool]
    counts: Callable[[Trial], bool]
    target: float | None = None
    at_most: bool = False


def _complaint(trial: Trial) -> bool:
    return trial.row["kind"] == "complaint"


def _sorted(trial: Trial) -> bool:
    return _complaint(trial) and bool(trial.gold("category"))


def _unasked(trial: Trial) -> bool:
    return trial.category is not None and trial.asked("category") is None


def _placed(trial: Trial) -> bool:
    return _complaint(trial) and bool(trial.gold("district"))


def _district_found(trial: Trial) -> bool:
    asked, gold = trial.asked("district"), trial.gold("district")
    if asked is None:
        return trial.district in gold
    return asked.guessed and not gold.isdisjoint(asked.offered)


def _silently_elsewhere(trial: Trial) -> bool:
    return (
        trial.district is not None and trial.asked("district") is None and trial.district not in trial.gold("district")
    )


def _told_numbers(trial: Trial) -> bool:
    return not trial.event.startswith(GENERAL) and _has_number(trial)


def _has_number(trial: Trial) -> bool:
    words = set("".join(each if each.isalnum() else " " for each in western(trial.reply)).split())
    return not words.isdisjoint({"15", "1122"}) or (trial.gold("danger") == {"helpline"} and "0311" in words)


def _money(trial: Trial) -> bool:
    return bool(trial.row["money"])


def _reaches_the_accused(trial: Trial) -> bool:
    row = shipped("by_text").rows["category"].get(trial.category or "")
    if row is None:
        return False
    return row.columns.get("office") not in OVERSIGHT and not row.columns.get("against")


def _everything(trial: Trial) -> bool:
    return True


def _first_guess(trial: Trial) -> bool:
    return not trial.gold("category").isdisjoint(trial.kind_guess[:1])


def _among_guesses(trial: Trial) -> bool:
    return not trial.gold("category").isdisjoint(trial.kind_guess)


def _on_a_list(trial: Trial) -> bool:
    asked = trial.asked("category")
    return _among_guesses(trial) or (asked is not None and not trial.gold("category").isdisjoint(asked.offered))


def _answered_only(trial: Trial) -> bool:
    return trial.row["kind"] not in ("complaint", "suggestion")


MEASURES = (
    Measure("complaints taken or asked about", _complaint, lambda t: t.filed or bool(t.questions), 0.97),
    Measure("complaints met with silence", _complaint, lambda t: not t.reply, 0.0, at_most=True),
    Measure("right kind first", _sorted, _first_guess, 0.72),
    Measure("right kind among those offered", _sorted, _among_guesses, 0.88),
    Measure("right kind on any list offered", _sorted, _on_a_list),
    Measure(
        "right kind where filed without asking",
        lambda t: _sorted(t) and _unasked(t),
        lambda t: t.category in t.gold("category"),
        0.92,
    ),
    Measure("kind filed without asking", _sorted, _unasked),
    Measure("district right or rightly asked", _placed, _district_found, 0.90),
    Measure(
        "district right without asking",
        _placed,
        lambda t: t.asked("district") is None and t.district in t.gold("district"),
    ),
    Measure("wrong district without asking", _everything, _silently_elsewhere, 0.005, at_most=True),
    Measure("danger told a number", lambda t: bool(t.gold("danger")), _told_numbers, 0.95),
    Measure("danger: a number anywhere in the reply", lambda t: bool(t.gold("danger")), _has_number),
    Measure("false alarms", lambda t: not t.gold("danger"), _told_numbers, 0.03, at_most=True),
    Measure("money asked: reaches the accused", _money, _reaches_the_accused, 0.0, at_most=True),
    Measure(
        "money asked: filed, and not private",
        lambda t: _money(t) and t.filed,
        lambda t: not t.private,
        0.0,
        at_most=True,
    ),
    Measure(
        "English answered in English",
        lambda t: t.row["script"] == "en" and bool(t.reply),
        lambda t: t.language == "en",
        0.97,
    ),
    Measure("no complaint, yet filed", _answered_only, lambda t: t.filed),
    Measure(
        "no complaint: called not understood",
        lambda t: t.row["kind"] in ("status", "thanks", "greeting", "question"),
        lambda t: t.event.startswith(UNDERSTOOD_NOT),
    ),
)


class Figure(Struct, frozen=True):
    """So many of n."""

    hits: int
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        if not self.n:
            return 0.0, 1.0
        share, spread = self.hits / self.n, Z * Z / self.n
        half = Z * (share * (1 - share) / self.n + Z * Z / (4 * self.n * self.n)) ** 0.5
        return max(0.0, (share + spread / 2 - half) / (1 + spread)), (share + spread / 2 + half) / (1 + spread)

    def __str__(self) -> str:
        if not self.n:
            return "-"
        low, high = self.interval
        return f"{100 * self.hits / self.n:5.1f} % of {self.n} ({100 * low:.0f}-{100 * high:.0f})"


def figures(trials: Sequence[Trial]) -> dict[str, dict[str, Figure]]:
    """Measure -> script -> figure."""
    found: dict[str, dict[str, Figure]] = {}
    for measure in MEASURES:
        about = [trial for trial in trials if measure.about(trial)]
        found[measure.name] = {
            script: Figure(sum(map(measure.counts, chosen)), len(chosen))
            for script in SCRIPTS
            for chosen in [[trial for trial in about if script in ("", trial.row["script"])]]
        }
    return found


def missed(found: dict[str, dict[str, Figure]]) -> list[str]:
    """The measures whose target is not reached, over all scripts."""
    return [each.name for each in MEASURES if each.target is not None and not _reached(each, found[each.name][""])]


def _reached(measure: Measure, figure: Figure) -> bool:
    share = figure.hits / figure.n if figure.n else 0.0
    assert measure.target is not None
    return share <= measure.target if measure.at_most else share >= measure.target


def page(found: dict[str, dict[str, Figure]]) -> str:
    """The report, for people."""
    before: dict[str, Any] = json.loads(BEFORE.read_text(encoding="utf-8"))
    lines = [f"{'':38}{'before: ' + before['commit']:26}  now"]
    for measure in MEASURES:
        sign = "" if measure.target is None else f" ({'<=' if measure.at_most else '>='} {100 * measure.target:g} %)"
        verdict = "" if measure.target is None or _reached(measure, found[measure.name][""]) else "   MISSED"
        lines.append(f"{measure.name}{sign}{verdict}")
        for script in SCRIPTS:
            was = before["figures"].get(measure.name, {}).get(script)
            now = found[measure.name][script]
            if now.n or script == "":
                lines.append(f"    {script or 'all':34}{Figure(*was) if was else '-'!s:26}  {now}")
    return "\n".join(lines) + "\n"


def as_json(found: dict[str, dict[str, Figure]], commit: str) -> str:
    """The figures as `before.json` holds them."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps({script: [each.hits, each.n] for script, each in by.items()})}"
        for name, by in found.items()
    ]
    return f'{{"commit": {json.dumps(commit)}, "figures": {{\n' + ",\n".join(lines) + "\n}}\n"
