"""What is planted is well written: each edit has its place, and each fault says whom it harms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.planted_faults.__main__ import run
from tests.planted_faults.plants import (
    HERE,
    Place,
    Plant,
    WrongPlantError,
    base_folder,
    changed_texts,
    main_file,
    places,
    read_plants,
)
from tests.planted_faults.report import NEW, false_alarms, share, shortfalls, table
from tests.planted_faults.trial import Finding, Outcome, open_bench

PLANTS = read_plants([HERE])
FAULTS = [plant for plant in PLANTS if plant.is_fault]
LEAST_IN_A_SAMPLE = 75.0  # percent: a few plants say less than all, for which report.py has the targets
WHERE = {"shipped flow", "data file", NEW}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.id)
def test_each_plant_can_be_planted_and_has_a_place_to_point_at(plant: Plant) -> None:
    base = base_folder(plant.base, [HERE])
    texts = changed_texts(plant, base)
    assert all(text != (base / name).read_text(encoding="utf-8") for name, text in texts.items())
    assert all(places(plant, base, texts).values())
    assert (base / plant.flow).is_file()
    assert _is_sentence(plant.harm), "it says in a sentence whom it harms and how"
    assert plant.where in WHERE
    assert plant.harmful in ("yes", "no", "harmless")


def test_there_are_plants_of_every_sort() -> None:
    assert sum(plant.is_harmful for plant in FAULTS) >= 660
    assert sum(plant.where == NEW for plant in FAULTS) >= 225
    assert sum(plant.where == "data file" for plant in FAULTS) >= 160
    assert len(PLANTS) - len(FAULTS) >= 60


def test_a_text_that_is_not_there_once_is_named(tmp_path: Path) -> None:
    (tmp_path / "faults").mkdir()
    (tmp_path / "flows/one").mkdir(parents=True)
    (tmp_path / "flows/one/flow.yaml").write_text("a: 1\nb: 1\n", encoding="utf-8")
    head = "head: {base: one, file: flow.yaml, flow: flow.yaml, where: data file, class: x}\n"
    (tmp_path / "faults/a.yaml").write_text(head + "plants:\n- {id: a, harm: nobody, find: '1', put: '2'}\n", "utf-8")
    [plant] = read_plants([tmp_path])
    with pytest.raises(WrongPlantError, match="stands 2 times"):
        changed_texts(plant, base_folder("one", [tmp_path]))


def test_the_same_id_twice_is_named(tmp_path: Path) -> None:
    (tmp_path / "faults").mkdir()
    head = "head: {base: one, file: flow.yaml, flow: flow.yaml, where: data file, class: x}\nplants:\n"
    written = head + "- {id: a, harm: nobody, find: '1', put: '2'}\n" * 2
    (tmp_path / "faults/a.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(WrongPlantError, match="two plants"):
        read_plants([tmp_path])


def test_a_line_that_was_taken_out_leaves_its_place(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text("screens:\n  one:\n    a: 1\n    b: 2\n  two:\n    c: 3\n", encoding="utf-8")
    plant = _plant(at=(Place(screen="two"),))
    found = places(plant, tmp_path, {"flow.yaml": "screens:\n  one:\n    b: 2\n  two:\n    c: 3\n"})
    assert found == {"flow.yaml": {2, 3, 4, 5, 6}}


def test_the_figures_count_errors_and_warnings_and_no_notes() -> None:
    note, warning = _finding("I"), _finding("W")
    outcomes = [
        Outcome(_plant(), (note,), (note,)),
        Outcome(_plant(), (warning,), ()),
        Outcome(_plant(), (warning,), (warning,)),
    ]
    assert share(outcomes) == (2, 3, 200 / 3)
    assert share(outcomes, right=True) == (1, 3, 100 / 3)
    assert len(shortfalls(outcomes, [])) == 2
    assert any("told by a note alone: 1" in line for line in table(outcomes))


def test_two_warnings_of_a_harmless_change_are_no_alarm_and_an_error_is() -> None:
    quiet = Outcome(_plant(harmful="harmless"), (_finding("W"),) * 2, ())
    loud = Outcome(_plant(harmful="harmless"), (_finding("E"),), ())
    assert not false_alarms([quiet], {"flow": [_finding("W")] * 2})
    assert len(false_alarms([loud], {"flow": [_finding("W")] * 3})) == 4


def test_a_trial_tells_what_is_new_and_leaves_the_copy_as_it_was() -> None:
    base = base_folder("new_labour", [HERE])
    plant = next(plant for plant in PLANTS if plant.id == "new-sector-code-changed")
    with open_bench([HERE]) as bench:
        outcome = bench.trial(plant)
        assert outcome.is_found
        assert bench.findings("new_labour", main_file(base), before=False) == bench.flow("new_labour")


@pytest.mark.long
def test_a_sample_of_each_class_is_found() -> None:
    """`make planting` has all of them, and the targets."""
    known = [plant for plant in FAULTS if plant.is_harmful]
    sample = sorted(known, key=lambda plant: (plant.kind, plant.id))[::9]
    found, of, percent = share(run(sample, [HERE]))
    assert percent >= LEAST_IN_A_SAMPLE, f"{found} of {of}"


def _is_sentence(harm: str) -> bool:
    """True for a sentence of two words or more, from a capital to a full stop."""
    words = harm.split()
    return len(words) > 1 and not harm[0].islower() and harm.rstrip('"').endswith((".", "?")) and len(set(words)) > 1


def _plant(*, at: tuple[Place, ...] = (), harmful: str = "yes") -> Plant:
    return Plant(
        id="a",
        kind="x",
        harm="a caller",
        file="flow.yaml",
        edits=(),
        where="data file",
        base="one",
        flow="flow.yaml",
        harmful=harmful,
        at=at,
    )


def _finding(severity: str) -> Finding:
    return Finding("F000", severity, "flow.yaml", 1, "", "", "words")
