"""Parts of a flow as they are written in its file: templates and conditions."""

from flows.menu.model import TODAY, Both, Compare, Condition, Do, Either, IsSet, Not, Template, Text


def template(parts: Template) -> str:
    """A template as it is written in the file: `Dear {name|60}`."""
    written = (
        part if isinstance(part, str) else f"{{{part.name}{f'|{part.cut}' if part.cut else ''}}}" for part in parts
    )
    return "".join(written)


def any_words(text: Text) -> str:
    """A text in one of its languages, in English if possible."""
    return template(text.get("en") or next(iter(text.values()), ()))


def arguments(screen: Do) -> dict[str, str]:
    """Every argument of an action: a variable, a value after a `'`, or joined parts as they stand in the file."""
    return screen.arguments | {name: template(parts) for name, parts in screen.joined.items()}


def condition(given: Condition | None) -> str:
    """`name`, `not name`, `name = value` and so on, "" for none."""
    match given:
        case None:
            return ""
        case IsSet(name):
            return name
        case Not(of):
            return f"not {condition(of)}"
        case Compare(name, "in", value):
            return f"{'today' if name == TODAY else name} in ({', '.join(str(value).split())})"
        case Compare(name, "between", value):
            return f"time between {str(value).replace('-', ' and ')}"
        case Compare(name, operator, value):
            return f"{name} {operator} {value}"
        case Both(left, right):
            return f"{condition(left)} and {condition(right)}"
        case Either(left, right):
            return f"{condition(left)} or {condition(right)}"
