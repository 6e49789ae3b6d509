"""docs/engineers/glossary.md: its terms, the modules that own them, and the words nobody may use for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.house.name_rules import Name, names, words
from tests.house.tree import parse

PAGE = Path("docs/engineers/glossary.md")
COLUMNS = 5
NONE = "–"
# What an engineer of the field types into a search, and the term of the glossary whose owner must be found by it.
FIELD_WORDS = {
    "idempotency": "idempotency key",
    "dispatch": "dispatcher",
    "circuit breaker": "circuit breaker",
    "quota": "quota",
    "rate limit": "rate limit",
    "audit": "history (audit trail)",
    "priority": "priority",
    "escalation": "escalation",
    "retry": "retry",
}


class Term(NamedTuple):
    """One row of the table. `citizen` has the words citizens read, by language; `banned` the synonyms."""

    name: str
    sentence: str
    citizen: tuple[str, ...]
    owner: Path
    banned: tuple[str, ...]


def read_glossary(root: Path) -> list[Term]:
    rows = (_cells(line) for line in (root / PAGE).read_text(encoding="utf-8").splitlines() if line.startswith("| "))
    return [_term(cells) for cells in rows if cells[0] != "term" and not cells[0].startswith("---")]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _term(cells: list[str]) -> Term:
    if len(cells) != COLUMNS:
        raise ValueError(f"{PAGE}: the row of {cells[0]} has {len(cells)} columns, not {COLUMNS}")
    name, sentence, citizen, owner, banned = cells
    return Term(
        name.strip("*"),
        sentence,
        () if citizen == NONE else tuple(word.strip() for word in citizen.split("·")),
        Path(owner.strip("`")),
        () if banned == NONE else tuple(word.strip() for word in banned.split(",")),
    )


def banned_synonyms(root: Path) -> list[str]:
    """No module, class or public function is called by a word that the glossary bans."""
    banned = {tuple(words(word)): (word, term.name) for term in read_glossary(root) for word in term.banned}
    return [
        f"{name}: say {term}, not {word}"
        for name in names(root)
        for phrase, (word, term) in banned.items()
        if _says(name, phrase)
    ]


def _says(name: Name, phrase: tuple[str, ...]) -> bool:
    said = [_singular(word) for word in words(name.name)]
    length = len(phrase)
    return any(tuple(said[at : at + length]) == phrase for at in range(len(said) - length + 1))


def _singular(word: str) -> str:
    return word.removesuffix("s") if not word.endswith("ss") else word


def missing_owners(root: Path) -> list[str]:
    """Every term is owned by a module that exists."""
    return [f"{term.name}: {term.owner}" for term in read_glossary(root) if not (root / term.owner).is_file()]


def words_citizens_never_read(root: Path) -> list[str]:
    """The words that citizens read stand exactly so in a flow, text or list that ships."""
    library = "\n".join(_library(root))
    return [
        f"{term.name}: {word}" for term in read_glossary(root) for word in term.citizen if not _is_in(word, library)
    ]


def _library(root: Path) -> Iterator[str]:
    for suffix in ("*.yaml", "*.csv"):
        for path in sorted((root / "flows/library").rglob(suffix)):
            yield path.read_text(encoding="utf-8")


def _is_in(word: str, text: str) -> bool:
    return word == NONE or re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def rows_that_contradict(root: Path) -> list[str]:
    """A term has one row, and no row bans another's term."""
    terms = read_glossary(root)
    known = [term.name for term in terms]
    twice = [f"{name}: has two rows" for name in sorted(set(known)) if known.count(name) > 1]
    banned = {word: term.name for term in terms for word in term.banned}
    return twice + [f"{word}: is a term, and the row of {row} bans it" for word, row in banned.items() if word in known]


def field_words_that_miss_their_owner(root: Path) -> list[str]:
    """Whoever searches for the field's word finds the owner: in its path, its docstring or a name in it."""
    owners = {term.name: term.owner for term in read_glossary(root)}
    missing = [f"{word}: the glossary has no {term}" for word, term in FIELD_WORDS.items() if term not in owners]
    return missing + [
        f"{word}: searching for it does not find {owners[term]}"
        for word, term in FIELD_WORDS.items()
        if term in owners and (root / owners[term]).is_file() and not _finds(root, owners[term], word)
    ]


def _finds(root: Path, path: Path, word: str) -> bool:
    tree = parse(root, path)
    named = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    text = " ".join([str(path), ast.get_docstring(tree) or "", *(" ".join(words(name)) for name in named)])
    return word in text.replace("_", " ").lower()
