"""The words of danger that the guide begins with tell of a danger, and only where it says so."""

from __future__ import annotations

import re

import pytest

from flows.parsing.danger_file import load_lexicon
from flows.understanding.danger_detection import find_danger
from tests.gateway.development.typed import ROOT

GUIDE = (ROOT / "docs" / "operators" / "flow-files.md").read_text(encoding="utf-8")
WORDS = re.search(r"^```yaml\n(words:\n.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Hay fuego en la casa", ("fire",)),
        ("se está quemando el mercado", ("fire",)),
        ("¡Incendio!", ("fire",)),
        ("mi esposo me golpea", ("beaten",)),
        ("no hay fuego en la casa", ()),
        ("simulacro de incendio en la escuela", ()),
        ("sin fuego en la casa", ()),
    ],
)
def test_the_small_file_of_words_finds_what_the_guide_says(said: str, codes: tuple[str, ...]) -> None:
    assert WORDS is not None
    found = find_danger(said, load_lexicon(WORDS[1]))
    assert (found.codes if found else ()) == codes
