"""Danger in the words of an SMS or a call: fire, gas, a fallen wire, somebody hurt, violence, abuse, suicide.

It is looked for before anything else. The words are data (`danger.yaml`, in three languages and scripts); here they are
compared by their sound, since Roman Urdu has no fixed spelling. Recall comes before precision: in doubt it is danger.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from flows.menu.danger_rules import NO, NOT, NUMBERS, SMALL, TAIL, Danger, DangerLexicon, Pattern, Term
from flows.menu.keyword_rule import EMERGENCY, Rule
from flows.text.normalization import folded_words, normalize_keyword

CERTAIN = 0.5  # the probability from which the model alone says that there is a danger
HARDLY = 0.05  # below this probability, words that often mean something else are no danger
FEW = 4  # words say too little for the model to speak against them
LONGEST = 300  # words that are read


class FoundDanger(Struct, frozen=True):
    """A danger that words tell of: the helplines to call, the category it is, and whether others may read of it.

    `codes` are those of `danger.yaml`, none if only a keyword rule or the model found it. `text` is the reply, where it
    has one of its own. `doubtful`: the model alone suspects it.
    """

    call: tuple[str, ...]
    codes: tuple[str, ...] = ()
    category: str = ""
    private: bool = False
    text: str = ""
    doubtful: bool = False


def find_danger(
    text: str, lexicon: DangerLexicon, rules: Sequence[Rule] = (), probability: float | None = None
) -> FoundDanger | None:
    """The danger that words tell of, or None. `probability` is the model's, None without a model.

    A flow adds words in keyword rules of the intent `emergency`: `words` count anywhere, `alone` as the whole text.
    """
    perhaps = probability is None or probability >= HARDLY or len(folded_words(text)) <= FEW
    found = list(dangers_in(text, lexicon, perhaps=perhaps))
    if found:
        return _together(found)
    own = [rule for rule in rules if rule.intent == EMERGENCY]
    if own and _is_of_rules(normalize_keyword(text), own):
        return FoundDanger(NUMBERS)
    return FoundDanger(NUMBERS, doubtful=True) if probability is not None and probability >= CERTAIN else None


def dangers_in(text: str, lexicon: DangerLexicon, *, perhaps: bool = True) -> Iterator[Danger]:
    """Each danger of the lexicon that the words tell of, those that they only perhaps tell of if `perhaps`."""
    spoken = folded_words(text)[:LONGEST]
    possible = lexicon.possible(spoken)
    if not possible:  # as in most texts
        return
    said = _Said(spoken, lexicon)
    told = said.told(possible)
    if not told:  # as in nearly every text
        return
    over = bool(said.told(lexicon.past)) and not said.told(lexicon.present)
    for danger in lexicon.dangers:
        tells = not told.isdisjoint(danger.when) or (perhaps and not told.isdisjoint(danger.perhaps))
        if tells and (danger.past or not over):
            yield danger


def _together(found: Sequence[Danger]) -> FoundDanger:
    """Several dangers are one with all their numbers, each once; the words for suicide decide the reply."""
    call = dict.fromkeys(line for danger in found for line in danger.call)
    text = next((danger.text for danger in found if danger.text), "")
    category = next((danger.category for danger in found if danger.category), "")
    private = any(danger.private for danger in found)
    return FoundDanger(tuple(call), tuple(danger.code for danger in found), "" if text else category, private, text)


Span = tuple[int, int]  # the place of the first word, and the place after the last


class _Said:
    """The words of a text, each with the groups of the lexicon that it is in."""

    def __init__(self, spoken: Sequence[str], lexicon: DangerLexicon) -> None:
        self._patterns = lexicon.patterns
        self._groups = lexicon.groups_of(spoken)
        self._all = frozenset[str]().union(*self._groups)

    def told(self, patterns: Iterable[str]) -> frozenset[str]:
        """Those of these patterns, by what is written, as which the words are."""
        return frozenset(each for each in patterns if self._tells(self._patterns[each]))

    def _tells(self, pattern: Pattern) -> bool:
        if any(map(self._all.isdisjoint, pattern.places)) or not self._all.isdisjoint(pattern.without):
            return False
        found = [self._spans(term) for term in pattern.terms]
        if not found or not all(found):
            return False
        for first in found[0]:
            near = [min(each, key=lambda span: abs(span[0] - first[0])) for each in found[1:]]
            if any(abs(span[0] - first[0]) > pattern.within for span in near):
                continue
            spans = sorted([first, *near])
            if not self._denied(spans) and (not pattern.alone or self._alone(spans)):
                return True
        return False

    def _spans(self, term: Term) -> list[Span]:
        """Where a term is said."""
        spans = (self._span(term, start) for start in range(len(self._groups)))
        return [span for span in spans if span is not None]

    def _span(self, term: Term, start: int) -> Span | None:
        at = start
        for place, names in enumerate(term.places):
            if place and names.isdisjoint(self._of(at)) and SMALL in self._of(at):
                at += 1
            if names.isdisjoint(self._of(at)):
                return None
            at += 1
        return start, at

    def _of(self, place: int) -> frozenset[str]:
        return self._groups[place] if 0 <= place < len(self._groups) else frozenset()

    def _denied(self, spans: Sequence[Span]) -> bool:
        """Nothing of the kind: "aag nahi lagi", "no gas leak", "gas leak nahi hai". "Saans nahi aa rahi" says it."""
        if any(NOT in self._of(place) for start, end in spans for place in range(start, end)):
            return False
        last = max(end for _, end in spans)
        rest = last + 1 == len(self._groups) or TAIL in self._of(last + 1)
        none = NO in self._of(spans[0][0] - 1)
        return none or any(NOT in self._of(start - 1) for start, _ in spans[1:]) or (NOT in self._of(last) and rest)

    def _alone(self, spans: Sequence[Span]) -> bool:
        """True if all other words are small ones."""
        taken = {place for start, end in spans for place in range(start, end)}
        return all(place in taken or SMALL in groups for place, groups in enumerate(self._groups))


def _is_of_rules(said: tuple[str, ...], rules: Sequence[Rule]) -> bool:
    anywhere = [normalize_keyword(keyword) for rule in rules for keyword in rule.words]
    within = any(said[at : at + len(key)] == key for key in anywhere if key for at in range(len(said)))
    return within or any(said == normalize_keyword(keyword) for rule in rules for keyword in rule.alone)
