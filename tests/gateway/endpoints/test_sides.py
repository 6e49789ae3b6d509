"""Two applications of one code base: calls on one side, the console and monitoring on the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Side
from tests.gateway.console.conftest import KEY
from tests.gateway.outside import HOOKS, HOP, OURS, SECRET, settings
from tests.keys import KEYS_FILE
from tests.servers import Valkey

TOKEN = "a-token-for-whoever-watches-us-0123456789"
ROOT = Path(__file__).parents[3]


def modules_of(application: str) -> list[str]:
    """What a fresh process has imported once it has made this application and answered one request."""
    code = (
        "import json, sys, wsgi; "
        f"answer = wsgi.{application}.test_client().get('/healthz'); assert answer.status_code == 200; "
        "print(json.dumps(sorted(sys.modules)))"
    )
    environ = {
        "WEBHOOK_SECRETS": SECRET,
        "AT_API_KEY": "key",
        "CONSOLE_KEY": KEY,
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": "sqlite:///:memory:",
    }
    environ |= OURS
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ, "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_process_for_calls_imports_nothing_of_the_console_the_commands_or_development() -> None:
    kept_away = ("gateway.console", "gateway.cli", "gateway.simulator", "gateway.development", "gateway.terminal")
    theirs = ("flask_wtf", "authlib", "segno", "openpyxl", "prometheus_client.exposition")
    assert [each for each in modules_of("hooks") if each.startswith((*kept_away, *theirs))] == []


def test_a_process_for_the_console_has_all_of_it() -> None:
    found = modules_of("console")
    assert "gateway.console.publishing.publication" in found
    assert "openpyxl" not in found, "until somebody asks for a workbook"


@pytest.mark.parametrize(
    ("side", "there", "not_there"),
    [
        (Side.HOOKS, ["/healthz"], ["/readyz", "/metrics", "/console/sign-in", "/simulator"]),
        (Side.CONSOLE, ["/healthz", "/readyz", "/metrics", "/console/sign-in"], ["/simulator"]),
    ],
)
def test_each_side_serves_its_own_addresses_only(
    side: Side, there: list[str], not_there: list[str], published_url: str, valkey: Valkey
) -> None:
    app = create_app(settings(published_url, valkey.url, CONSOLE_KEY=KEY, METRICS_TOKEN=TOKEN), sides={side})
    client = app.test_client()
    token = {"Authorization": f"Bearer {TOKEN}"}
    for address in there:
        assert client.get(address, headers=token).status_code != 404, address
    for address in not_there:
        assert client.get(address, headers=token).status_code == 404, address
    hop = client.post(f"{HOOKS}/ussd", data=HOP)
    assert hop.text.startswith("CON ") == (side is Side.HOOKS)
    sms = client.post(f"{HOOKS}/opt-out", data={})
    assert (sms.status_code == 404) == (side is Side.CONSOLE)
    app.close()
