"""What is wrong with a flow before a citizen meets it. Each family of checks is a module; `CHECKS` names every code."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flows.cases.lifecycle_file import Life
from flows.checks.analysis.catalogue import CHECKS
from flows.checks.analysis.findings import CheckContext, Findings, TooMuchWork
from flows.checks.analysis.room_profiles import PROFILES
from flows.checks.behaviour.alias_clashes import check_alias_clashes
from flows.checks.behaviour.breaking_changes import check_breaking_changes
from flows.checks.behaviour.changed_keywords import check_changed_keywords
from flows.checks.behaviour.danger import check_danger
from flows.checks.behaviour.event_texts import check_event_texts
from flows.checks.behaviour.exchanged_variables import check_exchanged_variables
from flows.checks.behaviour.keyword_clashes import check_keyword_clashes
from flows.checks.behaviour.keywords import check_keywords
from flows.checks.behaviour.named_keywords import check_named_keywords
from flows.checks.behaviour.promised_limits import check_promised_limits
from flows.checks.behaviour.question_keys import check_question_keys
from flows.checks.behaviour.sms_answers import check_sms_answers
from flows.checks.catalogue.catalogue_entry import Check
from flows.checks.choices.family import check_choices
from flows.checks.dataflow.argument_values import check_argument_values
from flows.checks.dataflow.choice_codes import check_choice_codes
from flows.checks.dataflow.joined_arguments import check_joined_arguments
from flows.checks.dataflow.mixed_codes import check_mixed_codes
from flows.checks.dataflow.pin_answers import check_pin_answers
from flows.checks.dataflow.unset_variables import check_unset_variables
from flows.checks.dataflow.unused_answers import check_unused_answers
from flows.checks.dataflow.variables_and_actions import check_variables_and_actions
from flows.checks.languages.all_languages import check_languages
from flows.checks.protection.hidden_subjects import check_hidden_subjects
from flows.checks.protection.lost_protections import check_lost_protections
from flows.checks.protection.planned_filings import check_planned_filings
from flows.checks.protection.private_filings import check_private_filings
from flows.checks.protection.row_changes import check_row_changes
from flows.checks.protection.row_flags import check_row_flags
from flows.checks.protection.row_meanings import check_row_meanings
from flows.checks.protection.row_references import check_row_references
from flows.checks.scripts.transcripts import check_transcripts
from flows.checks.structure.conditions import check_conditions
from flows.checks.structure.day_answers import check_day_answers
from flows.checks.structure.distance import check_distance
from flows.checks.structure.list_cells import check_list_cells
from flows.checks.structure.list_columns import check_list_columns
from flows.checks.structure.lists import check_lists
from flows.checks.structure.option_clashes import check_option_keys
from flows.checks.structure.other_flows import check_other_flows
from flows.checks.structure.reachability import check_reachability
from flows.checks.structure.references import check_references
from flows.checks.structure.retries import check_retries
from flows.checks.structure.time_conditions import check_time_conditions
from flows.checks.texts.damaged_texts import check_damaged_texts
from flows.checks.texts.final_options import check_final_options
from flows.checks.texts.invisible_characters import check_invisible_characters
from flows.checks.texts.missing_texts import check_missing_texts
from flows.checks.texts.mojibake import check_mojibake
from flows.checks.texts.promised_texts import check_promised_texts
from flows.checks.texts.screen_overflow import check_screen_overflow
from flows.checks.texts.sms_cost import check_sms_cost
from flows.checks.texts.translations import build_hash_file, check_translations
from flows.checks.texts.unprintable_characters import check_unprintable_characters
from flows.checks.texts.unsupported_languages import check_channels
from flows.checks.walks.family import check_walks
from flows.engine.sms_channel import SMS_ROOM, is_texted
from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.diagnostics import ParsedFlow, Problem, by_place
from flows.menu.keyword_rule import Rule
from flows.menu.model import Flow, Room
from flows.parsing.transcript_file import Transcript, parse_transcript, transcripts_of

FAMILIES = (
    *(
        check_reachability,
        check_distance,
        check_missing_texts,
        check_mojibake,
        check_translations,
        check_unprintable_characters,
        check_invisible_characters,
        check_damaged_texts,
        check_screen_overflow,
        check_final_options,
        check_promised_texts,
        check_sms_cost,
        check_channels,
        check_joined_arguments,
        check_choice_codes,
        check_languages,
        check_variables_and_actions,
        check_argument_values,
        check_mixed_codes,
        check_private_filings,
        check_planned_filings,
        check_hidden_subjects,
        check_unset_variables,
        check_lists,
        check_unused_answers,
        check_pin_answers,
    ),
    *(
        check_time_conditions,
        check_conditions,
        check_option_keys,
        check_alias_clashes,
        check_references,
        check_other_flows,
        check_retries,
        check_day_answers,
        check_list_columns,
        check_list_cells,
        check_keywords,
        check_keyword_clashes,
        check_changed_keywords,
        check_event_texts,
        check_exchanged_variables,
        check_question_keys,
        check_promised_limits,
        check_named_keywords,
        check_sms_answers,
        check_danger,
        check_walks,
        check_choices,
        check_lost_protections,
        check_row_references,
        check_row_meanings,
        check_row_changes,
        check_row_flags,
        check_breaking_changes,
        check_transcripts,
    ),
)
# Those that look at each screen by itself, and soon: they are run while somebody types. The others compare texts with
# each other, walk through the flow or read the lists.
SCREEN_FAMILIES = (
    check_reachability,
    check_distance,
    check_missing_texts,
    check_translations,
    check_unprintable_characters,
    check_invisible_characters,
    check_damaged_texts,
    check_screen_overflow,
    check_final_options,
    check_sms_cost,
    check_channels,
    check_joined_arguments,
    check_choice_codes,
    check_variables_and_actions,
    check_mixed_codes,
    check_unset_variables,
    check_lists,
    check_unused_answers,
    check_pin_answers,
    check_time_conditions,
    check_option_keys,
    check_other_flows,
    check_retries,
    check_day_answers,
)
SCREEN_CODES = frozenset(  # what only those families find on a screen
    f"F{number:03}"
    for number in (
        *(1, 101, 102, 103, 104, 105, 106, 107, 108, 116, 117, 201, 203, 204, 205, 301, 302, 303, 304, 305, 306, 307),
        *(308, 309, 311, 312, 313, 401, 402, 403, 404, 405, 406, 407, 408, 410, 421, 422, 423, 424, 501, 502, 503, 504),
        *(505, 603, 604, 701, 702, 704, 710, 720, 721, 722, 723, 724, 725, 727),
    )
)
USUAL = Room()
NOTHING: Mapping[str, str] = MappingProxyType({})
NO_WORDS: Mapping[str, tuple[int, str]] = MappingProxyType({})
NO_LINES: Mapping[str, Helpline] = MappingProxyType({})
TOO_MUCH = "checking the flow takes too long, so not all of it was checked"
DIVIDE = "divide the flow: fewer screens, choices, conditions or scripted calls in one"


def check(
    parsed: ParsedFlow,
    *,
    events: frozenset[str],
    before: Flow | None = None,
    used: frozenset[str] | None = None,
    room: Room = USUAL,
    scripts: Sequence[Transcript] | None = None,
    service: Mapping[str, str] = NOTHING,
    helplines: Mapping[str, Helpline] = NO_LINES,
    flows: Mapping[str, Flow] | None = None,
    first_words: Mapping[str, tuple[int, str]] = NO_WORDS,
    danger: DangerLexicon | None = None,
    life: Life | None = None,
    keywords: tuple[Rule, ...] = (),
    screen: str = "",
) -> tuple[Problem, ...]:
    """Everything wrong with a flow, what reading it found included, in the order of its files and lines.

    `events` are the keys of the texts that cases send (none: not known), `before` is the live revision, `used` the list
    codes that complaints use (`category:mun01`; None: not known), `room` what a screen of the network holds, `scripts`
    the calls to play (None: not known), `service` the words of the service that the installation's settings give
    (`help`: "15"), which callers read whatever the flow says, `helplines` the lines that ship, `flows` the other flows
    by name (None: not known), and `first_words` what people's complaints begin with. `danger` are the words of danger
    that ship, `life` is the life cycle that complaints have (None: not known), and `keywords` are the service's, for a
    flow that has none of its own. `screen` is one that somebody types: only SCREEN_FAMILIES are run, and what they
    find elsewhere is not complete.
    Never raises for what stands in the files. A file that is not YAML at all has nothing more to be checked.
    """
    if parsed.flow is None:
        return parsed.problems
    room = SMS_ROOM if is_texted(parsed.flow) else room
    around = CheckContext(
        before,
        used,
        room,
        scripts,
        events,
        service,
        helplines,
        flows,
        first_words,
        danger,
        life,
        keywords,
        screen,
    )
    findings = Findings(parsed, parsed.flow, around)
    try:
        for family in SCREEN_FAMILIES if screen else FAMILIES:
            family(findings)
    except TooMuchWork:
        findings.found.append(Problem("F000", "E", parsed.main, 1, TOO_MUCH, hint=DIVIDE))
    return by_place([*parsed.problems, *findings.found])


__all__ = [
    "CHECKS",
    "FAMILIES",
    "PROFILES",
    "SCREEN_CODES",
    "SCREEN_FAMILIES",
    "Check",
    "Transcript",
    "build_hash_file",
    "check",
    "parse_transcript",
    "transcripts_of",
]
