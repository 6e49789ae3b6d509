"""A server for the tests of requests: once with one thread, once with several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.server.limits import HOOKS
from tests.gateway.server.served import Serving, serving


@pytest.fixture(scope="module", params=["one after the other", "in threads"])
def server(request: pytest.FixtureRequest) -> Iterator[Serving]:
    short = replace(HOOKS, read_seconds=1.0)
    with serving(short if request.param == "one after the other" else replace(short, threads=4)) as made:
        yield made
