"""The data files that ship can be checked where no process starts because of them."""

from __future__ import annotations

import subprocess
import sys

from gateway.development.library_check import library_problems


def test_nothing_is_wrong_with_the_data_files_that_ship() -> None:
    assert library_problems() == []


def test_it_imports_nothing_that_a_broken_file_would_stop() -> None:
    asked = "import sys, gateway.development.library_check as _; print([n for n in sys.modules if n[:8] == 'sessions'])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
