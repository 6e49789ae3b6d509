"""F115: answers that lead back to a screen through which every caller has come."""

from collections.abc import Iterator

from flows.checks.analysis.earlier_screens import EarlierScreens
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.walks.word_cues import leads_back
from flows.engine.answer_kinds import is_free
from flows.menu import conditions
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Flow
from flows.menu.screen_kinds import conditions_of, texts_of

_KNOWN = frozenset({"en", "ur", "ur-Latn"})  # the languages in which we know what leads back


def check_earlier_targets(findings: Findings) -> None:
    """Report answers whose next screen comes before them on every way: the caller is asked the same over again."""
    flow = findings.flow
    before = EarlierScreens(flow, findings.spend, flow.unnamed)
    for ask in flow.asks:
        if ask.save == "contact.language":
            continue  # what led here is shown again in the language that was chosen
        for target, path, words in _onward(findings, ask):
            if target in flow.screens and before.has(target, ask.id):
                said = f"{words} leads back to {target}, through which every caller has come: the answer is lost"
                findings.add("F115", path, said, hint="lead to the screen that follows")


def _onward(findings: Findings, ask: Ask) -> Iterator[tuple[str, Path, str]]:
    """The ways of a screen that should lead on: its `go` after an answer, and choices that do not say that they lead
    back."""
    path = findings.path(ask.id)
    answers = (
        ask.pick is not None or ask.answer is not None or (ask.save and all(each.go == ask.go for each in ask.options))
    )
    to_menu = ask.go == findings.flow.home and (ask.save or "").startswith("contact.")
    if answers and ask.go and not to_menu and ask.save and not _uses(findings.flow, ask.go, ask.save):
        yield ask.go, (*path, "go"), "the answer"
    typed = ask.pick.typed if ask.pick is not None else None
    if typed is not None and typed.go != findings.flow.home:
        yield typed.go, (*path, "or_type", "go"), "a name that is typed"
    for option in ask.options:
        free = ask.answer is not None and is_free(ask.answer)
        after = findings.flow.screens.get(option.go)
        asks = isinstance(after, Ask) and bool(after.save)  # what was answered there is asked for again
        known = bool(_KNOWN & {*option.text}) and not leads_back(option.code, option.text)
        if asks and known and option.go not in (ask.go, findings.flow.home) and not free:
            yield option.go, (*path, "choose", option.code, "go"), f"the choice {option.code}"


def _uses(flow: Flow, target: str, name: str) -> bool:
    """True for a screen that shows an answer or decides by it."""
    screen = flow.screens.get(target)
    if screen is None:
        return False
    shown = {each for text in texts_of(screen) for each in names_in(text.text)}
    return name in shown | {each for _, condition in conditions_of(screen) for each in conditions.names(condition)}
