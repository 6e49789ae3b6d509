"""Planted files and globals in the room that has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import purity_rules
from tests.house.plant import build_house

MODULE = "flows/menu/model.py"
FILES = [
    "import os",
    "import pathlib",
    "from pathlib import Path",
    "from importlib import resources",
    "from importlib.resources import files",
    "import importlib",
    "import pkgutil",
    "import tempfile",
    "import shutil",
    "import sqlite3",
    "import socket",
    "from urllib.request import urlopen",
    "import subprocess",
    "from io import open",
    "import io\nio.open('lists.csv')",
    "open('lists.csv')",
    "Path('lists.csv')",
    "def load(place):\n    return place.read_text()",
    "def load(place):\n    return place.read_bytes()",
    "def save(place):\n    place.write_text('')",
    "def save(place):\n    place.write_bytes(b'')",
]
STATE = [
    "LIVE = None\n\ndef use(flow):\n    global LIVE\n    LIVE = flow",
    "SEEN = {}",
    "SEEN = []",
    "SEEN: dict[str, int] = {}",
    "SEEN = set()",
    "SEEN = dict()",
    "SEEN = list[str]()",
    "SEEN = collections.deque()",
    "SEEN = defaultdict(list)",
    "SEEN = Counter()",
    "GUARD = Lock()",
    "GUARD = threading.Lock()",
    "SEEN = {'a': 1}\n\ndef note(name):\n    SEEN[name] = 1",
    "SEEN = {'a': 1}\n\ndef note(name):\n    del SEEN[name]",
    "SEEN = {'a': 1}\n\ndef note(name):\n    SEEN[name] += 1",
    "SEEN = {'a': 1}\n\ndef note(name):\n    SEEN.update({name: 1})",
    "SEEN = {'a': []}\n\ndef note(name):\n    SEEN['a'].append(name)",
    "SEEN = ['a']\n\nclass Notes:\n    def note(self, name):\n        SEEN.append(name)",
    "SEEN = ['a']\n\ndef outer():\n    def inner(name):\n        SEEN.insert(0, name)",
    "SEEN = ['a']\n\nnote = lambda name: SEEN.append(name)",
    "STATE = Box()\n\ndef use(flow):\n    STATE.flow = flow",
    "from functools import cache\n\n@cache\ndef life():\n    return read()",
    "import functools\n\n@functools.lru_cache(maxsize=None)\ndef life():\n    return read()",
]
PURE = [
    "WORDS = {'a': 1}\n\ndef look_up(name):\n    return WORDS[name]",
    "WORDS = {'a': 1}\nWORDS.update({'b': 2})",
    "WORDS = {'a': 1}\n\ndef copy(name):\n    WORDS = {}\n    WORDS[name] = 1\n    return WORDS",
    "WORDS = ['a']\n\ndef fill(WORDS):\n    WORDS.append('b')",
    "def fill():\n    found = []\n    found.append(1)\n    return found",
    "NAMES = frozenset()\nPAIRS = ()\nWORDS = dict(a=1)\nLETTERS = list('abc')",
    "from functools import cache\n\n@cache\ndef plain(word):\n    return word.lower()",
    "from functools import lru_cache\n\n@lru_cache(maxsize=64)\ndef plain(*words):\n    return words",
    "import io\n\ndef table(text):\n    return io.StringIO(text)",
]


@pytest.mark.parametrize("code", FILES)
def test_what_opens_a_file_or_could_is_named(tmp_path: Path, code: str) -> None:
    found = purity_rules.files_opened(build_house(tmp_path, {MODULE: f"{code}\n"}))
    assert found
    assert all(line.startswith(f"{MODULE}:") for line in found)


@pytest.mark.parametrize("code", STATE)
def test_what_is_kept_between_two_calls_is_named(tmp_path: Path, code: str) -> None:
    found = purity_rules.process_wide_state(build_house(tmp_path, {MODULE: f"{code}\n"}))
    assert found
    assert all(line.startswith(f"{MODULE}:") for line in found)


@pytest.mark.parametrize("code", PURE)
def test_what_is_pure_is_left_alone(tmp_path: Path, code: str) -> None:
    root = build_house(tmp_path, {MODULE: f"{code}\n"})
    assert purity_rules.files_opened(root) + purity_rules.process_wide_state(root) == []


def test_the_other_rooms_may_open_files(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"gateway/app.py": "open('lists.csv')\nSEEN = {}\n"})
    assert purity_rules.files_opened(root) + purity_rules.process_wide_state(root) == []
