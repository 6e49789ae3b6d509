"""F214: a language that is offered by the name of another one."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale, localedata

from flows.checks.analysis.findings import Findings
from flows.checks.languages.said_texts import ListedKeys
from flows.checks.words.language_tags import language_of
from flows.menu.diagnostics import Path, Severity
from flows.text.normalization import normalize_keyword

Names = frozenset[tuple[str, ...]]


def check_language_names(findings: Findings, keys: Mapping[Path, ListedKeys]) -> None:
    """Report labels of languages, and choices that save one, that are the name of another language of the flow.

    `keys` are those that texts list: languages are numbered in the order of the flow.
    """
    flow = findings.flow
    if len(flow.languages) < 2:
        return
    names = {tag: _names(findings, tag) for tag in flow.languages}
    for path, tag, shown, label in _labels(findings):
        folded = normalize_keyword(label)
        own = _longest(folded, names[tag])
        other = max(flow.languages, key=lambda each: _longest(folded, names[each] - names[tag]))
        if _longest(folded, names[other] - names[tag]) > own:
            said = f"{label!r} is the name of {other}, and who chooses it gets {tag}"
            severity: Severity = "E" if folded in names[other] else "W"  # "Pidgin English" may be what it is called
            hint = f"write what speakers of {tag} call it"
            findings.add("F214", path, said, language=shown, hint=hint, severity=severity)

    names = {tag: names[tag] | {normalize_keyword(label)} for tag, label in flow.languages.items()}
    for place, listed in keys.items():
        if place[0] == "texts":
            for tag, labels in listed.items():
                _numbered(findings, place, tag, labels, names)


def _numbered(findings: Findings, path: Path, tag: str, labels: Mapping[str, str], names: Mapping[str, Names]) -> None:
    """Report a text that numbers the languages in another order than the flow has them."""
    meant = {key: [each for each in names if normalize_keyword(label) in names[each]] for key, label in labels.items()}
    if sum(bool(found) for found in meant.values()) < 2:
        return
    order = {str(at): each for at, each in enumerate(findings.flow.languages, 1)}
    wrong = [key for key, found in meant.items() if found and key in order and order[key] not in found]
    if wrong:
        said = f"{wrong[0]} is {labels[wrong[0]]!r} here, and who answers {wrong[0]} gets {order[wrong[0]]}"
        hint = "number the languages in the order in which the flow has them"
        findings.add("F214", path, said, language=tag, hint=hint, severity="W")


def _labels(findings: Findings) -> Iterator[tuple[Path, str, str, str]]:
    """Where a language is offered, its tag, the language of the label, and the label."""
    flow = findings.flow
    for tag, label in flow.languages.items():
        yield ("languages", tag), tag, "", label
    for screen in flow.asks:
        for option in screen.options:
            if option.code in flow.languages:
                for shown, parts in option.text.items():
                    label = "".join(part for part in parts if isinstance(part, str))
                    yield (*findings.path(screen.id), "choose", option.code), option.code, shown, label


def _names(findings: Findings, tag: str) -> Names:
    """What a language is called, in itself, in English and in the other languages of the flow, and what is typed."""
    asked = tuple(sorted({language_of(each) for each in findings.flow.languages} | {"en"}))
    typed = (normalize_keyword(alias) for alias in findings.flow.aliases.get(tag, ()))
    return frozenset({*language_names(tag, asked), *typed} - {()})


@lru_cache(maxsize=128)
def language_names(tag: str, asked: tuple[str, ...]) -> Names:
    """The names of a language in CLDR, normalized, in some languages."""
    code = tag.partition("-")[0]
    known: list[Mapping[str, str]] = [Locale.parse(each).languages for each in asked if localedata.exists(each)]
    return frozenset(
        normalize_keyword(name) for each in known if (name := each.get(code) or each.get(language_of(tag)))
    )


def _longest(said: tuple[str, ...], names: Names) -> int:
    """The words of the longest of some names that stands in a label; 0 if none does."""
    return max((len(name) for name in names if _stands(name, said)), default=0)


def _stands(name: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return any(said[at : at + len(name)] == name for at in range(len(said) - len(name) + 1))
