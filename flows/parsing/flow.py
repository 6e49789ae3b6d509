"""A flow's files as a `Flow`, with the file and line of everything in them, and of everything wrong with them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast

from msgspec.structs import replace

from flows.engine.variables import DATE
from flows.menu.action_spec import ResultField
from flows.menu.actions import ACTIONS, CONTACT
from flows.menu.declared_names import SERVICE_WORDS
from flows.menu.diagnostics import ParsedFlow, by_place, near, suggest_nearest
from flows.menu.file_keys import FLOW, KEY, MEANT, OPTION, RECEIPT, RESUME
from flows.menu.model import DATE as ANSWERED_DAY
from flows.menu.model import FIRST_DAY, LANGUAGES_LIST, LAST_DAY, Ask, Do, Flow, Key, Row, Screen, Text
from flows.parsing.calendar_file import read_calendar
from flows.parsing.danger_file import read_helplines, read_lexicon
from flows.parsing.keyword_rules import read_rules
from flows.parsing.lists import MOST_FLOW_CELLS, read_list
from flows.parsing.screens import LINE_ERRORS, Screens
from flows.parsing.screens import WORDS as SCREEN_WORDS
from flows.parsing.yaml_document import CommentedMap, CommentedSeq, Node, Notes, is_quoted, load, lost_zeros
from flows.text.western_digits import western

WORDS = {*FLOW}
KEYS = {"back": "0", "home": "000", "more": "99"}
MOST_LANGUAGES = 20
MOST_TOLD = 3  # texts in a language that the flow does not name; from so many on it is told once
TAG = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # of a language: BCP 47
LISTS_KEPT = 32  # lists: the nine of each flow, in a few versions
LONG_LISTS_KEPT = 4  # of more than LONG_LIST characters: their rows take ten megabytes and more
LONG_LIST = 200_000
KEPT = 32  # files beside a main one: five of each flow, in a few versions
T = TypeVar("T")


def parse_flow(files: Mapping[str, str], main: str) -> ParsedFlow:
    """Read the flow in `main` with the files it names, all given as text by their relative names.

    Never raises, whatever the files contain: a flow that is not YAML at all gives `flow=None` and a problem F000.
    """
    notes = Notes()
    data = load(files[main], main, notes)
    if not isinstance(data, CommentedMap):
        if not notes.problems:
            notes.add("F000", (main, 1), "a flow file is a map that begins with `flow:`")
        return ParsedFlow(None, tuple(notes.problems), notes.places, main)
    node = Node(data, main, notes)
    node.amend(WORDS)
    flow = _flow(node, files, notes)
    translated = dict(_file(node, "translations", files, notes, _translated) or {})
    node.done(WORDS)
    unsure, broken = frozenset(notes.unsure), frozenset(notes.broken)
    files_named = frozenset(notes.files)
    return ParsedFlow(
        flow, by_place(notes.problems), notes.places, main, translated, unsure, broken, files_named, notes.left
    )


def _flow(node: Node, files: Mapping[str, str], notes: Notes) -> Flow:
    node.take("sms")  # what an SMS does and how networks differ: read by later versions, and no mistake today
    node.take("networks")
    languages = _languages(node)
    notes.left = _tell_left(node, languages)
    lists = _lists(node, files, languages, notes)
    keys, home = _keys(node, languages)
    screens = _screens(node, languages, {key.key for key in keys.values()})
    start = node.word("start") or next(iter(screens), "")
    home = home or ("menu" if "menu" in screens else start)
    screens = {name: with_home(screen, home) for name, screen in screens.items()}
    return Flow(
        name=node.word("flow") or "",
        title=node.word("title") or "",
        start=start,
        home=home,
        languages=languages,
        keys=keys,
        errors=_errors(node, languages),
        screens=screens,
        lists=lists,
        kinds=kinds(screens, lists),
        resume=_built_in(node, "resume", RESUME, languages),
        meant=_built_in(node, "meant", MEANT, languages),
        texts=dict(_file(node, "texts", files, notes, _sms_texts, tuple(languages.items()), notes.left) or {}),
        keywords=_file(node, "keywords", files, notes, read_rules) or (),
        service=_service(node, files),
        ussd_languages=_ussd_languages(node),
        aliases=_aliases(node),
        receipt=_built_in(node, "receipt", RECEIPT, languages),
        channel=_channel(node),
        danger=_file(node, "danger", files, notes, read_lexicon),
        helplines=dict(_file(node, "helplines", files, notes, read_helplines) or {}),
        danger_screen=node.word("danger_screen") or "",
        calendar=_file(node, "calendar", files, notes, read_calendar),
    )


def _channel(node: Node) -> Literal["ussd", "sms"]:
    channel = node.word("channel") or "ussd"
    if channel not in ("ussd", "sms"):
        node.problem("F001", "channel", f"channel is ussd or sms, not {channel[:20]!r}")
    return "sms" if channel == "sms" else "ussd"


def _aliases(node: Node) -> dict[str, tuple[str, ...]]:
    """Words that people type for an option, with semicolons between, by its code."""
    inner = node.map("aliases")
    if inner is None:
        return {}
    cells: dict[str, str] = {}
    for code, words in inner.data.items():
        cells[str(code)] = str(words)
        node.notes.places[("aliases", str(code))] = inner.place(code)
    return {code: tuple(word.strip() for word in words.split(";") if word.strip()) for code, words in cells.items()}


def _languages(node: Node) -> dict[str, str]:
    inner = node.map("languages")
    if inner is None or not inner.data:
        node.problem("F001", "languages", "a flow needs its languages, such as languages: {en: English, ur: اردو}")
        return {"en": "English"}
    used = Counter(_tags(node.data.get("screens")))
    languages: dict[str, str] = {}
    if len(inner.data) > MOST_LANGUAGES:
        said = f"a flow can have at most {MOST_LANGUAGES} languages: every text is read and checked in each of them"
        node.problem("F000", "languages", said)
    for tag, name in list(inner.data.items())[:MOST_LANGUAGES]:
        meant = "" if used[str(tag)] else near(str(tag), [word for word in used if word not in inner.data])
        if meant and used[meant] > 1:
            said = f"{used[meant]} texts on screens use {meant!r}, but the language is called {str(tag)!r} here"
            inner.problem("F001", tag, said, hint=f"write {meant!r} instead of {str(tag)!r}")
        languages[meant if used[meant] > 1 else str(tag)] = str(name)
    return languages


def _tell_left(node: Node, languages: Collection[str]) -> frozenset[str]:
    """Languages that many texts have words in and `languages` does not name (any more): said once, there."""
    left = _languages_left(node.data, languages)
    for tag, count in left.items():
        said = f"{count} texts have words in {tag!r}, which languages does not name: nobody can choose it or read them"
        hint = f"add {tag}: and its own name here; or, if it is to go, delete its lines with the words"
        node.problem("F001", "languages", said, hint=hint)
    return frozenset(left)


def _languages_left(data: Any, languages: Collection[str]) -> dict[str, int]:
    """Languages that many of the texts in a file have words in and the flow does not name, with how many."""
    texts = [each for each in _maps(data) if any(tag in languages for tag in each)]
    used = Counter(
        str(tag)
        for each in texts
        for tag in each
        if isinstance(tag, str) and tag not in {*languages, *OPTION, *SCREEN_WORDS} and TAG.fullmatch(tag)
    )
    return {tag: count for tag, count in used.items() if count >= MOST_TOLD and 4 * count >= len(texts)}


def _maps(data: Any) -> Iterator[CommentedMap]:
    """Every map inside a map."""
    for value in data.values() if isinstance(data, CommentedMap) else ():
        if isinstance(value, CommentedMap):
            yield value
            yield from _maps(value)


def _tags(data: Any) -> Iterator[str]:
    """Every name in a map that may be the tag of a language."""
    for name, value in data.items() if isinstance(data, CommentedMap) else ():
        if isinstance(name, str) and name not in SCREEN_WORDS and isinstance(value, str):
            yield name
        yield from _tags(value)


def _lists(node: Node, files: Mapping[str, str], languages: dict[str, str], notes: Notes) -> dict[str, tuple[Row, ...]]:
    inner = node.map("lists")
    found: dict[str, tuple[Row, ...]] = {}
    if inner is None:
        return found
    for name, file in inner.data.items():
        notes.places[("lists", str(name))] = (str(file), 1)
        text = files.get(str(file))
        if text is None:
            notes.broken.add(str(name))
            inner.problem("F603", name, f"there is no file {file}", hint=suggest_nearest(str(file), files))
            continue
        notes.files.add(str(file))
        rows, apart = _read_list_once(str(name), text, str(file), tuple(languages.items()))
        if notes.cells + apart.cells > MOST_FLOW_CELLS or not notes.include(apart):  # the place where it is too much
            rows = read_list(str(name), text, str(file), languages, notes)
        else:
            notes.cells += apart.cells
        found[str(name)] = rows
    return found


def _read_list_once(
    name: str, text: str, file: str, languages: tuple[tuple[str, str], ...]
) -> tuple[tuple[Row, ...], Notes]:
    """The rows of a list, and what reading it gathered: versions of a flow share the lists that did not change."""
    return (_read_long_list if len(text) > LONG_LIST else _read_short_list)(name, text, file, languages)


def _read_list(
    name: str, text: str, file: str, languages: tuple[tuple[str, str], ...]
) -> tuple[tuple[Row, ...], Notes]:
    notes = Notes()
    return read_list(name, text, file, dict(languages), notes), notes


_read_short_list = lru_cache(maxsize=LISTS_KEPT)(_read_list)
_read_long_list = lru_cache(maxsize=LONG_LISTS_KEPT)(_read_list)


def _keys(node: Node, languages: dict[str, str]) -> tuple[dict[str, Key], str]:
    keys = {name: Key(key, {"*": (name.capitalize(),)}, show=name != "home") for name, key in KEYS.items()}
    home = ""
    inner = node.map("keys")
    for name, key in inner.maps() if inner else ():
        if name not in KEYS:
            key.problem("F001", None, f"unknown key {name!r}", hint=suggest_nearest(name, KEYS))
            continue
        key.amend({*KEY, *languages})
        value = key.take("key")
        if value is not None and not is_quoted(value):
            key.problem("F801", "key", f"put the key {value} of {name} in quotes: without them, 000 is read as 0")
        home = (key.word("go") if name == "home" else "") or home
        typed = western(str(value or KEYS[name])).strip()
        keys[name] = Key(typed, key.text(languages), key.flag("show", name != "home"))
        key.done({*KEY, *languages} - ({"go"} if name != "home" else set()))
    return keys, home


def _screens(node: Node, languages: dict[str, str], reserved: set[str]) -> dict[str, Screen]:
    inner = node.map("screens")
    reader = Screens(languages, reserved)
    if inner is None or not inner.data:
        node.problem("F001", "screens", "a flow needs screens")
        return {}
    for name, screen in inner.maps():
        reader.read(name, screen)
    return reader.found


def with_home(screen: Screen, home: str) -> Screen:
    """Put the menu where shorthand left a target open."""
    if isinstance(screen, Do) and "" in screen.then.values():
        then = {outcome: target or home for outcome, target in screen.then.items()}
        return replace(screen, then=then)
    return screen


def _texts(node: Node | None, languages: dict[str, str]) -> dict[str, Text]:
    return {name: inner.translations(languages) for name, inner in node.maps()} if node else {}


def _errors(node: Node, languages: dict[str, str]) -> dict[str, Text]:
    inner = node.map("errors")
    if inner is not None:
        for name in (name for name in inner.data if name not in LINE_ERRORS):
            said = f"unknown word {str(name)!r}: no caller would ever read this"
            inner.problem("F001", name, said, hint=suggest_nearest(str(name), LINE_ERRORS))
    return _texts(inner, languages)


def _built_in(node: Node, key: str, parts: Collection[str], languages: dict[str, str]) -> dict[str, Text]:
    """The words of a built-in screen: all of them or none, for its options are always the same."""
    inner = node.map(key)
    if inner is not None:
        inner.amend(parts)
    words = _texts(inner, languages)
    if inner is not None:
        for name in (name for name in words if name not in parts):
            inner.problem("F001", name, f"unknown word {name!r}", hint=suggest_nearest(name, parts))
    if inner is not None and (missing := [name for name in parts if name not in words]):
        node.problem("F201", key, f"{key} has no {', '.join(missing)}, so a caller would read nothing")
    return words


def _file(
    node: Node, key: str, files: Mapping[str, str], notes: Notes, read: Callable[..., T], *given: Any
) -> T | None:
    """What `read` makes of the file under a key, None if there is none: a file that did not change is read once."""
    name = node.word(key)
    if name is None:
        return None
    if name not in files:
        node.problem("F603", key, f"there is no file {name}", hint=suggest_nearest(name, files))
        return None
    notes.files.add(name)
    found, apart = _read_once(read, files[name], name, given)
    if notes.include(apart):
        return cast("T | None", found)
    data = load(files[name], name, notes)  # more than may be read in all: the place where it becomes too much is told
    return None if data is None else read(data, name, notes, *given)


@lru_cache(maxsize=KEPT)
def _read_once(read: Callable[..., Any], text: str, file: str, given: tuple[Any, ...]) -> tuple[Any, Notes]:
    """What a file holds, and what reading it gathered. Nobody changes either."""
    notes = Notes()
    data = load(text, file, notes)
    return (None if data is None else read(data, file, notes, *given)), notes


def _sms_texts(
    data: Any, file: str, notes: Notes, languages: tuple[tuple[str, str], ...], left: frozenset[str]
) -> dict[str, Text]:
    told = _languages_left(data, {*dict(languages), *left})
    for tag, count in told.items():
        said = f"{count} texts here have words in {tag!r}, which the flow does not offer: nobody reads them"
        notes.add("F001", (file, 1), said, severity="I", hint="keep them if another flow uses this file too")
    notes.left = left | told.keys()
    if not isinstance(data, CommentedMap):
        notes.add("F000", (file, 1), f"{file} must be a map of events and words")
        return {}
    return _texts(Node(data, file, notes, ("texts",)), dict(languages))


def _ussd_languages(node: Node) -> tuple[str, ...]:
    tags = node.take("ussd_languages")
    if tags is None:
        return ()
    if not isinstance(tags, CommentedSeq) or any(isinstance(tag, (dict, list)) for tag in tags):
        node.problem("F001", "ussd_languages", "ussd_languages takes a list of languages, such as [en, ur-Latn]")
        return ()
    return tuple(str(tag) for tag in tags)


def _translated(data: Any, file: str, notes: Notes) -> dict[str, dict[str, str]]:
    """The file of hashes that says of each translation which base text it was made from; see checks/translations.py."""
    found: dict[str, dict[str, str]] = {}
    for path, hashes in data.items() if isinstance(data, CommentedMap) else ():
        if isinstance(hashes, CommentedMap):
            found[str(path)] = {str(tag): str(value) for tag, value in hashes.items()}
        else:
            line = data.lc.key(path)[0] + 1
            notes.add("F001", (file, line), f"{path} takes a map of language: hash")
    return found


def _service(node: Node, files: Mapping[str, str]) -> dict[str, str]:
    """The words of the service. A flow may have its own beside ours: those that a text uses are not misspelt."""
    inner = node.map("service")
    if inner is not None:
        own = [
            str(key) for key in inner.data if any(f"{{{key}{end}" in text for text in files.values() for end in "}|")
        ]
        inner.amend({*SERVICE_WORDS, *own})
        for key, value in inner.data.items():
            inner.take(key)  # notes its line
            if (written := lost_zeros(value)) is not None:
                hint = f"put it in quotes: {key}: {written!r}"
                said = f"{key} is written without quotes, so {written} is read as {value}: callers would dial {value}"
                inner.problem("F212", key, said, hint=hint)
    return {str(key): str(value) for key, value in inner.data.items()} if inner else {}


def kinds(screens: Mapping[str, Screen], lists: Mapping[str, tuple[Row, ...]]) -> dict[str, str]:
    """Variable -> the list its codes come from, or DATE: what turns a stored value into words."""
    found = {f"contact.{name}": brings.list or "" for name, brings in CONTACT.items() if brings.list}
    found["contact.language"] = LANGUAGES_LIST
    for screen in screens.values():
        if isinstance(screen, Do) and screen.save and screen.action in ACTIONS:
            found |= {f"{screen.save}.{name}": kind for name, kind in _fields(ACTIONS[screen.action].brings)}
    for screen in screens.values():
        if isinstance(screen, Ask) and screen.answer is not None and screen.answer.kind == ANSWERED_DAY:
            found |= {name: DATE for name in (screen.save, FIRST_DAY, LAST_DAY) if name}
        if not isinstance(screen, Ask) or screen.pick is None:
            continue
        if screen.save:
            records = {name for name in found if name.startswith(screen.pick.list + ".")}
            found |= {screen.save + name.removeprefix(screen.pick.list): found[name] for name in records}
            found[screen.save] = screen.pick.list
        if screen.pick.typed:
            found[screen.pick.typed.save] = screen.pick.typed.list
    for name, list_name in list(found.items()):
        columns = lists[list_name][0].columns if lists.get(list_name) else {}
        found |= {f"{name}.{column}": column for column in columns if column in lists}
    return found


def _fields(brings: Mapping[str, ResultField]) -> list[tuple[str, str]]:
    return [(name, DATE if field.kind == "date" else field.list or "") for name, field in brings.items()]
