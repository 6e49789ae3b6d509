"""Key, code, words: whether the label of a key says what its own code is called, or what another one is."""

from collections.abc import Iterator, Mapping

from flows.menu.model import Flow
from flows.text.normalization import words

STEM = 5  # letters by which words are compared: `ask` is no `asked`, and `demand` is `demanded`


def misplaced_labels(labels: Mapping[str, str], meant: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """The keys whose label has the words of another key's code, each with that other key.

    `labels` are the words behind each key, `meant` the stems that belong to each key's code (`stems`). A label is
    misplaced if it has more of the other's words than of its own, and the other's own label has fewer of them.
    """
    said = {key: stems(label) for key, label in labels.items() if key in meant}
    shared = {
        stem for key, own in meant.items() for other, theirs in meant.items() if key < other for stem in own & theirs
    }
    own = {key: found - shared for key, found in meant.items()}
    for key, label in said.items():
        fits = {other: len(label & own[other]) for other in own}
        best = max(fits, key=lambda other: (fits[other], other == key))
        if fits[best] > fits[key] and fits[best] > len(said.get(best, frozenset()) & own[best]):
            yield key, best


def stems(label: str) -> frozenset[str]:
    """The words of a label or a code as they are compared, by their beginnings."""
    return frozenset(word.folded[:STEM] for word in words(label.replace("_", " ")))


def words_of_codes(flow: Flow, codes: Mapping[str, str], tag: str) -> dict[str, frozenset[str]]:
    """What each key's code is called: its own words, and those of the options and rows that have it, in a language."""
    found = {key: stems(code) for key, code in codes.items()}
    keys = {code: key for key, code in codes.items()}
    for screen in flow.asks:
        for option in screen.options:
            if key := keys.get(option.code):
                label = "".join(part for part in option.text.get(tag, ()) if isinstance(part, str))
                found[key] |= stems(label)
    for rows in flow.rows.values():
        for code in keys.keys() & rows.keys():
            found[keys[code]] |= stems(rows[code].text.get(tag, ""))
    return found
