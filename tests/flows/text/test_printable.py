"""Words that people wrote, on one line."""

import pytest

from flows.text.printable import join_lines


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("needs a wheelchair\nVisit on 10 Dec: ramp please", "needs a wheelchair. Visit on 10 Dec: ramp please"),
        ("no water!\n\nsince Monday.\nstill none", "no water! since Monday. still none"),
        ("پانی بند ہے۔\nپھر بند", "پانی بند ہے۔ پھر بند"),
        ("one line", "one line"),
        ("", ""),
    ],
)
def test_lines_that_were_added_later_do_not_run_together(words: str, line: str) -> None:
    assert join_lines(words) == line
