"""Every text of a flow with the place where it is written and what it is for."""

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from flows.engine.variables import base_language
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, Flow, Row, Template, Text, Variable
from flows.menu.screen_kinds import FlowText, texts_of

# Words of `errors` that end the call. Those of CLOSING are said outside the menu, where no variable is known.
LAST_WORDS = ("too_many", "too_many_kept", "busy", "expired", "changed", "bad_phone")
CLOSING = LAST_WORDS[2:]


def index_texts(flow: Flow, path_of: Callable[[str], Path]) -> Iterator[FlowText]:
    """Every text of a flow; `path_of` says where a screen is written."""
    for name, screen in flow.screens.items():
        path = path_of(name)
        yield from (replace(each, path=(*path, *each.path)) for each in texts_of(screen))
    for name, text in flow.errors.items():
        yield FlowText(("errors", name), text, "closing" if name in CLOSING else "retry")
    for name, key in flow.keys.items():
        yield FlowText(("keys", name), key.text, "key")
    for name, text in flow.resume.items():
        yield FlowText(("resume", name), text, "resume")
    for name, text in flow.meant.items():
        yield FlowText(("meant", name), text, "resume")
    for name, text in flow.receipt.items():
        yield FlowText(("receipt", name), text, "resume")
    for name, text in flow.texts.items():
        yield FlowText(("texts", name), text, "event")


def index_rows(flow: Flow) -> Iterator[FlowText]:
    """The words of every row of the lists."""
    for name, rows in flow.lists.items():
        yield from index_list(name, rows)


def index_list(name: str, rows: Iterable[Row]) -> Iterator[FlowText]:
    """The words of every row of one list."""
    for row in rows:
        text: Text = {tag: (words,) for tag, words in row.text.items() if words}
        yield FlowText(("lists", name, row.code), text, "row")


def variables(parts: Template) -> tuple[str, ...]:
    """The names of the variables in a template."""
    return tuple(part.name for part in parts if isinstance(part, Variable))


def names_in(text: Text) -> list[str]:
    """The names of the variables in a text, each once, whichever language has it."""
    return list(dict.fromkeys(part.name for parts in text.values() for part in parts if isinstance(part, Variable)))


def plain(parts: Template) -> str:
    """The words of a template without its variables."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return "".join(part for part in parts if isinstance(part, str))


def base_text(flow: Flow, text: Text) -> Template | None:
    """The text others are translated from, if it is there."""
    return text.get(base_language(flow)) or text.get(ANY_LANGUAGE)
