"""`flask model`: how an operator trains, judges, publishes and brings back a model."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from flows.training.examples import COLUMNS
from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from tests.flows.understanding.models import model_file
from tests.gateway.operating import run


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.npz"
    path.write_bytes(model_file({"pani": {"mun01": 100}}))
    return path


def test_a_model_is_published_listed_and_brought_back(doors: Sunwai, mine: Path) -> None:
    assert run(doors, "model", "list").output == "0  the model that ships\n"
    told = run(doors, "model", "publish", mine, "--message", "Texts of June", "--author", "Sara").output
    assert told == "Model 1 is in use now. To undo this: flask model rollback 0\n"
    again = run(doors, "model", "publish", mine, "--message", "Twice", "--author", "Sara").output
    assert again.startswith("Model 1 is in use already: nothing changed.")
    assert "Model 2 is in use now" in run(doors, "model", "rollback", "0", "--author", "Amina").output
    newest, first, ships = run(doors, "model", "list").output.splitlines()
    assert newest.startswith("2  ") and newest.endswith("Amina: Back to model 0, number 0 again")
    assert first.startswith("1  ") and first.endswith("Sara: Texts of June") and ships.startswith("0  ")
    failed = run(doors, "model", "rollback", "9", "--author", "Amina")
    assert failed.exit_code == 1 and "There is no model 9: flask model list shows all." in failed.output


def test_a_file_that_is_no_model_is_refused(doors: Sunwai, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(b"nothing")
    failed = run(doors, "model", "publish", path, "--message", "Oh")
    assert failed.exit_code == 1
    assert "Not published: This is no file of a model, or it is damaged." in failed.output
    assert "no file of a model" in run(doors, "model", "card", path).output
    assert run(doors, "model", "compare", path).exit_code == 1


def test_the_card_is_that_of_the_model_in_use_of_a_number_or_of_a_file(doors: Sunwai, mine: Path) -> None:
    shipped = run(doors, "model", "card").output
    assert "from        writer_1.csv: " in shipped and "never       It must not file" in shipped
    run(doors, "model", "publish", mine, "--message", "Mine", "--author", "Sara")
    in_use = run(doors, "model", "card").output
    assert "kinds       complaint, greeting, status" in in_use
    assert in_use == run(doors, "model", "card", "1").output == run(doors, "model", "card", mine).output
    assert run(doors, "model", "card", "0").output == shipped
    assert "There is no model 7" in run(doors, "model", "card", "7").output


def test_two_models_are_compared_on_the_same_texts(doors: Sunwai, mine: Path, tmp_path: Path) -> None:
    texts = tmp_path / "frozen.csv"
    texts.write_text(f"{','.join(COLUMNS)}\npani nahi aa raha,ur-Latn,complaint,mun01,,,\n", encoding="utf-8")
    lines = run(doors, "model", "compare", mine, "--on", texts).output.splitlines()
    assert (
        lines[0]
        == "right category first, all scripts: 100.0 % of 1 (20.7 % to 100.0 %) -> 100.0 % of 1 (20.7 % to 100.0 %)"
    )
    assert any(
        line.startswith("right category first, all scripts: ")
        for line in run(doors, "model", "compare", mine).output.splitlines()
    )
    texts.write_text("text\n", encoding="utf-8")
    failed = run(doors, "model", "compare", mine, "--on", texts)
    assert failed.exit_code == 2 and "has no column script" in failed.output


def test_a_model_is_trained_from_files_and_written(doors: Sunwai, tmp_path: Path) -> None:
    said = [
        ("pani nahi", "mun01", "", ""),
        ("bijli nahi", "nrg01", "", ""),
        ("aag lagi", "nrg02", "1122", ""),
        ("patwari paise mangta", "lnd01", "", "yes"),
    ]
    lines = [
        f"{text} {day},ur-Latn,complaint,{code},,{danger},{money}"
        for day in range(9)
        for text, code, danger, money in said
    ]
    lines += [f"salam {day},ur-Latn,greeting,,,," for day in range(9)]
    for name in ("mine", "held"):
        (tmp_path / f"{name}.csv").write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
    to = tmp_path / "new.npz"
    told = run(
        doors,
        "model",
        "train",
        to,
        "--examples",
        tmp_path / "mine.csv",
        "--held-out",
        tmp_path / "held.csv",
        "--filings",
    )
    assert told.exit_code == 0, told.output
    assert "from        mine.csv: 45 texts" in told.output and "filings by call" not in told.output
    assert told.output.splitlines()[-1].endswith(f"Compare it: flask model compare {to}")
    assert "kinds       complaint, greeting" in run(doors, "model", "card", to).output
    (tmp_path / "mine.csv").write_text(",".join(COLUMNS), encoding="utf-8")
    failed = run(doors, "model", "train", to, "--examples", tmp_path / "mine.csv")
    assert failed.exit_code == 1 and "There are no example sentences" in failed.output


def test_it_is_switched_off_by_a_setting(doors: Sunwai) -> None:
    assert doors.texting._environment.model is not None
    off = create_app(dataclasses.replace(doors.settings, text_model=False))
    try:
        assert off.texting._environment.model is None
        assert run(off, "model", "list").output.splitlines()[-1] == "No model is used: TEXT_MODEL is no."
    finally:
        off.close()
