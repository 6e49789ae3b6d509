"""F407 and F410: answers that are asked for and never used, and words shown back as they were typed."""

from collections.abc import Iterable, Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.engine.answer_kinds import is_free
from flows.menu import conditions
from flows.menu.model import Ask, Flow, Screen, Variable
from flows.menu.screen_kinds import ROWS, conditions_of, inputs_of, saves_of, texts_of

USED = "used variables"  # the key in `Flow.compiled`
SHOWN_BACK = 40  # characters of someone's own words that are enough to know them again


def check_unused_answers(findings: Findings) -> None:
    """Report pointless questions, and their own words shown back whole."""
    read = used_variables(findings)
    misspelt = " ".join(each.hint for each in findings.of("F401", "F603"))  # reported there already
    told = {name for name, _ in saves(findings.flow) if repr(name) in misspelt}
    for name, screen in saves(findings.flow):
        idle = name not in read and name not in told and not findings.known.is_unsure(name)
        if idle and not findings.gone and not name.startswith("contact."):
            told.add(name)
            effect = "the question is pointless" if isinstance(screen, Ask) else "saving it has no effect"
            message = f"{name} is saved but never used, so {effect}"
            place = (*findings.path(screen.id), "save")
            others = {other for other, _ in saves(findings.flow) if other != name and other in read}
            hint = findings.suggest(name, others) or f"use {{{name}}} somewhere, or remove save"
            findings.add("F407", place, message, hint=hint)
    _shown_back(findings)


def used_variables(findings: Findings) -> frozenset[str]:
    """Every variable that a screen or text uses, and every record or code it is a part of; worked out once."""
    kept = findings.flow.compiled
    if USED not in kept:
        kept[USED] = frozenset(reads(findings.flow)) | _whole(
            name for each in findings.texts for name in names_in(each.text)
        )
    found = kept[USED]
    assert isinstance(found, frozenset)  # noqa: S101 - put there above
    return found


def saves(flow: Flow) -> Iterator[tuple[str, Screen]]:
    """Every variable that a screen saves, with the screen."""
    yield from ((name, screen) for screen in flow.screens.values() for name in saves_of(screen))


def reads(flow: Flow) -> set[str]:
    """Every variable that screens read, and every record or code it is a part of; words of `errors` are not counted."""
    found: set[str] = set()
    for screen in flow.screens.values():
        for each in texts_of(screen):
            found.update(names_in(each.text) if each.role != "show" else ())
        for _, condition in conditions_of(screen):
            found |= conditions.names(condition)
        found |= {name for name, place in inputs_of(screen) if place != ROWS or name not in flow.lists}
    return _whole(found)


def _whole(names: Iterable[str]) -> set[str]:
    """`complaint.due` reads `complaint` too."""
    return {name[:end] for name in names for end in (*(at for at, sign in enumerate(name) if sign == "."), len(name))}


def _shown_back(findings: Findings) -> None:
    typed: dict[str, int] = {}
    for screen in findings.flow.asks:
        if screen.save and screen.answer is not None and is_free(screen.answer):
            typed[screen.save] = max(typed.get(screen.save, 0), screen.answer.longest)
    for each in findings.texts:
        for tag, parts in each.text.items():
            for part in parts:
                if isinstance(part, Variable) and part.cut is None and typed.get(part.name, 0) > SHOWN_BACK:
                    where = "an SMS that stays on the phone" if each.role in ("sms", "event") else "a screen"
                    message = (
                        f"all {typed[part.name]} characters that a caller may type as {part.name} are "
                        f"shown back on {where}"
                    )
                    hint = f"show only the beginning: {{{part.name}|{SHOWN_BACK}}}"
                    findings.add("F410", each.path, message, language=tag, hint=hint)
