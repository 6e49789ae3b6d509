"""Planted violations of where a module may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import layout_rules
from tests.house.plant import build_house
from tests.house.rules import CODE_RULES, Rule

FLOWS = '"""Decides."""\n\nFOLDERS = ({})\n'


@pytest.mark.parametrize("rule", CODE_RULES, ids=lambda rule: rule.__name__)
def test_a_house_that_keeps_the_rules_breaks_none(tmp_path: Path, rule: Rule) -> None:
    assert rule(build_house(tmp_path)) == []


def test_a_folder_without_an_init_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path)
    (root / "flows/menu/__init__.py").unlink()
    assert layout_rules.folders_without_a_sentence(root) == ["flows/menu: has no __init__.py"]


@pytest.mark.parametrize(
    "docstring",
    ["Menu: nouns. And verbs.", "Menu", "Menu: nouns! And verbs.", "Menu: are there (any?) Nouns."],
)
def test_a_folder_whose_docstring_is_not_one_sentence_is_named(tmp_path: Path, docstring: str) -> None:
    root = build_house(tmp_path, {"flows/menu/__init__.py": f'"""{docstring}"""\n'})
    assert layout_rules.folders_without_a_sentence(root) == ["flows/menu: its docstring is not one sentence"]


def test_a_folder_without_a_docstring_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/menu/__init__.py": ""})
    assert layout_rules.folders_without_a_sentence(root) == ["flows/menu: its __init__.py has no docstring"]


def test_a_sentence_may_run_over_two_lines_and_name_a_file(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/menu/__init__.py": '"""Menu: the nouns\nof texts.yaml and lists."""\n'})
    assert layout_rules.folders_without_a_sentence(root) == []


@pytest.mark.parametrize(
    "code", ["from flows.menu.model import Flow", "def begin(): ...", "NAMES = ()", 'FOLDERS = ("model",)']
)
def test_a_folder_that_holds_code_is_named(tmp_path: Path, code: str) -> None:
    root = build_house(tmp_path, {"flows/menu/__init__.py": f'"""Menu: the nouns of a flow."""\n\n{code}\n'})
    assert [line.partition(": ")[0] for line in layout_rules.packages_that_hold_code(root)] == [
        "flows/menu/__init__.py:3"
    ]


def test_a_room_holds_its_folders_and_version_and_no_more(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/__init__.py": FLOWS.format('"menu", "engine"') + "LIMIT = 3\n"})
    assert layout_rules.packages_that_hold_code(root) == ["flows/__init__.py:4: LIMIT = 3"]


def test_a_folder_that_is_not_in_the_order_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/__init__.py": FLOWS.format('"menu",')})
    assert layout_rules.folders_without_a_place(root) == ["flows/engine: is not in FOLDERS of flows"]


def test_a_folder_in_the_order_that_is_gone_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/__init__.py": FLOWS.format('"menu", "engine", "guesses"')})
    assert layout_rules.folders_without_a_place(root) == ["flows: FOLDERS names guesses, which is not there"]


def test_a_folder_that_stands_twice_in_the_order_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/__init__.py": FLOWS.format('"menu", "engine", "menu"')})
    assert layout_rules.folders_without_a_place(root) == ["flows: FOLDERS names menu twice"]


def test_a_folder_that_only_holds_folders_needs_no_place(tmp_path: Path) -> None:
    changes = {
        "flows/__init__.py": FLOWS.format('"menu", "engine", "checks.texts"'),
        "flows/checks/__init__.py": '"""Checks: what is wrong."""\n',
        "flows/checks/texts/__init__.py": '"""Texts: words that do not fit."""\n',
        "flows/checks/texts/length.py": "",
    }
    root = build_house(tmp_path, changes)
    assert layout_rules.folders_without_a_place(root) == []


def test_a_module_outside_a_folder_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/render.py": "", "gateway/program.py": ""})
    assert layout_rules.modules_outside_a_folder(root) == ["flows/render.py", "gateway/program.py"]


def test_a_folder_of_thirteen_modules_is_named_and_one_of_twelve_is_not(tmp_path: Path) -> None:
    twelve = {f"flows/menu/noun{number}.py": "" for number in range(11)}  # and model.py
    root = build_house(tmp_path, twelve | {"flows/menu/__main__.py": ""})
    assert layout_rules.crowded_folders(root) == []
    (root / "flows/menu/more.py").write_text("")
    assert layout_rules.crowded_folders(root) == ["flows/menu: 13 modules"]


def test_migrations_may_be_as_many_as_there_are(tmp_path: Path) -> None:
    root = build_house(tmp_path, {f"storage/migrations/versions/{number:04}_more.py": "" for number in range(2, 30)})
    assert layout_rules.crowded_folders(root) == []


def test_a_folder_of_another_room_called_versions_is_no_exception(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/versions/merge.py": ""})
    assert "flows/versions: has no __init__.py" in layout_rules.folders_without_a_sentence(root)


def test_a_folder_four_levels_below_its_room_is_named(tmp_path: Path) -> None:
    root = build_house(tmp_path, {"flows/menu/one/two/three/nouns.py": ""})
    assert layout_rules.deep_folders(root) == ["flows/menu/one/two/three"]


def test_a_module_of_401_lines_is_named_unless_it_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = build_house(tmp_path, {"flows/menu/model.py": "\n" * 401, "flows/engine/engine.py": "\n" * 400})
    assert layout_rules.long_modules(root) == ["flows/menu/model.py: 401 lines"]
    monkeypatch.setitem(layout_rules.LONG_MODULES, "flows/menu/model.py", "all nouns of a flow")
    assert layout_rules.long_modules(root) == []


@pytest.mark.parametrize("path", ["flows/menu/utils.py", "flows/helpers/__init__.py"])
def test_an_empty_name_is_named(tmp_path: Path, path: str) -> None:
    root = build_house(tmp_path, {path: ""})
    assert layout_rules.empty_names(root)
