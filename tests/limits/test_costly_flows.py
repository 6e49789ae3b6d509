"""Flows within every bound of their files that are as dear to check as somebody could make them.

Each is read and checked at a bounded cost, and what cannot be checked in it is told in one plain sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from flows.checks.runner import TOO_MUCH, check
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import FOLDER, transcripts_of
from tests.limits.cost import cost

MOST_COST = (
    400.0  # loops of tests/limits/cost.py, of some 15 ms each: the dearest, with 20,000 rows on a screen, takes 300
)
HEAD = "flow: t\nstart: s0\nlanguages: {en: English, ur: اردو}\n"
Files = Mapping[str, str]


def _screens(*lines: str, head: str = "") -> str:
    return HEAD + head + "screens:\n" + "".join(f"  {line}\n" for line in lines)


def conditions() -> Files:
    """A thousand conditions of many terms, each of which could be tried with four thousand combinations."""
    variables = [f"v{at}" for at in range(12)]
    asks = [
        f"s{at}: {{ask: x, choose: {{a: {{en: a, go: s{at + 1}}}, b: {{en: b, go: s{at + 1}}}}}, save: {name}}}"
        for at, name in enumerate(variables)
    ]
    words = " and ".join(f"not {name} = a" for name in variables)
    options = ", ".join(f'o{at}: {{en: x, go: e, when: "{words}"}}' for at in range(900))
    return {"flow.yaml": _screens(*asks, f"s12: {{ask: x, choose: {{{options}}}}}", "e: {end: x}")}


def one_screen_with_many_conditions() -> Files:
    options = ", ".join(f"o{at}: {{en: x, go: e, when: v}}" for at in range(1_100))
    return {"flow.yaml": _screens(f"s0: {{ask: x, choose: {{{options}}}, save: v}}", "e: {end: x}")}


def variables() -> Files:
    """Every screen keeps a variable of its own and leads back to all that were before."""
    ways = "choose: {{a: {{en: x, go: s{}}}, b: {{en: y, go: s{}}}}}"
    lines = [f"s{at}: {{ask: 'x {{v{at - 1}}}', {ways.format(at + 1, at // 2)}, save: v{at}}}" for at in range(450)]
    return {"flow.yaml": _screens(*lines, "s450: {end: x}")}


def unreachable() -> Files:
    return {"flow.yaml": _screens(*(f"s{at}: {{end: x}}" for at in range(2_300)))}


def unreachable_chains() -> Files:
    lines = [f"s{at}: {{ask: x, answer: text, save: v, go: s{at + 2}}}" for at in range(900)]
    return {"flow.yaml": _screens(*lines, "s900: {end: x}", "s901: {end: x}")}


def missing_screens() -> Files:
    options = ", ".join(f"o{at}: {{en: x, go: missing{at}}}" for at in range(900))
    return {
        "flow.yaml": _screens(f"s0: {{ask: x, choose: {{{options}}}}}", *(f"m{at}: {{end: x}}" for at in range(900)))
    }


def circles() -> Files:
    lines = [f"s{at}: {{do: find_danger, then: {{ok: s{(at + 1) % 900}, else: s{at // 2}}}}}" for at in range(900)]
    return {"flow.yaml": _screens(*lines)}


def wrong_codes() -> Files:
    """Twenty thousand rows with a code that is not in a list of as many."""
    areas = "code,en,ur\n" + "".join(f"area{at},Area {at},علاقہ {at}\n" for at in range(20_000))
    streets = "code,en,ur,area\n" + "".join(f"street{at},Street {at},گلی {at},arae{at}\n" for at in range(20_000))
    head = "lists: {area: area.csv, street: street.csv}\n"
    screen = "s0: {ask: x, choose_from: street, save: v, go: e}"
    return {"flow.yaml": _screens(screen, "e: {end: x}", head=head), "area.csv": areas, "street.csv": streets}


def a_long_list_on_every_screen() -> Files:
    areas = "code,en,ur\n" + "".join(f"area{at},Area {at},علاقہ\n" for at in range(20_000))
    lines = [f"s{at}: {{ask: x, choose_from: area, save: v{at}, go: s{at + 1}}}" for at in range(900)]
    text = _screens(*lines, "s900: {end: x}", head="lists: {area: area.csv}\n")
    return {"flow.yaml": text, "area.csv": areas}


def lost_letters() -> Files:
    areas = "code,en,ur\n" + "".join(f"area{at},Area {at},????\n" for at in range(20_000))
    text = _screens("s0: {ask: x, choose_from: area, save: v, go: e}", "e: {end: x}", head="lists: {area: area.csv}\n")
    return {"flow.yaml": text, "area.csv": areas}


def keywords() -> Files:
    words = ", ".join(f"{'x' * 50}{at}" for at in range(4_000))
    text = _screens("s0: {end: x}", head="keywords: k.yaml\nchannel: sms\n")
    return {"flow.yaml": text, "k.yaml": f"- intent: new\n  words: [{words}]\n"}


def unknown_hashes() -> Files:
    texts = "".join(f"event{at}: {{en: x, ur: x}}\n" for at in range(1_500))
    hashes = "".join(f"texts.evnet{at}: {{ur: abcdefgh}}\n" for at in range(2_400))
    head = "texts: texts.yaml\ntranslations: translations.yaml\n"
    return {"flow.yaml": _screens("s0: {end: x}", head=head), "texts.yaml": texts, "translations.yaml": hashes}


def calls_that_type_names() -> Files:
    areas = "code,en,ur\n" + "".join(f"area{at},Area {at} {at * 7919 % 9973},علاقہ {at}\n" for at in range(20_000))
    screen = "s0: {ask: {en: x, ur: ن}, choose_from: {list: area, type_name: yes}, save: v, go: e, tries: 99}"
    head = "lists: {area: area.csv}\nkeys: {more: {key: '00', en: More, ur: مزید}}\n"
    text = _screens(screen, "e: {end: {en: x, ur: ن}}", head=head)
    steps = "".join(f"  - {{see: x, enter: Aera {at}}}\n" for at in range(390))
    calls = {f"{FOLDER}c{at}.yaml": f"test: t{at}\nflow: t\nsteps:\n{steps}" for at in range(20)}
    return {"flow.yaml": text, "area.csv": areas, **calls}


COSTLY: tuple[Callable[[], Files], ...] = (
    conditions, one_screen_with_many_conditions, variables, unreachable, unreachable_chains, missing_screens, circles,
    wrong_codes, a_long_list_on_every_screen, lost_letters, keywords, unknown_hashes, calls_that_type_names,
)  # fmt: skip

BEYOND = (conditions, a_long_list_on_every_screen, calls_that_type_names)  # of these not all is checked


@pytest.mark.parametrize("made", COSTLY, ids=lambda made: made.__name__)
def test_the_dearest_flow_is_checked_at_a_bounded_cost(made: Callable[[], Files]) -> None:
    files = made()

    def examine() -> list[str]:
        parsed = parse_flow(files, "flow.yaml")
        assert parsed.flow is not None, parsed.problems[:3]
        return [each.message for each in check(parsed, events=frozenset(), scripts=transcripts_of(files))]

    loops, said = cost(examine)
    assert (TOO_MUCH in said) == (made in BEYOND)
    assert loops <= MOST_COST, loops
