"""What a run found: figures and findings, as a table to read and as JSON to keep."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.checker import Finding, broken
from tests.faults.plan import Plan

if TYPE_CHECKING:
    from tests.faults.run import Run

SHOWN = 5  # lines of what breaks an invariant


@dataclass(frozen=True, slots=True)
class Verdict:
    """One run."""

    design: str
    database: str
    plan: Plan
    findings: list[Finding]
    figures: dict[str, int | float]

    @property
    def broken(self) -> set[str]:
        """The invariants that do not hold."""
        return broken(self.findings)

    def json(self) -> str:
        """Everything, for a machine."""
        whole: dict[str, Any] = {"design": self.design, "database": self.database, "plan": asdict(self.plan)}
        whole["findings"] = {each.invariant: list(each.broken) for each in self.findings}
        return json.dumps(whole | {"figures": self.figures, "holds": not self.broken}, indent=1)

    def table(self) -> str:
        """Everything, for a person."""
        lines = [f"{self.design} on {self.database}, seed {self.plan.seed}"]
        lines += [f"  {value:>9,}  {name}" for name, value in self.figures.items()]
        for each in self.findings:
            lines.append(f"  {'holds' if each.holds else 'BROKEN':>9}  {each.invariant}")
            lines += [f"{'':13}{line[:200]}" for line in each.broken[:SHOWN]]
            if len(each.broken) > SHOWN:
                lines.append(f"{'':13}and {len(each.broken) - SHOWN} more")
        return "\n".join(lines)


def figures(at: Run, *, seconds: float, logs: int) -> dict[str, int | float]:
    """What happened, counted. Names say what of."""
    count, kills, fates = at.citizens.counts, at.family.kills, at.aggregator.fates
    accepted, seen = Counter(at.seen.accepted), at.seen
    told = {number for numbers in seen.told.values() for number in numbers}
    states = Counter(each.state for each in seen.owed)
    repeated = [answers for answers in seen.answers.values() if len(answers) > 1]
    found: dict[str, int | float] = {
        "SIGKILLs": at.killed,
        **{f"of a {kind}": kills[kind] for kind in sorted(kills)},
        "processes started": at.family.starts,
        "ended by themselves": at.family.ended_alone.total(),
        "FLUSHALLs": at.flushes,
        "leaps of the clock": at.leaps,
    }
    if at.proxy:
        cuts = at.proxy.cuts
        found |= {"COMMITs": cuts["seen"], "cut before": cuts["before"], "cut after": cuts["after"]}
    found |= {
        "citizens": count["citizens"],
        "told 'filed'": count["told"],
        "gave up": count["gave up"],
        "calls": count["dials"],
        "calls cut": count["calls cut"],
        "calls that ended busy": count["calls busy"],
        "calls that ended otherwise": count["calls ended otherwise"],
        "hops answered": count["hops"],
        "hops cut": count["hops cut"],
        "hops answered busy": count["hops busy"],
        "hops sent more than once": count["repeated hops"] + count["resent hops"],
        "hops with two answers to compare": len(repeated),
        "complaints": len(seen.complaints),
        "nobody was told on screen": sum(number not in told for _, number in seen.complaints),
        "texts owed": len(seen.owed),
        **{f"texts {state}": states[state] for state in sorted(states)},
        "attempts to send": sum(each.attempts for each in seen.owed),
        "texts with an ambiguous attempt": sum(each.ambiguous > 0 for each in seen.owed),
        "texts accepted": len(seen.accepted),
        "texts accepted more than once": sum(number > 1 for number in accepted.values()),
        "accepted at most": max(accepted.values(), default=0),
        **{f"requests {fate.replace('_', ' ')}": fates[fate] for fate in sorted(fates)},
        "reports never taken": at.aggregator.reports_lost,
        **at.books.figures(),
        "bytes of logs searched": logs,
        "seconds to drain": round(at.drained_in, 1),
        "seconds in all": round(seconds, 1),
    }
    return found
