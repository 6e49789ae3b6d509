"""Planted paths that are gone, and a page of the house that was not written anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import doc_rules, page
from tests.house.plant import build_house

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/engineers/architecture.md",
    "docs/operators/inbound-sms.md",
    "docs/decisions/001-replay.md",
]


def build(root: Path, text: str, name: str = "docs/operators/inbound-sms.md") -> Path:
    return build_house(root, {name: text})


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_read(tmp_path: Path, name: str) -> None:
    root = build(tmp_path, "See `flows/menu/gone.py`.\n", name)
    assert doc_rules.stale_paths(root) == [f"{name}: flows/menu/gone.py"]


@pytest.mark.parametrize(
    "text",
    [
        "`flows/gone/`",
        "`flows/gone`",
        "`gone.py`",
        "`model.py`",
        "[there](../../flows/menu/gone.py)",
        "`flows/gone/<name>.py`",
        "`flows/menu/model.py:12` and `flows/menu/gone.py:12`",
        "`python -m gateway.gone`",
        "`flows.menu.model.Gone`",
        "`tests/gone.py`",
    ],
)
def test_a_path_that_is_gone_is_named(tmp_path: Path, text: str) -> None:
    assert len(doc_rules.stale_paths(build(tmp_path, f"{text}\n"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`flows/menu/model.py`",
        "`flows/menu/`",
        "`flows`",
        "[there](../../flows/menu/model.py)",
        "In `flows/menu/` the module `model.py` has them.",
        "`flows/menu/<noun>.py`",
        "`flows.menu.model.Flow` and `python -m gateway.app`",
        "`https://example.org/flows/gone.py`",
        "`*.py` in words: model.py, gone.py",
    ],
)
def test_a_path_that_is_there_is_left_alone(tmp_path: Path, text: str) -> None:
    assert doc_rules.stale_paths(build(tmp_path, f"{text}\n")) == []


def test_a_link_to_a_page_that_is_gone_is_named(tmp_path: Path) -> None:
    root = build(
        tmp_path, "[a](gone.md), [b](gone.md#part), [c](../engineers/), [d](#part), [e](https://a.example/b)\n"
    )
    assert doc_rules.broken_links(root) == [
        "docs/operators/inbound-sms.md: gone.md",
        "docs/operators/inbound-sms.md: ../engineers/",
    ]


def test_a_page_that_the_index_does_not_list_is_named(tmp_path: Path) -> None:
    pages = {
        f"docs/{name}.md": "" for name in ("citizens/one", "officers/two", "decisions/001-replay", "decisions/002-x")
    }
    root = build_house(
        tmp_path,
        {
            **pages,
            "docs/README.md": "* [One](citizens/one.md)\n* [Decisions](decisions/README.md)\n",
            "docs/decisions/README.md": "* [Replay](001-replay.md)\n",
        },
    )
    assert doc_rules.pages_missing_from_the_index(root) == ["docs/decisions/002-x.md", "docs/officers/two.md"]


def test_a_change_that_needs_more_than_three_files_is_named(tmp_path: Path) -> None:
    rows = (
        "| to change | open |\n| --- | --- |\n| a | `a` |\n| b | `a`, `b`, `c` |\n| c | `a`, `b`, `c`, `d` |\n| d | |\n"
    )
    root = build_house(tmp_path, {"docs/engineers/where-to-change-what.md": rows})
    assert doc_rules.changes_with_too_many_files(root) == ["c: 4 files", "d: 0 files"]


def test_a_folder_with_another_sentence_makes_the_house_page_stale(tmp_path: Path) -> None:
    root = build(tmp_path, f"# The house\n\n{page.BEGIN}\n{page.END}\n\nMore.\n", "docs/engineers/architecture.md")
    assert doc_rules.stale_house_page(root)
    written = page.with_folders(root, (root / "docs/engineers/architecture.md").read_text())
    (root / "docs/engineers/architecture.md").write_text(written)
    assert doc_rules.stale_house_page(root) == []
    assert "**flows/** Decides.\n* `menu/` the nouns of a flow.\n* `engine/` one step of a call.\n" in written
    assert written.endswith("\n\nMore.\n")
    (root / "flows/menu/__init__.py").write_text('"""Menu: other nouns."""\n')
    assert doc_rules.stale_house_page(root)


def test_a_house_page_without_its_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has lost one of its marks"):
        page.with_folders(build_house(tmp_path), "# The house\n")
