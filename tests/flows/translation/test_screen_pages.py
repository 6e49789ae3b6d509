"""The pages of a screen in all, which the counter of one text cannot know."""

from __future__ import annotations

from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.translation.screen_pages import ScreenPages, screen_pages
from flows.translation.text_fit import Ruler
from tests.flows.library import shipped_files


def _flow(before: str = "", after: str = "") -> Flow:
    files = shipped_files()
    flow = parse_flow(
        files | {"complaints.yaml": files["complaints.yaml"].replace(before, after, 1)}, "complaints.yaml"
    )
    assert flow.flow is not None
    return flow.flow


def test_a_title_that_fits_alone_may_put_options_on_a_second_page() -> None:
    now, before = Ruler(_flow('ur: "8484"', "ur: شکایت لائن 8484 کے لیے")), Ruler(_flow())
    found = screen_pages(now, "menu", "ur", before)
    assert found == ScreenPages(2, 1)
    assert (found.more, found.fewer) == (True, False)
    back = screen_pages(before, "menu", "ur", now)
    assert back is not None
    assert (back.more, back.fewer) == (False, True)


def test_a_language_in_latin_letters_is_counted_for_networks_without_urdu_script_too() -> None:
    ruler = Ruler(_flow())
    assert screen_pages(ruler, "menu", "en", ruler) == ScreenPages(1, 1, 1, 1)
    assert screen_pages(ruler, "menu", "en") == ScreenPages(1, latin=1)


def test_a_screen_that_asks_nothing_has_no_pages() -> None:
    ruler = Ruler(_flow())
    assert screen_pages(ruler, "filed", "en", ruler) is None
    assert screen_pages(ruler, "not_there", "en", ruler) is None
