"""The phone drawn in a terminal: a small screen, and a text that arrived."""

import unicodedata

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from flows.text import gsm
from flows.text.languages import CODES
from gateway.simulator.phone import WireEntry

WIDTH, ROWS = 34, 8  # a 1.8-inch screen: about 30 characters by 8 lines
_MEASURE = Console(width=WIDTH)
ROOM = {"GSM-7": 160, "UCS-2": 70}


OCTETS = {"182": 182, "160": 160, "144": 144, "latin": 160}  # what a screen holds; latin carries no UCS-2


def isolate_codes(words: str) -> str:
    """Words for the eye only: in lines with letters from right to left, codes such as *8484# keep their own order."""
    return "\n".join(
        CODES.sub("\u2066\\g<0>\u2069", line) if _is_right_to_left(line) else line for line in words.split("\n")
    )


def _is_right_to_left(line: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)


def loss_of(shown: str, network: str) -> int:
    """How many characters at the end of a screen a network does not show: all of what it refuses."""
    most = OCTETS.get(network)
    if most is None:
        return 0
    encoding = gsm.measure(shown).encoding
    if encoding == "UCS-2" and network == "latin":
        return len(shown)
    kept = len(shown)
    while kept and _octets(shown[:kept], encoding) > most:
        kept -= 1
    return len(shown) - kept


def _octets(shown: str, encoding: str) -> int:
    units = gsm.measure(shown).units if encoding == "GSM-7" else len(shown.encode("utf-16-be")) // 2
    return units * 2 if encoding == "UCS-2" else -(-units * 7 // 8)


def screen(body: str, title: str, typed: str = "", network: str = "") -> RenderableType:
    """A USSD screen: `body` with its CON or END, what was typed, and the space it takes.

    What a `network` of OCTETS would cut or refuse is struck through.
    """
    shown = body[4:] or " "
    lost = loss_of(shown, network)
    text = Text(isolate_codes(shown[: len(shown) - lost]), overflow="fold")
    text.append(isolate_codes(shown[len(shown) - lost :]), style="red strike")
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
    told = f"  {room(body)}"
    if lost:
        told += f" · a network of this kind {'refuses it' if lost == len(shown) else f'cuts {lost} characters'}"
    return Group(phone, Text(told, style="dim"))


def wire(entry: WireEntry) -> RenderableType:
    """A request of the aggregator and its answer."""
    head = f"POST {entry.door} · {entry.status or 'no answer'} · {entry.seconds * 1000:.0f} ms"
    fields = "\n".join(f"{name}: {isolate_codes(value)}" for name, value in entry.form.items())
    return Panel(Text(f"{fields}\n\n{isolate_codes(entry.body)}", overflow="fold"), title=head, title_align="left")


def room(body: str) -> str:
    """`108/160 GSM-7`: how much of the usual space a screen takes."""
    measure = gsm.measure(body)
    return f"{measure.units}/{ROOM[measure.encoding]} {measure.encoding}"


def message(text: str, sender: str, parts: int) -> RenderableType:
    """A text that arrived."""
    note = f"{parts} parts" if parts > 1 else "1 part"
    return Panel(
        Text(isolate_codes(text), overflow="fold"),
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
