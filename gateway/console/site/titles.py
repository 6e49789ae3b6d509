"""What people call a screen, a list or a flow, and the order in which languages are shown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from flows.engine.variables import fallbacks
from flows.menu.model import LANGUAGES_LIST, Ask, Do, Flow, Option, Screen, Template, Text, Variable
from flows.menu.screen_kinds import summary_of, texts_of, ways_of
from flows.text.languages import is_right_to_left
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.i18n import _, language
from storage.schema.tables import Draft

LONGEST = 60  # characters of a title
SHORT = 32  # characters of a title within another
MARK = "\0"  # before and after the name of a variable
_STARTS = re.compile(
    r"^(?:\0[^\0]*\0\s*[,،:.۔-]\s*)+"
)  # variables that come before the words, as in "{number}: solved?"
_ENDS = re.compile(r"(?:\s*[,،:.۔-]\s*\0[^\0]*\0)+[\s.۔]*$")  # those behind a sign at the end
_STOP = re.compile(r"(?<=\w\w)[.۔?؟!](?=\s|$)")  # and not that of e.g.
MOST_LINES = 200  # of a flow file that are searched for its title
TITLE = "title:"


class Title(Struct, frozen=True):
    """What people call a thing. `words` is never empty; `language` is the tag of their language, "" if not known."""

    words: str
    language: str

    def __str__(self) -> str:
        return self.words


def language_order(flow: Flow) -> tuple[str, ...]:
    """The tags of a flow's languages in the order in which every page shows them: that of the flow."""
    return tuple(flow.languages)


def screen_title(flow: Flow, name: str) -> Title:
    """What people call a screen: the first line of its words, or what it does. The name itself for an unknown one.

    The words are in the reader's language if they say something there, else in the nearest in which they do. No two
    screens of a flow have the same title: where their words are the same, it adds what tells them apart.
    """
    key = f"titles {language()}"
    if key not in flow.compiled:
        flow.compiled[key] = _distinct(flow, {each: _title(flow, each) for each in flow.screens})
    titles = cast("dict[str, Title]", flow.compiled[key])
    return titles[name] if name in titles else Title(_plain(name), "en")


def _distinct(flow: Flow, found: dict[str, Title]) -> dict[str, Title]:
    """The titles with the place in the call behind each that another screen also has."""
    alike: dict[str, list[str]] = {}
    for name, title in found.items():
        alike.setdefault(title.words.casefold(), []).append(name)
    told = dict(found)
    for names in alike.values():
        if len(names) > 1:
            places = _places(flow, found, names)
            told |= {
                name: replace(found[name], words=f"{found[name].words} ({_apart(places[name])})") for name in names
            }
    return told


def _apart(place: str) -> str:
    """Words in the reader's language behind a title that may be in another, so that neither turns the other round."""
    return f"\u2068{place}\u2069" if is_right_to_left(language()) else place


def _places(flow: Flow, found: Mapping[str, Title], names: list[str]) -> dict[str, str]:
    """What tells screens of the same words apart: the option or screen that leads there, or else their ids as words."""
    ways: tuple[dict[str, str], ...] = ({}, {})
    for source, screen in flow.screens.items():
        for way in ways_of(screen):
            if way.go in names and source not in names:
                if isinstance(way.of, Option) and (said := _said(flow, way.of.text)):
                    ways[0].setdefault(way.go, _("option “%(label)s”", label=said.words))
                ways[1].setdefault(way.go, _("after “%(label)s”", label=_cut(found[source].words, SHORT)))
    places = {name: _("at the start") if name == flow.start else "" for name in names}
    for known in ways:
        tried = {name: places[name] or known.get(name, "") for name in names}
        if all(tried.values()) and len(set(tried.values())) == len(names):
            return tried
    return {name: _plain(name).lower() for name in names}


def _title(flow: Flow, name: str) -> Title:
    screen = flow.screens[name]
    if isinstance(screen, Do) and f"{name}.list" in flow.screens:  # what it brings is shown on a screen of its own
        return _title(flow, f"{name}.list")
    if isinstance(screen, Do):
        return Title(action_words(screen.action), language())
    said = summary_of(screen)
    found = _said(flow, said) if isinstance(said, dict) else None
    return found or Title(_shown(flow, screen), language())


def _said(flow: Flow, text: Text) -> Title | None:
    """The first line of a text that says something, in the reader's language or the nearest that has one."""
    for tag in fallbacks(language(), flow):
        words = _first_line(text[tag]) if tag in text else ""
        if words:
            return Title(words, tag if tag in flow.languages else next(iter(flow.languages), "en"))
    return None


def _shown(flow: Flow, screen: Screen) -> str:
    """What a screen shows that has no words of its own beside variables."""
    if isinstance(screen, Ask) and screen.pick is not None and screen.pick.list in (*flow.lists, LANGUAGES_LIST):
        return _("Choice: %(list)s", list=list_title(screen.pick.list))
    if any(name.startswith("complaint.") for text in texts_of(screen) for name in _variables(text.text)):
        return _("Shows a complaint")
    return _plain(screen.id)


def _variables(text: Text) -> Iterator[str]:
    return (part.name for template in text.values() for part in template if isinstance(part, Variable))


def screen_choices(flow: Flow, names: Iterable[str]) -> list[tuple[str, str]]:
    """Screens for a select box: the name of each, and its title with the name after it."""
    return [(name, choice_words(f"{screen_title(flow, name)}", name)) for name in names]


def choice_words(words: str, name: str) -> str:
    """Words and a name that do not change each other's direction, where no markup can say so."""
    return f"\u2068{words}\u2069 · \u2066{name}\u2069"


def list_title(name: str) -> Title:
    """What people call a list, by its name in the flow: `category` is Categories."""
    said = {
        "group": _("Groups of categories"),
        "category": _("Categories"),
        "province": _("Provinces"),
        "district": _("Districts"),
        "place": _("Towns and areas"),
        "office": _("Offices"),
        "status": _("Statuses of a complaint"),
        "month": _("Months"),
        "languages": _("Languages"),
        "emergency_check": _("Questions about an emergency"),
    }.get(name, "")
    return Title(said, language()) if said else Title(_plain(name), "en")


def column_title(name: str) -> str:
    """What people call a column of a list: `office` is Office. A list's own name for an unknown column."""
    return {
        "code": _("Code"),
        "group": _("Group of categories"),
        "category": _("Category"),
        "province": _("Province"),
        "district": _("District"),
        "place": _("Town or area"),
        "office": _("Office"),
        "status": _("Status"),
        "emergency_check": _("Question about an emergency"),
        "days": _("Working days"),
        "emergency": _("Danger to life"),
        "sensitive": _("Sensitive matter"),
        "shared": _("Can affect a whole district"),
        "against": _("Office that it is about"),
        "keywords": _("Words of texts about it"),
        "aliases": _("Other names people type"),
        "active_from": _("Offered from"),
        "active_until": _("Offered until"),
        "kind": _("Kind"),
        "serves": _("Places that it serves"),
        "name": _("Full name"),
        "note": _("Note"),
        "source": _("Source"),
        "verified": _("District is checked"),
        "common_word": _("Everyday words among the names"),
    }.get(name) or str(list_title(name))


def column_words(name: str) -> str:
    """The same within a sentence: "office"."""
    title = column_title(name)
    return title[:1].lower() + title[1:]


def option_title(flow: Flow, screen: str, code: str) -> Title:
    """What callers read of an option, in the reader's language or the nearest; its code for an unknown one."""
    ask = flow.screens.get(screen)
    option = next((each for each in ask.options if each.code == code), None) if isinstance(ask, Ask) else None
    if option is not None:
        for tag in fallbacks(language(), flow):
            if words := _first_line(option.text.get(tag, ())):
                return Title(words, tag if tag in flow.languages else "")
    return Title(_plain(code), "en")


def row_title(flow: Flow, name: str, code: str) -> Title:
    """What callers read of a row of a list, in the reader's language or the nearest; its code for an unknown one."""
    row = flow.rows.get(name, {}).get(code)
    for tag in fallbacks(language(), flow) if row is not None else ():
        if row is not None and row.text.get(tag):
            return Title(_cut(row.text[tag]), tag)
    return Title(code, "en")


def flow_title(flow: Flow | None, name: str) -> Title:
    """What people call a flow: the `title` of its file, else its name. None is a flow that cannot be read."""
    title = flow.title.strip() if flow else ""
    return Title(_cut(title), "") if title else Title(_plain(name), "en")


def live_title(name: str) -> Title:
    """The title of a flow as it is live; its name if it is not live."""
    return flow_title(flow_in(live_of(name)), name)


def draft_title(draft: Draft) -> Title:
    """The title of the flow of a draft, as the draft has it. Only one line is read: parsing a large flow takes long."""
    lines = draft.files.get(draft.main, "").splitlines()
    line = next((each for each in lines[:MOST_LINES] if each.startswith(TITLE)), TITLE)
    title = line.removeprefix(TITLE).partition(" #")[0].strip().strip("\"'")
    return Title(_cut(title), "") if title else Title(_plain(draft.flow), "en")


def action_words(action: str) -> str:
    """What an action does, in a few plain words; the name of an unknown one."""
    return {
        "remember": _("Remember the answers for the next call"),
        "find_danger": _("Look for words of danger"),
        "plan_complaint": _("Find the office and the due date"),
        "file_complaint": _("File the complaint"),
        "file_by_text": _("File the words of an SMS"),
        "file_suggestion": _("File the suggestion"),
        "my_complaints": _("Find the caller's complaints"),
        "find_complaint": _("Find a complaint by its number"),
        "claim_complaint": _("Bring an older complaint back to this phone"),
        "read_complaint": _("Read the complaint with the PIN"),
        "set_pin": _("Set the PIN of this phone"),
        "take_off_phone": _("Take the complaint off this phone"),
        "new_holder": _("Note that the phone number has a new holder"),
        "add_details": _("Add words to the complaint"),
        "remind": _("Remind the office"),
        "save_feedback": _("Save how satisfied the caller is"),
        "reopen_complaint": _("Reopen the complaint"),
        "confirm_complaint": _("Close the complaint as solved"),
        "appeal_complaint": _("Appeal to oversight"),
        "withdraw_complaint": _("Withdraw the complaint"),
        "note_pressure": _("Tell oversight that the caller is under pressure"),
        "opt_out": _("Stop SMS to this phone"),
        "known_problem": _("Look for the same problem nearby"),
        "me_too": _("Count the caller for a known problem"),
        "save_survey": _("Save the answers of the survey"),
        "open_flow": _("Continue in another flow"),
    }.get(action, _plain(action))


def _first_line(template: Template) -> str:
    """The first sentence that says something besides variables; "" if there is none.

    A variable stands there as what it is ("helpline"), unless it only comes before or behind the words. A word beside a
    variable says too little, unless a colon stands between them: "Due {due}." is no title, but "To: {office}" is.
    """
    said = "".join(part if isinstance(part, str) else f"{MARK}{part.name}{MARK}" for part in template)
    for line in said.splitlines():
        if MARK in line:
            line = _STARTS.sub("", line)
            bare = _ENDS.sub("", line)
            line = bare if _count_words(bare.split(MARK)) > 1 else line
        pieces = line.split(MARK)  # words and names of variables by turns
        words = _count_words(pieces)
        if words > 1 or (words and (len(pieces) == 1 or pieces[0].rstrip().endswith(":"))):
            first = next((each for each in _sentences(line) if _count_words(each.split(MARK)) > 1), line).split(MARK)
            first[1::2] = [_variable_words(name) for name in first[1::2]]
            return _cut(_capital("".join(first).strip().rstrip(":;,،؛.۔ ")))
    return ""


def _sentences(line: str) -> Iterator[str]:
    """The first sentence of a line, the first two, and so on."""
    return (line[: found.end()] for found in _STOP.finditer(line))


def _count_words(pieces: list[str]) -> int:
    return sum(any(map(str.isalpha, word)) for each in pieces[::2] for word in each.split())


def _variable_words(name: str) -> str:
    """What a variable holds, in a word or two."""
    last = name.rpartition(".")[2]
    return {
        "number": _("number"),
        "due": _("date"),
        "day": _("date"),
        "help": _("helpline"),
        "call": _("helpline"),
        "count": _("number"),
        "ussd": _("this line"),
        "sms": _("this line"),
        "note": _("a note"),
    }.get(last) or column_words(last)


def _plain(name: str) -> str:
    return _cut(_capital(name.replace("_", " ").replace(".", ": ").strip()) or name)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cut(words: str, most: int = LONGEST) -> str:
    if len(words) <= most:
        return words
    start, _space, _rest = words[: most - 1].rpartition(" ")
    return (start or words[: most - 1]) + "…"
