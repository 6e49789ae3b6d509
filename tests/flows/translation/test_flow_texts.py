"""Files are read once and known from then on, and what is known is what reading them anew would say."""

from __future__ import annotations

from flows.parsing.flow import parse_flow
from flows.translation.flow_texts import parse_once
from tests.flows.library import shipped_files

MAIN = "complaints.yaml"


def test_what_is_known_of_files_is_what_reading_them_says() -> None:
    files = shipped_files()
    assert parse_once(files, MAIN) == parse_flow(files, MAIN)
    changed = {**files, MAIN: files[MAIN].replace("title:", "titel:")}
    assert parse_once(changed, MAIN) == parse_flow(changed, MAIN)
    assert parse_once(changed, MAIN).problems
    assert parse_once(files, MAIN) == parse_flow(files, MAIN)


def test_scripted_calls_are_read_only_where_the_flow_names_one_as_its_own_file() -> None:
    files = shipped_files()
    known = parse_once(files, MAIN)
    assert parse_once({**files, "transcripts/new.yaml": "test: none"}, MAIN) is known
    named = {**files, MAIN: files[MAIN].replace("texts: texts.yaml", "texts: transcripts/texts.yaml")}
    assert named[MAIN] != files[MAIN]
    for words in ("Salam", "Hello"):
        given = {**named, "transcripts/texts.yaml": f"filed: {{en: {words}}}"}
        assert parse_once(given, MAIN) == parse_flow(given, MAIN)
