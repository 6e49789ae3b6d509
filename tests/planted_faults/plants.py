"""What is planted: faults, harmless changes and whole flows, as data beside this module (README.md)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, convert
from ruamel.yaml import YAML

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "flows/library"
NEAR = 1  # a finding so many lines beside an accepted place is at that place


class WrongPlantError(Exception):
    """A plant that cannot be planted as it is written: its text is not there, or is there twice."""


class Edit(Struct, frozen=True, forbid_unknown_fields=True):
    """One replacement: `find` stands in the file exactly once, and becomes `put`."""

    find: str
    put: str = ""
    file: str = ""


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a finding may point besides the changed lines: a screen of the flow, or the lines of a text."""

    screen: str = ""
    text: str = ""
    file: str = ""


class Plant(Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """A fault (`harmful`: yes or no), or a change that harms nobody (`harmless`)."""

    id: str
    kind: str
    harm: str
    file: str
    edits: tuple[Edit, ...]
    where: str
    base: str
    flow: str
    harmful: str = "yes"
    before: bool = False
    at: tuple[Place, ...] = ()

    @property
    def is_fault(self) -> bool:
        """False for a change that harms nobody."""
        return self.harmful != "harmless"

    @property
    def is_harmful(self) -> bool:
        """True if a caller, an officer or the record would suffer."""
        return self.harmful == "yes"

    @property
    def names(self) -> list[str]:
        """The files that it changes."""
        return list(dict.fromkeys(edit.file or self.file for edit in self.edits))


def read_plants(folders: Sequence[Path]) -> list[Plant]:
    """Every plant of `faults/*.yaml`; a file's head has what its plants share. Raises WrongPlantError."""
    plants = [plant for folder in folders for path in sorted((folder / "faults").glob("*.yaml")) for plant in _of(path)]
    seen: set[str] = set()
    for plant in plants:
        if plant.id in seen:
            raise WrongPlantError(f"{plant.id}: there are two plants with this id")
        seen.add(plant.id)
    return plants


def _of(path: Path) -> Iterator[Plant]:
    head, plants = YAML(typ="safe").load(path.read_text(encoding="utf-8")).values()
    for written in plants:
        try:
            yield convert(_whole({**head, **written}), Plant)
        except (ValueError, TypeError, KeyError) as error:
            raise WrongPlantError(f"{path.name}: {written.get('id')}: {error}") from error


def _whole(written: dict[str, Any]) -> dict[str, Any]:
    single = {key: written.pop(key) for key in ("find", "put") if key in written}
    edits = written.pop("edits", []) + ([single] if single else [])
    flags = {"before": written.get("before") in (True, "yes")}
    harmful = written.get("harmful", "yes")
    flags["harmful"] = {True: "yes", False: "no"}.get(harmful, harmful)
    return {**written, **flags, "edits": edits}


def base_folder(name: str, folders: Sequence[Path]) -> Path:
    """The folder of a flow: the library, or `flows/NAME` in one of the folders. Raises WrongPlantError."""
    if name == "library":
        return LIBRARY
    for folder in folders:
        if (folder / "flows" / name).is_dir():
            return folder / "flows" / name
    raise WrongPlantError(f"{name}: there is no such flow")


def flow_names(folders: Sequence[Path], prefix: str = "foreign_") -> list[str]:
    """The names of the whole flows that must be found right as they are."""
    return sorted(each.name for folder in folders for each in (folder / "flows").glob(f"{prefix}*"))


def main_file(base: Path) -> str:
    """The flow file of a folder that holds one flow."""
    return next(each.name for each in sorted(base.glob("*.yaml")) if each.read_text("utf-8").find("\nscreens:") > 0)


def changed_texts(plant: Plant, base: Path) -> dict[str, str]:
    """Name -> text of each file with the plant in it. Raises WrongPlantError."""
    texts: dict[str, str] = {}
    for edit in plant.edits:
        name = edit.file or plant.file
        text = texts.get(name) or (base / name).read_text(encoding="utf-8")
        if (times := text.count(edit.find)) != 1:
            raise WrongPlantError(f"{plant.id}: stands {times} times in {name}: {edit.find[:80]!r}")
        texts[name] = text.replace(edit.find, edit.put)
    return texts


def places(plant: Plant, base: Path, texts: Mapping[str, str]) -> dict[str, set[int]]:
    """File -> the lines at which a finding is at the right place, after the change. Raises WrongPlantError."""
    found: dict[str, set[int]] = {}
    for name, text in texts.items():
        lines = _changed_lines((base / name).read_text(encoding="utf-8").splitlines(), text.splitlines())
        found.setdefault(name, set()).update(lines)
    for place in plant.at:
        name = place.file or (plant.flow if place.screen else plant.file)
        text = texts.get(name) or (base / name).read_text(encoding="utf-8")
        lines = _screen_lines(text, place.screen) if place.screen else _text_lines(text, place.text)
        if not lines:
            raise WrongPlantError(f"{plant.id}: a place is not in {name}, or is there twice: {place}")
        found.setdefault(name, set()).update(lines)
    return {name: {line + by for line in lines for by in range(-NEAR, NEAR + 1)} for name, lines in found.items()}


def _changed_lines(old: list[str], new: list[str]) -> set[int]:
    lines: set[int] = set()
    for kind, _, _, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            lines.update(range(begin + 1, max(end, begin + 1) + 1))
    return lines


def _text_lines(text: str, wanted: str) -> set[int]:
    if text.count(wanted) != 1:
        return set()
    first = text.count("\n", 0, text.index(wanted)) + 1
    return set(range(first, first + wanted.rstrip("\n").count("\n") + 1))


def _screen_lines(text: str, screen: str) -> set[int]:
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith(f"  {screen}:")]
    begin = next((at for at in heads if "screens:" in lines[:at]), None)
    if begin is None:
        return set()
    rest = (at for at in range(begin + 1, len(lines)) if lines[at].strip() and not lines[at].startswith("   "))
    return set(range(begin + 1, next(rest, len(lines)) + 1))
