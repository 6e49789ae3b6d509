"""Every text of a flow as it is said in each language, read once for all checks of languages."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import variables
from flows.checks.words.key_labels import key_labels
from flows.checks.words.language_tags import whole_words
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, PLACE_LIST, Text
from flows.menu.screen_kinds import Role

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
    for each in (*findings.texts, *findings.row_texts):
        if each.path[:2] == ("lists", PLACE_LIST):
            continue
        said = {
            tag: heard
            for tag, parts in each.text.items()
            if (heard := words_of(parts, service))
            and (tag in findings.flow.languages or tag == ANY_LANGUAGE)
            and (each.path, tag) not in findings.lost
        }
        numbers = {tag: numbers_in(heard, tag) for tag, heard in said.items()}
        folded = {tag: whole_words(heard[:MOST_LETTERS]) for tag, heard in said.items()}
        yield SaidText(each.path, each.role, said, each.text, numbers, folded)


def keys_of(texts: Iterable[SaidText]) -> dict[Path, ListedKeys]:
    """The keys that each text lists in the languages in which it lists any, with their labels."""
    found = ((each, _keys(each)) for each in texts if each.role not in ("option", "resume", "row"))
    return {each.path: listed for each, listed in found if listed}


def _keys(each: SaidText) -> ListedKeys:
    listed = ((tag, key_labels(each.said[tag], tag)) for tag, numbers in each.numbers.items() if numbers)
    return {tag: labels for tag, labels in listed if labels}
