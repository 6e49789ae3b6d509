"""Words for a terminal or a page: a count with its noun, and what people wrote on one line."""


def pluralize(count: int, name: str) -> str:
    """`1 note`, `3 notes`."""
    return f"{count} {name}{'' if count == 1 else 's'}"


def one_line(words: str) -> str:
    """What people wrote, without line breaks and control characters that could disturb a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in words).strip()
