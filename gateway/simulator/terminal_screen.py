"""The phone drawn in a terminal: a small screen, and a text that arrived."""

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from flows.text import gsm

WIDTH, ROWS = 34, 8  # a 1.8-inch screen: about 30 characters by 8 lines
_MEASURE = Console(width=WIDTH)
ROOM = {"GSM-7": 160, "UCS-2": 70}


def screen(body: str, title: str, typed: str = "") -> RenderableType:
    """A USSD screen: `body` with its CON or END, what was typed, and the space it takes."""
    text = Text(body[4:] or " ", overflow="fold")
    lines = text.wrap(_MEASURE, WIDTH - 4)
    padding = Text("\n" * max(0, ROWS - len(lines) - 1))
    answer = Text(f"▸ {typed or '_'}" if body.startswith("CON ") else "  OK", style="bold")
    phone = Panel(
        Group(text, padding, answer),
        title=f"▂▄▆ {title}",
        title_align="left",
        width=WIDTH,
        box=box.HEAVY,
        style="green",
    )
    return Group(phone, Text(f"  {room(body)}", style="dim"))


def room(body: str) -> str:
    """`108/160 GSM-7`: how much of the usual space a screen takes."""
    measure = gsm.measure(body)
    return f"{measure.units}/{ROOM[measure.encoding]} {measure.encoding}"


def message(text: str, sender: str, parts: int) -> RenderableType:
    """A text that arrived."""
    note = f"{parts} parts" if parts > 1 else "1 part"
    return Panel(
        Text(text, overflow="fold"),
        title=f"✉ {sender}",
        title_align="left",
        subtitle=note,
        subtitle_align="right",
        width=WIDTH + 12,
        box=box.ROUNDED,
        style="cyan",
    )


def sent_message(text: str, to: str) -> RenderableType:
    """A text that the person sent."""
    width = min(WIDTH + 2, max(len(text), len(to) + 5) + 4)
    mine = Panel(
        Text(text, overflow="fold"), title=f"to {to}", title_align="left", box=box.ROUNDED, width=width, style="yellow"
    )
    return Padding(mine, (0, 0, 0, WIDTH + 12 - width))
