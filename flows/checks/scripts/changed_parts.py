"""What of a flow changed since the live revision, on the way of a scripted call that only differs now."""

from collections.abc import Iterator, Mapping

from flows.checks.scripts.played_scripts import Cause, PlayedScript
from flows.menu.diagnostics import Path
from flows.menu.model import Answer, Ask, Do, End, Flow, Screen, Text
from flows.preview.transcripts import UNPLAYABLE, Step, difference, play


def differed_before(before: Flow, played: PlayedScript) -> bool:
    """True if the script is not right for the live revision either: then it is the script that changed."""
    if played.wrong is None:
        return False
    found = difference(before, played.script.said)
    return found is not None and found.step <= played.wrong.step


def changed_on_way(before: Flow, flow: Flow, played: PlayedScript) -> list[Cause]:
    """The parts that changed of the screens that the call comes to, now or in the live revision, the last first."""
    ids = dict.fromkeys(_way(played.steps[: played.went_well + 1]))
    ids |= dict.fromkeys(_way_before(before, played))
    found: list[Cause] = []
    for name in reversed(ids):
        was, now = before.screens.get(name), flow.screens.get(name)
        if was is not None and now is not None and was != now:
            found += [Cause((name, *each.path), each.language) for each in _changes(was, now)]
    return [*found, *_changed_rows(before, flow, played), *_changed_words(before, flow)]


def _way_before(before: Flow, played: PlayedScript) -> Iterator[str]:
    steps: list[Step] = []
    try:
        for step in play(before, played.script.said):
            steps.append(step)
            if len(steps) > played.went_well:
                break
    except UNPLAYABLE:
        pass
    yield from _way(steps)


def _way(steps: list[Step] | tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        for decision in step.way:
            yield decision.screen
        yield from step.acts
        yield step.screen


def _changes(was: Screen, now: Screen) -> Iterator[Cause]:
    """The parts of a screen that are not what they were."""
    match was, now:
        case Ask(), Ask():
            yield from _changed_texts(("ask",), was.text, now.text)
            yield from _changed_options(was, now)
            for name in ("save", "go", "skip_if", "after_tries", "tries"):
                if getattr(was, name) != getattr(now, name):
                    yield Cause((name,))
            if was.answer != now.answer:
                yield Cause((_bounds(was.answer, now.answer),))
            if was.pick != now.pick:
                yield Cause(("choose_from",))
        case Do(), Do():
            if was.action != now.action:
                yield Cause(("do",))
            for path, old, new in (("with", was.arguments, now.arguments), ("then", was.then, now.then)):
                yield from (Cause((path, name)) for name in _unlike(old, new))
            yield from (Cause(("with", name)) for name in _unlike(was.joined, now.joined))
            for name in ("save", "skip_if"):
                if getattr(was, name) != getattr(now, name):
                    yield Cause((name,))
        case End(), End():
            yield from _changed_texts(("end",), was.text, now.text)
            yield from _changed_texts(("sms",), was.sms or {}, now.sms or {})
        case _:
            yield Cause(())


def _bounds(was: Answer | None, now: Answer | None) -> str:
    """The key of what changed in how an answer is read."""
    if was is None or now is None or was.kind != now.kind:
        return "answer"
    if (was.shortest, was.longest) != (now.shortest, now.longest):
        return "length"
    return "between" if was.between != now.between else "days"


def _changed_options(was: Ask, now: Ask) -> Iterator[Cause]:
    old = {option.code: option for option in was.options}
    for option in now.options:
        earlier = old.get(option.code)
        if earlier is None:
            yield Cause(("choose", option.code))
            continue
        path: Path = ("choose", option.code)
        if earlier.go != option.go:
            yield Cause((*path, "go"))
        if earlier.when != option.when:
            yield Cause((*path, "when"))
        yield from _changed_texts(path, earlier.text, option.text)
        if (earlier.key, earlier.shown) != (option.key, option.shown):
            yield Cause(path)
    if {*old} - {option.code for option in now.options}:
        yield Cause(("choose",))


def _changed_texts(path: Path, was: Text, now: Text) -> Iterator[Cause]:
    yield from (Cause(path, tag) for tag in _unlike(was, now))


def _unlike(was: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    return [name for name in {**now, **was} if was.get(name) != now.get(name)]


def _changed_rows(before: Flow, flow: Flow, played: PlayedScript) -> Iterator[Cause]:
    """Rows that the call reads, or that are gone, in lists that changed."""
    step = played.failing
    values = {str(value) for value in (step.state.values if step and step.state else {}).values()}
    for name, rows in flow.rows.items():
        old = before.rows.get(name, {})
        if before.lists.get(name) == flow.lists[name]:
            continue
        for code in _unlike(old, rows):
            if code in values or code not in rows:
                yield Cause(("lists", name, code))


def _changed_words(before: Flow, flow: Flow) -> Iterator[Cause]:
    for section in ("service", "keys", "errors", "receipt", "meant"):
        for name in _unlike(getattr(before, section), getattr(flow, section)):
            yield Cause((section, name))
