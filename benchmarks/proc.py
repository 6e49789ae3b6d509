"""CPU time of a process and all that it started, from Linux's /proc."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
_PARENT, _USER, _SYSTEM = 1, 11, 12  # fields of /proc/<pid>/stat after the name, counted from the state


def cpu_seconds(root: int) -> float:
    """User and system time of process `root` and its living descendants, all threads, in seconds (10 ms steps)."""
    fields = _stats()
    if root not in fields:
        raise ProcessLookupError(f"process {root} is gone")
    family = {root}
    grown = True
    while grown:
        children = {pid for pid, stat in fields.items() if int(stat[_PARENT]) in family} - family
        grown = bool(children)
        family |= children
    ticks = sum(int(fields[pid][_USER]) + int(fields[pid][_SYSTEM]) for pid in family)
    return ticks / os.sysconf("SC_CLK_TCK")


def _stats() -> dict[int, list[str]]:
    stats: dict[int, list[str]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue  # it ended while we looked
            stats[int(folder.name)] = line.rpartition(")")[2].split()  # a name may hold spaces and brackets
    return stats


def processor() -> str:
    """The processor's model, as Linux names it."""
    for line in (PROC / "cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
