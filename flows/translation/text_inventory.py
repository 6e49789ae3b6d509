"""Every text of a flow's files, with its file and place, in the order that suits translators."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from flows.editing.list_csv_rows import UnreadableList, entries
from flows.editing.yaml_nodes import Source
from flows.engine.answer_kinds import ERRORS
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, PLACE_LIST

Sheet = Literal["screens", "options", "lists", "errors", "texts", "keys", "resume", "meant", "receipt"]
Room = Literal["screen", "line", "sms"]

SHEETS: dict[Sheet, tuple[str, ...]] = {
    "screens": ("screen", "part"),
    "options": ("screen", "option"),
    "lists": ("list", "code"),
    "errors": ("error",),
    "texts": ("event",),
    "keys": ("key",),
    "resume": ("part",),
    "meant": ("part",),
    "receipt": ("part",),
}
BUILT_IN: tuple[Sheet, ...] = ("keys", "resume", "meant", "receipt")
_PARTS: dict[str, Room] = {"ask": "screen", "end": "screen", "sms": "sms"}
_PARTS.update(dict.fromkeys(ERRORS, "screen"))


class TranslatableText(Struct, frozen=True):
    """One text: its sheet and names there, where it is written, its words by language, and the space it has.

    `path` leads to the map of its languages, or to its one text for all of them when `words` has only ANY_LANGUAGE;
    for a list it is (code,). `same` texts are the same in every language. `records` is the list of a `show`.
    """

    sheet: Sheet
    names: tuple[str, ...]
    file: str
    path: Path
    words: dict[str, str]
    room: Room = "line"
    same: bool = False
    records: str = ""


def list_texts(
    files: Mapping[str, str], main: str, languages: Sequence[str], *, sound: Collection[str] = ()
) -> list[TranslatableText]:
    """The texts of the flow in `main` and of the lists and texts it names, in the order in which they are written.

    `sound` are YAML files that were parsed without errors. Raises CannotEdit or UnreadableList.
    """
    flow = _Reader(Source(files[main], main, sound=main in sound), main, languages)
    found = [*flow.screens(), *flow.options()]
    seen: set[str] = set()
    for name in (each for each in flow.source.keys(("lists",)) if each != PLACE_LIST):  # names, not texts
        file = flow.source.words(("lists", name)) or ""
        if file in files and file not in seen:
            found += _rows(name, file, files[file], languages)
        seen.add(file)
    found += flow.entries("errors", "screen")
    texts = flow.source.words(("texts",)) or ""
    if texts in files:
        reader = _Reader(Source(files[texts], texts, sound=texts in sound), texts, languages)
        found += [reader.read("texts", (event,), (event,), "sms") for event in reader.source.keys(())]
    return [*found, *(each for sheet in BUILT_IN for each in flow.entries(sheet, "line"))]


class _Reader:
    def __init__(self, source: Source, file: str, languages: Sequence[str]) -> None:
        self.source, self.file, self.languages = source, file, languages

    def read(self, sheet: Sheet, names: tuple[str, ...], path: Path, room: Room, records: str = "") -> TranslatableText:
        whole = self.source.words(path)
        if whole is not None:
            return TranslatableText(sheet, names, self.file, path, {ANY_LANGUAGE: whole}, room, True, records)
        words = {tag: said for tag in self.languages if (said := self.source.words((*path, tag))) is not None}
        same = (self.source.words((*path, "any_language")) or "").lower() in ("yes", "true")
        return TranslatableText(sheet, names, self.file, path, words, room, same, records)

    def entries(self, sheet: Sheet, room: Room) -> list[TranslatableText]:
        rooms: dict[str, Room] = {"ask": "screen"} if sheet == "resume" else {}
        names = self.source.keys((sheet,))
        return [self.read(sheet, (name,), (sheet, name), rooms.get(name, room)) for name in names]

    def screens(self) -> list[TranslatableText]:
        found: list[TranslatableText] = []
        for screen in self.source.keys(("screens",)):
            path = ("screens", screen)
            for word in self.source.keys(path):
                if word in _PARTS:
                    found.append(self.read("screens", (screen, word), (*path, word), _PARTS[word]))
                elif word == "choose_from" and "show" in self.source.keys((*path, word)):
                    of = self.source.words((*path, word, "list")) or ""
                    found.append(self.read("screens", (screen, "show"), (*path, word, "show"), "line", of))
        return found

    def options(self) -> list[TranslatableText]:
        return [
            self.read("options", (screen, option), ("screens", screen, "choose", option), "line")
            for screen in self.source.keys(("screens",))
            for option in self.source.keys(("screens", screen, "choose"))
        ]


def _rows(name: str, file: str, text: str, languages: Sequence[str]) -> list[TranslatableText]:
    try:
        rows = entries(text)
    except UnreadableList as error:
        raise UnreadableList(f"{file}: {error}") from None
    found: dict[str, TranslatableText] = {}
    for row in rows:
        words = {tag: row.cells[tag] for tag in languages if tag in row.cells}
        found.setdefault(row.code, TranslatableText("lists", (name, row.code), file, (row.code,), words))
    return list(found.values())
