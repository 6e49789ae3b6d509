"""A screen without its words: what a translator may not change."""

from flows.menu.model import Flow, Screen
from flows.menu.screen_kinds import without_words


def skeleton(flow: Flow) -> dict[str, Screen]:
    """Every screen of a flow without the words of it: two flows that differ in words alone have the same."""
    return {name: without_words(screen) for name, screen in flow.screens.items()}
