"""The files `danger.yaml` and `helplines.yaml`: words of danger, and the lines that people in danger call."""

from collections.abc import Collection, Mapping
from typing import Any

from ruamel.yaml import YAML

from flows.menu.danger_rules import Danger, DangerLexicon, Helpline
from flows.menu.diagnostics import suggest_nearest
from flows.menu.file_keys import DANGER, HELPLINE
from flows.parsing.yaml_document import CommentedMap, Notes, lost_zeros


def read_lexicon(data: Any, file: str, notes: Notes) -> DangerLexicon:
    """The lexicon of a loaded file; what cannot be read is reported (F001) and left out."""
    parts = data if isinstance(data, dict) else {}
    dangers = []
    for code, entry in _maps(parts.get("dangers"), file, notes, ("danger", "dangers")):
        _known(entry, DANGER, file, notes)
        dangers.append(
            Danger(
                code,
                _words(entry.get("call")),
                _listed(entry.get("when")),
                str(entry.get("category") or ""),
                private=_yes(entry.get("private")),
                past=_yes(entry.get("past")),
                text=str(entry.get("text") or ""),
                perhaps=_listed(entry.get("perhaps")),
            )
        )
    groups = parts.get("words") if isinstance(parts.get("words"), dict) else {}
    named = {str(name): _words(words) for name, words in (groups or {}).items()}
    return DangerLexicon(named, tuple(dangers), _listed(parts.get("past")), _listed(parts.get("present")))


def read_helplines(data: Any, file: str, notes: Notes) -> dict[str, Helpline]:
    """The lines of a loaded file, by their code; one that cannot be read is reported (F001) and left out."""
    found = {}
    for code, entry in _maps(data, file, notes, ("helplines",)):
        _known(entry, HELPLINE, file, notes)
        name = entry.get("name")
        if (written := lost_zeros(entry.get("number"))) is not None:
            said = f"it is written without quotes, so {written} is read as {entry['number']}: callers would dial that"
            notes.add("F212", (file, _line(entry, "number")), said, hint=f"put it in quotes: {written!r}")
        found[code] = Helpline(
            str(entry.get("number") or ""),
            {str(tag): str(word) for tag, word in name.items()} if isinstance(name, dict) else {},
            verified=_yes(entry.get("verified")),
            basis=str(entry.get("basis") or ""),
        )
    return found


def load_lexicon(text: str) -> DangerLexicon:
    """The lexicon of a file that ships: no flow names it."""
    return read_lexicon(YAML(typ="safe").load(text), "danger.yaml", Notes())


def load_helplines(text: str) -> dict[str, Helpline]:
    """The lines of a file that ships."""
    return read_helplines(YAML(typ="safe").load(text), "helplines.yaml", Notes())


def _maps(data: Any, file: str, notes: Notes, path: tuple[str, ...]) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, entry in data.items() if isinstance(data, dict) else ():
        line = _line(data, name)
        notes.places[(*path, str(name))] = (file, line)
        if isinstance(entry, dict):
            found.append((str(name), entry))
        else:
            notes.add("F001", (file, line), f"{name} takes a map")
    return found


def _known(entry: Mapping[str, Any], known: Collection[str], file: str, notes: Notes) -> None:
    for key in entry:
        if key not in known:
            notes.add(
                "F001", (file, _line(entry, key)), f"unknown word {str(key)!r}", hint=suggest_nearest(str(key), known)
            )


def _line(data: Mapping[str, Any], key: Any) -> int:
    return data.lc.key(key)[0] + 1 if isinstance(data, CommentedMap) else 1


def _words(written: Any) -> tuple[str, ...]:
    """Words of a list, or of a line with blanks between them."""
    return _listed(written) if isinstance(written, list) else tuple(str(written or "").split())


def _listed(written: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in written) if isinstance(written, list) else ()


def _yes(written: Any) -> bool:
    return written is True or str(written) == "yes"
