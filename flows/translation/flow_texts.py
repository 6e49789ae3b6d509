"""A flow's files read once: the flow, and every text in them by its place, such as `screens.menu.ask`.

Reading takes a quarter of a second and pages need the same files again and again, so the last few are cached.
"""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from flows.checks.texts.translations import digest
from flows.editing.list_csv_rows import UnreadableList
from flows.editing.yaml_nodes import CannotEdit, Source
from flows.engine.variables import base_language
from flows.menu.diagnostics import ParsedFlow
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import FOLDER
from flows.translation.text_fit import parse_template
from flows.translation.text_inventory import TranslatableText, list_texts

KEPT = 12  # flows in a few versions each
Items = frozenset[tuple[str, str]]  # files by name


class FlowTexts(Struct, frozen=True):
    """What files hold. If not all of them can be read there are no texts, perhaps no flow, and `trouble` says why.

    `lists` are the files of lists by name, `hashes` is the file of translations' hashes, "" for none.
    """

    parsed: ParsedFlow
    flow: Flow | None = None
    texts: dict[str, TranslatableText] = {}
    lists: dict[str, str] = {}
    hashes: str = ""
    trouble: str = ""

    def base(self, wording: TranslatableText) -> str:
        """The words that others are translated from, "" for none."""
        return wording.words.get(base_language(self.flow), "") if self.flow else ""


def load_flow_texts(files: Mapping[str, str], main: str) -> FlowTexts:
    """The texts of some files; cached."""
    return _book(main, _without_calls(files, main))


def parse_once(files: Mapping[str, str], main: str) -> ParsedFlow:
    """Some files, parsed; cached."""
    return _reading(main, _without_calls(files, main))


def _without_calls(files: Mapping[str, str], main: str) -> Items:
    """All files except scripted calls, which matter only if the flow names one of them."""
    named = FOLDER in files[main]
    return frozenset(item for item in files.items() if named or item[0] == main or not item[0].startswith(FOLDER))


@lru_cache(maxsize=KEPT)
def _reading(main: str, items: Items) -> ParsedFlow:
    return parse_flow(dict(items), main)


@lru_cache(maxsize=KEPT)
def _book(main: str, items: Items) -> FlowTexts:
    files = dict(items)
    parsed = _reading(main, items)
    flow = parsed.flow
    if flow is None:
        return FlowTexts(parsed, trouble=str(parsed.problems[0]))
    sound = files.keys() - {each.file for each in parsed.problems if each.code == "F000"}
    try:
        source = Source(files[main], main, sound=main in sound)
    except CannotEdit as error:
        return FlowTexts(parsed, trouble=str(error))
    lists = {name: source.words(("lists", name)) or "" for name in source.keys(("lists",))}
    lists = {name: file for name, file in lists.items() if file in files}
    hashes = source.words(("translations",)) or ""
    hashes = hashes if hashes in files else ""
    try:
        found = list_texts(files, main, tuple(flow.languages), sound=sound)
    except (CannotEdit, UnreadableList) as error:
        return FlowTexts(parsed, flow, lists=lists, hashes=hashes, trouble=str(error))
    return FlowTexts(parsed, flow, {place(each): each for each in found}, lists, hashes)


def place(wording: TranslatableText) -> str:
    """The place of a text as checks and the file of hashes name it: `screens.menu.ask`, `lists.category.mun01`."""
    match wording.sheet:
        case "lists":
            return ".".join(("lists", *wording.names))
        case "texts":
            return ".".join(("texts", *wording.path))
        case _:
            return ".".join(wording.path)


def base_text_hash(wording: TranslatableText, words: str) -> str:
    """The hash of a base text, as the file of hashes holds it. Braces in a list are no variables."""
    return digest((words,) if wording.sheet == "lists" else parse_template(words)[0])
