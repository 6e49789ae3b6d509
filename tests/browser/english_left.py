"""English words on a page that is in Urdu, without what people wrote, codes and known names."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = frozenset({"input", "br", "link", "meta", "hr", "img", "source", "wbr", "area", "base", "col", "embed", "track"})
UNREAD = frozenset({"script", "style", "svg", "pre", "code", "textarea", "title", "time"})
SHOWN = ("aria-label", "placeholder", "title", "alt")
ISOLATE = re.compile("\u2068[^\u2069]*\u2069|\u2066[^\u2069]*\u2069")  # names and codes within a sentence
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]{2,}")
# Names and technical words that are written in Latin letters in Urdu too.
_TECHNICAL = """
Sunwai SMS USSD GSM UCS YAML CSV XLSX ZIP zip xlsx po PO Excel LibreOffice Poedit Weblate fuzzy SHA Redis Valkey Enter
English Urdu Roman JavaScript Android Firefox Chrome Safari PIN QR WebAuthn OpenID csv yaml URL UTF Ctrl Esc Tab PKT
Prometheus Graphviz PostgreSQL SQLite HTTP TOTP Asia Karachi
"""
TECHNICAL = frozenset(_TECHNICAL.split())


class EnglishLeft(HTMLParser):
    """Collects the words in Latin letters of a page in Urdu.

    Left out are elements that say that they are in another language (`lang`), isolates (`bdi`: names, codes and ids),
    and what is monospaced: ids and addresses.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skips: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether what follows is read, and read what an attribute shows."""
        given = {name: value or "" for name, value in attrs}
        skip = self._skipped(tag, given)
        if not skip and not any(self._skips):
            for name in SHOWN:
                self._read(given.get(name, ""))
        if tag not in VOID:
            self._skips.append(skip)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag not in VOID and self._skips:
            self._skips.pop()

    def handle_data(self, data: str) -> None:
        """Read the words between tags."""
        if not any(self._skips):
            self._read(data)

    def _skipped(self, tag: str, given: dict[str, str]) -> bool:
        kinds = given.get("class", "").split()
        foreign = given.get("lang", "ur") not in ("ur", "")
        return tag in UNREAD or tag == "bdi" or foreign or "mono" in kinds or "code" in kinds or "me" in kinds

    def _read(self, words: str) -> None:
        left = [word for word in WORD.findall(ISOLATE.sub(" ", words)) if word not in TECHNICAL]
        if left:
            self.found.append(" ".join(words.split())[:160])


def english_left(page: str) -> list[str]:
    """The pieces of a page in which English is left, in their order."""
    reader = EnglishLeft()
    reader.feed(page)
    return list(dict.fromkeys(reader.found))


LATIN_COMMA = re.compile(r"[\u0600-\u06ff][^A-Za-z0-9<>]{0,3}[,;?](?=\s|$)")


class LatinPunctuation(EnglishLeft):
    """Collects Urdu words that a Latin comma, semicolon or question mark follows."""

    def _read(self, words: str) -> None:
        if LATIN_COMMA.search(words):
            self.found.append(" ".join(words.split())[:160])


def latin_punctuation(page: str) -> list[str]:
    """The pieces of a page whose Urdu has Latin punctuation."""
    reader = LatinPunctuation()
    reader.feed(page)
    return list(dict.fromkeys(reader.found))
