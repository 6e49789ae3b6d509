"""`python -m benchmarks.checks`: what the checks take, for the shipped flow and for one of 300 screens and 5,000 rows.

What is read from YAML and CSV is counted apart: the checks themselves never read a file.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import flows
from benchmarks.proc import processor
from flows.checks.runner import check
from flows.parsing.flow import parse_flow
from sessions.cases.rules.case_policy import SHIPPED_POLICY

EVENTS = SHIPPED_POLICY.lifecycle.events

LIBRARY = Path(flows.__file__).parent / "library"
MOST = {"shipped": 0.3, "large": 2.0}  # seconds of CPU that checking may take, with all checks of meaning
AREAS, STREETS = 100, 4900
BLOCK = """
  which_{n}:
    ask: {{en: "Which area is it in, {n}?", ur: "کون سا علاقہ {n}؟"}}
    choose_from: area
    save: area_{n}
    go: road_{n}
  road_{n}:
    ask: {{en: "Street in {{area_{n}}}:", ur: "{{area_{n}}}:"}}
    choose_from: {{list: street, where: area = area_{n}, type_name: yes}}
    save: street_{n}
    go: seen_{n}
  seen_{n}:
    skip_if: not area_{n}
    ask: {{en: "{{street_{n}}}, {{area_{n}}}", ur: "{{street_{n}}}"}}
    choose:
      on: {{en: Go on, ur: آگے, go: {next}}}
      back: {{en: Change it, ur: بدلیں, go: which_{n}}}
      help: {{en: Say more, ur: اور لکھیں, go: {next}, when: contact.complaints > {n}}}
    go: {next}
"""
HEAD = """flow: large
title: A large flow
start: tongue
languages: {en: English, ur: اردو}
lists: {area: area.csv, street: street.csv}
errors:
  bad_choice: {en: Try again., ur: دوبارہ}
  bad_answer: {en: Not understood., ur: سمجھ نہیں آیا}
  too_many: {en: Dial again., ur: پھر ملائیں}
screens:
  tongue: {ask: {en: Language, ur: زبان}, choose_from: languages, save: contact.language, go: which_1}
"""


def large(screens: int = 302) -> dict[str, str]:
    """A sound flow of so many screens (in threes, with one to choose a language and one to end) and 5,000 list rows."""
    blocks = (screens - 2) // 3
    text = HEAD + "".join(
        BLOCK.format(n=n, next=f"which_{n + 1}" if n < blocks else "bye") for n in range(1, blocks + 1)
    )
    areas = "".join(f"a{at},Area {at},علاقہ {at}\n" for at in range(AREAS))
    streets = "".join(f"a{at % AREAS},s{at},Street {at},گلی {at}\n" for at in range(STREETS))
    return {
        "flow.yaml": text + "  bye: {end: {en: Bye, ur: شکریہ}}\n",
        "area.csv": "code,en,ur\n" + areas,
        "street.csv": "area,code,en,ur\n" + streets,
    }


def shipped() -> dict[str, str]:
    """The complaint line with its lists and texts."""
    found = [path for path in sorted(LIBRARY.rglob("*")) if path.suffix in (".yaml", ".csv")]
    return {path.relative_to(LIBRARY).as_posix(): path.read_text(encoding="utf-8") for path in found}


def timed(act: Callable[[], object]) -> float:
    """Seconds of CPU it takes, whatever else the machine does."""
    started = time.process_time()
    act()
    return time.process_time() - started


def measure(name: str, files: Mapping[str, str], main: str, rounds: int) -> bool:
    """Print the medians for a flow; True when all its checks were done, within what they may take."""
    reading = [timed(lambda: parse_flow(files, main)) for _ in range(min(rounds, 3))]
    checking = []
    for _ in range(rounds):
        parsed = parse_flow(files, main)  # again: what a flow keeps from earlier measurements must not help
        checking.append(timed(lambda parsed=parsed: check(parsed, events=EVENTS)))  # type: ignore[misc]  # bound in the loop
    assert parsed.flow is not None
    rows = sum(len(each) for each in parsed.flow.lists.values())
    found = check(parsed, events=EVENTS)
    whole = not any(each.code == "F000" for each in found)  # else some checks were left out, and the time says nothing
    left_out = "" if whole else ", NOT ALL CHECKED"
    met = whole and median(checking) < MOST[name]
    verdict = f"target below {1000 * MOST[name]:.0f} ms: {'met' if met else 'MISSED'}"
    print(
        f"{name}: {len(parsed.flow.screens)} screens, {rows:,} rows, {len(found)} findings{left_out}: "
        f"check {1000 * median(checking):.0f} ms ({1000 * min(checking):.0f}-{1000 * max(checking):.0f}), "
        f"reading {1000 * median(reading):.0f} ms; {verdict}"
    )
    return met


def main() -> int:
    """0 when both keep within their targets."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    print(processor())
    return int(
        not all(
            [measure("shipped", shipped(), "complaints.yaml", rounds), measure("large", large(), "flow.yaml", rounds)]
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
