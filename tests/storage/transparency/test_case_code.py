"""The code of a case: the same for ever, read as people write it, and another one for any other steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.transparency.case_code import LETTERS, case_code, parse_case_code, steps_with_code
from storage.transparency.merkle_tree import leaf_hash

LEAVES = [leaf_hash(bytes([each])) for each in range(5)]
FIXED = {
    0: "ARSQ-9U4N-7494",
    1: "6BYU-YGLY-L2TC",
    2: "EXDD-W7YK-YT7K",
    5: "MG9U-VBJC-YWLE",
}  # worked out by tools/verify.py too: phones keep these


@pytest.mark.parametrize("count", FIXED)
def test_codes_never_change(count: int) -> None:
    assert case_code(LEAVES[:count]) == FIXED[count]


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=8), st.data())
def test_a_code_is_of_these_steps_in_this_order_and_is_found_among_more(
    leaves: list[bytes], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(leaves)))
    code = case_code(leaves[:count])
    assert steps_with_code(leaves, code) == count
    assert steps_with_code(leaves[: count - 1], code) == 0
    at = data.draw(st.integers(0, count - 1))
    turned = [*leaves[:at], bytes([leaves[at][0] ^ 1]) + leaves[at][1:], *leaves[at + 1 :]]
    assert steps_with_code(turned, code) == 0


@given(st.integers(0, (1 << 60) - 1))
def test_a_code_is_read_as_people_write_it(number: int) -> None:
    letters = "".join(LETTERS[number >> 5 * at & 31] for at in range(12))
    code = f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
    for typed in (code, letters, letters.lower(), f" {code.lower()} ", " ".join(letters)):
        assert parse_case_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "7KQM-2X9D-PT4", "7KQM-2X9D-PT4VX", "OKQM-2X9D-PT4V", "7KQM 2X9D PT4\u0664", "x" * 100]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_case_code(text) == ""
