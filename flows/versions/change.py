"""One change between two revisions: what it is, where it stands in the files, and who notices it."""

from typing import Literal

from msgspec import Struct

from flows.menu.diagnostics import ParsedFlow, Path, Place

Notices = Literal["caller", "record", "nobody"]


class Change(Struct, frozen=True):
    """One thing that changed; `before` and `after` are words or numbers, "" for none.

    `path` leads to it in the flow's files, `inside` to the option or row that was added or removed; `where` names it
    for people. `code` is F506 where a number that people may remember leads elsewhere or nowhere. `notices` says who
    would notice it: a caller, or else an officer and whoever reads the record.
    """

    path: Path
    said: str
    language: str = ""
    before: str = ""
    after: str = ""
    code: str = ""
    inside: Path = ()
    notices: Notices = "caller"

    @property
    def where(self) -> str:
        """What changed, as people name it: a screen, an option of it, a row of a list."""
        match self.path:
            case ("screens", screen, "choose", option):
                return f"{screen} option {option}"
            case ("screens", screen, "ask" | "end"):
                return screen
            case ("screens", screen, "sms"):
                return f"{screen} SMS"
            case ("lists", name, code):
                return f"list {name} row {code}"
            case ("keywords", word):
                return f"SMS word {word}"
            case ("danger", "dangers" | "words", name):
                return f"danger {name}"
            case (kind, *names) if kind in _SPOKEN:
                return " ".join([*_SPOKEN[kind].split(), *names])
        return "call"

    def __str__(self) -> str:
        place = f"{self.where}[{self.language}]" if self.language else self.where
        words = f": {self.before!r} -> {self.after!r}" if self.before and self.after else ""
        only = self.before or self.after
        words = words or (f": {only!r}" if only else "")
        return f"{place}: {self.said}{words}" + (f" ({self.code})" if self.code else "")


_SPOKEN = {
    "screens": "",
    "lists": "list",
    "keys": "key",
    "errors": "error",
    "resume": "resume",
    "meant": "meant",
    "receipt": "receipt",
    "aliases": "alias of",
    "helplines": "helpline",
    "texts": "SMS",
    "service": "service",
}


def place_of(change: Change, parsed: ParsedFlow) -> Place | None:
    """The place of a change in the files of one of the two; None if they do not have it."""
    head, *rest = change.path
    if head == "keywords":
        return next(
            (place for path, place in parsed.places.items() if path[0] == head and path[2:] == tuple(rest)), None
        )
    paths = [(*change.path, *change.inside)] if change.inside else [(*change.path, change.language), change.path]
    if head == "screens" and "." in rest[0]:  # the action of an option is a screen of its own, written with the option
        paths = [(head, rest[0].partition(".")[0])]
    return next((parsed.places[path] for path in paths if path in parsed.places), None)
