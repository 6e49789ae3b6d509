"""Which tracking number an SMS mentions, wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import tracking_number
from flows.understanding.number_extraction import Mention, mention

GOOD, OTHER, BAD = "482719300", tracking_number.make(90_000_000), "482719304"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REOPEN shikayat 482719300 jaldi", Mention(GOOD, "REOPEN shikayat jaldi")),
        ("mera number: 482-719-300.", Mention(GOOD, "mera number")),
        ("mera ۴۸۲ ۷۱۹ ۳۰۰ hai", Mention(GOOD, "mera hai")),
        ("2 482719300", Mention(GOOD, "2")),
        ("482719300 1", Mention(GOOD, "1")),
        ("482719300", Mention(GOOD)),
        ("482719300 yaani 482-719-300", Mention(GOOD, "yaani 482-719-300")),
        (f"na {BAD} balke {GOOD}", Mention(GOOD, f"na {BAD} balke")),
        (f"{GOOD} aur {OTHER}", Mention("", problem="many")),
        (f"REOPEN shikayat {BAD} jaldi", Mention(BAD, problem="mistyped")),
        ("shikayat 482-719-304", Mention(BAD, problem="mistyped")),
        ("REOPEN 48271930", Mention("", problem="nearly")),
        ("REOPEN 482 719 3000", Mention("", problem="nearly")),
        ("bijli nahi hai", None),
        ("2 din se 3 ghante", None),
        ("0300 1234567 par call karein", None),
        ("35202-1234567-1", None),
        ("meter 1234567", None),
        ("", None),
    ],
)
def test_a_number_is_found_in_the_middle_of_words(text: str, found: Mention | None) -> None:
    assert mention(text) == found


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_look_at(text: str) -> None:
    found = mention(text)
    assert found is None or found.problem or tracking_number.read(found.number).number == found.number


@given(st.integers(0, tracking_number.MOST), st.sampled_from(["", "-", " "]))
def test_every_number_is_found_between_words(eight: int, between: str) -> None:
    number = tracking_number.make(eight)
    written = between.join((number[:3], number[3:6], number[6:]))
    assert mention(f"meri shikayat {written} ka kya hua") == Mention(number, "meri shikayat ka kya hua")
