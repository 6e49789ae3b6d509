"""What many needles find in one pass is what looking for each of them finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import needles
from tests.needles import that_occur

AB = st.binary(max_size=300).map(lambda drawn: bytes(97 + each % 2 for each in drawn))


@pytest.fixture(params=[64, 1 << 24])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needles, "_BLOCK", request.param)


@pytest.mark.usefixtures("block")
def test_each_needle_is_found_wherever_it_stands() -> None:
    @given(AB, st.sets(AB.map(lambda drawn: drawn[:14]), max_size=60))
    def look(heap: bytes, wanted: set[bytes]) -> None:
        assert that_occur(heap, wanted) == {each for each in wanted if each in heap}

    look()
