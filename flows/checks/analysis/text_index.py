"""Every text of a flow with the place where it is written and what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.engine.variables import base_language
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, Ask, End, Flow, Template, Text, Variable

Role = Literal["ask", "option", "show", "retry", "end", "sms", "closing", "key", "resume", "event"]

# Words of `errors` that end the call. Those of CLOSING are said outside the menu, where no variable is known.
LAST_WORDS = ("too_many", "busy", "expired", "changed", "bad_phone")
CLOSING = LAST_WORDS[1:]


class IndexedText(Struct, frozen=True):
    """A text: where it is written, what it is for, and the list whose records it shows (of `show` only)."""

    path: Path
    text: Text
    role: Role
    records: str = ""

    @property
    def on_screen(self) -> bool:
        """False for what is only texted."""
        return self.role not in ("sms", "event")


def index_texts(findings: Findings) -> Iterator[IndexedText]:
    """Every text of the flow."""
    flow = findings.flow
    for name, screen in flow.screens.items():
        path = findings.path(name)
        if isinstance(screen, Ask):
            yield from index_question_texts(path, screen)
        elif isinstance(screen, End):
            yield IndexedText((*path, "end"), screen.text, "end")
            if screen.sms is not None:
                yield IndexedText((*path, "sms"), screen.sms, "sms")
    for name, text in flow.errors.items():
        yield IndexedText(("errors", name), text, "closing" if name in CLOSING else "retry")
    for name, key in flow.keys.items():
        yield IndexedText(("keys", name), key.text, "key")
    for name, text in flow.resume.items():
        yield IndexedText(("resume", name), text, "resume")
    for name, text in flow.texts.items():
        yield IndexedText(("texts", name), text, "event")


def index_question_texts(path: Path, screen: Ask) -> Iterator[IndexedText]:
    """Every text of an asking screen that stands at `path`."""
    yield IndexedText((*path, "ask"), screen.text, "ask")
    for option in screen.options:
        yield IndexedText((*path, "choose", option.code), option.text, "option")
    for name, text in screen.errors.items():
        yield IndexedText((*path, name), text, "retry")
    if screen.pick is not None and screen.pick.show is not None:
        yield IndexedText((*path, "choose_from", "show"), screen.pick.show, "show", screen.pick.list)


def variables(parts: Template) -> tuple[str, ...]:
    """The names of the variables in a template."""
    return tuple(part.name for part in parts if isinstance(part, Variable))


def plain(parts: Template) -> str:
    """The words of a template without its variables."""
    return "".join(part for part in parts if isinstance(part, str))


def base_text(flow: Flow, text: Text) -> Template | None:
    """The text others are translated from, if it is there."""
    return text.get(base_language(flow)) or text.get(ANY_LANGUAGE)
