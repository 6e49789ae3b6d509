"""What callers notice between two versions of a flow, as pages show it: by screen, with changed words marked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal
from urllib.parse import urlencode

from flask import request
from msgspec import Struct

from flows.menu.model import ANY_LANGUAGE, Ask, Do, Flow, Option, Row, Screen, Text
from flows.menu.notation import template
from flows.menu.screen_kinds import texts_of
from flows.text.western_digits import whole_number
from flows.versions.change import Change, Notices
from flows.versions.revision_diff import diff_revisions
from flows.versions.sequence_diff import count_differences
from flows.versions.word_diff import Piece, diff_words
from gateway.console.diff import change_words
from gateway.console.site.titles import Title, list_title, screen_title

Kind = Literal["screen", "list", "text", "call", "renamed"]
Became = Literal["new", "gone", "changed"]
MOST_OF_GROUP = 50  # changes of one screen or list on a page
MOST_CHANGES = 300  # changes on a page
_Whole = Screen | Option | Row | None

_NEW, _GONE = "new screen", "screen removed"


class PageOfGroup(Struct, frozen=True):
    """Which changes of one group are shown; of every other group the first ones are."""

    key: str = ""
    start: int = 0


FIRST_PAGE = PageOfGroup()


class TextInLanguage(Struct, frozen=True):
    """The words of something added or removed in one language; `tongue` is the name of that language."""

    language: str
    tongue: str
    pieces: tuple[Piece, ...]


class ChangeView(Struct, frozen=True):
    """One change: what it is about, its description, and the words that changed. `code` is F506 for numbers.

    `tongue` is the name of the language. `spoken` has the words in every language of a screen, an option or a row that
    was added or removed, `details` what else matters of such a row: its group, office, days and flags. `title` is what
    callers read of the option or row, and `plain` the same as `said` in the reader's language, where it is known.
    """

    about: str
    said: str
    language: str
    tongue: str
    pieces: tuple[Piece, ...]
    code: str
    spoken: tuple[TextInLanguage, ...] = ()
    notices: Notices = "caller"
    title: Title | None = None
    plain: str = ""
    details: tuple[str, ...] = ()


class Group(Struct, frozen=True):
    """What changed on one screen, in one list, in the SMS texts, or in the call as a whole: one page of it.

    `count` is how many changes there are on all pages, `moved` how many of them move numbers that people may know by
    heart, `recorded` how many only officers and the record notice, `renamed` how many nobody notices: screens that have
    another id. `start` is the first change of this page, from 0 on. `title` is what people call the screen or list.
    """

    kind: Kind
    name: str
    became: Became
    changes: tuple[ChangeView, ...]
    count: int
    moved: int
    start: int = 0
    recorded: int = 0
    renamed: int = 0
    title: Title | None = None

    @property
    def noticed(self) -> int:
        """How many changes on all pages callers notice."""
        return self.count - self.recorded - self.renamed

    @property
    def key(self) -> str:
        """The group in an address: `list.district`."""
        return f"{self.kind}.{self.name}"

    @property
    def following(self) -> int:
        """Where the next page starts; 0 after the last one."""
        end = self.start + len(self.changes)
        return end if end < self.count else 0


def shorten_pieces(pieces: tuple[Piece, ...], around: int = 2) -> tuple[Piece, ...]:
    """The same pieces, but of long unchanged ones only the lines next to a change."""
    made = []
    for at, piece in enumerate(pieces):
        lines = piece.words.split("\n")
        first, last = at == 0, at == len(pieces) - 1
        if piece.became == "same" and len(lines) > 2 * around + 3 and len(pieces) > 1:
            head = [] if first else lines[: around + 1]
            tail = [] if last else lines[-around - 1 :]
            lines = [*head, "⋯", *tail]
        made.append(Piece(piece.became, "\n".join(lines)))
    return tuple(made)


class FileChange(Struct, frozen=True):
    """A changed file: how many lines were added and removed. `new` and `gone` are for whole files."""

    name: str
    added: int
    removed: int
    became: Became


def asked_page() -> PageOfGroup:
    """The page of a group that the address asks for."""
    return PageOfGroup(request.args.get("of", ""), whole_number(request.args.get("start", "")) or 0)


def query_of_page(group: Group, start: int) -> str:
    """The query of the same address with another page of a group."""
    others = [(name, value) for name, value in request.args.items(multi=True) if name not in ("of", "start")]
    return urlencode([*others, ("of", group.key), ("start", start)])


def groups(before: Flow | None, after: Flow | None, page: PageOfGroup = FIRST_PAGE) -> tuple[Group, ...]:
    """What callers notice, in the order of the flow: the call, screens, lists, texts; () if one flow is missing.

    A list of 10,000 rows may have changed as a whole: a page has MOST_OF_GROUP changes of each group, and MOST_CHANGES
    in all.
    """
    if before is None or after is None:
        return ()
    found: dict[tuple[Kind, str], list[Change]] = {}
    for change in diff_revisions(before, after):
        found.setdefault(_place(change), []).append(change)
    made, left = [], MOST_CHANGES
    for (kind, name), changes in found.items():
        start = page.start if page.key == f"{kind}.{name}" and page.start < len(changes) else 0
        shown = changes[start : start + min(MOST_OF_GROUP, left)]
        left -= len(shown)
        moved = sum(bool(change.code) for change in changes)
        told = _told(shown, before, after)
        recorded = sum(change.notices == "record" for change in changes)
        renamed = sum(change.notices == "nobody" for change in changes)
        title = list_title(name) if kind == "list" else screen_title(after if name in after.screens else before, name)
        made.append(Group(kind, name, _became(changes), told, len(changes), moved, start, recorded, renamed, title))
    return tuple(made)


def _place(change: Change) -> tuple[Kind, str]:
    if change.notices == "nobody":
        return "renamed", ""
    match change.path:
        case ("screens", screen, *_):
            return "screen", screen.partition(".")[0]
        case ("lists", name, *_):
            return "list", name
        case ("texts", *_):
            return "text", ""
    return "call", ""


def _became(changes: Iterable[Change]) -> Became:
    said = {change.said for change in changes}
    return "new" if said == {_NEW} else "gone" if said == {_GONE} else "changed"


def _told(changes: Iterable[Change], before: Flow, after: Flow) -> tuple[ChangeView, ...]:
    tongues = {**before.languages, **after.languages}
    return tuple(
        ChangeView(
            _about(each),
            each.said,
            each.language,
            tongues.get(each.language, each.language),
            diff_words(*change_words.values_of(each, before, after)),
            each.code,
            tuple(_spoken(each, before, after, tongues)),
            each.notices,
            change_words.title_of(each, before, after),
            change_words.plain_words(each, after),
            change_words.details_of(each, before, after),
        )
        for each in changes
    )


def _spoken(change: Change, before: Flow, after: Flow, tongues: Mapping[str, str]) -> Iterator[TextInLanguage]:
    """The words in every language of a screen, an option or a row that was added, removed or has another kind."""
    was: _Whole
    now: _Whole
    match change.path:
        case ("screens", _) if change.notices == "nobody":
            return
        case ("screens", screen):
            was, now = before.screens.get(screen), after.screens.get(screen)
            if change.inside:
                was, now = _option(was, change.inside[-1]), _option(now, change.inside[-1])
            elif type(was) is type(now) or (isinstance(was or now, Do) and None in (was, now)):
                return
        case ("lists", name) if change.inside:
            code = change.inside[-1]
            was, now = before.rows.get(name, {}).get(code), after.rows.get(name, {}).get(code)
        case _:
            return
    for tag, tongue in tongues.items():
        pieces = diff_words(_words(was, tag), _words(now, tag))
        if pieces:
            yield TextInLanguage(tag, tongue, pieces)


def _option(of: _Whole, code: str) -> Option | None:
    options = of.options if isinstance(of, Ask) else ()
    return next((each for each in options if each.code == code), None)


def _words(what: _Whole, tag: str) -> str:
    """What callers read of it in a language; "" for nothing."""
    match what:
        case Row(text=text):
            return text.get(tag, "")
        case Option(key=key, text=text):
            return f"{key} {_text(text, tag)}"
        case None:
            return ""
        case Do(action=action):
            return action
        case Ask(text=text, options=options):
            return "\n".join([_text(text, tag), *(_words(each, tag) for each in options)])
        case _:
            heads = {"sms": "SMS: "}
            return "\n".join(heads.get(each.role, "") + _text(each.text, tag) for each in texts_of(what))


def _text(text: Text, tag: str) -> str:
    return template(text.get(tag) or text.get(ANY_LANGUAGE, ()))


def _about(change: Change) -> str:
    """What it is about within its group: an option, a row, a word."""
    match change.path:
        case ("screens", screen) if change.notices == "nobody":
            return screen
        case ("screens", _, "choose", option):
            return option
        case ("screens", _) | ("lists", _) if change.inside:
            return change.inside[-1]
        case ("screens", _, "ask" | "end"):
            return ""
        case ("screens", _, "sms"):
            return "SMS"
        case ("screens", _, *rest):
            return " ".join(rest)
        case ("lists", _, code):
            return code
        case ("lists", _):
            return ""
        case ("texts", event):
            return event
    return change.where


def count_moved_numbers(found: Iterable[Group]) -> int:
    """How many of the changes affect numbers that people may know by heart."""
    return sum(group.moved for group in found)


def count_changes(found: Iterable[Group]) -> int:
    """How many changes there are in all that somebody notices."""
    return sum(group.count - group.renamed for group in found)


def files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileChange, ...]:
    """The changed files by name, with how many lines were added and removed."""
    made = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        became: Became = "new" if old is None else "gone" if new is None else "changed"
        added, removed = count_differences((old or "").splitlines(), (new or "").splitlines())
        made.append(FileChange(name, added, removed, became))
    return tuple(made)
