"""What is wrong with a flow before a citizen meets it. Each family of checks is a module; `CHECKS` names every code."""

from __future__ import annotations

from collections.abc import Sequence

from flows.channels import SMS_ROOM, is_texted
from flows.checks.catalogue import CHECKS, Check
from flows.checks.channels import channels
from flows.checks.costs import costs
from flows.checks.data import data
from flows.checks.findings import Around, Findings
from flows.checks.keys import keys
from flows.checks.keywords import keywords
from flows.checks.letters import letters
from flows.checks.lists import lists
from flows.checks.logic import logic
from flows.checks.lost import lost
from flows.checks.networks import PROFILES
from flows.checks.played import played
from flows.checks.references import references
from flows.checks.revisions import revisions
from flows.checks.room import room
from flows.checks.scripts import Script, read_script, scripts_of
from flows.checks.structure import structure
from flows.checks.texted import texted
from flows.checks.texts import texts
from flows.checks.translations import stamped, translations
from flows.checks.tries import tries
from flows.checks.unset import unset
from flows.checks.used import used_in_vain
from flows.checks.ways import ways
from flows.model import Flow, Room
from flows.problems import Parsed, Problem, by_place

FAMILIES = (
    *(structure, ways, texts, lost, translations, letters, room, costs, channels, data, unset, lists, used_in_vain),
    *(logic, keys, references, tries, keywords, texted, revisions, played),
)
USUAL = Room()


def check(
    parsed: Parsed,
    *,
    before: Flow | None = None,
    used: frozenset[str] = frozenset(),
    room: Room = USUAL,
    scripts: Sequence[Script] = (),
) -> tuple[Problem, ...]:
    """Everything wrong with a flow, what reading it found included, in the order of its files and lines.

    `before` is the live revision, `used` the list codes that complaints use (`category:mun01`), `room` what a screen
    of the network holds, `scripts` the calls to play. Never raises for what stands in the files. A file that is not
    YAML at all has nothing more to be checked.
    """
    if parsed.flow is None:
        return parsed.problems
    room = SMS_ROOM if is_texted(parsed.flow) else room
    findings = Findings(parsed, parsed.flow, Around(before, used, room, scripts))
    for family in FAMILIES:
        family(findings)
    return by_place([*parsed.problems, *findings.found])


__all__ = ["CHECKS", "FAMILIES", "PROFILES", "Check", "Script", "check", "read_script", "scripts_of", "stamped"]
