"""The features of a text that the model weighs: pieces of its words, as numbers.

The words themselves are never features: what a model stores is the CRC-32 of each piece, so no list of people's words
can be read from its file.
"""

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
    pieces = "\0".join([*_pieces("", said, LETTERS), *_pieces("~", heard, CONSONANTS)])
    return frozenset(map(crc32, pieces.encode().split(b"\0")))


def _plain(word: str) -> str:
    return "0" * len(word) if word.isdecimal() else word


def _pieces(mark: str, said: list[str], lengths: range) -> list[str]:
    pieces = [f"{mark}{first}\n{second}" for first, second in pairwise(said)]
    for word in said:
        around = f" {word} "
        pieces.append(f"{mark}{word}\n")
        pieces += [
            mark + around[start : start + length] for length in lengths for start in range(len(around) - length + 1)
        ]
    return pieces
