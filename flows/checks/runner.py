"""What is wrong with a flow before a citizen meets it. Each family of checks is a module; `CHECKS` names every code."""

from __future__ import annotations

from collections.abc import Sequence

from flows.checks.analysis.catalogue import CHECKS, Check
from flows.checks.analysis.findings import Around, Findings
from flows.checks.analysis.network_rooms import PROFILES
from flows.checks.analysis.transcript_index import Script, read_script, scripts_of
from flows.checks.behaviour.breaking_changes import revisions
from flows.checks.behaviour.keywords import keywords
from flows.checks.behaviour.sms_contract import texted
from flows.checks.behaviour.transcripts import played
from flows.checks.dataflow.unset_variables import unset
from flows.checks.dataflow.unused_answers import used_in_vain
from flows.checks.dataflow.variables_and_actions import data
from flows.checks.structure.conditions import logic
from flows.checks.structure.distance import ways
from flows.checks.structure.lists import lists
from flows.checks.structure.option_keys import keys
from flows.checks.structure.reachability import structure
from flows.checks.structure.references import references
from flows.checks.structure.retries import tries
from flows.checks.texts.channels import channels
from flows.checks.texts.missing_texts import texts
from flows.checks.texts.mojibake import lost
from flows.checks.texts.screen_overflow import room
from flows.checks.texts.sms_cost import costs
from flows.checks.texts.translations import stamped, translations
from flows.checks.texts.unprintable_characters import letters
from flows.engine.sms_channel import SMS_ROOM, is_texted
from flows.menu.diagnostics import Parsed, Problem, by_place
from flows.menu.model import Flow, Room

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
