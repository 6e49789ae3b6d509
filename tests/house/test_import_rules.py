"""Planted violations of who may import whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import import_rules
from tests.house.plant import build_house

WAYS_TO_IMPORT = {
    "plain": "import {0}\n",
    "from": "from {0} import Something\n",
    "in a function": "def read():\n    from {0} import Something\n",
    "for type hints": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from {0} import Something\n",
}
ways = pytest.mark.parametrize("way", WAYS_TO_IMPORT.values(), ids=WAYS_TO_IMPORT.keys())


@ways
@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("flows/menu/model.py", "storage.schema.tables"),
        ("flows/menu/model.py", "gateway.app"),
        ("storage/schema/tables.py", "flows.menu.model"),
        ("storage/schema/tables.py", "sessions.ussd.hop"),
        ("sessions/ussd/hop.py", "gateway.app"),
    ],
)
def test_an_import_of_a_room_above_is_named(tmp_path: Path, way: str, module: str, imported: str) -> None:
    root = build_house(tmp_path, {module: way.format(imported)})
    (violation,) = import_rules.imports_across_rooms(root)
    assert violation.startswith(f"{module}:")
    assert imported in violation


@ways
def test_an_import_of_a_folder_below_is_named(tmp_path: Path, way: str) -> None:
    root = build_house(tmp_path, {"flows/menu/model.py": way.format("flows.engine.engine")})
    (violation,) = import_rules.imports_against_the_order(root)
    assert violation.startswith("flows/menu/model.py:")
    assert violation.endswith("imports flows.engine.engine, which is below it in FOLDERS of flows")


def test_an_import_by_dots_counts_like_any_other(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/menu/model.py": "from ..engine import engine\n"})
    assert len(import_rules.imports_against_the_order(root)) == 1


def test_a_module_of_a_room_has_its_place_in_the_order(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"gateway/endpoints/ussd.py": "from gateway.app import build\n"})
    assert len(import_rules.imports_against_the_order(root)) == 1


def test_a_folder_within_a_folder_has_a_place_of_its_own(tmp_path: Path) -> None:
    changes = {
        "flows/__init__.py": '"""Decides."""\n\nFOLDERS = ("menu", "engine", "checks.texts", "checks")\n',
        "flows/checks/runner.py": "",
        "flows/checks/texts/length.py": "from flows.checks import runner\n",
    }
    (violation,) = import_rules.imports_against_the_order(build_house(tmp_path, changes))
    assert "imports flows.checks.runner" in violation


@ways
def test_two_modules_that_import_each_other_are_named(tmp_path: Path, way: str) -> None:
    changes = {
        "flows/menu/model.py": way.format("flows.menu.lists"),
        "flows/menu/lists.py": "import flows.menu.model\n",
    }
    (cycle,) = import_rules.import_cycles(build_house(tmp_path, changes))
    assert cycle == "flows.menu.lists -> flows.menu.model -> flows.menu.lists"


def test_a_ring_of_three_is_named_and_what_only_leads_there_is_not(tmp_path: Path) -> None:
    changes = {
        "flows/menu/one.py": "from flows.menu import two\n",
        "flows/menu/two.py": "from flows.menu import three\n",
        "flows/menu/three.py": "from flows.menu import one\nfrom flows.menu import model\n",
        "flows/engine/before.py": "from flows.menu import one\n",
    }
    (cycle,) = import_rules.import_cycles(build_house(tmp_path, changes))
    assert sorted(set(cycle.split(" -> "))) == ["flows.menu.one", "flows.menu.three", "flows.menu.two"]


def test_an_import_of_a_package_counts_as_its_init_alone(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/menu/model.py": "import flows.engine\n"})
    assert import_rules.import_cycles(root) == []


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("flows/menu/model.py", "sqlalchemy"),
        ("flows/menu/model.py", "random"),
        ("flows/menu/model.py", "time"),
        ("storage/schema/tables.py", "flask"),
        ("sessions/ussd/hop.py", "urllib.request"),
    ],
)
def test_a_library_that_the_floor_rules_out_is_named(tmp_path: Path, module: str, library: str) -> None:
    root = build_house(tmp_path, {module: f"import {library}\n"})
    assert import_rules.forbidden_libraries(root) == [f"{module}:1: imports {library}"]


def test_a_commit_outside_sessions_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"gateway/app.py": "def end(db):\n    db.commit()\n"})
    assert import_rules.transactions_outside_sessions(root) == ["gateway/app.py: .commit("]


@pytest.mark.parametrize("look", ["dt.datetime.now()", "time.time()", "dt.date.today()"])
def test_a_look_at_the_clock_is_named(tmp_path: Path, look: str) -> None:
    root = build_house(tmp_path, {"sessions/ussd/hop.py": f"NOW = {look}\n"})
    assert len(import_rules.clocks_looked_at(root)) == 1


def test_a_reader_of_the_environment_is_named_outside_the_settings(tmp_path: Path) -> None:
    read = "import os\n\nURL = os.environ['URL']\n"
    changes = dict.fromkeys(["gateway/app.py", "gateway/settings/loader.py", "gateway/development/run.py"], read)
    assert import_rules.readers_of_the_environment(build_house(tmp_path, changes)) == ["gateway/app.py"]


@pytest.mark.parametrize("call", ['text(f"SELECT {name}")', 'sqlalchemy.text(f"SELECT {name}")'])
def test_a_statement_of_formatted_text_is_named(tmp_path: Path, call: str) -> None:
    root = build_house(tmp_path, {"storage/schema/tables.py": f"{call}\n"})
    assert import_rules.formatted_statements(root) == ["storage/schema/tables.py:1"]
