"""How hard a secret is to guess, judged from its letters alone."""

import math
import re

SHORTEST_SECRET = 16  # characters; at 4 bits each still 64 bits
LEAST_BITS = 28.0  # by the estimate below: 32 random hexadecimal digits have at least 50, repeated words have less

_WORDS = re.compile(r"pass(?:word)?|secret|token|sunwai|example|change|default|admin|test|local|qwerty|asdf", re.I)


def estimate_bits(secret: str) -> float:
    """How many bits of surprise a secret holds, roughly and from below.

    A letter surprises if it is not part of a common word, not next to the letter before it in the alphabet (`abc`,
    `111`), and does not end three letters that came before (`x1yx1y`). Each such letter counts as one of the kinds of
    letters that the secret has.
    """
    left = _WORDS.sub("", secret)
    surprising = sum(
        1
        for at, letter in enumerate(left)
        if not (at and abs(ord(letter) - ord(left[at - 1])) <= 1) and left[max(at - 2, 0) : at + 1] not in left[:at]
    )
    return surprising * math.log2(max(len(set(left)), 1))


def is_guessable(secret: str) -> bool:
    """True for a secret that is short, repeats itself or counts up."""
    return len(secret) < SHORTEST_SECRET or estimate_bits(secret) < LEAST_BITS
