"""Nobody stops the line: attacks on real processes while callers file. `make attack` prints how long hops take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.run import attacks, make
from tests.attacks.world import World
from tests.conftest import TOLD
from tests.faults.nursery import ROOT
from tests.servers import Valkey

QUICK = ["stalled_bodies", "stalled_headers", "readiness_flood"]


def attack(url: str, valkey: Valkey, folder: Path, chosen: list[list[str]], seconds: float) -> None:
    for outcome in make(World(folder, ROOT, url, valkey.url), chosen, seconds=seconds, idle=2.0, callers=10):
        TOLD.append(str(outcome))
        assert not any("ATTACK ITSELF FAILED" in words for words in outcome.done.values()), outcome
        assert outcome.verdict.hops > 0, outcome
        assert (outcome.verdict.lost, dict(outcome.verdict.wrong)) == (0, {}), outcome


def test_callers_file_while_500_sockets_stall_and_readiness_is_asked_without_end(
    empty_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    attack(empty_url, valkey, tmp_path, [QUICK], seconds=7.0)


@pytest.mark.long
def test_callers_file_through_each_attack_and_all_at_once(empty_url: str, valkey: Valkey, tmp_path: Path) -> None:
    every = list(attacks())
    attack(empty_url, valkey, tmp_path, [*([name] for name in every), every], seconds=7.0)


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'sunwai.db'}"
