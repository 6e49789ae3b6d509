"""What is known of a language by its tag alone."""

from __future__ import annotations

import pytest

from flows.text.languages import is_right_to_left, months, script_of


@pytest.mark.parametrize(
    ("tag", "script", "leftward", "september"),
    [
        ("en", "Latn", False, "Sep"),
        ("ur", "Arab", True, "ستمبر"),
        ("ur-Latn", "Latn", False, "Sep"),
        ("ps", "Arab", True, "سېپتمبر"),
        ("ps-AF", "Arab", True, "سېپتمبر"),
        ("ps-Latn", "Latn", False, "Sep"),
        ("sd", "Arab", True, "سيپٽمبر"),
        ("sd-Deva", "Deva", False, "सप्टे"),
        ("pa", "Guru", False, "ਸਤੰ"),
        ("pnb", "Arab", True, "Sep"),
        ("skr", "Arab", True, "ستمبر"),
        ("hi", "Deva", False, "सित॰"),
        ("he", "Hebr", True, "ספט׳"),
        ("dv", "Thaa", True, "Sep"),
        ("xx", "Latn", False, "Sep"),
    ],
)
def test_a_tag_tells_script_direction_and_months(tag: str, script: str, leftward: bool, september: str) -> None:
    assert (script_of(tag), is_right_to_left(tag), months(tag)[8]) == (script, leftward, september)
