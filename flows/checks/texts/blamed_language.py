"""Which of two languages of a text is at fault: the one that was changed, or that is written as the other is."""

from collections import Counter

from flows.checks.analysis.alphabets import LETTERS
from flows.checks.analysis.findings import Findings
from flows.menu.diagnostics import Path
from flows.menu.model import Flow, Text
from flows.menu.screen_kinds import texts_of
from flows.text.languages import script_of


def earlier_text(before: Flow | None, path: Path) -> Text:
    """The text that stood at a place in the live revision; {} where there was none."""
    if before is None:
        return {}
    match path:
        case ("screens", screen, *inside) if screen in before.screens:
            return next((each.text for each in texts_of(before.screens[screen]) if each.path == tuple(inside)), {})
        case ("lists", name, code) if code in before.rows.get(name, {}):
            return {tag: (words,) for tag, words in before.rows[name][code].text.items()}
        case ("keys", name) if name in before.keys:
            return before.keys[name].text
        case ("errors" | "resume" | "meant" | "receipt" | "texts" as part, name):
            texts: dict[str, Text] = getattr(before, part)
            return texts.get(name, {})
    return {}


def changed_alone(findings: Findings, path: Path, text: Text, one: str, other: str) -> str:
    """The one of two languages that was changed since the live revision; "" if both were, or neither."""
    was = earlier_text(findings.around.before, path)
    if not was:
        return ""
    changed = [tag for tag in (one, other) if was.get(tag) != text.get(tag)]
    return changed[0] if len(changed) == 1 else ""


def written_as_other(flow: Flow, words: str, one: str, other: str) -> str:
    """The one of two languages whose words these are not: by their letters, or by the words that the flow uses."""
    scripts = {tag: LETTERS.get(script_of(tag)) for tag in (one, other)}
    foreign = [tag for tag, letters in scripts.items() if letters is not None and not letters.search(words)]
    if len(foreign) == 1:
        return foreign[0]
    used = {tag: Counter(flow.words_by_language.get(tag, "").casefold().split()) for tag in (one, other)}
    points = Counter({tag: sum(used[tag][word] for word in words.casefold().split()) for tag in (one, other)})
    (most, many), (least, few) = points.most_common()
    return least if many > few and most != least else ""
