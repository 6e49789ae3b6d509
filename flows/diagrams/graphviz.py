"""A flow to look at, as text for Graphviz, and to be read aloud, as an outline. No input or output.

The picture: each screen is a box with its words and its numbered options, an arrow leads from each option to the screen
that follows. Dashed arrows are taken when something fails, dotted ones pass a screen over. The outline says the same in
sentences, because a screen reader cannot read arrows and boxes.
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

from flows.diagrams.graph import Box, Way, boxes
from flows.engine.variables import needs_ucs2
from flows.menu.model import Flow
from flows.menu.screen_kinds import Look, Manner

LEGEND = "Dashed: when it fails or is wrong too often. Dotted: a screen is skipped."
MANY, QUICKLY = 120, " nslimit=2, nslimit1=2, mclimit=0.2,"  # screens: Graphviz tidies more than them for minutes
WIDTH = 34  # letters of a line inside a box
INK, FAINT = "#22303c", "#5d6b78"
FONTS = "Noto Sans,Noto Naskh Arabic,Arial,sans-serif"
URDU_FONTS = "Noto Naskh Arabic,Noto Sans,Tahoma,sans-serif"


class Shade(Struct, frozen=True):
    """How one kind of screen is coloured. Text on each fill has a contrast above 7:1 (WCAG AAA)."""

    fill: str
    head: str
    line: str


SHADES: dict[Look, Shade] = {
    "asks": Shade("#f4f8fb", "#dbe7f1", "#6d8aa5"),
    "does": Shade("#fbf8f0", "#efe6cf", "#a3905f"),
    "ends": Shade("#f3f8f4", "#d9eadd", "#6f9a7a"),
}
RIGHTWARD, LEFTWARD, CLOSE = "\u2067", "\u2066", "\u2069"  # begin a run from right to left, from left to right; end it
VARIABLE = re.compile(r"\{[^{}]*\}")
SIGNS: dict[Manner, str] = {"chosen": "", "typed": "types", "passed": "", "outcome": "then", "failed": "fails"}
ARROWS: dict[Manner, str] = {
    "chosen": 'color="#5b7489"',
    "typed": 'color="#5b7489"',
    "outcome": 'color="#94814f"',
    "passed": f'color="{FAINT}" style=dotted',
    "failed": 'color="#a35d5d" style=dashed',
}


def dot(flow: Flow, language: str) -> str:
    """The picture of a flow in one language, in Graphviz's own words."""
    drawn = boxes(flow, language)
    known = {box.id for box in drawn}
    fonts, size = (URDU_FONTS, 15) if needs_ucs2(flow, language) else (FONTS, 12)
    title = f"{flow.title} ({flow.name}), {flow.languages.get(language, language)}"
    quickly = QUICKLY if len(drawn) > MANY else ""
    lines = [
        f"digraph {_quoted(flow.name)} {{",
        f'  graph [rankdir=LR, nodesep=0.25, ranksep=0.9, bgcolor="white", fontname={_quoted(fonts)}, fontsize=18,',
        f'    fontcolor="{INK}", labelloc=t, labeljust=l, tooltip={_quoted(title)},{quickly}',
        f'    label=<{_text(title)}<BR ALIGN="LEFT"/>{_small(LEGEND)}<BR ALIGN="LEFT"/> >];',
        f'  node [shape=plain, fontname={_quoted(fonts)}, fontsize={size}, fontcolor="{INK}"];',
        f'  edge [arrowsize=0.7, penwidth=1.2, fontname={_quoted(fonts)}, fontsize=10, fontcolor="{FAINT}"];',
        f'  "@dial" [shape=circle, width=0.25, label="", style=filled, fillcolor="{INK}", tooltip="the call begins"];',
        *(f"  {_quoted(box.id)} [tooltip={_quoted(box.id)}, label=<{_label(box)}>];" for box in drawn),
        *([f'  "@dial" -> {_quoted(flow.start)}:head:w [color="{INK}"];'] if flow.start in known else []),
        *(arrow for box in drawn for arrow in _arrows(box, known)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _label(box: Box) -> str:
    """The box of a screen as one of Graphviz's tables: a head, its words, a row for each way on."""
    shade = SHADES[box.kind]
    head = f"<B>{_text(box.id)}</B>{_small(f'  {box.kind}')}"
    rows = [f'<TR><TD PORT="head" BGCOLOR="{shade.head}" ALIGN="LEFT">{head}</TD></TR>', _row(_lines(box.words))]
    if box.sms:
        rows += ["<HR/>", _row(f'{_small("SMS")}<BR ALIGN="LEFT"/>{_lines(box.sms)}')]
    for at, way in enumerate(box.ways):
        words = way.words + (f" (if {way.when})" if way.when else "")
        key = f"<B>{_text(way.key)}</B>" if way.key else _small(SIGNS[way.manner])
        rows += ["<HR/>", _row(f"{key and key + '  '}{_lines(words, lean='LEFT')}", f' PORT="w{at}"')]
    style = f'BORDER="1" COLOR="{shade.line}" BGCOLOR="{shade.fill}"'
    return f'<TABLE {style} CELLBORDER="0" CELLSPACING="0" CELLPADDING="5">{"".join(rows)}</TABLE>'


def _row(inside: str, port: str = "") -> str:
    return f'<TR><TD{port} ALIGN="TEXT">{inside}</TD></TR>'


def _arrows(box: Box, known: set[str]) -> Iterator[str]:
    for at, way in enumerate(box.ways):
        if way.go in known:
            yield f"  {_quoted(box.id)}:w{at}:e -> {_quoted(way.go)}:head:w [{ARROWS[way.manner]}];"


def _quoted(words: str) -> str:
    escaped = _printable(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(words: str) -> str:
    return escape(_printable(words), quote=True)


def _printable(words: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in words if letter.isprintable())


def _small(words: str) -> str:
    return f'<FONT POINT-SIZE="10" COLOR="{FAINT}">{_text(words)}</FONT>' if words else ""


def rightward(words: str) -> bool:
    """True for words whose first letter outside variables is of a script that runs from right to left."""
    plain = VARIABLE.sub("", words)
    return next((unicodedata.bidirectional(each) in ("R", "AL") for each in plain if each.isalpha()), False)


def _lines(words: str, *, lean: str = "") -> str:
    """Words on lines of a box, Urdu leaning to the right as on the phone unless it follows a number."""
    right = rightward(words)
    side = lean or ("RIGHT" if right else "LEFT")
    cut = [part for line in words.split("\n") for part in textwrap.wrap(line, WIDTH) or [""]]
    return "".join(f'{_directed(line) if right else _text(line)}<BR ALIGN="{side}"/>' for line in cut)


def _directed(line: str) -> str:
    """A line that runs from right to left, with variables kept from being torn apart (Unicode UAX #9 isolates)."""
    inside = VARIABLE.sub(lambda found: f"{LEFTWARD}{found.group()}{CLOSE}", _text(line))
    return f"{RIGHTWARD}{inside}{CLOSE}"


def outline(flow: Flow, language: str) -> str:
    """A flow in one language as numbered paragraphs, to be read on a terminal or by a screen reader."""
    told = boxes(flow, language)
    numbers = {box.id: at for at, box in enumerate(told, 1)}
    first = f"A call begins at {_named(flow.start, numbers)}, and {flow.keys['home'].key} leads to "
    lines = [
        f"{flow.title} ({flow.name}), in {flow.languages.get(language, language)}: {len(told)} screens.",
        f"{first}{_named(flow.home, numbers)}.",
    ]
    for box in told:
        lines += ["", f"{numbers[box.id]}. {box.id} {box.kind}", *_paragraph(box, numbers)]
    return "\n".join(lines) + "\n"


def _paragraph(box: Box, numbers: dict[str, int]) -> Sequence[str]:
    lines = [f"  {line}" for line in box.words.split("\n")]
    if box.sms:
        lines.append(f"  Sends an SMS: {box.sms}")
    if box.saves:
        lines.append(f"  Saves {box.saves}.")
    return [*lines, *(f"    {_sentence(way)}: goes to {_named(way.go, numbers)}" for way in box.ways)]


def _sentence(way: Way) -> str:
    words = way.words.replace("\n", " / ") + (f" (only if {way.when})" if way.when else "")
    match way.manner:
        case "chosen":
            return f"{way.key} {words}"
        case "typed":
            return f"Typed {words}"
        case "outcome":
            return f"If the answer is {words}"
        case "failed":
            return "If it fails" if words == "else" else f"If {words}"
        case _:
            return words[:1].upper() + words[1:]


def _named(screen: str, numbers: dict[str, int]) -> str:
    return f"{screen} ({numbers[screen]})" if screen in numbers else f"{screen or 'nowhere'}, which does not exist"
