"""`flask flows graph`: a picture where Graphviz is, an outline where it is not, and one line when neither can be."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from gateway.cli.flows.graph import graph
from tests.flows.library import FOLDER, shipped

CUT = FOLDER / "power_cut.yaml"
needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def run(*words: object, path: str | None = None) -> Result:
    return CliRunner(env={} if path is None else {"PATH": path}).invoke(graph, [str(word) for word in words])


@needs_graphviz
@pytest.mark.parametrize("name", ["complaints", "power_cut", "survey"])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_graphviz_draws_every_screen_of_what_ships(tmp_path: Path, name: str, language: str) -> None:
    out = tmp_path / "flow.svg"
    done = run(FOLDER / f"{name}.yaml", "-o", out, "--language", language)
    assert (done.exit_code, done.output) == (0, f"{name}: {len(shipped(name).screens)} screens in {out}\n")
    words = [each.text for each in ElementTree.parse(out).iter("{http://www.w3.org/2000/svg}text")]
    assert set(shipped(name).screens) <= set(words)
    assert any("stroke-dasharray" in each.attrib for each in ElementTree.parse(out).iter())


def test_without_graphviz_the_outline_is_written_and_said_so(tmp_path: Path) -> None:
    out = tmp_path / "flow.svg"
    done = run(CUT, "-o", out, path=str(tmp_path))
    assert done.exit_code == 0
    assert done.output.startswith("No picture: the program `dot` is not installed. An outline is in ")
    assert "apt-get install graphviz" in done.output
    assert not out.exists()
    assert (tmp_path / "flow.txt").read_text(encoding="utf-8") == run(CUT).output


def test_without_a_file_the_outline_is_shown(tmp_path: Path) -> None:
    done = run(CUT, "--language", "ur")
    assert done.exit_code == 0
    assert done.output.startswith("LESCO power cut line (power_cut), in اردو: 23 screens.\n")
    assert "    1 میری بھی: goes to me_too (" in done.output


def test_the_words_of_graphviz_need_no_graphviz(tmp_path: Path) -> None:
    out = tmp_path / "flow.dot"
    assert run(CUT, "-o", out, path=str(tmp_path)).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith('digraph "power_cut" {')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing.yaml",), "there is no such file"),
        ((CUT, "-o", "flow.jpeg"), "ends in .svg, .pdf, .png, .dot or .txt"),
        ((CUT, "--language", "fr"), "use one of ur-Latn, ur, en"),
        ((CUT, "-o", "no/such/folder/flow.txt"), "there is no folder no/such/folder"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(tmp_path: Path, words: tuple[object, ...], said: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.output and done.output.count("\n") == 1


def test_a_file_that_is_no_flow_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("- a\n- b\n", encoding="utf-8")
    done = run(tmp_path / "bad.yaml")
    assert done.exit_code == 2 and "flask flows check" in done.output and done.output.count("\n") == 1


@pytest.mark.parametrize("name", ["flow.dot", "flow.svg"])
def test_a_picture_does_not_replace_another_file_unless_it_is_told_to(tmp_path: Path, name: str) -> None:
    out = tmp_path / (name if name.endswith(".dot") else "flow.txt")  # where Graphviz is not, the outline
    out.write_text("notes of somebody")
    refused = run(CUT, "-o", tmp_path / name, path=str(tmp_path))
    assert refused.exit_code == 2 and refused.output.count("\n") == 1
    assert f"{out} already exists" in refused.output
    assert out.read_text() == "notes of somebody"
    assert run(CUT, "-o", tmp_path / name, "--force", path=str(tmp_path)).exit_code == 0
    assert out.read_text(encoding="utf-8") != "notes of somebody"
