"""The texts of a flow in one language as a PO file of gettext, for Poedit, Weblate and other tools of translators.

An entry's context (`msgctxt`) is the place of the text, its `msgid` the base text. A translation whose base text has
changed since is marked fuzzy.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileParser, normalize
from msgspec import Struct

from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.translation.flow_texts import place
from flows.translation.text_fit import Ruler, names
from flows.translation.text_inventory import TranslatableText
from gateway.exchange import row_hashes
from gateway.flow_folder.files import FlowFileError

LARGEST = 4_000_000  # bytes of a PO file; one with a thousand texts has about 300,000
MOST_ENTRIES = 20_000
MOST_LINES = 400_000
WIDTH = 79
_STAMP = "exported "  # in a comment of each entry: the hash of the words that it had
_LINE_END = re.compile(r"\r\n?|\n")


class PoEntry(Struct, frozen=True):
    """An entry that was read: the place of its text, its base text and words, and what else a tool wrote of it.

    `exported` is the hash of the words that it had in the export, "" if that comment is gone. `forms` is true for an
    entry with plural forms, which no text of a flow has.
    """

    line: int
    place: str
    source: str
    words: str
    fuzzy: bool = False
    exported: str = ""
    forms: bool = False


class PoFile(Struct, frozen=True):
    """A PO file that was read: its language and flow as its header says ("" for none), and its entries."""

    language: str
    flow: str
    entries: tuple[PoEntry, ...]


def language_tag(said: str, languages: Collection[str]) -> str:
    """The tag of a flow's language that a header means: `ur_PK`, `ur_Latn` and `ur@latin` are known. "" for none."""
    plain = said.strip().replace("@latin", "-Latn").replace("_", "-")
    known = {tag.casefold(): tag for tag in languages}
    if plain.casefold() in known:
        return known[plain.casefold()]
    parts = plain.casefold().split("-")
    without_region = "-".join(part for part in parts if not (len(part) == 2 and part != parts[0]))
    return known.get(without_region, "")


def write_po(
    found: Sequence[TranslatableText], flow: Flow, language: str, stale: Collection[tuple[str, str]] = ()
) -> bytes:
    """The PO file of a flow's texts in a language. `stale` are (place, language) of what changed since.

    Left out are texts that read the same in every language, and those without words in the base language.
    """
    ruler, base = Ruler(flow), base_language(flow)
    asked = {each.names[0]: each.words.get(base, "") for each in found if each.sheet == "screens"}
    parts = [_header(flow, language)]
    for wording in found:
        source = row_hashes.unix(wording.words.get(base, ""))
        if wording.same or not source.strip():
            continue
        at, words = place(wording), row_hashes.unix(wording.words.get(language, ""))
        lines = [f"#. {comment}" for comment in _comments(wording, words, language, ruler, asked)]
        lines += [f"#. {_STAMP}{row_hashes.hash_words(words)}", f"#: {wording.file}"]
        lines += ["#, fuzzy"] if words and (at, language) in stale else []
        fields = (("msgctxt", at), ("msgid", source), ("msgstr", words))
        lines += [f"{name} {normalize(said, width=WIDTH)}" for name, said in fields]
        parts.append("\n".join(lines))
    return ("\n\n".join(parts) + "\n").encode()


def _header(flow: Flow, language: str) -> str:
    fields = (
        f"Project-Id-Version: Sunwai {flow.name}",
        f"Language: {language.replace('-', '_')}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"X-Sunwai-Flow: {flow.name}",
    )
    return 'msgid ""\nmsgstr ""\n' + "\n".join(f'"{each}\\n"' for each in fields)


def _comments(
    wording: TranslatableText, words: str, language: str, ruler: Ruler, asked: dict[str, str]
) -> Iterator[str]:
    """What a translator needs to know: where the text is shown, how long it may be, and its variables."""
    first = next((line for line in asked.get(wording.names[0], "").splitlines() if line.strip()), "")
    shown = f" “{_one_line(first)}”" if wording.sheet in ("screens", "options") and first else ""
    yield f"{wording.sheet}: {_one_line(' '.join(wording.names))}{shown}"
    now = f"; now {ruler.fit(wording, words, language).used}" if words else ""
    yield f"at most {ruler.limit(wording, words, language)} characters with the longest values of its variables{now}"
    used = sorted(frozenset[str]().union(*(names(said) for said in wording.words.values())))
    if used and wording.sheet != "lists":
        yield f"variables: {', '.join(f'{{{name}}}' for name in used)}"


def _one_line(words: str) -> str:
    return " ".join(words.split())[:80]


class _Collected:
    """What the parser of Babel fills: every entry in its order, whatever the header says."""

    num_plurals = 6
    charset = "utf-8"

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def __setitem__(self, _: object, message: Message) -> None:
        self.messages.append(message)


def read_po(data: bytes, file: str) -> PoFile:
    """A PO file, as Poedit, Weblate and gettext write it. Raises FlowFileError for anything else."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{file}: more than {LARGEST:,} bytes, more than any exported PO file.")
    try:
        lines = _LINE_END.split(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FlowFileError(
            f"{file}: it is not in UTF-8: choose UTF-8 as its character set, and save it again."
        ) from None
    if len(lines) > MOST_LINES or sum(line.lstrip().startswith("msgid ") for line in lines) > MOST_ENTRIES + 1:
        raise FlowFileError(f"{file}: more than {MOST_ENTRIES:,} entries or {MOST_LINES:,} lines.")
    collected = _Collected()
    parser = PoFileParser(collected, abort_invalid=True)  # type: ignore[arg-type]  # it only adds messages to it
    try:
        # entries that a tool has put aside, and earlier source texts, are of no use here
        parser.parse(["" if line.startswith(("#~", "#|")) else line for line in lines])
    except Exception as error:  # noqa: BLE001 - whatever error a broken file causes, it becomes one line
        at = f", line {error.lineno + 1}" if isinstance(getattr(error, "lineno", None), int) else ""  # type: ignore[attr-defined]  # PoFileError has it
        raise FlowFileError(f"{file}{at}: not readable as PO ({type(error).__name__}): export it again.") from None
    heads = [each for each in collected.messages if _is_head(each)]
    said = _head_fields(str(heads[0].string)) if heads else {}
    entries = tuple(_entry(each) for each in collected.messages if not _is_head(each))
    if not entries:
        raise FlowFileError(f"{file}: there are no entries in it: is this the exported PO file?")
    return PoFile(said.get("language", ""), said.get("x-sunwai-flow", ""), entries)


def _is_head(message: Message) -> bool:
    return message.id == "" and message.context is None


def _head_fields(head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.splitlines() if ":" in line)
    return {name.strip().casefold(): value.strip() for name, _, value in pairs}


def _entry(message: Message) -> PoEntry:
    stamps = [each.removeprefix(_STAMP).strip() for each in message.auto_comments if each.startswith(_STAMP)]
    forms = not (isinstance(message.id, str) and isinstance(message.string, str))
    return PoEntry(
        line=message.lineno or 0,
        place=message.context or "",
        source="" if forms else str(message.id),
        words="" if forms else str(message.string),
        fuzzy=message.fuzzy,
        exported=stamps[0] if stamps else "",
        forms=forms,
    )


def refuse_anothers(read: PoFile, flow: Flow, file: str, language: str = "") -> str:
    """The tag of the language of a PO file. Raises FlowFileError if it is of another flow or of no language of it.

    `language` is the tag that was asked for, "" for that of the file's header.
    """
    if read.flow and read.flow != flow.name:
        raise FlowFileError(f"{file}: this is a PO file of {read.flow}, not of {flow.name}: nothing was changed.")
    base = base_language(flow)
    known = [tag for tag in flow.languages if tag != base]
    said: Any = read.language or "nothing"
    found = language_tag(read.language, flow.languages)
    if not found or found == base or (language and language != found):
        wanted = language or f"one of {', '.join(known)}"
        raise FlowFileError(f"{file}: its header says Language: {said}, and it must be {wanted}: nothing was changed.")
    return found
