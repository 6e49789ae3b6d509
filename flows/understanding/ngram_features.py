"""The features of a text that the model weighs: pieces of its words, as numbers.

The words themselves are never features: what a model stores is the CRC-32 of each piece, so no list of people's words
can be read from its file.
"""

from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

from flows.text.normalization import words
from flows.text.phonetics import consonants

MOST = 800  # characters of a text that are read: five SMS
LETTERS = range(3, 5)  # the lengths of the pieces of a word, counting the space before and after it
CONSONANTS = range(3, 6)  # the lengths of the pieces of its consonants
QUESTION_MARKS = "?؟"


def features(text: str) -> frozenset[int]:
    """The hashes of a text's words, of each two in a row and of pieces of words, by letters and by consonants.

    Each digit counts as 0. By consonants, spellings and scripts are alike: "pani", "paani" and "پانی" are "pn".
    """
    said = [_plain(word.folded) for word in words(text[:MOST])]
    heard = [consonants(word) for word in said]
    if any(mark in text for mark in QUESTION_MARKS):
        said.append("?")
    pieces = {*_pieces("", said, LETTERS), *_pieces("~", heard, CONSONANTS)}
    return frozenset(crc32(piece.encode()) for piece in pieces)


def _plain(word: str) -> str:
    return "0" * len(word) if word.isdecimal() else word


def _pieces(mark: str, said: list[str], lengths: range) -> Iterator[str]:
    for first, second in pairwise(said):
        yield f"{mark}{first}\n{second}"
    for word in said:
        around = f" {word} "
        yield f"{mark}{word}\n"
        for length in lengths:
            for start in range(len(around) - length + 1):
                yield mark + around[start : start + length]
