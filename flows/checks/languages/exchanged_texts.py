"""F209: a text that is the translation of another one: exchanged in one language, or copied over another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import variables
from flows.checks.languages.said_texts import ListedKeys, SaidText
from flows.checks.languages.translated_words import FlowDictionary
from flows.checks.texts.blamed_language import earlier_text
from flows.checks.words.key_labels import UNKNOWN
from flows.checks.words.language_tags import whole_words
from flows.engine.variables import base_language, needs_ucs2
from flows.menu.model import ANY_LANGUAGE, Template, Text
from flows.text.normalization import words
from flows.text.phonetics import consonants

ALIKE = 0.5  # how well a translation fits, of 1
CROSSED = 0.3  # how well two exchanged texts must fit in each other's place
FEW_CLEARLY, CLEARLY = 0.6, 0.9  # how much better there than in their own, where few texts stand together, and many
MOST_OPTIONS = 15  # texts that are few
MOST_TEXTS = 10_000  # rows included: what more rows say is too much to learn from
MOST_DOUBTFUL = 100  # texts that are all compared with each other
OPPOSITE = ("open", "closed")  # statuses that no language has one word for
Key = tuple[str, ...]


def check_exchanged_texts(findings: Findings, texts: list[SaidText], keys: Mapping[Key, ListedKeys]) -> None:
    """Report texts of one language that belong to another text, by the other languages and by the live revision."""
    told = set(_before(findings, texts))
    told |= set(_crossed(findings, texts, keys, told))
    _copies(findings, texts, told)


def _fold(said: str) -> str:
    return " ".join(said.casefold().split()).strip(" .!?۔؟")


def _before(findings: Findings, texts: list[SaidText]) -> Iterator[tuple[Key, str]]:
    """Texts whose words in some languages, and not in all, were those of one beside them in the live revision."""
    earlier = findings.around.before
    changed: dict[tuple[Key, str, Template, Template], SaidText] = {}
    for each in texts if earlier else ():
        was = earlier_text(earlier, each.path)
        tags = [tag for tag in each.text if was.get(tag) and was[tag] != each.text[tag]]
        for tag in tags if len(tags) < len(each.text) else ():
            now = each.text[tag]
            changed[_beside(each), tag, was[tag], now] = each
            if other := changed.get((_beside(each), tag, now, was[tag])):
                for one, beside in ((each, other), (other, each)):
                    yield _tell(findings, one, tag, f"{beside.path[-1]!r} in the live revision")


def _crossed(
    findings: Findings, texts: list[SaidText], keys: Mapping[Key, ListedKeys], told: set[tuple[Key, str]]
) -> Iterator[tuple[Key, str]]:
    """Texts beside each other that have the words of each other's translation, as the rest of the flow translates."""
    tags = [*findings.flow.languages]
    if len(texts) > MOST_TEXTS:
        texts = [each for each in texts if each.role != "row"]
    texts = [each for each in texts if each.role != "event" or "officer_" not in each.path[-1]]  # callers read none
    groups: dict[Key, list[int]] = {}
    for at, each in enumerate(texts):
        groups.setdefault(_beside(each), []).append(at)
    for at, each in enumerate(labels := _labels(texts, keys), len(texts)):
        groups.setdefault(("keys", *each.path[:-1]), []).append(at)
    texts = [*texts, *labels]
    known = FlowDictionary(texts, tags)
    for group in groups.values():
        crossings: dict[tuple[int, int], dict[str, float]] = {}
        for tag in tags if len(group) > 1 else ():
            doubtful = [at for at in group if tag in texts[at].said and _is_doubtful(known, at, tag)]
            if len(doubtful) > MOST_DOUBTFUL:  # "Street 1" to "Street 900": nothing would tell which is which
                doubtful = _with_own_words(texts, doubtful, tag)
            findings.spend(len(doubtful) ** 2 // 4)
            written = [(at, texts[at].said[tag], _shown(texts[at], tag)) for at in doubtful]
            for (one, said, shown), (other, said_beside, shown_beside) in combinations(written, 2):
                if shown == shown_beside and said != said_beside and (sure := _sureness(known, one, other, tag)):
                    crossings.setdefault((one, other), {})[tag] = sure
        needed = CLEARLY if len(group) > MOST_OPTIONS else FEW_CLEARLY
        for (one, other), by_tag in crossings.items():
            tag = _surest(by_tag, base_language(findings.flow))
            if by_tag[tag] >= needed and not any(_is_told(findings, texts[at], tag, told) for at in (one, other)):
                yield _tell(findings, texts[one], tag, repr(texts[other].path[-1]))
                yield _tell(findings, texts[other], tag, repr(texts[one].path[-1]))


def _is_told(findings: Findings, each: SaidText, tag: str, told: set[tuple[Key, str]]) -> bool:
    return (each.path, tag) in told or findings.tells((*each.path, tag), "F208")


def _labels(texts: list[SaidText], keys: Mapping[Key, ListedKeys]) -> list[SaidText]:
    """What each key of a text is for, as a text of its own: "1 Accept 2 Appeal" may be exchanged in one language."""
    found: list[SaidText] = []
    for each in texts:
        listed = {
            tag: {key: label for key, label in labels.items() if key != UNKNOWN}
            for tag, labels in keys.get(each.path, {}).items()
        }
        counted = {frozenset(map(str, range(1, len(labels) + 1))) for labels in listed.values()}
        if len(listed) < 2 or {frozenset(labels) for labels in listed.values()} != counted or len(counted) > 1:
            continue
        for key in next(iter(listed.values())):
            said = {tag: labels[key] for tag, labels in listed.items()}
            folded = {tag: whole_words(label) for tag, label in said.items()}
            text: Text = {tag: (label,) for tag, label in said.items()}
            found.append(SaidText((*each.path, key), each.role, said, text, {}, folded))
    return found


def _surest(by_tag: Mapping[str, float], base: str) -> str:
    """The language that two texts are most surely exchanged in, and of two as sure not the one that is translated."""
    return max(by_tag, key=lambda tag: (by_tag[tag], tag != base))


def _beside(each: SaidText) -> Key:
    """What stands with a text, so that the two may be exchanged: the options of a screen, all last screens."""
    if each.role in ("option", "row"):
        return each.path[:2]
    return each.path[:1] if each.path[0] != "screens" else (each.role,)


def _is_doubtful(known: FlowDictionary, at: int, tag: str) -> bool:
    """True for a text in a language that none of its other languages is a translation of, as far as is known."""
    return all(known.fit(at, tag, other) <= ALIKE for other in known.others[tag])


def _with_own_words(texts: Sequence[SaidText], among: Sequence[int], tag: str) -> list[int]:
    """Those texts that have other words than every other one."""
    said = {at: tuple(texts[at].words.get(tag, ())) for at in among}
    many = Counter(said.values())
    return [at for at in among if many[said[at]] == 1]


def _shown(each: SaidText, tag: str) -> list[str]:
    """The variables of a text, which those have too that may stand in its place; of rows nothing is asked."""
    return sorted(variables(each.text[tag])) if each.role != "row" else []


def _sureness(known: FlowDictionary, one: int, other: int, tag: str) -> float:
    """How much better two texts fit in each other's place, by all other languages; 0 if nothing says so."""
    likely = known.likely(one, other, tag)
    if not any(known.is_crossed(one, other, tag, beside, CROSSED) for beside in likely):
        return 0.0
    ordered = (*likely, *(beside for beside in known.others[tag] if beside not in likely))
    return sum(known.gain(one, other, tag, beside) for beside in ordered)


def _skeletons(said: str) -> frozenset[str]:
    """The consonants of each word as they sound, of two or more."""
    return frozenset(found for word in words(said) if len(found := consonants(word.folded)) > 1)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _copies(findings: Findings, texts: Iterable[SaidText], told: set[tuple[Key, str]]) -> None:
    """Texts that are the same in one language and differ in every other one: one was copied over the other.

    Two choices of one screen need no second language that says so; elsewhere three words the same may be chance.
    """
    few = len(findings.flow.languages) == 2
    offered = {screen.pick.list for screen in findings.flow.asks if screen.pick}  # F503 tells of their rows
    for tag in findings.flow.languages if len(findings.flow.languages) > 1 else ():
        alike: dict[tuple[Key, str], list[SaidText]] = {}
        for each in texts:
            near = each.role in ("resume", "key") or (each.role == "row" and each.path[1] not in offered)
            short = near or each.role == "option"
            if (near or each.role != "row") and len(each.words.get(tag, ())) > (0 if near else 1 + 2 * few):
                alike.setdefault((_beside(each) if near else (str(short),), _fold(each.said[tag])), []).append(each)
        for group in alike.values():
            if len(group) > 1:
                _odd(findings, group, tag, told)


def _odd(findings: Findings, group: list[SaidText], tag: str, told: set[tuple[Key, str]]) -> None:
    """Report those of a group that say something else than the most of it in every other language.

    With one other language alone nothing tells which of two is right, and both are told.
    """
    others = Counter(_others(each, tag) for each in group)
    right = max(group, key=lambda each: (others[_others(each, tag)], _fits(each, tag)))
    if any((each.path, tag) in told for each in group) or _is_one_choice(group):
        return
    opposite = {*OPPOSITE} <= {each.path[-1] for each in group}
    for each in group:
        short = each.role == "row" and needs_ucs2(findings.flow, tag) and not opposite
        if short and (len(group) > 2 or _fits(right, tag) - _fits(each, tag) < ALIKE):
            continue  # "Food Authority" of each province, where room is short
        if _apart(each, right, tag):
            _tell(findings, each, tag, _name(right), copied=True)
            if len(group) == len(each.said) == 2:
                _tell(findings, right, tag, _name(each), copied=True)


def _is_one_choice(group: list[SaidText]) -> bool:
    """True for choices of several screens with one code: the same act, which a language may put in two ways."""
    return {each.role for each in group} == {"option"} and len({each.path[-1] for each in group}) == 1


def _name(each: SaidText) -> str:
    return " ".join(each.path[1:2] + each.path[3:4]) if each.path[0] == "screens" else repr(each.path[-1])


def _others(each: SaidText, tag: str) -> tuple[str, ...]:
    return tuple(_fold(said) for other, said in each.said.items() if other != tag)


def _apart(one: SaidText, other: SaidText, tag: str) -> bool:
    """True when the two say something else in every other language."""
    tags = [each for each in one.said if each not in (tag, ANY_LANGUAGE) and each in other.said]
    return bool(tags) and not any(_is_near(one.said[each], other.said[each]) for each in tags)


def _is_near(one: str, other: str) -> bool:
    """True for two texts with half of their words in common."""
    mine, theirs = set(_fold(one).split()), set(_fold(other).split())
    return len((mine & theirs) - {"…", "…:"}) * 2 >= min(len(mine), len(theirs))


def _fits(each: SaidText, tag: str) -> float:
    """How much of a text in one language sounds like it does in the others."""
    mine = _skeletons(each.said[tag])
    others = [_skeletons(said) for other, said in each.said.items() if other != tag]
    return max((_share(mine, other) for other in others if mine and other), default=0.0)


def _tell(findings: Findings, each: SaidText, tag: str, of: str, *, copied: bool = False) -> tuple[Key, str]:
    """Report a text, and return what it is told by."""
    words = each.said.get(tag, "")[:40]
    said = f"{words!r} has the words of {of}, and the other languages do not: callers would mistake it"
    if copied:
        said = f"{words!r} reads the same as {of}, and the other languages do not: callers would mistake it"
    findings.add("F209", each.path, said, language=tag, hint="write what the other languages say here")
    return each.path, tag
