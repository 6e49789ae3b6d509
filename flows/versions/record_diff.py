"""What an officer, or the record, would notice between two revisions: privacy, kind, place, office, danger.

A caller notices nothing of it: the screens read as before, and the case goes elsewhere, is due on another day, or is no
longer private.
"""

from collections.abc import Iterator, Mapping

from flows.menu.actions import ACTIONS
from flows.menu.danger_rules import Danger
from flows.menu.diagnostics import Path
from flows.menu.model import SENSITIVE, Ask, Do, Flow, Row, Screen
from flows.menu.notation import arguments, template
from flows.menu.sms_reply_text_keys import TO_OFFICERS
from flows.versions.change import Change

YES, NOTHING = "yes", "nothing"
PRIVATE = "private"
# A flag that came, and one that went: what follows from it.
_FLAGS = {
    PRIVATE: (
        "the caller's name is hidden now (and texts say nothing about the subject)",
        "the caller's name is no longer hidden (the office reads it, and texts name the subject)",
    ),
    SENSITIVE: (
        "is sensitive now (the name is hidden, and texts give neither subject nor office)",
        "is no longer sensitive (the office reads the name, and texts name the subject)",
    ),
    "emergency": (
        "is an emergency now (due by day and night, and sent at once)",
        "is no longer an emergency (it waits for working hours, and callers see no screen of danger)",
    ),
    "danger": ("is filed as urgent now", "is no longer filed as urgent"),
    "call_back": ("the office is asked to call now", "the office is no longer asked to call"),
}
# Columns of which callers read nothing, and what is told of each.
RECORDED = {
    SENSITIVE: "",
    "emergency": "",
    "office": "goes to the office",
    "days": "is due after so many working days",
    "against": "is about the office",
    "emergency_check": "is asked about a danger first",
    "province": "belongs to the province",
    "district": "belongs to the district",
    "kind": "is of the kind",
    "serves": "serves",
    "part_of": "is a part of",
}
_ARGUMENTS = {
    "category": "is filed under",
    "district": "is filed for the district",
    "details": "the officer reads",
    "reason": "the officer reads as the reason",
}


def diff_record(before: Flow, after: Flow) -> Iterator[Change]:
    """Everything that an officer or the record could notice: what screens file, the rows of lists, officers' texts."""
    for name in {**before.screens, **after.screens}:
        yield from _screen(before, after, name)
    for name in before.lists.keys() & after.lists.keys():
        if before.lists[name] != after.lists[name]:
            yield from _rows(("lists", name), before.rows[name], after.rows[name])
    yield from _texts(before, after)
    yield from _dangers(before, after)


def goes_to_officers(text: str) -> bool:
    """True for the name of a text that is sent to those who work on cases."""
    return text in TO_OFFICERS or text.removeprefix("private_").startswith("officer_")


def _screen(before: Flow, after: Flow, name: str) -> Iterator[Change]:
    path: Path = ("screens", name)
    match before.screens.get(name), after.screens.get(name):
        case Do() as old, Do() as new if old.action == new.action:
            yield from _arguments(path, old, new)
        case Ask() as asked, Ask() as asks:
            ways = {option.code: option.go for option in asked.options}
            for option in asks.options:
                was = before.screens.get(ways.get(option.code, option.go))
                yield from _filed_otherwise((*path, "choose", option.code), was, after.screens.get(option.go))
        case old, new:
            yield from (_stores(path, old, gone=True) if isinstance(old, Do) else ())
            yield from (_stores(path, new, gone=False) if isinstance(new, Do) else ())


def _stores(path: Path, screen: Do, *, gone: bool) -> Iterator[Change]:
    """A screen that came or went, of which callers saw nothing and that stores something."""
    declared = ACTIONS.get(screen.action)
    if declared is not None and declared.writes:
        given = ", ".join(f"{name}: {_value(value)}" for name, value in arguments(screen).items())
        said = f"{screen.action} is no longer done here" if gone else f"{screen.action} is done here now"
        yield _change(path, said, given if gone else "", "" if gone else given)


def _filed_otherwise(path: Path, old: Screen | None, new: Screen | None) -> Iterator[Change]:
    """Another screen follows a choice, and files with the name hidden or not, unlike the one before."""
    if isinstance(old, Do) and isinstance(new, Do) and old.id != new.id and _may_hide(old) and _may_hide(new):
        yield from _flag(path, PRIVATE, *(_value(arguments(each).get(PRIVATE, "")) for each in (old, new)))


def _may_hide(screen: Do) -> bool:
    declared = ACTIONS.get(screen.action)
    return declared is not None and PRIVATE in declared.arguments


def _arguments(path: Path, old: Do, new: Do) -> Iterator[Change]:
    were, are = arguments(old), arguments(new)
    for name in {**were, **are}:
        if were.get(name) == are.get(name):
            continue
        was, now = _value(were.get(name, "")), _value(are.get(name, ""))
        if name in _FLAGS:
            yield from _flag(path, name, was, now)
        else:
            yield _change(path, _ARGUMENTS.get(name, f"{name} of {old.action} changed"), was or NOTHING, now or NOTHING)


def _value(source: str) -> str:
    """What an argument gives, as people write it: a value as it is, a variable in braces, joined words."""
    if source.startswith("'") or not source or "{" in source:
        return source.removeprefix("'")
    return f"{{{source}}}"


def _flag(path: Path, name: str, was: str, now: str) -> Iterator[Change]:
    """A flag that came or went; one that a variable decides is told as it stands."""
    came, went = _FLAGS[name]
    if "{" in f"{was}{now}":
        yield _change(path, f"{name} is", was or "no", now or "no")
    elif (was == YES) != (now == YES):
        yield _change(path, came if now == YES else went, was or "no", now or "no")


def _rows(path: Path, old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Change]:
    for code, row in new.items():
        if code not in old or old[code].columns == row.columns:
            continue
        for name, said in RECORDED.items():
            was, now = old[code].columns.get(name, ""), row.columns.get(name, "")
            if name in _FLAGS:
                yield from _flag((*path, code), name, was, now)
            elif was != now:
                yield _change((*path, code), said, was or NOTHING, now or NOTHING)


def _texts(before: Flow, after: Flow) -> Iterator[Change]:
    """Texts to officers; without one, nobody tells them of a case."""
    for name in filter(goes_to_officers, {**before.texts, **after.texts}):
        old, new = before.texts.get(name, {}), after.texts.get(name, {})
        for tag in {**old, **new}:
            was, now = template(old.get(tag, ())), template(new.get(tag, ()))
            if was != now:
                said = "officers read" if was and now else "is sent to officers now" if now else "is no longer sent"
                yield Change(("texts", name), said, tag, was, now, notices="record")


def _dangers(before: Flow, after: Flow) -> Iterator[Change]:
    if before.danger is None or after.danger is None:
        return
    old, new = ({each.code: each for each in lexicon.dangers} for lexicon in (before.danger, after.danger))
    for code in {**old, **new}:
        path, none = ("danger", "dangers", code), Danger(code, (), ())
        one, other = old.get(code, none), new.get(code, none)
        if one.category != other.category:
            yield _change(path, _ARGUMENTS["category"], one.category or NOTHING, other.category or NOTHING)
        yield from _flag(path, PRIVATE, *(YES if each.private else "" for each in (one, other)))


def _change(path: Path, said: str, was: str, now: str) -> Change:
    return Change(path, said, before=was, after=now, notices="record")
