"""F209: a text that is the translation of another one: exchanged in one language, or copied over another."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from flows.checks.analysis.findings import Findings
from flows.checks.languages.said_texts import SaidText
from flows.menu.model import ANY_LANGUAGE, Ask
from flows.text.languages import LATIN, script_of
from flows.text.normalization import words
from flows.text.phonetics import consonants

ALIKE = 0.5  # the share of words that sound alike in two scripts in a translation
CLEARLY = 0.9  # how much more two texts must sound like each other's translation, both shares together
MOST_OPTIONS = 15
Key = tuple[str, ...]


def check_exchanged_texts(findings: Findings, texts: list[SaidText]) -> None:
    """Report texts of one language that belong to another text, by the other languages and by the live revision."""
    by_path = {each.path: each for each in texts}
    told = set(_before(findings, by_path))
    told |= set(_sounds(findings, [each for each in texts if not any((each.path, tag) in told for tag in each.said)]))
    _copies(findings, texts, told)


def _fold(said: str) -> str:
    return " ".join(said.casefold().split()).strip(" .!?۔؟")


def _before(findings: Findings, by_path: dict[Key, SaidText]) -> Iterator[tuple[Key, str]]:
    """Options whose words in some languages, and not in all, were those of their neighbour in the live revision."""
    earlier = findings.around.before
    for screen in findings.flow.asks if earlier else ():
        old = earlier.screens.get(screen.id) if earlier else None
        if not isinstance(old, Ask):
            continue
        was = {option.code: option.text for option in old.options}
        now = {option.code: option.text for option in screen.options[:MOST_OPTIONS] if option.code in was}
        for one, other in combinations(now, 2):
            swapped = [
                tag
                for tag in now[one]
                if now[one].get(tag) != was[one].get(tag)
                and now[one].get(tag) == was[other].get(tag)
                and now[other].get(tag) == was[one].get(tag)
            ]
            if swapped and len(swapped) < len(now[one]):
                for code, beside in ((one, other), (other, one)):
                    path = (*findings.path(screen.id), "choose", code)
                    yield from _tell(findings, by_path.get(path), swapped[0], f"option {beside!r} in the live revision")


def _sounds(findings: Findings, texts: list[SaidText]) -> Iterator[tuple[Key, str]]:
    """Texts of one screen or list whose words in two scripts sound like each other's and not like their own."""
    for latin, other in _pairs(findings):
        groups: dict[Key, list[tuple[SaidText, frozenset[str], frozenset[str]]]] = {}
        for each in texts:
            if each.role in ("option", "row", "resume") and each.said.get(latin) and each.said.get(other):
                mine, theirs = _skeletons(each.said[latin]), _skeletons(each.said[other])
                if mine and theirs:
                    groups.setdefault(each.path[:2], []).append((each, mine, theirs))
        for group in groups.values():
            yield from _crossed(findings, group, other)


def _pairs(findings: Findings) -> Iterator[tuple[str, str]]:
    """A language that is written in Latin letters too, with its own script: ur-Latn and ur."""
    tags = findings.flow.languages
    for tag in tags:
        plain = tag.partition("-")[0]
        if plain != tag and plain in tags and script_of(tag) == LATIN and script_of(plain) == "Arab":
            yield tag, plain


def _crossed(
    findings: Findings, group: list[tuple[SaidText, frozenset[str], frozenset[str]]], tag: str
) -> Iterator[tuple[Key, str]]:
    where: dict[str, list[int]] = {}
    for at, (_, _, theirs) in enumerate(group):
        for word in theirs:
            where.setdefault(word, []).append(at)
    for at, (each, mine, theirs) in enumerate(group):
        own = _share(mine, theirs)
        if own > ALIKE:
            continue
        near = {other for word in mine for other in where.get(word, ())[:MOST_OPTIONS]} - {at}
        findings.spend(len(near))
        for other in near:
            their_text, their_mine, their_theirs = group[other]
            crossed = _share(mine, their_theirs), _share(their_mine, theirs)
            if min(crossed) > ALIKE and sum(crossed) - own - _share(their_mine, their_theirs) >= CLEARLY:
                yield from _tell(findings, each, tag, repr(their_text.path[-1]))
                break


def _skeletons(said: str) -> frozenset[str]:
    """The consonants of each word as they sound, of two or more."""
    return frozenset(found for word in words(said) if len(found := consonants(word.folded)) > 1)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _copies(findings: Findings, texts: Iterable[SaidText], told: set[tuple[Key, str]]) -> None:
    """Texts that are the same in one language and differ in every other one: one was copied over the other."""
    for tag in findings.flow.languages if len(findings.flow.languages) > 2 else ():
        alike: dict[tuple[bool, str], list[SaidText]] = {}
        for each in texts:
            said = each.said.get(tag, "")
            if each.role in ("ask", "end", "sms", "event", "option") and _letters(said) > 1:
                alike.setdefault((each.role == "option", _fold(said)), []).append(each)
        for group in alike.values():
            if len(group) > 1:
                _odd(findings, group, tag, told)


def _odd(findings: Findings, group: list[SaidText], tag: str, told: set[tuple[Key, str]]) -> None:
    """Report those of a group that say something else than the most of it in every other language."""
    others = Counter(_others(each, tag) for each in group)
    right = max(group, key=lambda each: (others[_others(each, tag)], _fits(each, tag)))
    if any((each.path, tag) in told for each in group):
        return
    for each in group:
        if _apart(each, right, tag):
            for _ in _tell(findings, each, tag, " ".join(right.path[1:2] + right.path[3:4]), copied=True):
                pass


def _others(each: SaidText, tag: str) -> tuple[str, ...]:
    return tuple(_fold(said) for other, said in each.said.items() if other != tag)


def _letters(said: str) -> int:
    return sum(any(map(str.isalpha, word)) for word in said.split())


def _apart(one: SaidText, other: SaidText, tag: str) -> bool:
    """True when the two say something else in every other language, and have at least two."""
    tags = [each for each in one.said if each not in (tag, ANY_LANGUAGE) and each in other.said]
    return len(tags) > 1 and not any(_is_near(one.said[each], other.said[each]) for each in tags)


def _is_near(one: str, other: str) -> bool:
    """True for two texts with half of their words in common."""
    mine, theirs = set(_fold(one).split()), set(_fold(other).split())
    return len((mine & theirs) - {"…", "…:"}) * 2 >= min(len(mine), len(theirs))


def _fits(each: SaidText, tag: str) -> float:
    """How much of a text in one language sounds like it does in the others."""
    mine = _skeletons(each.said[tag])
    others = [_skeletons(said) for other, said in each.said.items() if other != tag]
    return max((_share(mine, other) for other in others if mine and other), default=0.0)


def _tell(
    findings: Findings, each: SaidText | None, tag: str, of: str, *, copied: bool = False
) -> Iterator[tuple[Key, str]]:
    if each is None:
        return
    what = "reads the same as" if copied else "has the words of"
    said = f"{each.said.get(tag, '')[:40]!r} {what} {of}, and the other languages do not: callers would mistake it"
    findings.add("F209", each.path, said, language=tag, hint="write what the other languages say here")
    yield each.path, tag
