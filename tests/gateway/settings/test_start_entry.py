"""A process that starts records its settings by name and digest, and no secret in any form."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.flow_folder.product_files import LIBRARY
from gateway.settings.config import Config
from gateway.settings.loader import load_config
from gateway.settings.start_entry import changed_settings, start_entry

NOW = dt.datetime(2026, 6, 17, tzinfo=dt.UTC)
SECRETS = {
    "WEBHOOK_SECRETS": "kV9sYw2nQ4rT7uX1zB3c",
    "AT_API_KEY": "atsk_9f8e7d6c5b4a",
    "METRICS_TOKEN": "q8W3e5R7t9Y1u3I5o7P9a1S3d5F7g9H1",
    "DATABASE_URL": "postgresql://sunwai:hunter2hunter2@localhost/sunwai",
}


def test_settings_that_differ_are_named_and_none_that_may_hold_a_secret() -> None:
    config = load_config(SECRETS | {"TWO_PEOPLE": "yes", "SHORT_CODE": "8686", "ENVIRONMENT": "development"})
    told = start_entry(config, "hooks", NOW).detail["settings"]
    names = [each.partition("=")[0] for each in str(told).split()]
    assert {"TWO_PEOPLE", "SHORT_CODE"} <= set(names)
    assert not set(SECRETS) & set(names)
    assert "8686" not in str(told)
    for secret in SECRETS.values():
        assert secret not in str(told)
        assert hashlib.sha256(repr(secret).encode()).hexdigest()[:12] not in str(told)


def test_the_same_settings_have_the_same_digests_and_others_do_not() -> None:
    one, same, other = (Config(environment="development", short_code=code) for code in ("8686", "8686", "8787"))
    assert list(changed_settings(one)) == list(changed_settings(same))
    assert list(changed_settings(one)) != list(changed_settings(other))


@pytest.mark.parametrize("seed", ["1", "2"])  # of the order of sets in a process
def test_a_digest_is_the_same_in_each_process_and_those_of_aggregators_are_there(tmp_path: Path, seed: str) -> None:
    environ = {"ENVIRONMENT": "development", "JASMIN_URL": "http://127.0.0.1:9", "PYTHONHASHSEED": seed}
    for name in ("lifecycle", "calendar"):
        environ[name.upper()] = str(tmp_path / name)
        (tmp_path / name).write_bytes((LIBRARY / f"{name}.yaml").read_bytes() + b"\n")
    here = list(changed_settings(load_config(environ)))
    assert [each.partition("=")[0] for each in here] == ["ENVIRONMENT", "CALENDAR", "LIFECYCLE", "JASMIN_URL"]
    words = (
        "from gateway.settings.loader import load_config; from gateway.settings.start_entry import changed_settings; "
        "print(*changed_settings(load_config()))"
    )
    there = subprocess.run(
        [sys.executable, "-c", words], env=os.environ | environ, capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == here
