"""F506, F605 and F902: what a new revision changes for people who know the last one, and for complaints."""

from collections.abc import Iterator, Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.checks.structure.lists import row_numbers
from flows.menu.diagnostics import Path
from flows.menu.model import PLACE_LIST, Ask, Do, Flow, Row, Screen, Text
from flows.menu.screen_kinds import kind_of

NAMED = 5
COUNTED = ("category", "district", "office", "status")  # lists of which the codes that complaints use are known
ALIKE = 45.0  # how like each other, of 100, two wordings of one thing are at the least


def check_breaking_changes(findings: Findings) -> None:
    """Report renumbered options, codes that went while complaints use them, and ids that mean something else now."""
    before = findings.around.before
    if before is None:
        return
    _codes(findings, before)
    _left_out(findings, before)
    _renumbered(findings, before)
    _meanings(findings, before)
    _summary(findings, before)


def _renumbered(findings: Findings, before: Flow) -> None:
    flow = findings.flow
    for name, key in flow.keys.items():
        old = before.keys[name].key if name in before.keys else key.key
        if old != key.key:
            said = f"the key for {name} was {old} and is now {key.key}, but people know the old key by heart"
            findings.add("F506", ("keys", name, "key"), said, hint=f'write key: "{old}"')
    places = {tag: at for at, tag in enumerate(before.languages, 1)}
    for at, tag in enumerate(flow.languages, 1):
        if places.get(tag, at) != at:
            said = f"{tag} was {places[tag]} and is now {at}, but people know the old number by heart"
            findings.add("F506", ("languages",), said, hint="keep the order and add new languages at the end")
            break
    moved_lists = {name for name, _ in _gone(findings, before)}  # with the code its number comes back
    for name, screen, old_screen in _both(flow, before):
        if isinstance(screen, Ask) and isinstance(old_screen, Ask):
            _options(findings, findings.path(name), screen, old_screen)
            if screen.pick is None or screen.pick.list in moved_lists | findings.broken:
                continue
            findings.spend(len(flow.lists.get(screen.pick.list, ())) + len(before.lists.get(screen.pick.list, ())))
            if moved := _moved(flow, before, screen, old_screen):
                moved_lists.add(screen.pick.list)
                code, was, now = moved
                said = f"{code} was {was} on {name} and is now {now}, but people know the old number by heart"
                findings.add("F506", ("lists", screen.pick.list, code), said, hint="add new rows at the end")


def _options(findings: Findings, path: Path, screen: Ask, old: Ask) -> None:
    numbers = {option.code: option.key for option in old.options}
    holders = {option.key: option.code for option in screen.options}
    kept = {option.code for option in screen.options}
    findings.spend(len(screen.options) * len(old.options) // 8)
    for option in screen.options:
        gone = next((each for each in old.options if each.key == option.key and each.code not in kept), None)
        if gone is not None and option.code not in numbers:
            said = f"{option.key} was {gone.code} and is now {option.code}, but people know the number by heart"
            hint = f'leave {option.key} unused: add new choices at the end, or write key: "…" with a new number'
            findings.add("F506", (*path, "choose", option.code), said, hint=hint)
        was = numbers.get(option.code, option.key)
        if was != option.key:
            instead = (
                f"a caller who types {was} gets {holders[was]}" if was in holders else f"{was} no longer does anything"
            )
            said = f"{option.code} was {was} and is now {option.key}: {instead}"
            hint = f'write key: "{was}", or add new choices at the end'
            findings.add("F506", (*path, "choose", option.code), said, hint=hint)


def _moved(flow: Flow, before: Flow, screen: Ask, old: Ask) -> tuple[str, int, int] | None:
    """The first row whose number another one has now: its code, its number before and now."""
    if screen.pick is None or old.pick is None or screen.pick.list != old.pick.list:
        return None
    then, now = row_numbers(before, old), row_numbers(flow, screen)
    return next(((code, then[code], number) for code, number in now.items() if then.get(code, number) != number), None)


def _codes(findings: Findings, before: Flow) -> None:
    for name, code in _gone(findings, before):
        rows = findings.flow.rows.get(name, {})
        findings.spend(4 * len(rows) + len(before.rows[name]))
        said = f"list {name} no longer has {code}, but complaints use it: people would read {code!r}"
        new = [each for each in rows if each not in before.rows[name]]
        same = next((each for each in new if rows[each].text == before.rows[name][code].text), "")
        same = same or findings.near(
            code, [each for each in new if not row_unlike(rows[each], before.rows[name][code])]
        )
        hint = f"keep the row {code}; you may change its words"
        if same:
            hint = f"this row has the same words and the code {same}: write {code} instead"
        at = same or next((each for each in _behind(before, name, code) if each in rows), "")
        findings.add("F605", ("lists", name, *([at] if at else [])), said, hint=hint)


def _left_out(findings: Findings, before: Flow) -> None:
    """Codes that went while nobody knows whether they are in use: those that a row with the same words replaces, and
    those that something stores."""
    flow, used = findings.flow, findings.around.used
    stored = {flow.kinds.get(source, "") for screen in flow.actions for source in screen.arguments.values()}
    for name, rows in flow.rows.items():
        old_rows = before.rows.get(name, {})
        if name in findings.broken or name == PLACE_LIST or (used is not None and name in COUNTED):
            continue
        findings.spend(len(rows) // 8)
        new = [code for code in rows if code not in old_rows]
        for code in [code for code in old_rows if code not in rows][:NAMED]:
            same = next((each for each in new if _reads_alike(rows[each], old_rows[code])), "")
            near = next((each for each in _behind(before, name, code) if each in rows), "")
            path = ("lists", name, *([same or near] if same or near else []))
            if same:
                said = f"list {name} has {same} instead of {code}: what was filed with {code} would read {code!r}"
                hint = f"this row has the same words: write {code} again"
            else:
                said = (
                    f"list {name} no longer has {code}: complaints that use it, if there are any, would read {code!r}"
                )
                hint = f"keep the row {code}, with active_until if nobody should choose it any more"
            if (same or (used is None and name in stored)) and not findings.tells(path, "F605", "F607", "F608"):
                findings.add("F605", path, said, hint=hint, severity="W")


def _reads_alike(row: Row, old: Row) -> bool:
    """True if a row has the words of another one in most languages."""
    shared = [tag for tag, words in row.text.items() if words and old.text.get(tag)]
    return bool(shared) and 2 * sum(row.text[tag] == old.text[tag] for tag in shared) > len(shared)


def _gone(findings: Findings, before: Flow) -> list[tuple[str, str]]:
    """List and code of removed rows that complaints use; a list that was not read completely is left out."""
    used = sorted(findings.around.used or ())
    pairs = [(name, code) for name, _, code in (each.partition(":") for each in used)]
    return [
        (name, code)
        for name, code in pairs
        if code in before.rows.get(name, {})
        and code not in findings.flow.rows.get(name, {})
        and name not in findings.broken
    ]


def _behind(before: Flow, name: str, code: str) -> list[str]:
    """The codes after one in its list, and then those before it, the nearest first."""
    codes = list(before.rows[name])
    at = codes.index(code)
    return [*codes[at + 1 :], *reversed(codes[:at])]


def _meanings(findings: Findings, before: Flow) -> None:
    flow = findings.flow
    for name, screen, old in _both(flow, before):
        path = findings.path(name)
        if type(screen) is not type(old):
            said = (
                f"screen {name} {kind_of(old).acted} in the live revision and {kind_of(screen).acts} now, so reports "
                "would count two different screens as one"
            )
            findings.add("F902", path, said, hint=f"give the new screen an id of its own, such as {name}_2")
        elif isinstance(screen, Do) and isinstance(old, Do) and screen.action != old.action:
            said = (
                f"screen {name} does {screen.action} now and did {old.action} in the live revision, so reports would "
                "count two different acts as one"
            )
            findings.add("F902", (*path, "do"), said, hint=f"give the new screen an id of its own, such as {name}_2")
        elif isinstance(screen, Ask) and isinstance(old, Ask):
            gone = {option.code: option for option in old.options}
            for option in screen.options:
                was_option = gone.get(option.code)
                if was_option and was_option.go != option.go and _unlike(option.text, was_option.text):
                    said = (
                        f"choice {option.code} reads {_first(option.text)!r} and leads to {option.go} now; in the live "
                        f"revision it reads {_first(was_option.text)!r} and leads to {was_option.go}, so reports would "
                        "count both as one"
                    )
                    hint = f"give the new choice a code of its own; if it is the same choice, keep go: {was_option.go}"
                    findings.add("F902", (*path, "choose", option.code), said, hint=hint)
    for name, rows in flow.rows.items():
        for code, row in rows.items():
            old_row = before.rows.get(name, {}).get(code)
            if old_row is not None and row_unlike(row, old_row):
                was, now = (next(iter(each.text.values()), "") for each in (old_row, row))
                said = f"row {code} reads {now!r} now, and complaints that were filed as {was!r} would read so too"
                hint = f"keep the row {code} as it was, and give {now!r} a row with a code of its own"
                findings.add("F902", ("lists", name, code), said, hint=hint)


def _summary(findings: Findings, before: Flow) -> None:
    """What calls in progress still have and new ones do not."""
    gone = [name for name in before.screens if name not in findings.flow.screens]
    options = [
        f"{name}.{option.code}"
        for name, screen, old in _both(findings.flow, before)
        if isinstance(screen, Ask) and isinstance(old, Ask)
        for kept in ({each.code for each in screen.options},)
        for option in old.options
        if option.code not in kept
    ]
    told = [_named(names, what) for names, what in ((gone, "screens"), (options, "choices")) if names]
    if told:
        said = f"new calls no longer have {' and '.join(told)}; calls in progress end on the revision they began on"
        findings.add("F902", ("screens",), said, severity="I")


def _named(names: list[str], what: str) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{what} {', '.join(names[:NAMED])}{more}"


def _both(flow: Flow, before: Flow) -> Iterator[tuple[str, Screen, Screen]]:
    for name, screen in flow.screens.items():
        if name in before.screens:
            yield name, screen, before.screens[name]


def _unlike(text: Text, old: Text) -> bool:
    return _all_unlike(_plain(text), _plain(old))


def _plain(text: Text) -> dict[str, str]:
    return {tag: plain(parts) for tag, parts in text.items()}


def row_unlike(row: Row, old: Row) -> bool:
    """True when a row's words are nothing like those of the old one in any language that both have."""
    return _all_unlike(row.text, old.text)


def _all_unlike(words: Mapping[str, str], old: Mapping[str, str]) -> bool:
    """True when in every language that both have, one wording is nothing like the other."""
    from rapidfuzz import fuzz

    shared = [tag for tag in words if old.get(tag) and words[tag]]
    return bool(shared) and all(
        words[tag] != old[tag] and fuzz.ratio(words[tag].casefold(), old[tag].casefold()) < ALIKE for tag in shared
    )


def _first(text: Text) -> str:
    return plain(next(iter(text.values()), ()))
