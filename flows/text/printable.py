"""Words for a terminal or a page: a count with its noun, what people wrote on one line, and a letter by its name."""

import unicodedata

_UNSEEN = ("C", "Z")  # controls and formats, and spaces: Unicode 16, chapter 4.5


def pluralize(count: int, name: str) -> str:
    """`1 note`, `3 notes`."""
    return f"{count} {name}{'' if count == 1 else 's'}"


def name_letter(letter: str) -> str:
    """A letter in quotes; one that nobody sees by its code point and name: `U+200B (zero width space)`."""
    if letter.isprintable() and unicodedata.category(letter)[0] not in _UNSEEN:
        return repr(letter)
    name = unicodedata.name(letter, "").lower()
    return f"U+{ord(letter):04X}" + (f" ({name})" if name else "")


def one_line(words: str) -> str:
    """What people wrote, without line breaks and control characters that could disturb a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in words).strip()
