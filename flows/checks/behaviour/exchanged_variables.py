"""F215: two variables of a text that stand in each other's place: "{known.count} since, {known.since} people"."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import index_texts
from flows.menu.diagnostics import Path
from flows.menu.model import Template, Text, Variable

MOST_VARIABLES = 6  # of a text that are compared in pairs
_EDGE = " :,،()\n"  # what may stand between a variable and the word beside it

Beside = frozenset[str]
# Variable -> what stands beside it in a language, each with the texts in which it does.
Seen = Mapping[str, Mapping[str, set[Path]]]


def check_exchanged_variables(findings: Findings) -> None:
    """Report texts in which two variables stand beside words that elsewhere belong to the other one.

    The flow is its own dictionary: its other texts in that language, and the same text of the live revision.
    """
    texts = [each for each in findings.texts if any(_names(template) for template in each.text.values())]
    seen: dict[str, dict[str, dict[str, set[Path]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    found: dict[tuple[Path, str], Mapping[str, Beside]] = {}
    for each in texts:
        for tag, template in each.text.items():
            found[each.path, tag] = _beside(template)
            for name, beside in found[each.path, tag].items():
                for word in beside:
                    seen[tag][name][word].add(each.path)
    before = _texts_before(findings)
    for each in texts:
        for tag, template in each.text.items():
            pair = _permuted(template, before.get(each.path, {}).get(tag, ()))
            pair = pair or _exchanged(each.path, found[each.path, tag], seen[tag])
            if pair:
                said = f"{{{pair[0]}}} and {{{pair[1]}}} stand in each other's place: callers read one for the other"
                findings.add("F215", each.path, said, language=tag, hint="exchange them")


def _texts_before(findings: Findings) -> Mapping[Path, Text]:
    """The texts of the screens and messages of the live revision, by their place."""
    before = findings.around.before
    return {} if before is None else {each.path: each.text for each in index_texts(before, findings.path)}


def _permuted(template: Template, before: Template) -> tuple[str, str] | None:
    """Two variables of a text that has the words of its live revision, and the same variables elsewhere among them."""
    if len(template) != len(before) or template == before:
        return None
    changed = [(now, was) for now, was in zip(template, before, strict=True) if now != was]
    names = [(now.name, was.name) for now, was in changed if isinstance(now, Variable) and isinstance(was, Variable)]
    if len(names) == len(changed) and sorted(now for now, _ in names) == sorted(was for _, was in names):
        return names[0]
    return None


def _exchanged(path: Path, here: Mapping[str, Beside], seen: Seen) -> tuple[str, str] | None:
    """Two variables that stand beside what elsewhere stands beside the other one, and never beside them."""
    if not 2 <= len(here) <= MOST_VARIABLES:
        return None
    for one, other in combinations(here, 2):
        if _last(one) != _last(other) and all(
            _belongs(here[name], other_name, name, path, seen) for name, other_name in ((one, other), (other, one))
        ):
            return one, other
    return None


def _belongs(beside: Beside, other: str, own: str, path: Path, seen: Seen) -> bool:
    """True if words beside a variable stand beside the other one in further texts, and beside itself in none."""

    def elsewhere(name: str) -> int:
        return sum(bool(seen[name].get(word, set()) - {path}) for word in beside)

    return bool(elsewhere(other)) and not elsewhere(own)


def _beside(template: Template) -> dict[str, Beside]:
    """Each variable of a text with the words directly before and behind it."""
    found: dict[str, Beside] = {}
    for at, part in enumerate(template):
        if isinstance(part, Variable):
            before, after = (template[at - 1] if at else ""), (template[at + 1] if at + 1 < len(template) else "")
            found[part.name] = frozenset(_words(before, after)) | found.get(part.name, frozenset())
    return found


def _words(before: str | Variable, after: str | Variable) -> Iterator[str]:
    if isinstance(before, str) and (word := before[-40:].rstrip(_EDGE).rpartition(" ")[2].lstrip(_EDGE))[-1:].isalpha():
        yield f"{word.casefold()} …"
    if isinstance(after, str) and (word := after[:40].lstrip(_EDGE).partition(" ")[0])[:1].isalpha():
        yield f"… {word.rstrip('.?!۔؟,،:;)').casefold()}"


def _names(template: Template) -> list[str]:
    return [part.name for part in template if isinstance(part, Variable)]


def _last(name: str) -> str:
    return name.rpartition(".")[2]
