"""What people call a screen, a list or a flow, and the order in which languages are shown."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from flows.engine.variables import fallbacks
from flows.menu.model import LANGUAGES_LIST, Ask, Do, Flow, Screen, Template, Text, Variable
from flows.menu.screen_kinds import summary_of, texts_of
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.i18n import _, language
from storage.schema.tables import Draft

LONGEST = 60  # characters of a title
MOST_LINES = 200  # of a flow file that are searched for its title
TITLE = "title:"


class Title(Struct, frozen=True):
    """What people call a thing. `words` is never empty; `language` is the tag of their language, "" if not known.

    `id` is that of a screen if another one of its flow has the same title.
    """

    words: str
    language: str
    id: str = ""

    def __str__(self) -> str:
        return self.words


def language_order(flow: Flow) -> tuple[str, ...]:
    """The tags of a flow's languages in the order in which every page shows them: that of the flow."""
    return tuple(flow.languages)


def screen_title(flow: Flow, name: str) -> Title:
    """What people call a screen: the first line of its words, or what it does. The name itself for an unknown one.

    The words are in the reader's language if they say something there, else in the nearest in which they do.
    """
    key = f"titles {language()}"
    if key not in flow.compiled:
        found = {each: _title(flow, each) for each in flow.screens}
        times = Counter(title.words for title in found.values())
        flow.compiled[key] = {
            each: replace(title, id=each) if times[title.words] > 1 else title for each, title in found.items()
        }
    titles = cast("dict[str, Title]", flow.compiled[key])
    return titles[name] if name in titles else Title(_plain(name), "en")


def _title(flow: Flow, name: str) -> Title:
    screen = flow.screens[name]
    if isinstance(screen, Do) and f"{name}.list" in flow.screens:  # what it brings is shown on a screen of its own
        return _title(flow, f"{name}.list")
    if isinstance(screen, Do):
        return Title(action_words(screen.action), language())
    said = summary_of(screen)
    for tag in fallbacks(language(), flow) if isinstance(said, dict) else ():
        words = _first_line(said[tag]) if isinstance(said, dict) and tag in said else ""
        if words:
            return Title(words, tag if tag in flow.languages else next(iter(flow.languages), "en"))
    return Title(_shown(flow, screen), language())


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
    """The first line that says something besides variables, which stand in it by their names; "" if there is none.

    A word beside a variable says too little: "Due {due}." is no title.
    """
    said = "".join(part if isinstance(part, str) else f"\0{part.name}\0" for part in template)
    for line in said.splitlines():
        pieces = line.split("\0")  # words and names of variables by turns
        words = [word for each in pieces[::2] for word in each.split() if any(map(str.isalpha, word))]
        if len(words) > 1 or (words and len(pieces) == 1):
            pieces[1::2] = [name.rpartition(".")[2].replace("_", " ") for name in pieces[1::2]]
            return _cut(_capital("".join(pieces).strip().rstrip(":;,،؛")))
    return ""


def _plain(name: str) -> str:
    return _cut(_capital(name.replace("_", " ").replace(".", ": ").strip()) or name)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cut(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    start, _space, _rest = words[: LONGEST - 1].rpartition(" ")
    return (start or words[: LONGEST - 1]) + "…"
