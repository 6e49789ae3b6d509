"""Programs that these tests need; one that is not installed is named at the end of the run."""

from __future__ import annotations

import shutil

import pytest

from tests.conftest import NOT_RUN

PATHS = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin:/usr/local/bin"


def need(program: str, package: str) -> str:
    """The path of a program. Skips the test if it is missing, which the end of the run says."""
    found = shutil.which(program) or shutil.which(program, path=PATHS)
    if found is None:
        NOT_RUN[f"tests with {program}"] = f"it is not installed (Debian: apt-get install {package})"
        pytest.skip(f"{program} is not installed")
    return found
