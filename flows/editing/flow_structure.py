"""A screen without its words: what a translator leaves as it is."""

from __future__ import annotations

from msgspec.structs import replace

from flows.menu.model import Ask, Do, End, Flow, Screen


def skeleton(flow: Flow) -> dict[str, Screen]:
    """Every screen of a flow without the words of it: two flows that differ in words alone have the same."""
    return {name: _bare(screen) for name, screen in flow.screens.items()}


def _bare(screen: Screen) -> Screen:
    match screen:
        case Ask():
            pick = screen.pick
            return replace(
                screen,
                text={},
                options=tuple(replace(option, text={}) for option in screen.options),
                pick=replace(pick, show={} if pick.show is not None else None) if pick else None,
                errors={},
            )
        case End():
            return replace(screen, text={}, sms={} if screen.sms is not None else None)
        case Do():
            return screen
