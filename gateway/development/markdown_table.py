"""Tables of generated pages."""

from collections.abc import Iterable, Mapping


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown; a `|` in a cell stays one."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code_rows(words: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Names and what they mean, as rows."""
    return ((f"`{name}`", said) for name, said in words.items())
