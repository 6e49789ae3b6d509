"""Values for Redis without what a reader knows anyway: the words of the flow that a session is pinned to.

A session holds its last three screens, nearly all of whose words stand in the flow. DEFLATE (RFC 1951) with these words
as its preset dictionary refers to them instead of repeating them: a third of the bytes, for a few microseconds. Words
are taken from the flow as it was published, never from what a renderer makes of it, so that releases that draw screens
differently still read each other's sessions.
"""

import zlib

from flows.menu.model import Ask, End, Flow, Text

WINDOW = 14  # the window is 2 ** 14 bytes, of which the dictionary may take all but what a session is long
LEVEL, MEMORY = 1, 5  # the quickest
MOST_WORDS = (1 << WINDOW) - 1024  # bytes of a dictionary
MOST_ROWS = 200  # of a list: the names of towns, of which a call shows one or two, are left out
LONGEST = 1 << 16  # bytes of a value: none of ours is nearly as long
RECORD = (  # what actions bring back, by the names of its fields
    "contact.language contact.province contact.district contact.complaints contact.line plan complaint number due "
    "filed open resolved waits private guarded readable status received listed category district office note"
)


class SharedWords:
    """The words of a flow in one language. Thread-safe. `mark` are four bytes by which two know that they agree."""

    def __init__(self, words: bytes) -> None:
        self._words = words[-MOST_WORDS:]  # what stands last costs least to refer to
        self.mark = zlib.crc32(self._words).to_bytes(4)
        self._begun = zlib.compressobj(LEVEL, zlib.DEFLATED, -WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, self._words)

    def shorten(self, value: bytes) -> bytes:
        """A value, with references in place of the words."""
        made = self._begun.copy()
        return made.compress(value) + made.flush()

    def restore(self, short: bytes) -> bytes | None:
        """The value again; None for what was not shortened with these words."""
        try:
            return zlib.decompressobj(-WINDOW, zdict=self._words).decompress(short, LONGEST)
        except zlib.error:
            return None


def shared_words(flow: Flow, language: str) -> SharedWords:
    """The words of a flow in a language, kept on the flow."""
    key = f"shared words {language}"
    kept = flow.compiled.get(key)
    if not isinstance(kept, SharedWords):
        kept = flow.compiled[key] = SharedWords(words_of(flow, language).encode())
    return kept


def words_of(flow: Flow, language: str) -> str:
    """What calls show in a language, as nearly as possible as they show it: rows and options with numbers, and keys."""
    keys = [f"{key.key} {_said(key.text, language)}" for key in flow.keys.values() if key.show]
    found: list[str] = []
    for rows in sorted(flow.lists.values(), key=len, reverse=True):
        if len(rows) <= MOST_ROWS:
            found += [f"{at % 7 + 1} {row.text.get(language, row.code)}" for at, row in enumerate(rows)]
    found += [_said(text, language) for text in flow.errors.values()]
    for screen in flow.screens.values():
        if isinstance(screen, Ask):
            options = [f"{option.key} {_said(option.text, language)}" for option in screen.options]
            found.append("\n".join([_said(screen.text, language), *options, *keys]))
        elif isinstance(screen, End):
            found.append(_said(screen.text, language))
    saved = {each.save for each in flow.asks} | {each.save for each in flow.actions}
    return "\n".join([*found, *sorted(filter(None, saved)), *flow.screens, *RECORD.split()])


def _said(text: Text, language: str) -> str:
    """The words of a text without its variables; "" where it is not written in this language."""
    return "".join(part for part in text.get(language, text.get("*", ())) if isinstance(part, str))
