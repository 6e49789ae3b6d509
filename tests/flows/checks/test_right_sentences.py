"""Sentences that services of many countries write are right: no check of texts refuses one, in its language alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ruamel.yaml import YAML

from flows.parsing.flow import parse_flow
from tests.flows.fixtures import FOLDER
from tests.flows.library import check

SENTENCES: dict[str, Any] = YAML(typ="safe").load((FOLDER / "right_sentences.yaml").read_text(encoding="utf-8"))
LANGUAGES, LEAST = 12, 8
OF_LENGTH = frozenset({"F302", "F304", "F305", "F307", "F907"})  # pages and segments, and that no script is there


def flow_of(tag: str) -> str:
    """A flow in one language: each sentence above two choices, as the last words of a call, and as its SMS."""
    said, (yes, no) = SENTENCES[tag]["sentences"], SENTENCES[tag]["yes_no"]
    word = {"Y": yes, "N": no}
    screens = []
    for at, sentence in enumerate(said):
        words = json.dumps({tag: sentence}, ensure_ascii=False)
        onward = f"ask{at + 1}" if at + 1 < len(said) else "last"
        options = ", ".join(
            f"{code}: {json.dumps({tag: word[letter], 'go': target}, ensure_ascii=False)}"
            for code, letter, target in (("on", "Y", onward), ("off", "N", f"end{at}"))
        )
        screens.append(f"  ask{at}: {{ask: {words}, choose: {{{options}}}}}")
        screens.append(f"  end{at}: {{end: {words}, sms: {words}}}")
    short = json.dumps({tag: no}, ensure_ascii=False)
    errors = "".join(f"  {name}: {short}\n" for name in ("bad_choice", "bad_answer", "too_many"))
    head = f"flow: right\ntitle: Right\nstart: ask0\nlanguages: {{{tag}: {SENTENCES[tag]['name']}}}\n"
    service = 'service: {ussd: "*711#", sms: "7110", help: "7119"}\n'
    return f"{head}{service}errors:\n{errors}screens:\n" + "\n".join([*screens, f"  last: {{end: {short}}}"])


def test_the_table_has_many_languages_and_kinds_of_sentences() -> None:
    assert len(SENTENCES) >= LANGUAGES
    assert {tag for tag, each in SENTENCES.items() if len(each["sentences"]) < LEAST} == set()


@pytest.mark.parametrize("tag", SENTENCES)
def test_right_sentences_are_no_faults(tag: str) -> None:
    problems = check(parse_flow({"right.yaml": flow_of(tag)}, "right.yaml"))
    assert [str(each) for each in problems if each.severity != "I" and each.code not in OF_LENGTH] == []
