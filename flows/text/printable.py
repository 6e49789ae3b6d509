"""Words for a terminal or a page: a count with its noun, and what people wrote on one line."""

ENDS = ".!?;:,؟۔،؛"  # marks after which a line needs no full stop before the next one


def pluralize(count: int, name: str) -> str:
    """`1 note`, `3 notes`."""
    return f"{count} {name}{'' if count == 1 else 's'}"


def one_line(words: str) -> str:
    """What people wrote, without line breaks and control characters that could disturb a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in words).strip()


def join_lines(words: str) -> str:
    """Lines that were written at different times as one: a full stop between them, where no mark ends the one before.

    `water cut\nsince Monday` is `water cut. since Monday`.
    """
    lines = [each for each in map(one_line, words.splitlines()) if each]
    return " ".join([*(each if each[-1] in ENDS else f"{each}." for each in lines[:-1]), *lines[-1:]])
