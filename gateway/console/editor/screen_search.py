"""The list of a draft's screens as somebody looks for one: its kind in plain words, a search, and problems first."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from flows.menu.diagnostics import Problem
from flows.menu.model import Ask, Do, Flow
from flows.menu.notation import template
from flows.menu.screen_kinds import texts_of
from gateway.console.site.i18n import _
from gateway.console.site.titles import Title

LONGEST = 100  # characters of a search


class ScreenRow(Struct, frozen=True):
    """A screen in the list: what people call it, what it does in one word, and its findings."""

    name: str
    title: Title
    kind: str
    errors: int
    found: int


def search_screens(
    flow: Flow, outline: Sequence[dict[str, Any]], sought: str, *, only_problems: bool = False
) -> list[ScreenRow]:
    """The screens of `outline` whose title, id or words in any language have these letters.

    With `only_problems` those with findings, the ones with errors first.
    """
    rows = []
    for each in outline:
        name, found = str(each["name"]), each["found"]
        if sought and not _has(flow, name, f"{each['title']} {name}", sought.casefold()):
            continue
        errors = sum(problem.severity == "E" for problem in found if isinstance(problem, Problem))
        rows.append(ScreenRow(name, each["title"], _kind(flow, name), errors, len(found)))
    if only_problems:
        rows = sorted((row for row in rows if row.found), key=lambda row: (not row.errors, -row.found))
    return rows


def _has(flow: Flow, name: str, title: str, sought: str) -> bool:
    if sought in title.casefold():
        return True
    screen = flow.screens.get(name)
    if screen is None:
        return False
    if isinstance(screen, Do) and sought in screen.action:
        return True
    words = (template(said) for each in texts_of(screen) for said in each.text.values())
    return any(sought in said.casefold() for said in words)


def _kind(flow: Flow, name: str) -> str:
    """What a screen is, in one word."""
    screen = flow.screens.get(name)
    if isinstance(screen, Ask):
        return _("menu") if screen.options or screen.pick else _("question")
    if screen is None:
        return ""
    return _("act") if isinstance(screen, Do) else _("end")
