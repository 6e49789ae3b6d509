"""Two revisions of a flow, told as a caller would notice: words, numbers to press, screens, keys, lists and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flows.checks.lists import numbered
from flows.model import Ask, Do, End, Flow, Option, Row, Screen, Text
from flows.spelled import answer, any_words, condition, template

RENUMBERED = "F506"
ELSE = "any other answer"


class Change(Struct, frozen=True):
    """One thing that is otherwise now. `where` names it; `before` and `after` are words or numbers, "" for none.

    `code` is F506 where a number people may know by heart leads elsewhere or nowhere.
    """

    where: str
    said: str
    language: str = ""
    before: str = ""
    after: str = ""
    code: str = ""

    def __str__(self) -> str:
        place = f"{self.where}[{self.language}]" if self.language else self.where
        words = f": {self.before!r} -> {self.after!r}" if self.before and self.after else ""
        only = self.before or self.after
        words = words or (f": {only!r}" if only else "")
        return f"{place}: {self.said}{words}" + (f" ({self.code})" if self.code else "")


def compare(before: Flow, after: Flow) -> tuple[Change, ...]:
    """Everything a caller could notice, the call first, then its screens, lists and texts. () for nothing."""
    return (
        *_call(before, after),
        *_screens(before, after),
        *_lists(before, after),
        *_several("error", before.errors, after.errors),
        *_several("resume", before.resume, after.resume),
        *_several("SMS", before.texts, after.texts),
        *_keywords(before, after),
    )


def _call(before: Flow, after: Flow) -> Iterator[Change]:
    """The call as a whole: where it begins, its languages, the keys of every screen, the service's own numbers."""
    for what, was, now in (("first screen", before.start, after.start), ("menu", before.home, after.home)):
        if was != now:
            yield Change("call", f"the {what} is another one", before=was, after=now)
    yield from _named("call", "language", before.languages, after.languages)
    numbers = {tag: at for at, tag in enumerate(after.languages)}
    if any(numbers.get(tag, at) != at for at, tag in enumerate(before.languages)):
        was, now = " ".join(before.languages), " ".join(after.languages)
        yield Change("call", "the languages have other numbers", before=was, after=now, code=RENUMBERED)
    shown = (" ".join(each.ussd_languages or each.languages) for each in (before, after))
    if before.ussd_languages or after.ussd_languages:
        yield from _differs("call", "screens are shown in", *shown)
    for name, key in after.keys.items():
        old = before.keys.get(name)
        if old is None:
            continue
        if old.key != key.key:
            yield Change(f"key {name}", "another key", before=old.key, after=key.key, code=RENUMBERED)
        if old.show != key.show:
            yield Change(f"key {name}", "shown on screens now" if key.show else "no longer shown on screens")
        yield from _words(f"key {name}", "reads otherwise", old.text, key.text)
    yield from _named("service", "number", before.service, after.service)


def _screens(before: Flow, after: Flow) -> Iterator[Change]:
    for name, screen in before.screens.items():
        if name not in after.screens:
            yield Change(name, "this screen is gone", before=_first(screen))
    for name, screen in after.screens.items():
        old = before.screens.get(name)
        if old is None:
            yield Change(name, "a new screen", after=_first(screen))
        elif old != screen:
            yield from _screen(name, old, screen)


def _screen(name: str, old: Screen, new: Screen) -> Iterator[Change]:
    match old, new:
        case Ask(), Ask():
            yield from _words(name, "asks otherwise", old.text, new.text)
            yield from _options(name, old.options, new.options)
            yield from _choosing(name, old, new)
            for key in {**old.errors, **new.errors}:
                said = "says otherwise what was wrong"
                yield from _words(f"{name} {key}", said, old.errors.get(key, {}), new.errors.get(key, {}))
        case Do(), Do():
            yield from _acting(name, old, new)
        case End(), End():
            yield from _words(name, "ends otherwise", old.text, new.text)
            yield from _words(f"{name} SMS", "is texted otherwise", old.sms or {}, new.sms or {})
        case _:
            said = f"{_KINDS[type(old)]} before and {_KINDS[type(new)]} now"
            yield Change(name, said, before=_first(old), after=_first(new))


_KINDS: dict[type, str] = {Ask: "asked", Do: "did something unseen", End: "ended the call"}


def _options(name: str, old: Sequence[Option], new: Sequence[Option]) -> Iterator[Change]:
    were, are = {option.code: option for option in old}, {option.code: option for option in new}
    keys = {option.key: option for option in new}
    for code, was in were.items():
        if code not in are:
            there = keys.get(was.key)
            said = f"option {code} is gone" + (f"; {was.key} is {there.code} now" if there else "")
            yield Change(name, said, before=f"{was.key} {any_words(was.text)}", code=RENUMBERED if there else "")
    for code, now in are.items():
        before = were.get(code)
        where = f"{name} option {code}"
        if before is None:
            yield Change(name, f"a new option {code}", after=f"{now.key} {any_words(now.text)}")
            continue
        if before.key != now.key:
            yield Change(where, "has another number", before=before.key, after=now.key, code=RENUMBERED)
        yield from _words(where, "reads otherwise", before.text, now.text)
        if before.go != now.go:
            yield Change(where, "leads to another screen", before=before.go, after=now.go)
        yield from _differs(where, "is offered when", condition(before.when), condition(now.when))


def _choosing(name: str, old: Ask, new: Ask) -> Iterator[Change]:
    """Beside its words and options: the list, the answer, where it leads, when it is passed over, the tries."""
    was, now = old.pick, new.pick
    yield from _differs(name, "offers the list", was.list if was else "", now.list if now else "")
    if was and now:
        filters = (" = ".join(pick.where) if pick.where else "" for pick in (was, now))
        yield from _differs(name, "offers only rows with", *filters)
        yield from _words(name, "shows its rows otherwise", was.show or {}, now.show or {})
        if was.type_name != now.type_name:
            yield Change(name, "a name can be typed now" if now.type_name else "a name can no longer be typed")
        typed = (f"{each.typed.list}, then {each.typed.go}" if each.typed else "" for each in (was, now))
        yield from _differs(name, "looks up what is typed in", *typed)
    yield from _differs(name, "takes", answer(old.answer), answer(new.answer))
    yield from _differs(name, "leads to", old.go or "", new.go or "")
    yield from _differs(name, "keeps the answer as", old.save or "", new.save or "")
    yield from _differs(name, "is passed over when", condition(old.skip_if), condition(new.skip_if))
    yield from _differs(name, "wrong answers allowed", str(old.tries), str(new.tries))
    yield from _differs(name, "after the last try goes to", old.after_tries or "", new.after_tries or "")


def _acting(name: str, old: Do, new: Do) -> Iterator[Change]:
    yield from _differs(name, "does", old.action, new.action)
    yield from _named(name, "argument", old.arguments, new.arguments)
    outcomes = {(ELSE if word == "else" else word): word for word in {**old.then, **new.then}}
    for said, word in outcomes.items():
        yield from _differs(name, f"after {said} goes to", old.then.get(word, ""), new.then.get(word, ""))
    yield from _differs(name, "keeps what it finds as", old.save or "", new.save or "")
    yield from _differs(name, "is passed over when", condition(old.skip_if), condition(new.skip_if))


def _lists(before: Flow, after: Flow) -> Iterator[Change]:
    for name in {**before.lists, **after.lists}:
        if name not in after.lists:
            yield Change(f"list {name}", "this list is gone")
        elif name not in before.lists:
            yield Change(f"list {name}", f"a new list of {len(after.lists[name])} rows")
        elif before.lists[name] != after.lists[name]:
            yield from _rows(f"list {name}", before.rows[name], after.rows[name])
            yield from _numbers(name, before, after)


def _rows(where: str, old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Change]:
    for code, row in old.items():
        if code not in new:
            yield Change(where, f"row {code} is gone", before=_row_words(row))
    for code, row in new.items():
        was = old.get(code)
        if was is None:
            yield Change(where, f"a new row {code}", after=_row_words(row))
            continue
        for tag in {**was.text, **row.text}:
            if was.text.get(tag) != row.text.get(tag):
                yield Change(
                    f"{where} row {code}", "reads otherwise", tag, was.text.get(tag, ""), row.text.get(tag, "")
                )
        yield from _named(f"{where} row {code}", "column", was.columns, row.columns)
        if was.aliases != row.aliases:
            yield Change(
                f"{where} row {code}", "other names", before="; ".join(was.aliases), after="; ".join(row.aliases)
            )
        for said, one, two in (
            ("is offered from", was.active_from, row.active_from),
            ("is offered until", was.active_until, row.active_until),
        ):
            yield from _differs(f"{where} row {code}", said, one or "", two or "")


def _row_words(row: Row) -> str:
    return row.text.get("en") or next(iter(row.text.values()), "")


def _numbers(name: str, before: Flow, after: Flow) -> Iterator[Change]:
    """Rows whose number on a screen is another one now: at most one line for each screen that offers the list."""
    for screen_id, screen in after.screens.items():
        old = before.screens.get(screen_id)
        if not (isinstance(old, Ask) and isinstance(screen, Ask) and old.pick and screen.pick):
            continue
        if not old.pick.list == screen.pick.list == name:
            continue
        were, are = numbered(before, old), numbered(after, screen)
        moved = [code for code, number in were.items() if code in are and are[code] != number]
        if moved:
            first = moved[0]
            said = f"{len(moved)} rows of {name} have other numbers, {first} among them"
            yield Change(screen_id, said, before=str(were[first]), after=str(are[first]), code=RENUMBERED)


def _keywords(before: Flow, after: Flow) -> Iterator[Change]:
    were, are = (
        {word: rule.intent for rule in flow.keywords for word in rule.words}
        | {word: f"{rule.intent}, alone" for rule in flow.keywords for word in rule.alone}
        for flow in (before, after)
    )
    for word in {**were, **are}:
        yield from _differs(f"SMS word {word}", "asks for", were.get(word, ""), are.get(word, ""))


def _several(kind: str, before: Mapping[str, Text], after: Mapping[str, Text]) -> Iterator[Change]:
    for name in {**before, **after}:
        yield from _words(f"{kind} {name}", "reads otherwise", before.get(name, {}), after.get(name, {}))


def _words(where: str, said: str, before: Text, after: Text) -> Iterator[Change]:
    for tag in {**before, **after}:
        was, now = template(before.get(tag, ())), template(after.get(tag, ()))
        if was != now:
            told = said if was and now else "is there now" if now else "is no longer there"
            yield Change(where, told, tag, was, now)


def _named(where: str, kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(where, f"{kind} {name} is otherwise", before=before.get(name, ""), after=after.get(name, ""))


def _differs(where: str, said: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(where, said, before=before or "nothing", after=after or "nothing")


def _first(screen: Screen) -> str:
    return screen.action if isinstance(screen, Do) else any_words(screen.text)
