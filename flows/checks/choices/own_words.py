"""A flow as its own dictionary: the words that two of its texts share, in a language, tell that they belong together.

Nothing has to be known of a language for it. Words are compared by their beginnings: `annuler` and `annulé` are one.
"""

from collections import Counter
from collections.abc import Iterable

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.menu.model import Ask, Do, End, Text
from flows.menu.screen_kinds import texts_of
from flows.text.normalization import words

Stems = frozenset[tuple[str, str]]  # (language, beginning of a word)
NONE: Stems = frozenset()
STEM, SHORTEST = 5, 4  # letters by which words are compared, and that a word has at least
COMMON = 8  # texts from which a word tells nothing
NAMED = "id"  # the language of what screens and codes are called


def stems_of(text: Text) -> Stems:
    """The words of a text in each of its languages."""
    return frozenset((tag, stem) for tag, parts in text.items() for stem in _stems(plain(parts)))


def stems_of_name(name: str) -> Stems:
    """The words of an id or a code, in no language."""
    return frozenset((NAMED, stem) for stem in _stems(name.replace("_", " ").replace(".", " ")))


def _stems(said: str) -> frozenset[str]:
    return frozenset(word.folded[:STEM] for word in words(said) if len(word.folded) >= SHORTEST)


class OwnWords:
    """The words of each screen of a flow, without those that many texts have."""

    def __init__(self, findings: Findings) -> None:
        self._flow = findings.flow
        self._of_texts: dict[str, Stems] = {}
        often: Counter[tuple[str, str]] = Counter()
        for name, screen in self._flow.screens.items():
            said = [stems_of(each.text) for each in texts_of(screen)]
            for each in said:
                often.update(each)
            self._of_texts[name] = said[0] if said else NONE
            findings.spend(4 * len(said))
        self._common = frozenset(stem for stem, count in often.items() if count >= COMMON)

    def of_text(self, *texts: Text) -> Stems:
        """The telling words of texts."""
        return frozenset().union(*map(stems_of, texts)) - self._common

    def of_screen(self, name: str) -> Stems:
        """The telling words of a screen and its id; of an act, those of what follows if it succeeds."""
        screen = self._flow.screens.get(name)
        found = self._of_texts.get(name, NONE) | stems_of_name(name)
        if isinstance(screen, Do):
            found |= stems_of_name(screen.action)
            follows = self._flow.screens.get(screen.then.get("ok", ""))
            if isinstance(follows, Ask | End):
                found |= self._of_texts[follows.id] | stems_of_name(follows.id)
        return found - self._common


def common_words(one: Stems, other: Stems) -> int:
    """How many words two texts share, in the language in which they share most; names count for every language."""
    return _most_in(one & _as_named(other) | _as_named(one) & other)


def _as_named(stems: Stems) -> Stems:
    return stems | frozenset((NAMED, stem) for _, stem in stems)


def _most_in(stems: Iterable[tuple[str, str]]) -> int:
    """The number of words in the language that has most of them."""
    return max(Counter(tag for tag, _ in stems).values(), default=0)
