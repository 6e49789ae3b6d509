"""What a caller sees after one input, and how well the network shows it: the steps of a rehearsed call."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from flows.engine.render import clip, drawable, pages_of, words_of
from flows.engine.sms_channel import is_texted
from flows.engine.variables import as_words, shown_language
from flows.menu.model import End, Flow, Room, State, Turn
from flows.preview.filed_texts import OwedText
from flows.preview.network_profiles import Network
from flows.text import gsm
from flows.translation.length_meter import in_short

Event = Literal["dial", "resume", "put", "typed", "timeout", "drop", "over"]


class PerformedAction(Struct, frozen=True):
    """An action that was performed, with what it was given and came back with."""

    action: str
    result: str
    given: tuple[tuple[str, str], ...] = ()
    brought: tuple[tuple[str, str], ...] = ()


class RehearsedScreen(Struct, frozen=True):
    """What happened, and the screen that the caller then saw.

    `units` are letters used, of `surely` that every network of this kind shows and `most` that any does; `octets` is
    what travels. `lost` is the end of the words that this network does not show; `shortened` says that words had to be
    left out before. `page` counts from 1. An event without a screen has no `body`.
    """

    event: Event
    typed: str = ""
    screen: str = ""
    language: str = ""
    body: str = ""
    ends: bool = False
    encoding: gsm.Encoding = "GSM-7"
    units: int = 0
    surely: int = 0
    most: int = 0
    octets: int = 0
    lost: str = ""
    shortened: bool = False
    page: int = 1
    pages: int = 1
    sms: str | None = None
    sms_parts: int = 0
    did: tuple[PerformedAction, ...] = ()
    wrong: str = ""  # the key in errors of what was wrong with what was typed
    texts: tuple[OwedText, ...] = ()  # all that would be sent by SMS after it, the words of `sms` included

    @property
    def how(self) -> Literal["fits", "tight", "cut"]:
        """Whether the network shows all of it: surely, perhaps, or not."""
        return "cut" if self.lost else "fits" if self.units <= self.surely else "tight"


def readable_values(flow: Flow, values: object, language: str) -> list[tuple[str, str]]:
    """Values as a caller would read them, by name; a record as its fields."""
    found: list[tuple[str, str]] = []
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, list):
            found.append((name, f"{len(value)} ×"))
        elif isinstance(value, dict):
            found += [(f"{name}.{each}", words) for each, words in readable_values(flow, value, language)]
        else:
            kind = flow.kinds.get(name) or (name if name in flow.rows else None)
            words = str(value).lower() if isinstance(value, bool) else as_words(flow, kind, value, language)
            found += [(name, in_short(words))] if words else []
    return found


def view_turn(
    flow: Flow, turn: Turn, network: Network, event: Event, typed: str, did: tuple[PerformedAction, ...]
) -> RehearsedScreen:
    state, shown = turn.state, turn.shown
    assert shown is not None  # noqa: S101 - every action has been performed
    body = shown.body
    size = gsm.measure(body)
    if is_texted(flow):
        surely = most = 2 * gsm.PART[size.encoding]
        lost = ""
    else:
        surely, most = network.holds(size.encoding)
        lost = body[len(clip(body, _shows(network))) :] if size.units > most else ""
    pages = 1 if state.ended else len(pages_of(flow, state))
    return RehearsedScreen(
        event,
        typed,
        state.screen,
        shown_language(flow, state),
        body,
        shown.ends,
        size.encoding,
        size.units,
        surely,
        most,
        size.units * 2 if size.encoding == "UCS-2" else -(-size.units * 7 // 8),
        lost,
        _shortened(flow, state, body),
        min(state.page, pages - 1) + 1,
        pages,
        shown.sms,
        gsm.parts(shown.sms) if shown.sms else gsm.parts(body) if is_texted(flow) else 0,
        did,
        state.problem,
    )


def _shows(network: Network) -> Room:
    """The room of a screen that holds as much as the network shows at most."""
    return replace(network.room, gsm_hard=network.most[0], ucs2_hard=network.most[1])


def _shortened(flow: Flow, state: State, body: str) -> bool:
    """True where words had to be left out for the screen to hold them."""
    language = shown_language(flow, state)
    screen = flow.screens.get(state.screen)
    if state.ended:
        text = screen.text if isinstance(screen, End) else flow.errors.get(state.problem, {})
        return body != drawable(words_of(flow, state, text, language), state.room)
    endless = replace(state.room, gsm_safe=10**6, ucs2_safe=10**6, gsm_hard=10**6, ucs2_hard=10**6)
    whole = pages_of(flow, replace(state, room=endless, page=0))[0]
    pages = pages_of(flow, state)
    last = body.rsplit("\n", 1)[-1]
    if len(pages) == 1:
        return body != whole
    if state.page < len(pages) - 1:
        return not last.startswith(flow.keys["more"].key)
    return last not in whole.split("\n") and not whole.endswith(last)
