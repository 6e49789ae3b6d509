"""What a module, class or public function may be called: a noun, a verb or a question, and no participle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import all_modules, is_plain_module, parse

PREDICATES = {"is", "has", "was", "may", "can", "needs", "did", "are", "does", "should", "must"}

# Words in -ed that are no participles.
NOUNS_IN_ED = {"need", "seed", "feed", "speed", "embed", "red", "bed"}

# Words in -ing that are the field's own nouns. The list is as short as the code needs: a word that no name ends in any
# more goes, and a test says so.
NOUNS_IN_ING = {
    *("beginning", "editing", "filing", "listing", "meaning", "monitoring", "parsing", "publishing", "recording"),
    *("ring", "setting", "training", "understanding"),
}

IRREGULAR_PARTICIPLES = {
    *("begun", "born", "bought", "bound", "broken", "brought", "built", "caught", "chosen", "come", "cut"),
    *("dealt", "done", "drawn", "dug", "fallen", "felt", "forgotten", "found", "given", "gone", "got"),
    *("grown", "heard", "held", "hidden", "hit", "hung", "hurt", "kept", "known", "laid", "led", "left"),
    *("lent", "lost", "made", "meant", "met", "overtaken", "owed", "paid", "put", "read", "redrawn"),
    *("said", "seen", "sent", "set", "shown", "sold", "sought", "spelt", "spoken", "spoilt", "stood"),
    *("struck", "stuck", "taken", "taught", "thought", "thrown", "told", "understood", "woken", "won"),
    *("worn", "wound", "written"),
}
VERBS_TOO = {
    "set",
    "put",
    "cut",
    "hit",
    "come",
}  # the imperative looks the same: `set(…)` alone is a verb, `rows_put` is not
FIELD_NAMES = {"CompareAndSet", "AfricasTalking"}  # what the whole field, or a company, calls it


class Name(NamedTuple):
    path: Path
    line: int
    kind: str  # module, folder, class or function
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} {self.name}"


def names(root: Path) -> Iterator[Name]:
    """The name of each folder, module, public class and public function of the house."""
    for path in all_modules(root):
        yield from _name_of_file(path)
        for node in parse(root, path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                yield Name(path, node.lineno, kind, node.name)


def _name_of_file(path: Path) -> Iterator[Name]:
    if is_plain_module(path):
        yield Name(path, 1, "module", path.stem)
    elif path.name == "__init__.py" and len(path.parts) > 2:
        yield Name(path, 1, "folder", path.parent.name)


def words(name: str) -> list[str]:
    """The words of a name: `find_flow`, `FindFlow` and `HTTPClient` are two words each."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def participles_as_heads(root: Path) -> list[str]:
    """No name ends in a participle unless it asks a question (`is_closed`); before a noun it is fine (`ClosedCase`)."""
    return [str(name) for name in names(root) if _ends_in_a_participle(name)]


def _ends_in_a_participle(name: Name) -> bool:
    parts = words(name.name)
    if name.name in FIELD_NAMES or (parts[0] in PREDICATES and len(parts) > 1):
        return False
    if name.kind == "function" and len(parts) == 1 and parts[0] in VERBS_TOO:
        return False
    return _is_participle(parts[-1])


def _is_participle(word: str) -> bool:
    if word in IRREGULAR_PARTICIPLES:
        return True
    return (word.endswith("ed") and word not in NOUNS_IN_ED) or (word.endswith("ing") and word not in NOUNS_IN_ING)
