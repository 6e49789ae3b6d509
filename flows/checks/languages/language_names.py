"""F214: a language that is offered by the name of another one."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale, localedata

from flows.checks.analysis.findings import Findings
from flows.checks.words.language_tags import language_of
from flows.menu.diagnostics import Path
from flows.text.normalization import normalize_keyword

Names = frozenset[tuple[str, ...]]


def check_language_names(findings: Findings) -> None:
    """Report labels of languages, and choices that save one, that are the name of another language of the flow."""
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
            findings.add("F214", path, said, language=shown, hint=f"write what speakers of {tag} call it")


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
