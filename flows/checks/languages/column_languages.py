"""F210: a text in another language of the flow than its column says.

Each language is learnt from the flow itself: the words of its other texts, and the pairs of letters of all. What could
be either is left alone: names, loanwords, short words, a language with few texts.
"""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import combinations, pairwise

from babel import Locale
from msgspec import Struct, field

from flows.checks.analysis.findings import Findings
from flows.checks.languages.said_texts import SaidText
from flows.checks.words.language_tags import has_small_words, language_of, small_word_language, small_words
from flows.engine.language_detection import is_english
from flows.menu.diagnostics import Path
from flows.text.languages import script_of

FEWEST = 12  # texts from which a language of a flow is known
SURE = 6.0  # how much likelier, as a logarithm, the other language must be
SHORTEST = 6  # letters of a text of which something is said
MOST_WORDS = 40  # of one text that are looked at
FEWEST_WORDS = (3, 4)  # of a text whose small words are looked at, and of a row, which may be a name
_ALL_PAIRS = 1500  # pairs of letters that a language has, roughly
_UNKNOWN = 0.3  # in how many texts a word counts to stand that stands in none
MOST_OF_SPELLING = 2.0  # that the letters of one unknown word may say
_ENGLISH = "en"


class LanguageWords(Struct):
    """What a flow says in one language: in how many texts each word and each pair of letters stands."""

    texts: int = 0
    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    letters: int = 0

    def knows(self, word: str, *, own: bool) -> float:
        """In how many texts a word stands, as a share; `own`: the text that is asked about is not counted."""
        return (max(self.words[word] - own, 0) + _UNKNOWN) / (self.texts + 1)

    def spelling(self, word: str, *, own: bool) -> float:
        """How likely the letters of a word are in this order, as a logarithm."""
        pairs = map("".join, pairwise(f" {word} "))
        return sum(math.log((max(self.pairs[pair] - own, 0) + 0.3) / (self.letters + _ALL_PAIRS)) for pair in pairs)


def check_column_languages(findings: Findings, texts: list[SaidText]) -> None:
    """Report texts in another language, and two languages that are swapped in one text."""
    flow = findings.flow
    alike = [pair for pair in combinations(flow.languages, 2) if script_of(pair[0]) == script_of(pair[1])]
    tags = {tag for pair in alike for tag in pair}
    said = [{tag: words[:MOST_WORDS] for tag, words in each.words.items() if tag in tags} for each in texts]
    known = {tag: LanguageWords() for tag in tags}
    for text in said:
        if len({*map(tuple, text.values())}) > 1:  # what is the same in all is a name
            for tag, found in text.items():
                known[tag].texts += bool(found)
                known[tag].words.update({*found})
    for language in known.values():
        _learn_pairs(language)
    alike = [pair for pair in alike if _rich(known, pair)]
    names = _lists_of_names(texts, alike)
    for each, text in zip(texts, said, strict=True) if alike else ():
        for one, other in alike:
            if text.get(one) and text.get(other) and (each.path[:2], one, other) not in names:
                _compare(findings, each, known, text, one, other)
    _foreign(findings, texts)


def _foreign(findings: Findings, texts: list[SaidText]) -> None:
    """Report texts whose small words are those of another language, in a flow of one language too."""
    for tag in findings.flow.languages:
        said = [each for each in texts if len(set(each.words.get(tag, ()))) >= FEWEST_WORDS[each.role == "row"]]
        if not has_small_words(tag) or sum(bool(small_words(each.words[tag], tag)) for each in said) * 2 < len(said):
            continue  # nothing is known of the language as it is written here
        used = Counter(word for each in said for word in set(each.words[tag]))
        for each in said:
            other = small_word_language(each.words[tag], tag)
            if not other or findings.tells((*each.path, tag), "F206", "F210"):
                continue
            if sum(used[word] > 2 for word in set(each.words[tag])) > 1:  # words that this flow uses elsewhere
                continue
            told = f"it reads like {_name(findings, other)}: who chose {findings.flow.languages[tag]} may not read it"
            findings.add("F210", each.path, told, language=tag, hint=f"write it in {findings.flow.languages[tag]}")


def _name(findings: Findings, language: str) -> str:
    """A language as the flow calls it, or as it is called in English."""
    own = next((label for tag, label in findings.flow.languages.items() if language_of(tag) == language), "")
    return own or str(Locale.parse("en").languages.get(language, language))


def _rich(known: dict[str, LanguageWords], pair: Iterable[str]) -> bool:
    return all(known[tag].texts >= FEWEST for tag in pair)


def _lists_of_names(texts: list[SaidText], alike: list[tuple[str, str]]) -> set[tuple[Path, str, str]]:
    """The lists whose words are mostly the same in two languages: names of places, which are of no language."""
    rows: Counter[Path] = Counter(each.path[:2] for each in texts if each.role == "row")
    same = Counter(
        (each.path[:2], one, other)
        for each in texts
        if each.role == "row"
        for one, other in alike
        if each.said.get(one) == each.said.get(other)
    )
    return {key for key, many in same.items() if many * 3 > rows[key[0]]}


def _learn_pairs(known: LanguageWords) -> None:
    """The pairs of letters of all words, once for each text that has one."""
    for word, texts in known.words.items():
        for pair in map("".join, pairwise(f" {word} ")):
            known.pairs[pair] += texts
        known.letters += (len(word) + 1) * texts


def _compare(
    findings: Findings,
    each: SaidText,
    known: dict[str, LanguageWords],
    text: dict[str, list[str]],
    one: str,
    other: str,
) -> None:
    wrong = {tag: _doubt(known, text, tag, beside) for tag, beside in ((one, other), (other, one))}
    swapped = min(wrong.values()) > 0 and sum(wrong.values()) > SURE
    names = findings.flow.languages
    for tag, beside in ((one, other), (other, one)):
        if swapped and tag == one:
            said = f"the words in {one} and in {other} are swapped: who chose {names[tag]} reads {names[beside]}"
            findings.add("F210", each.path, said, language=tag, hint=f"exchange {one} and {other} here")
        elif not swapped and wrong[tag] > SURE:
            said = f"it reads like {names[beside]}: who chose {names[tag]} may not understand it"
            findings.add("F210", each.path, said, language=tag, hint=f"write it in {names[tag]}")


def _doubt(known: dict[str, LanguageWords], text: dict[str, list[str]], tag: str, beside: str) -> float:
    """How much likelier the words under a tag are in another language, as a logarithm; negative if they are less."""
    said = [word for word in text[tag] if word not in text[beside]]
    here, there = known[tag], known[beside]
    if sum(map(len, said)) < SHORTEST or not any(there.words[word] and here.words[word] < 2 for word in said):
        return 0.0
    doubt = 0.0
    for word in said:
        if here.words[word] > 1 or there.words[word]:
            doubt += math.log(there.knows(word, own=False) / here.knows(word, own=True))
        else:
            apart = (there.spelling(word, own=False) - here.spelling(word, own=True)) / 2
            doubt += max(-MOST_OF_SPELLING, min(MOST_OF_SPELLING, apart))
    if any(here.words[word] > 1 and here.words[word] > 2 * there.words[word] for word in said if len(word) > 1):
        return min(doubt, 0.0)  # a word of its own language
    if _ENGLISH in (tag, beside) and len(said) > 1:
        doubt += 3.0 if is_english(" ".join(said)) == (beside == _ENGLISH) else -3.0
    return doubt
