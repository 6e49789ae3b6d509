"""The sentences that `flows` and `sessions` make in English, as templates: what the console shows in another language.

They are read from the code, so that a check stays a function that writes a sentence: an f-string `f"row {code!r} has no
office"` is the template `row {code!r} has no office`. `gateway/console/messages` reads a sentence back by them.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from flows.checks.analysis.alphabets import NAMES
from flows.checks.analysis.catalogue import CHECKS
from flows.checks.protection.lost_protections import LOST
from flows.menu.actions import ACTIONS
from flows.menu.declared_names import COLUMNS
from flows.training.model_training import MUST_NOT

ROOT = Path(__file__).parents[2]
PLACES = (  # folders and modules whose sentences the console shows
    *("flows/checks", "flows/parsing", "flows/editing", "flows/translation", "flows/menu/actions.py"),
    *(
        "flows/menu/conditions.py",
        "flows/menu/declared_names.py",
        "flows/menu/diagnostics.py",
        "flows/menu/notation.py",
    ),
    *("flows/cases/lifecycle_file.py", "flows/cases/lifecycle_rules.py", "flows/cases/office_file.py"),
    *("flows/cases/working_hours_file.py", "flows/preview/transcripts.py"),
    *("gateway/exchange", "sessions/cases/acts", "sessions/cases/core"),
    *("sessions/cases/access", "sessions/drafts", "sessions/offices", "sessions/operations/quarantine_review.py"),
    *("sessions/operations/unheard_review.py", "sessions/publishing", "sessions/staff/console_users.py"),
    *("sessions/staff/invitations.py", "sessions/staff/staff_and_their_cases.py"),
)
PATTERNS = (  # tables of words by which languages are read, and of what the reference page says
    *("flows/checks/words", "flows/checks/protection/grave_words.py", "flows/menu/declared_names.py"),
    *("flows/preview/transcripts.py", "flows/checks/analysis/alphabets.py"),
)
NOT_SHOWN = frozenset(  # written into files, looked for in messages of others, or told to engineers
    {
        *("Content-Type: text/plain; charset=UTF-8", "File is not a zip file", "Invalid RFC3339 encoded date"),
        *(
            "Language: {value}",
            "Project-Id-Version: Sunwai {name}",
            "Sunwai texts of the flow",
            "X-Sunwai-Flow: {name}",
        ),
        *("flow: {name}", "no free tracking number was found: look at the source of randomness", "{tag} limit"),
        *("{tag} used", "{value}- intent: {intent}{end}"),
    }
)
JOINTS = ("{said}: {more}", "{said} ({hint})", "{words!r} ({code}) {effect}")  # messages that are made of others
CARD = (  # of a model of language, whose card keeps them
    *("right category first", "right category among three", "right kind of message", "danger noticed"),
    *("danger where there is none", "money noticed", "{count} texts that it was not trained on"),
)
SHORT = (  # hints of few letters, and what is put into a message
    *("a screen", "a number", "a date", "a word", "the last one", "this one", "the next one", "{count} to {count2}"),
    *(
        "is for other places",
        "depends otherwise on the moon",
        "add {event}",
        "screens {named}",
        "choices {named}",
        *NAMES.values(),
    ),
    *("add {tag}: …", "add {{{needed}}}", "{by!r} for {letter!r}", "{name} after “{before}”, letter {at}"),
)
COUNTED = ("character", "more text")
LEAST = 4  # letters that are the same in each message of a template
MOST_WAYS = 24  # of one sentence that has conditions in it
_WORDS = re.compile(r"[a-z]{2,}[,:]? \{?[a-z]|\} [a-z]{2,}|[a-z]{2,}:? \{", re.IGNORECASE)
_LOOKS = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "search", "match", "fullmatch", "compile"}
)
_NOT_SAID = re.compile(r"\\[sbdw]|\(\?|^flask |%\(|[؀-ۿ]|redis\.|^\n")  # patterns, commands and words of citizens


def message_templates() -> dict[str, str]:
    """Every template with the file that makes it; titles and explanations of the codes are templates without values."""
    found: dict[str, str] = {}
    for place in PLACES:
        for path in [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            said = _said_in(ast.parse(path.read_text(encoding="utf-8")), tables=not file.startswith(PATTERNS))
            for template in said:
                found.setdefault(template, file)
    return (
        found
        | dict.fromkeys((*JOINTS, *SHORT), "flows/checks")
        | dict.fromkeys((*CARD, *MUST_NOT), "flows/training")
        | declared_sentences()
    )


def declared_sentences() -> dict[str, str]:
    """What hints quote of the columns, arguments and outcomes that the engine knows."""
    columns = (words for column in COLUMNS for words in (column.about, column.without))
    actions = (
        words
        for action in ACTIONS.values()
        for words in (
            *(each.about for each in action.arguments.values()),
            *action.outcomes.values(),
            *map(_beginning, action.outcomes.values()),
        )
    )
    said = {_literal(words): "flows/menu/declared_names.py" for words in columns if words}
    said |= {_literal(words): "flows/menu/actions.py" for words in actions if words}
    said |= {_literal(words): "flows/checks/protection/lost_protections.py" for words in LOST.values()}
    said |= {
        _literal(words.replace("is no longer", "none of them is", 1)): "flows/checks/protection/lost_protections.py"
        for words in LOST.values()
    }
    return said | {f"{{count}} {noun}{end}": "flows/text/printable.py" for noun in COUNTED for end in ("", "s")}


def catalogue_sentences() -> dict[str, str]:
    """Title and explanation of each code, with braces as templates have them."""
    words = (word for check in CHECKS.values() for word in (check.summary, check.about))
    return {_literal(each): "flows/checks/analysis/catalogue.py" for each in words if each}


def _beginning(words: str) -> str:
    """What F417 quotes of an outcome."""
    return words.split(":")[0].rstrip(".")


def _said_in(tree: ast.Module, *, tables: bool) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _sentences(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            yield from (each for each in _ways(node.value) if _is_sentence(each))
        elif tables and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield from _in_table(node.value)


def _in_table(node: ast.expr) -> Iterator[str]:
    """The sentences in a table of a module: a dictionary's values, or what stands in a tuple of tuples."""
    rows = node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple) else []
    for row in rows:
        if isinstance(row, ast.Constant) and isinstance(row.value, str) and isinstance(node, ast.Dict):
            yield from filter(_is_sentence, _ways(row))
        elif isinstance(row, ast.Tuple) and isinstance(node, ast.Tuple):
            cells = (cell for cell in row.elts if isinstance(cell, ast.Constant) and isinstance(cell.value, str))
            yield from (each for cell in cells for each in _ways(cell) if _is_sentence(each))


def _sentences(node: ast.AST) -> Iterator[str]:
    """The sentences in a function, without its docstring; the parts of a sentence are not told again."""
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    for child in ast.iter_child_nodes(node):
        if child is not first or not isinstance(child, ast.Expr):
            yield from _of(child)


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
        yield from _sentences(node)
    elif isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        if isinstance(node, ast.BinOp) and not _is_text(node):
            for child in ast.iter_child_nodes(node):
                yield from _of(child)
            return
        yield from (each for each in _ways(node) if _is_sentence(each))
        for inner in _inside(node):
            yield from _of(inner)
    elif not _is_compared(node):
        for child in ast.iter_child_nodes(node):
            yield from _of(child)


def _is_compared(node: ast.AST) -> bool:
    """True for words that are looked for in others: they are not said."""
    if isinstance(node, ast.Compare):
        return True
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in _LOOKS


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions whose values are put into a text."""
    if isinstance(node, ast.BinOp):
        for side in (node.left, node.right):
            yield from _inside(side) if _is_text(side) else [side]
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not _alternatives(part.value):
                yield part.value


def _ways(node: ast.expr) -> list[str]:
    """The templates of a text: one, or one for each way that its conditions can go."""
    pieces: list[list[str]] = []
    taken: dict[str, str] = {}
    _gather(node, pieces, taken)
    ways = list(dict.fromkeys("".join(each) for each in product(*pieces)))
    return ways if len(ways) <= MOST_WAYS else []


def _gather(node: ast.expr, pieces: list[list[str]], taken: dict[str, str]) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        pieces.append([_literal(node.value)])
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                pieces.append(_alternatives(part.value) or [_placeholder(part.value, part.conversion, taken)])
            else:
                _gather(part, pieces, taken)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        _gather(node.left, pieces, taken)
        _gather(node.right, pieces, taken)
    else:
        pieces.append(_alternatives(node) or [_placeholder(node, -1, taken)])


def _alternatives(node: ast.expr) -> list[str]:
    """Both words of `'one' if … else 'other'`, also nested; [] for anything else."""
    if not isinstance(node, ast.IfExp):
        return []
    found: list[str] = []
    for side in (node.body, node.orelse):
        if isinstance(side, ast.IfExp):
            inner = _alternatives(side)
            if not inner:
                return []
            found += inner
        elif isinstance(side, ast.Constant) and isinstance(side.value, str):
            found.append(_literal(side.value))
        elif isinstance(side, ast.JoinedStr):
            found += _ways(side)
        else:
            return []
    return found


def _literal(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


def _placeholder(node: ast.expr, conversion: int, taken: dict[str, str]) -> str:
    """`{name}` for a value, named after what it is; another value of the same name gets a number."""
    source = f"{ast.unparse(node)}!{conversion}"
    name = _name(node)
    names = (name, *(f"{name}{number}" for number in range(2, 99)))
    mine = next(each for each in names if taken.setdefault(each, source) == source)
    return f"{{{mine}!r}}" if conversion == ord("r") else f"{{{mine}}}"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower() or "value"
        case ast.Subscript(value=value) | ast.Starred(value=value):
            return _name(value)
        case ast.Call(func=ast.Attribute(attr="join"), args=[argument]):
            return _name(argument)
        case ast.Call(func=ast.Name(id="len")):
            return "count"
        case ast.Call(args=[argument, *_]):
            return _name(argument)
        case ast.Call(func=ast.Attribute(value=value)):
            return _name(value)
        case ast.GeneratorExp(elt=value) | ast.ListComp(elt=value) | ast.BinOp(left=value):
            return _name(value)
    return "value"


def _is_sentence(template: str) -> bool:
    if template in NOT_SHOWN or template.startswith("# "):
        return False
    letters = sum(map(str.isalpha, re.sub(r"\{[^{}]*\}", "", template)))
    return letters >= LEAST and bool(_WORDS.search(template)) and not _NOT_SAID.search(template)
