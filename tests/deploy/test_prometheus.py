"""Prometheus's own tool accepts our configuration, and each alert rings when it should and not before."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import need

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "prometheus"


@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_promtool_is_content(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [need("promtool", "prometheus"), *words], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_alerts_use_metrics_that_the_page_of_metrics_explains() -> None:
    page = (ROOT / "docs" / "operators" / "metrics.md").read_text("utf-8")
    rules = (FOLDER / "alerts.yml").read_text("utf-8")
    used = {name.removesuffix("_bucket") for name in re.findall(r"\bsunwai_[a-z_]+", rules)}
    assert {name for name in used if f"`{name}`" not in page} == set()


def test_each_alert_is_tried() -> None:
    named = set(re.findall(r"alert: (\w+)", (FOLDER / "alerts.yml").read_text("utf-8")))
    tried = (FOLDER / "alerts_test.yml").read_text("utf-8")
    assert named == set(re.findall(r"eval_time: 20m, alertname: (\w+)", tried))
    assert f"value: {len(named)}" in tried  # all of them ring at once in the second test
