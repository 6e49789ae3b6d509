"""Every text of a flow as it is said in each language, read once for all checks of languages."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import index_list, variables
from flows.checks.words.key_labels import key_labels
from flows.checks.words.language_tags import whole_words
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, PLACE_LIST, Text
from flows.menu.screen_kinds import FlowText, Role
from flows.understanding.name_lookup import SameRows

LISTS_KEPT = 16  # lists whose words are kept: those of a flow, in two versions
MOST_LETTERS = 400  # of a text whose words are compared


ListedKeys = dict[str, dict[str, str]]  # of a text: language -> key -> its words


class SaidText(Struct, frozen=True):
    """A text by its place, with what it says in each language: the service's words filled in, other variables `…`.

    `numbers` are those that it says, by language, and `words` its words as they are compared, without numbers.
    """

    path: Path
    role: Role
    said: dict[str, str]
    text: Text
    numbers: dict[str, list[SaidNumber]]
    words: dict[str, list[str]]

    def alike(self, one: str, other: str) -> bool:
        """True when two languages have the same variables."""
        return sorted(variables(self.text[one])) == sorted(variables(self.text[other]))


def said_texts(findings: Findings, service: Mapping[str, str]) -> list[SaidText]:
    """The texts of a flow and of its lists, without names of towns and without what nobody can read any more."""
    return [each for each in _read(findings, service) if each.said]


def _read(findings: Findings, service: Mapping[str, str]) -> Iterator[SaidText]:
    flow, lost = findings.flow, findings.lost
    for each in findings.texts:
        yield _say(each, service, (*flow.languages, ANY_LANGUAGE), lost)
    damaged = {path[1] for path, _ in lost if path[0] == "lists" and len(path) > 1}
    for name, rows in flow.lists.items() if not findings.around.screen else ():
        if name == PLACE_LIST:
            continue
        if name in damaged:
            yield from (_say(each, {}, tuple(flow.languages), lost) for each in index_list(name, rows))
        else:
            yield from _said_rows(name, SameRows(rows), tuple(flow.languages))


@lru_cache(maxsize=LISTS_KEPT)
def _said_rows(name: str, of: SameRows, languages: tuple[str, ...]) -> tuple[SaidText, ...]:
    return tuple(_say(each, {}, languages, ()) for each in index_list(name, of.rows))


def _say(
    each: FlowText, service: Mapping[str, str], languages: Collection[str], lost: Collection[tuple[Path, str]]
) -> SaidText:
    said = {
        tag: heard
        for tag, parts in each.text.items()
        if (heard := words_of(parts, service)) and tag in languages and (each.path, tag) not in lost
    }
    numbers = {tag: numbers_in(heard, tag) for tag, heard in said.items()}
    folded = {tag: whole_words(heard[:MOST_LETTERS]) for tag, heard in said.items()}
    return SaidText(each.path, each.role, said, each.text, numbers, folded)


def keys_of(texts: Iterable[SaidText]) -> dict[Path, ListedKeys]:
    """The keys that each text lists in the languages in which it lists any, with their labels."""
    found = ((each, _keys(each)) for each in texts if each.role not in ("option", "resume", "row"))
    return {each.path: listed for each, listed in found if listed}


def _keys(each: SaidText) -> ListedKeys:
    listed = ((tag, key_labels(each.said[tag], tag)) for tag, numbers in each.numbers.items() if numbers)
    return {tag: labels for tag, labels in listed if labels}
