"""The figures as a table and the ratios, in words a reader can check."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from benchmarks.proc import processor

GENERATOR_FULL = 0.95  # of one core: beyond it the load process, not the server, limits hops/s


@dataclass(frozen=True, slots=True)
class Measured:
    """One leg: CPU microseconds per hop of the server and of its Valkey, hops/s, and the load process's share."""

    micros: float
    valkey_micros: float | None
    rate: float
    generator: float


@dataclass(frozen=True, slots=True)
class Target:
    """What ours may cost beside another server: at most `micros` of its CPU per hop, at least `rate` of its hops/s."""

    micros: float | None = None
    rate: float | None = None


def machine() -> str:
    """One line on what was measured on."""
    node = "none"
    if shutil.which("node"):
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("flask", "httptools", "redis"))
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({processor()}), {platform.system()}, {python}, {packages}, Node {node}"


def table(legs: Mapping[str, Sequence[Measured]]) -> str:
    """The medians, a line for each server."""
    width = max(len(name) for name in legs)
    lines = [f"{'':{width}}  CPU us/hop      hops/s   Valkey us/hop   (medians; lowest-highest CPU us)"]
    for name, rounds in legs.items():
        micros = [leg.micros for leg in rounds]
        beside = [leg.valkey_micros for leg in rounds if leg.valkey_micros is not None]
        valkey = f"{median(beside):13.1f}" if beside else f"{'-':>13}"
        rate = median(leg.rate for leg in rounds)
        lines.append(
            f"{name:{width}}  {median(micros):10.1f}  {rate:10,.0f}   {valkey}   ({min(micros):.1f}-{max(micros):.1f})"
        )
    busy = [name for name, rounds in legs.items() if median(leg.generator for leg in rounds) > GENERATOR_FULL]
    if busy:
        lines.append(f"the load process was the limit of hops/s for: {', '.join(busy)}")
    return "\n".join(lines)


def ratio(title: str, ours: Sequence[Measured], theirs: Sequence[Measured], target: Target) -> str:
    """Ours over theirs, round by round (each pair ran within seconds), and the median of the rounds."""
    micros = sorted(a.micros / b.micros for a, b in zip(ours, theirs, strict=True))
    rates = [a.rate / b.rate for a, b in zip(ours, theirs, strict=True)]
    line = (
        f"ours / {title}: {median(micros):.2f} of its CPU per hop (rounds {micros[0]:.2f}-{micros[-1]:.2f}), "
        f"{median(rates):.2f} of its hops/s"
    )
    if target.micros is not None:
        line += f"; target at most {target.micros:.2f} of its CPU: {_judged(met=median(micros) <= target.micros)}"
    if target.rate is not None:
        line += f"; target at least {target.rate:.2f} of its hops/s: {_judged(met=median(rates) >= target.rate)}"
    return line


def _judged(*, met: bool) -> str:
    return "met" if met else "MISSED"
