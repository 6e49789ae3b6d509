"""The commands of docs/engineers/webhooks-with-curl.md, run as they are written there."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.development.test_launcher import Run, run  # noqa: F401 - the fixture

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "engineers" / "webhooks-with-curl.md"


def blocks() -> str:
    after = PAGE.read_text(encoding="utf-8").split(
        "<!-- executed by tests/gateway/development/test_webhooks_page.py -->"
    )[1]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", after, re.MULTILINE | re.DOTALL))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_filing_with_curl_as_the_page_shows_it_leaves_nothing_private_in_any_log(run: Callable[..., Run]) -> None:  # noqa: F811
    started = run()
    started.ready()
    script = blocks().replace("127.0.0.1:8000", f"127.0.0.1:{started.port}")
    script = script.replace("127.0.0.1:8001", f"127.0.0.1:{started.standin}")
    script = script.replace(". var/env", f". {started.folder}/env").replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail"], input=script, capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert "CON Language / Zaban" in done.stdout
    assert "END Darj:" in done.stdout
    assert "shikayat" in done.stdout.split("END Darj:")[1]
    assert "Daftar ko bhej di" in done.stdout
    assert "is in_progress now" in done.stdout
    started.end(signal.SIGTERM)
    for log in sorted((started.folder / "log").glob("*.log")):
        written = log.read_text(encoding="utf-8", errors="replace")
        for private in ("3331234567", "Shadbagh", "subah aayegi", "example-1", "/local/", number_in(done.stdout)):
            assert private not in written, f"{log.name} tells {private!r}"


def number_in(said: str) -> str:
    """The tracking number of the filed complaint."""
    found = re.search(r"\d{3}-\d{3}-\d{3}", said)
    assert found is not None
    return found[0]
