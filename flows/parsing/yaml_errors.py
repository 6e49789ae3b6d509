"""What keeps a file from being read as YAML, in an operator's words: what is wrong, on which line, and the fix."""

import re

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tokens import ScalarToken

QUOTED = 24  # letters of a line that a message quotes
_VARIABLE = re.compile(r"\{[\w.|]*\}")
_CURLY = re.compile(r"[:,{]\s*[“”„‟‘’]")
_ENTRY = re.compile(r"[\w-]+:\S")  # `en:Hello`
_NAMED = re.compile(r"[\s{,\[]([\w-]+):(?=\s)")  # ` ur: `
_DASHES = re.compile(r" *(?:- +)*")
_ODD = re.compile("^ *[\u00a0\u1680\u2000-\u200f\u202a-\u202f\u3000\ufeff]|:[\u00a0\u2000-\u200f\u202a-\u202f\u3000]")
_COMMENT = re.compile(r"""[:,{\[]\s+#""")
_CONFLICT = re.compile("<<<<<<<|=======|>>>>>>>")
_KNOWN = ("go", "when", "key", "do", "list", "save", "where")
_ONCE = ("ask", "do", "end", "choose", "choose_from", "then")  # a screen has it once


class Fault(Struct, frozen=True):
    """One thing that keeps a file from being read."""

    line: int
    message: str
    hint: str = ""


def explain_yaml_error(error: Exception, text: str) -> Fault:
    """The fault that causes an error of the parser. Never raises."""
    lines = text.splitlines() or [""]
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Fault(line, "this line has a character that no phone can show", "delete the line and type it again")
    if isinstance(error, NotImplementedError):  # ruamel keeps comments, but not everywhere
        said = "a comment (#) or an empty line is not allowed here, for example between a name and its :"
        return Fault(_line_in(str(error)), said, "move it to its own line above the name, or remove it")
    if not isinstance(error, MarkedYAMLError):
        return Fault(1, "it is nested too deeply, or has a number or a date that does not exist")
    if isinstance(error, DuplicateKeyError):
        return _twice(error, text)
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault(1, "it ends too early")
    at = min(mark.line, len(lines) - 1)
    opened = min(error.context_mark.line, at) if error.context_mark else at
    if "??" in lines[at]:
        hint = "copy the words from an older copy, and save the file as UTF-8"
        return Fault(at + 1, "?? replaces words whose letters were lost when the file was saved", hint)
    return (
        _foreign(at, opened, lines)
        or _sign(str(error.problem), at, lines)
        or _nameless(error, lines)
        or _quote(str(error.context), opened, text, at)
        or _braces(error, opened, at, mark.column, lines)
        or _blanks(str(error.problem), at, mark.column, lines)
        or _words(at, mark.column, lines)
    )


def _line_in(said: str) -> int:
    found = re.findall(r"line: (\d+)", said)
    return int(found[-1]) + 1 if found else 1


def _twice(error: DuplicateKeyError, text: str) -> Fault:
    start, second = error.context_mark, error.problem_mark
    name = ""
    first = second.line
    for node in _maps(YAML(typ="rt").compose(text)):
        if (node.start_mark.line, node.start_mark.column) == (start.line, start.column):
            keys = [key for key, _ in node.value]
            name = next((str(key.value) for key in keys if key.start_mark.index == second.index), "")
            first = next((key.start_mark.line for key in keys if key.value == name), first)
    where = "already on this line" if first == second.line else f"first on line {first + 1}"
    hint = "remove one of the two, or give it another name"
    between = text.splitlines()[first + 1 : second.line]
    if name in _ONCE and any(re.match(r" +[\w-]+:\s*(#.*)?$", words) for words in between):
        hint = "remove one of the two; the name of a screen between them may be indented with too many spaces"
    return Fault(second.line + 1, f"{_short(name)!r} is used twice ({where}), and one of the two would be lost", hint)


def _maps(node: Node | None) -> list[MappingNode]:
    found: list[MappingNode] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, MappingNode):
            found.append(each)
            waiting += [part for pair in each.value for part in pair]
        elif each is not None and isinstance(each.value, list):
            waiting += each.value
    return found


def _foreign(at: int, opened: int, lines: list[str]) -> Fault | None:
    """What another program left in the file."""
    for row in dict.fromkeys((opened, at, max(at - 1, 0))):
        if _CONFLICT.match(lines[row]):
            said = "this file contains two versions of the same lines, from a merge that was not finished"
            return Fault(row + 1, said, "keep one of them, and remove the lines with <<<<<<<, ======= and >>>>>>>")
        if _ODD.search(lines[row]):
            said = "this line has an unusual space (no-break or invisible, as on web pages)"
            return Fault(
                row + 1, said, "delete the spaces at the start of the line and after the :, and type them again"
            )
    return None


def _nameless(error: MarkedYAMLError, lines: list[str]) -> Fault | None:
    """A line that should have a name, and has no `: ` to end it."""
    if "could not find expected ':'" not in str(error.problem) or error.context_mark is None:
        return None
    row = error.context_mark.line
    words = lines[row].partition(" #")[0].strip()
    if _ENTRY.match(words):
        return Fault(row + 1, "a space is missing after the :", "write name: words")
    if ":" in words or "：" in words:
        return None
    return Fault(row + 1, "this line has a name without a : after it", "write name: words")


def _sign(problem: str, at: int, lines: list[str]) -> Fault | None:
    """A sign that means something in YAML and was not meant to."""
    if "\\t" in problem or "tab" in problem.lower().split():
        return Fault(at + 1, "this line has a tab", "use spaces, not tabs")
    if found := re.search(r"found character '(.)' that cannot start", problem):
        return Fault(at + 1, f"the words begin with {found[1]}", f'put them in quotes: "{found[1]}…"')
    if "unknown escape" in problem or "hexadecimal" in problem:
        return Fault(at + 1, "a \\ in quotes is followed by a character that it cannot be used with", "remove the \\")
    if "comment or a line break" in problem or "indentation indicator" in problem:
        return Fault(at + 1, "the words begin with | or >", 'put them in quotes: "| …"')
    if "document" in problem:
        cuts = [row for row, words in enumerate(lines, 1) if words[:3] in ("---", "...") or words[:1] == "%"]
        line = next((row for row in cuts if lines[row - 1][:1] == "%"), cuts[0] if cuts else 0)
        return Fault(line, "a line with --- or % splits the file in two", "remove it") if line else None
    if found := re.match("(sequence entries|mapping keys) are not allowed", problem):
        sign = "-" if found[1].startswith("sequence") else "?"
        behind = lines[at].lstrip()[:1] != sign
        if behind:
            return Fault(at + 1, f"the words begin with {sign} and a space", f'put them in quotes: "{sign} …"')
    if "merging" in problem:
        return Fault(at + 1, "flow files cannot have <<", "write the words in full")
    return None


def _quote(context: str, opened: int, text: str, at: int) -> Fault | None:
    """A quote that is never closed runs on until the next one, and the parser stumbles over what follows that."""
    hint = "close it on this line; inside quoted words, write ' instead of \""
    if "quoted scalar" in context:
        return Fault(opened + 1, "a quote is opened here but not closed", hint)
    try:
        for token in YAML(typ="rt").scan(text):
            if token.start_mark.line > at:
                break
            quoted = isinstance(token, ScalarToken) and token.style in ('"', "'")
            if quoted and token.start_mark.line < token.end_mark.line == at:
                return Fault(token.start_mark.line + 1, "a quote is opened here but not closed", hint)
    except YAMLError:
        pass
    return None


def _braces(error: MarkedYAMLError, opened: int, at: int, column: int, lines: list[str]) -> Fault | None:
    """Something between { and }, or [ and ], that is not closed or not separated."""
    problem = str(error.problem)
    if "but found '}'" in problem or "but found ']'" in problem:
        return Fault(at + 1, "there is a } or ] here, but nothing is open that it could close", "remove it")
    if found := re.search(r"but got '([}\]])'", problem):
        wrong = found[1]
        right = "]" if wrong == "}" else "}"
        return Fault(
            at + 1, f"there is a {wrong} where {right} should close what is open", f"write {right} instead of {wrong}"
        )
    if "flow node" in str(error.context) and "stream end" in problem:
        last = max((row for row, words in enumerate(lines, 1) if words.strip()), default=1)
        return Fault(last, "the file ends, but a { or [ is still open", "write } or ] where it should end")
    if "flow mapping" not in str(error.context) and "flow sequence" not in str(error.context):
        return None
    sign, close = ("{", "}") if "mapping" in str(error.context) else ("[", "]")
    if _COMMENT.search(lines[opened]):
        hint = 'put words that contain a # in quotes: "#…"'
        return Fault(opened + 1, "a # after a space ends this line, so what follows is not read", hint)
    if "stream end" in problem or (opened < at and _indent(lines[at]) <= _indent(lines[opened])):
        said = f"the {sign} opened on this line is not closed"
        return Fault(opened + 1, said, f"write {close} where it should end")
    if opened < at and _NAMED.match(" " + lines[at].lstrip()):
        return Fault(
            at, "a comma is missing at the end of this line", f"add it, or write {close} if the words end here"
        )
    return _words(at, column, lines)


def _blanks(problem: str, at: int, column: int, lines: list[str]) -> Fault | None:
    """A line that begins under none of those before it."""
    first = column == _indent(lines[at]) or lines[at].find(":") == column
    if not first or not ("block mapping start" in problem or "block sequence" in problem or "not allowed" in problem):
        if "found '-'" in problem or "but found '?'" in problem:
            return Fault(at + 1, "there is a list entry (-) among names", "write it under its own name, or in [ ]")
        return None
    before = [row for row in range(at) if lines[row].strip() and not lines[row].lstrip().startswith("#")]
    if before and ":" not in lines[before[-1]] and "：" not in lines[before[-1]]:
        return Fault(before[-1] + 1, "this line has a name without a : after it", "write name: words")
    if before and _ENTRY.match(lines[before[-1]].strip()) and "not allowed" in problem:
        return Fault(before[-1] + 1, "a space is missing after the :", "write name: words")
    if before and "：" in lines[before[-1]]:
        return _words(before[-1], len(lines[before[-1]]), lines)
    mine, open_now = _indent(lines[at]), _open(lines, before)
    if culprit := _too_few(lines, before, mine):
        return culprit
    if mine in open_now:
        return None  # its indentation is right
    return Fault(at + 1, *_misplaced(mine, open_now or [0]))


def _too_few(lines: list[str], before: list[int], mine: int) -> Fault | None:
    """If the line before is a setting that is indented too little, that line is misplaced, and not the one after it."""
    if len(before) < 2:
        return None
    last = _indent(lines[before[-1]])
    name = lines[before[-1]].strip().partition(":")
    apart = (last and name[2].strip()) or name[0] in _KNOWN
    if not (apart and last < mine and mine in _open(lines, before[:-1])):
        return None
    return Fault(before[-1] + 1, *_misplaced(last, [mine]))


def _misplaced(mine: int, open_now: list[int]) -> tuple[str, str]:
    """What to say of a line with `mine` spaces among lines with `open_now`."""
    far = min(abs(each - mine) for each in open_now)
    near = sorted(each for each in set(open_now) if abs(each - mine) == far)
    hint = f"indent it exactly like the line it belongs with: {' or '.join(_counted(each) for each in near)}"
    if len(near) > 1:
        return f"this line begins with {_counted(mine)}, like none of the lines above it", hint
    by = "too many" if mine > near[0] else "too few"
    return f"this line begins with {_counted(mine)}, {_counted(far)} {by}", hint


def _open(lines: list[str], before: list[int]) -> list[int]:
    """The indents a line may have: those of the lines that are still open above it."""
    found: list[int] = []
    for row in reversed(before):
        inner = len(_DASHES.match(lines[row])[0])  # type: ignore[index]  # it matches any line
        for blanks in dict.fromkeys((inner, _indent(lines[row]))):
            if not found or blanks < found[-1]:
                found.append(blanks)
    return found


def _words(at: int, column: int, lines: list[str]) -> Fault:
    """Words that the parser takes for more than words."""
    line, head = lines[at], lines[at][:column]
    if _CURLY.search(line) and '"' not in head:
        return Fault(at + 1, "the words are in curly quotes, which do not work here", 'use straight quotes: "…"')
    if "：" in line or "，" in line:
        return Fault(at + 1, "this line has a wide ： or ，", "write a plain : or ,")
    if line[column : column + 1] == "{" or re.search(r":\s*\{[\w.|]*\}\s*$", head.rstrip() + " "):
        name = _VARIABLE.search(line)
        shown = name[0] if name else "{…}"
        return Fault(at + 1, f"words that contain {shown} need quotes", f'put them in quotes: "… {shown} …"')
    if head.rstrip().endswith(('"', "'")):
        if line.count('"') % 2:
            return Fault(
                at + 1,
                'one of the quotes (") on this line has no partner',
                "add the other quote",
            )
        hint = 'inside the words write \' instead of ", put words with \' in "…", or add the missing comma'
        return Fault(at + 1, "there are words after the closing quote", hint)
    if line[column : column + 1] == ":":
        word = re.split(r"[^\w-]", head)[-1]
        if word in _KNOWN or re.fullmatch("[a-z]{2,3}(-[A-Z][a-z]{3})?", word):
            return Fault(
                at + 1, f"a comma is missing before {word}:", "add it, or put words that contain a : in quotes"
            )
        return Fault(at + 1, "words that contain a : need quotes", 'put them in quotes: "…: …"')
    rest = line[column:].strip()
    said = f"it cannot be understood after this point: {_short(rest)!r}" if rest else "it ends too early"
    return Fault(at + 1, said, "compare its quotes, brackets, commas and indentation with the lines above")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _counted(blanks: int) -> str:
    return f"{blanks or 'no'} space{'s' if blanks != 1 else ''}"


def _short(words: str) -> str:
    return words if len(words) <= QUOTED else words[:QUOTED] + "…"
