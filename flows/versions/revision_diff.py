"""What a caller would notice between two revisions: words, numbers, screens, keys, lists and texts.

What an officer or the record would notice is found in `record_diff`, and stands after it; screens that only have
another id (`screen_renames`) stand last.
"""

from collections.abc import Iterator, Mapping, Sequence

from flows.checks.structure.lists import row_numbers
from flows.engine.answer_kinds import describe
from flows.menu.danger_rules import Danger, Helpline
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, Flow, Option, Row, Screen, Text
from flows.menu.notation import any_words, condition, template
from flows.menu.screen_kinds import kind_of, leads, summary_of, texts_of
from flows.understanding.keyword_index import meanings
from flows.versions import record_diff
from flows.versions.change import Change
from flows.versions.record_diff import RECORDED
from flows.versions.screen_renames import rename_screens, screen_renames

RENUMBERED = "F506"
ELSE = "any other answer"
RENAMED = "screen renamed"


def diff_revisions(before: Flow, after: Flow) -> tuple[Change, ...]:
    """Everything that a caller could notice: the call first, then its screens, lists and texts; then the record.

    Last the screens that only have another id: everything else names them by their new one.
    """
    renames = screen_renames(before, after)
    before = rename_screens(before, renames)
    return (
        *_call(before, after),
        *_screens(before, after),
        *_lists(before, after),
        *_several("errors", before.errors, after.errors),
        *_several("resume", before.resume, after.resume),
        *_several("meant", before.meant, after.meant),
        *_several("receipt", before.receipt, after.receipt),
        *_several("texts", *(_to_callers(each.texts) for each in (before, after))),
        *_keywords(before, after),
        *_aliases(before, after),
        *_danger(before, after),
        *_helplines(before.helplines, after.helplines),
        *record_diff.diff_record(before, after),
        *(Change(("screens", new), RENAMED, before=old, after=new, notices="nobody") for old, new in renames.items()),
    )


def _call(before: Flow, after: Flow) -> Iterator[Change]:
    """The call as a whole: its first screen, its languages, the keys of every screen, the service's own numbers."""
    for path, what, was, now in (
        (("start",), "first screen", before.start, after.start),
        (("channel",), "channel", before.channel, after.channel),
        (("danger_screen",), "screen of danger", before.danger_screen, after.danger_screen),
        (("home",), "menu", before.home, after.home),
    ):
        if was != now:
            yield Change(path, f"{what} changed", before=was, after=now)
    yield from _named(("languages",), "language", before.languages, after.languages)
    numbers = {tag: at for at, tag in enumerate(after.languages)}
    if any(numbers.get(tag, at) != at for at, tag in enumerate(before.languages)):
        was, now = " ".join(before.languages), " ".join(after.languages)
        yield Change(("languages",), "numbers of the languages changed", before=was, after=now, code=RENUMBERED)
    shown = (" ".join(each.ussd_languages or each.languages) for each in (before, after))
    if before.ussd_languages or after.ussd_languages:
        yield from _differs(("ussd_languages",), "screens are shown in", *shown)
    for name, key in after.keys.items():
        old = before.keys.get(name)
        if old is None:
            continue
        if old.key != key.key:
            yield Change(("keys", name), "key changed", before=old.key, after=key.key, code=RENUMBERED)
        if old.show != key.show:
            yield Change(("keys", name), "shown on screens now" if key.show else "no longer shown on screens")
        yield from _words(("keys", name), "wording changed", old.text, key.text)
    yield from _named(("service",), "number", before.service, after.service)
    yield from _differs(("calendar",), "the working days and holidays", *(_days_of(each) for each in (before, after)))


def _days_of(flow: Flow) -> str:
    """The days on which offices work, in words."""
    calendar = flow.calendar
    if calendar is None:
        return ""
    weeks = "".join(f"; {code}: {' '.join(week)}" for code, week in calendar.weeks.items())
    closed = ", ".join(f"{day} in {' '.join(where)}" if where else day for day, where in calendar.closed.items())
    return f"{' '.join(calendar.week)}{weeks}; closed {closed}"


def _screens(before: Flow, after: Flow) -> Iterator[Change]:
    for name, screen in before.screens.items():
        if name not in after.screens:
            yield Change(("screens", name), "screen removed", before=_first(screen))
    for name, screen in after.screens.items():
        old = before.screens.get(name)
        if old is None:
            yield Change(("screens", name), "new screen", after=_first(screen))
        elif old != screen:
            yield from _screen(name, old, screen)


def _screen(name: str, old: Screen, new: Screen) -> Iterator[Change]:
    path: Path = ("screens", name)
    if type(old) is not type(new):
        said = f"{kind_of(old).acted} before and {kind_of(new).acted} now"
        yield Change(path, said, before=_first(old), after=_first(new))
        return
    match old, new:
        case Ask(), Ask():
            yield from _words((*path, "ask"), "question changed", old.text, new.text)
            yield from _options(path, old.options, new.options)
            yield from _choosing(path, old, new)
            for key in {**old.errors, **new.errors}:
                said = "message for a wrong entry changed"
                yield from _words((*path, key), said, old.errors.get(key, {}), new.errors.get(key, {}))
        case Do(), Do():
            yield from _acting(path, old, new)
        case _:
            yield from _texts_and_ways(path, old, new)


_CHANGED = {"end": "closing words changed", "sms": "SMS wording changed"}


def _texts_and_ways(path: Path, old: Screen, new: Screen) -> Iterator[Change]:
    """What there is to tell of any kind of screen: its texts, and where it leads."""
    were, are = ({each.path: each for each in texts_of(screen)} for screen in (old, new))
    for place, each in {**were, **are}.items():
        said = _CHANGED.get(each.role, "wording changed")
        texts = (found[place].text if place in found else {} for found in (were, are))
        yield from _words((*path, *place), said, *texts)
    led, leading = ({place: go for go, place in leads(screen)} for screen in (old, new))
    for place in {**led, **leading}:
        yield from _differs((*path, *place), "next screen changed", led.get(place, ""), leading.get(place, ""))


def _options(path: Path, old: Sequence[Option], new: Sequence[Option]) -> Iterator[Change]:
    were, are = {option.code: option for option in old}, {option.code: option for option in new}
    keys = {option.key: option for option in new}
    for code, was in were.items():
        if code not in are:
            there = keys.get(was.key)
            said = f"option {code} removed" + (f"; {was.key} is {there.code} now" if there else "")
            words, renumbered = f"{was.key} {any_words(was.text)}", RENUMBERED if there else ""
            yield Change(path, said, before=words, code=renumbered, inside=("choose", code))
    for code, now in are.items():
        before = were.get(code)
        option: Path = (*path, "choose", code)
        if before is None:
            words = f"{now.key} {any_words(now.text)}"
            yield Change(path, f"new option {code}", after=words, inside=("choose", code))
            continue
        if before.key != now.key:
            yield Change(option, "number changed", before=before.key, after=now.key, code=RENUMBERED)
        yield from _words(option, "wording changed", before.text, now.text)
        if before.go != now.go:
            yield Change(option, "next screen changed", before=before.go, after=now.go)
        yield from _differs(option, "is offered when", condition(before.when), condition(now.when))


def _choosing(path: Path, old: Ask, new: Ask) -> Iterator[Change]:
    """Everything but words and options: the list, the answer, where it leads, when it is skipped, the tries."""
    was, now = old.pick, new.pick
    yield from _differs(path, "offers the list", was.list if was else "", now.list if now else "")
    if was and now:
        filters = (" = ".join(pick.where) if pick.where else "" for pick in (was, now))
        yield from _differs(path, "offers only rows with", *filters)
        yield from _words(path, "way of showing its rows changed", was.show or {}, now.show or {})
        if was.type_name != now.type_name:
            yield Change(path, "a name can be typed now" if now.type_name else "a name can no longer be typed")
        typed = (f"{each.typed.list}, then {each.typed.go}" if each.typed else "" for each in (was, now))
        yield from _differs(path, "looks up what is typed in", *typed)
    yield from _differs(path, "accepts", *(describe(each.answer) if each.answer else "" for each in (old, new)))
    yield from _differs(path, "leads to", old.go or "", new.go or "")
    yield from _differs(path, "saves the answer as", old.save or "", new.save or "")
    yield from _differs(path, "is skipped when", condition(old.skip_if), condition(new.skip_if))
    yield from _differs(path, "wrong answers allowed", str(old.tries), str(new.tries))
    yield from _differs(path, "after the last try goes to", old.after_tries or "", new.after_tries or "")


def _acting(path: Path, old: Do, new: Do) -> Iterator[Change]:
    yield from _differs(path, "does", old.action, new.action)
    outcomes = {(ELSE if word == "else" else word): word for word in {**old.then, **new.then}}
    for said, word in outcomes.items():
        yield from _differs(path, f"after {said} goes to", old.then.get(word, ""), new.then.get(word, ""))
    yield from _differs(path, "saves the result as", old.save or "", new.save or "")
    yield from _differs(path, "is skipped when", condition(old.skip_if), condition(new.skip_if))


def _lists(before: Flow, after: Flow) -> Iterator[Change]:
    for name in {**before.lists, **after.lists}:
        if name not in after.lists:
            yield Change(("lists", name), "list removed")
        elif name not in before.lists:
            yield Change(("lists", name), f"new list of {len(after.lists[name])} rows")
        elif before.lists[name] != after.lists[name]:
            yield from _rows(("lists", name), before.rows[name], after.rows[name])
            yield from _numbers(name, before, after)


def _rows(path: Path, old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Change]:
    for code, row in old.items():
        if code not in new:
            yield Change(path, f"row {code} removed", before=_row_words(row), inside=(code,))
    for code, row in new.items():
        was = old.get(code)
        if was is None:
            yield Change(path, f"new row {code}", after=_row_words(row), inside=(code,))
            continue
        for tag in {**was.text, **row.text}:
            if was.text.get(tag) != row.text.get(tag):
                yield Change((*path, code), "wording changed", tag, was.text.get(tag, ""), row.text.get(tag, ""))
        shown = ({name: cell for name, cell in each.columns.items() if name not in RECORDED} for each in (was, row))
        yield from _named((*path, code), "column", *shown)
        if was.aliases != row.aliases:
            yield Change((*path, code), "other names", before="; ".join(was.aliases), after="; ".join(row.aliases))
        for said, one, two in (
            ("is offered from", was.active_from, row.active_from),
            ("is offered until", was.active_until, row.active_until),
        ):
            if one != two:
                yield Change((*path, code), said, before=one or "", after=two or "nothing")


def _row_words(row: Row) -> str:
    return row.text.get("en") or next(iter(row.text.values()), "")


def _numbers(name: str, before: Flow, after: Flow) -> Iterator[Change]:
    """Rows whose number on a screen changed: at most one line for each screen that offers the list."""
    for screen_id, screen in after.screens.items():
        old = before.screens.get(screen_id)
        if not (isinstance(old, Ask) and isinstance(screen, Ask) and old.pick and screen.pick):
            continue
        if not old.pick.list == screen.pick.list == name:
            continue
        were, are = row_numbers(before, old), row_numbers(after, screen)
        moved = [code for code, number in were.items() if code in are and are[code] != number]
        if moved:
            first = moved[0]
            said = f"{len(moved)} rows of {name} have new numbers, {first} among them"
            yield Change(("screens", screen_id), said, before=str(were[first]), after=str(are[first]), code=RENUMBERED)


def _keywords(before: Flow, after: Flow) -> Iterator[Change]:
    were, are = meanings(before.keywords), meanings(after.keywords)
    for word in {**were, **are}:
        yield from _differs(("keywords", word), "asks for", were.get(word, ""), are.get(word, ""))


def _aliases(before: Flow, after: Flow) -> Iterator[Change]:
    for code in {**before.aliases, **after.aliases}:
        yield from _exchanged(("aliases", code), "words", before.aliases.get(code, ()), after.aliases.get(code, ()))


def _danger(before: Flow, after: Flow) -> Iterator[Change]:
    """The words of danger; of a flow that has had none of its own, or has none any more, only that."""
    were, are = before.danger, after.danger
    if were is None or are is None:
        yield from _differs(("danger",), "words of danger", *("its own" if each else "" for each in (were, are)))
        return
    for name in {**were.groups, **are.groups}:
        yield from _exchanged(("danger", "words", name), "words", were.groups.get(name, ()), are.groups.get(name, ()))
    for name, patterns in (("past", (were.past, are.past)), ("present", (were.present, are.present))):
        yield from _exchanged(("danger", "words", name), "patterns", *patterns)
    old, new = ({each.code: each for each in lexicon.dangers} for lexicon in (were, are))
    for code in {**old, **new}:
        path, none = ("danger", "dangers", code), Danger(code, (), ())
        one, other = old.get(code, none), new.get(code, none)
        yield from _differs(path, "numbers to call", " ".join(one.call), " ".join(other.call))
        yield from _exchanged(path, "patterns", one.when, other.when)
        yield from _exchanged(path, "patterns of a possible danger", one.perhaps, other.perhaps)
        for name in ("text", "past"):
            yield from _differs(path, name, *(str(getattr(each, name) or "") for each in (one, other)))


def _helplines(before: Mapping[str, Helpline], after: Mapping[str, Helpline]) -> Iterator[Change]:
    for code in {**before, **after}:
        path, none = ("helplines", code), Helpline("", {})
        one, other = before.get(code, none), after.get(code, none)
        yield from _differs(path, "the number", one.number, other.number)
        names: list[Text] = [{tag: (name,) for tag, name in each.name.items()} for each in (one, other)]
        yield from _words(path, "wording changed", *names)
        yield from _differs(path, "verified", *("yes" if each.verified else "" for each in (one, other)))


def _exchanged(path: Path, said: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Only the words that went and those that came: a group has hundreds."""
    were, are = set(before), set(after)
    gone, come = [each for each in before if each not in are], [each for each in after if each not in were]
    if gone or come:
        yield Change(path, said, before=", ".join(gone) or "none", after=", ".join(come) or "none")
    elif tuple(before) != tuple(after):
        yield Change(path, f"the order of the {said}")


def _to_callers(texts: Mapping[str, Text]) -> dict[str, Text]:
    return {name: text for name, text in texts.items() if not record_diff.goes_to_officers(name)}


def _several(kind: str, before: Mapping[str, Text], after: Mapping[str, Text]) -> Iterator[Change]:
    for name in {**before, **after}:
        yield from _words((kind, name), "wording changed", before.get(name, {}), after.get(name, {}))


def _words(path: Path, said: str, before: Text, after: Text) -> Iterator[Change]:
    for tag in {**before, **after}:
        was, now = template(before.get(tag, ())), template(after.get(tag, ()))
        if was != now:
            told = said if was and now else "is there now" if now else "is no longer there"
            yield Change(path, told, tag, was, now)


def _named(path: Path, kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(path, f"{kind} {name} changed", before=before.get(name, ""), after=after.get(name, ""))


def _differs(path: Path, said: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(path, said, before=before or "nothing", after=after or "nothing")


def _first(screen: Screen) -> str:
    summary = screen.action if isinstance(screen, Do) else summary_of(screen)
    return summary if isinstance(summary, str) else any_words(summary)
