"""Planted violations of how many parameters a function may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import signature_rules
from tests.house.plant import build_house

HOP = "sessions/ussd/hop.py"


def function(name: str, parameters: int) -> str:
    return f"def {name}({', '.join(f'p{number}' for number in range(parameters))}): ...\n"


@pytest.mark.parametrize(
    "signature",
    [
        "def act(a, b, c, d, e, f, g, h, i): ...",
        "def act(a, b, c, /, d, *, e, f, g, h, i): ...",
        "def act(a, b, c, d, e, f, g, *h, **i): ...",
        "async def act(a, b, c, d, e, f, g, h, i): ...",
        "class Act:\n    def act(self, b, c, d, e, f, g, h, i): ...",
        "def outer():\n    def act(a, b, c, d, e, f, g, h, i): ...",
    ],
)
def test_a_function_of_nine_parameters_is_named_however_they_are_written(tmp_path: Path, signature: str) -> None:
    root = build_house(tmp_path, {HOP: signature + "\n"})
    (fault,) = signature_rules.long_signatures(root)
    assert fault.startswith(f"{HOP}:")
    assert fault.endswith(": act: 9 parameters")


def test_a_function_of_eight_parameters_and_one_of_another_room_are_not(tmp_path: Path) -> None:
    root = build_house(tmp_path, {HOP: function("act", 8), "gateway/endpoints/ussd.py": function("act", 9)})
    assert signature_rules.long_signatures(root) == []


def test_one_wide_function_in_twenty_one_is_allowed_and_two_are_named(tmp_path: Path) -> None:
    few = "".join(function(f"few{number}", 5) for number in range(20))
    assert signature_rules.many_wide_signatures(build_house(tmp_path, {HOP: few + function("wide", 6)})) == []
    root = build_house(tmp_path, {HOP: few + function("wide", 6) + function("wider", 7)})
    assert signature_rules.many_wide_signatures(root) == [
        f"{HOP}:22: wider: 7 parameters",
        f"{HOP}:21: wide: 6 parameters",
    ]
