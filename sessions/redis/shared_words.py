"""Values for Redis without what a reader knows anyway: the words of the flow that a session is pinned to.

A session holds its last three screens, nearly all of whose words stand in the flow. Zstandard (RFC 8878) with these
words as its dictionary refers to them instead of repeating them: less than half of the bytes, for two microseconds.
Words are taken from the flow as it was published, never from what a renderer makes of it, so that releases that draw
screens differently still read each other's sessions.
"""

import zlib

from backports import zstd

from flows.menu.model import Ask, End, Flow, Text

WINDOW = 14  # the window is 2 ** 14 bytes, of which the dictionary may take all but what a session is long
LEVEL = -1  # half the time of 1, for five bytes more
MOST_WORDS = (1 << WINDOW) - 1024  # bytes of a dictionary
MOST_ROWS = 200  # of a list: the names of towns, of which a call shows one or two, are left out
LONGEST = 1 << 16  # bytes of a value: none of ours is nearly as long
BOUNDS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 16}  # what unpacking one may take of memory
MAGIC = bytes.fromhex("28b52ffd")  # what each frame begins with, and what is left out
LAST_BLOCK = 1  # in the head of a block, behind which stands its length if it holds bytes as they are
OPEN_FRAME = bytes((0, (15 - 10) << 3))  # how one begins whose length is not known: a window of 2 ** 15 bytes
RECORD = (  # what actions bring back, by the names of its fields
    "contact.language contact.province contact.district contact.complaints contact.line plan complaint number due "
    "filed open resolved waits private guarded readable status received listed category district office note"
)


class SharedWords:
    """The words of a flow in one of its languages. Thread-safe.

    `place` is that of the language in the flow; `mark` are four bytes by which two know that they agree.
    """

    def __init__(self, words: bytes, place: int = 0) -> None:
        self._words, self.place = words[-MOST_WORDS:], place
        self.mark = zlib.crc32(self._words).to_bytes(4)
        self._dictionary = zstd.ZstdDict(self._words, is_raw=True)
        self._compressor = self._new_compressor()

    def shorten(self, value: bytes) -> bytes:
        """A value, with references in place of the words."""
        return self._compressor.compress(value, zstd.ZstdCompressor.FLUSH_FRAME)[len(MAGIC) :]

    def shorten_parts(self, before: bytes, between: int, behind: bytes) -> tuple[bytes, bytes]:
        """Two parts of many values, each once for all of them: `between` bytes and the end of each value are its own.

        A value is the first, its own bytes as they are, the second, and its `own_end`: one frame in blocks.
        """
        compressor = self._new_compressor()
        own = bytes(range(between))  # keeps the place, so that the second part knows how far back the first one is
        first, _, second = (compressor.compress(part, compressor.FLUSH_BLOCK) for part in (before, own, behind))
        return OPEN_FRAME + first[len(MAGIC) + len(OPEN_FRAME) :] + (between << 3).to_bytes(3, "little"), second

    def _new_compressor(self) -> zstd.ZstdCompressor:
        return zstd.ZstdCompressor(LEVEL, zstd_dict=self._dictionary.as_digested_dict)

    def restore(self, short: bytes, *, deflated: bool = False) -> bytes | None:
        """The value again; None for what was not shortened with these words, or is longer than a session.

        One that is `deflated` was shortened by DEFLATE (RFC 1951), as before Zstandard.
        """
        try:
            if deflated:
                inflating = zlib.decompressobj(-WINDOW, zdict=self._words)
                value, whole = inflating.decompress(short, LONGEST), inflating.eof
            else:
                restoring = zstd.ZstdDecompressor(self._dictionary, BOUNDS)
                value, whole = restoring.decompress(MAGIC + short, LONGEST), restoring.eof
        except (zlib.error, zstd.ZstdError):
            return None
        return value if whole else None


def own_end(rest: bytes) -> bytes:
    """The end of a value whose parts were shortened for many (`SharedWords.shorten_parts`)."""
    return (len(rest) << 3 | LAST_BLOCK).to_bytes(3, "little") + rest


def shared_words(flow: Flow, language: str) -> SharedWords:
    """The words of a flow in a language, kept on the flow; in its first language, where it has not this one."""
    key = f"shared words {language}"
    kept = flow.compiled.get(key)
    if not isinstance(kept, SharedWords):
        tags = [*flow.languages]
        place = tags.index(language) if language in tags else 0
        if tags[place] == language:
            kept = SharedWords(words_of(flow, language).encode(), place)
        else:
            kept = shared_words(flow, tags[place])
        flow.compiled[key] = kept
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
