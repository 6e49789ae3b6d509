"""The picture and the outline of a flow: every screen, every option with its number, and what cannot break either."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.diagrams.graph import boxes
from flows.diagrams.graphviz import dot, outline, rightward
from flows.menu.model import Ask, Do, End, Flow, Key
from flows.parsing.flow import parse_flow
from tests.examples import examples
from tests.flows.library import shipped

SHIPPED = ("complaints", "power_cut", "survey")
LANGUAGES = ("en", "ur-Latn", "ur")


def labels(source: str) -> dict[str, ElementTree.Element]:
    """The tables that stand for screens, read as XML the way Graphviz does."""
    found = re.findall(r'^  "([^"]+)" \[tooltip="[^"]*", label=<(.*)>\];$', source, re.MULTILINE)
    return {name: ElementTree.fromstring(table) for name, table in found}


def read(*screens: str) -> Flow:
    lines = "\n".join(f"  {screen}" for screen in screens)
    flow = parse_flow({"a.yaml": f"flow: a\ntitle: A\nlanguages: {{en: English}}\nscreens:\n{lines}\n"}, "a.yaml").flow
    assert flow is not None
    return flow


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_screen_is_a_box_and_every_way_an_arrow_from_its_row(name: str, language: str) -> None:
    flow = shipped(name)
    source = dot(flow, language)
    tables = labels(source)
    assert set(tables) == set(flow.screens)
    for box in boxes(flow, language):
        ports = {cell.get("PORT") for cell in tables[box.id].iter("TD")}
        for at, way in enumerate(box.ways):
            assert f"w{at}" in ports
            assert f'  "{box.id}":w{at}:e -> "{way.go}":head:w [' in source
    assert f'"@dial" -> "{flow.start}":head:w' in source


@pytest.mark.parametrize("name", SHIPPED)
def test_arrows_of_failure_are_dashed_and_no_others(name: str) -> None:
    flow = shipped(name)
    arrows = re.findall(r'^  "([^"]+)":w(\d+):e -> "[^"]+":head:w \[(.*)\];$', dot(flow, "en"), re.MULTILINE)
    ways = {box.id: box.ways for box in boxes(flow, "en")}
    assert arrows
    for screen, at, drawn in arrows:
        assert ("dashed" in drawn) == (ways[screen][int(at)].manner == "failed")
    failing = {screen for screen, _, drawn in arrows if "dashed" in drawn}
    goes_on = {screen.id for screen in flow.screens.values() if isinstance(screen, Ask) and screen.after_tries}
    assert failing == {screen.id for screen in flow.screens.values() if isinstance(screen, Do)} | goes_on


def test_options_are_told_with_their_numbers_words_and_conditions() -> None:
    status = next(box for box in boxes(shipped(), "en") if box.id == "status")
    assert [(way.key, way.words, way.go, way.when) for way in status.ways] == [
        ("1", "Add words", "more_words", ""),
        ("2", "Remind office", "remind", "complaint.open"),
        ("3", "Finish", "bye", ""),
        ("4", "Cancel or remove", "take_back", "complaint.open"),
        ("5", "Read it (PIN)", "pin_read", "complaint.readable"),
        ("6", "Set a PIN", "my_pin", "complaint.private and not complaint.guarded"),
    ]


def test_a_short_list_is_told_row_by_row_and_a_long_one_by_its_numbers() -> None:
    area = next(box for box in boxes(shipped("power_cut"), "en") if box.id == "area")
    assert [(way.key, way.words) for way in area.ways] == [
        ("1", "Lahore"),
        ("2", "Kasur"),
        ("3", "Sheikhupura"),
        ("4", "Nankana Sahib"),
        ("5", "Okara"),
        ("", "a name of list district"),
    ]
    ways = {box.id: box.ways for box in boxes(shipped(), "en")}
    assert ways["group"][0].key == "1-14"
    assert ways["leaf"][0].words == "list category where group = group"
    assert ways["my_list"][0].words == "{number} {listed} (each of mine)"
    assert [(way.words, way.manner) for way in ways["place"][-1:]] == [("a name of list district", "typed")]


def test_the_way_after_too_many_wrong_tries_is_one_of_failure() -> None:
    flow = read("a: {ask: {en: A}, answer: number, go: b, after_tries: c}", "b: {end: {en: B}}", "c: {end: {en: C}}")
    assert [(way.words, way.go, way.manner) for way in boxes(flow, "en")[0].ways] == [
        ("number", "b", "typed"),
        ("wrong 3 times", "c", "failed"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_the_outline_tells_every_screen_once_and_names_where_each_option_leads(name: str, language: str) -> None:
    flow = shipped(name)
    told = outline(flow, language)
    heads = re.findall(r"^(\d+)\. (\w+) (asks|does|ends)$", told, re.MULTILINE)
    assert [int(number) for number, _, _ in heads] == list(range(1, len(flow.screens) + 1))
    assert {screen for _, screen, _ in heads} == set(flow.screens)
    numbers = {screen: number for number, screen, _ in heads}
    for go, number in re.findall(r": goes to (\w+) \((\d+)\)$", told, re.MULTILINE):
        assert numbers[go] == number
    for screen in flow.screens.values():
        if isinstance(screen, Ask) and screen.options:
            assert f"    {screen.options[0].key} " in told


def test_the_outline_has_no_letters_that_a_screen_reader_stumbles_over() -> None:
    drawn = {letter for name in SHIPPED for letter in outline(shipped(name), "en") if not letter.isascii()}
    assert drawn <= set("اردو")  # the name of a language
    assert "->" not in outline(shipped(), "en")


def test_the_order_is_that_in_which_a_caller_meets_the_screens() -> None:
    order = [box.id for box in boxes(shipped("power_cut"), "en")]
    assert order[:4] == ["language", "menu", "where", "wire"]
    assert order.index("look") < order.index("known") < order.index("me_too") < order.index("counted")


def test_what_cannot_be_reached_or_does_not_exist_is_told_all_the_same() -> None:
    flow = read("a: {ask: {en: A}, choose: {x: {en: X, go: nowhere}}}", "lost: {end: {en: Lost}}")
    told = outline(flow, "en")
    assert "1 X: goes to nowhere, which does not exist" in told
    assert "2. lost ends" in told
    assert "-> " not in dot(flow, "en").replace('"@dial" -> ', "")
    assert set(labels(dot(flow, "en"))) == {"a", "lost"}


def test_urdu_leans_to_the_right_with_its_variables_whole() -> None:
    table = labels(dot(shipped("power_cut"), "ur"))["counted"]
    whole = "".join(table.itertext())
    assert "\u2067" in whole and "\u2066{known.count}\u2069" in whole
    assert {turn.get("ALIGN") for turn in table.iter("BR")} == {"LEFT", "RIGHT"}  # left after the word SMS only
    assert rightward("{contact.district}: بجلی") and not rightward("{contact.district}: power") and not rightward("12")


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=80), st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_any_words_make_a_picture_that_can_be_read(words: str, option: str, title: str) -> None:
    text = {"en": (words,)}
    flow = Flow(
        name=title,
        title=title,
        start="a",
        home="a",
        languages={"en": title},
        keys={name: Key("0", text) for name in ("back", "home", "more")},
        errors={},
        screens={"a": End("a", text, sms={"en": (option,)})},
        lists={},
    )
    source = dot(flow, "en")
    assert set(labels(source)) == {"a"}
    assert source.count("\n") == source.rstrip("\n").count("\n") + 1
    assert outline(flow, "en")


def test_three_hundred_screens_are_drawn_at_once() -> None:
    lines = [
        f"s{at}: {{ask: {{en: S}}, choose: {{a: {{en: A, go: s{at + 1}}}, b: {{en: B, go: s{at // 2}}}}}}}"
        for at in range(299)
    ]
    flow = read(*lines, "s299: {end: {en: Bye}}")
    started = time.thread_time()
    source = dot(flow, "en")
    assert outline(flow, "en").count("goes to") == 598
    assert time.thread_time() - started < 1
    assert "nslimit" in source and "nslimit" not in dot(shipped(), "en")
