"""A job of an operator in a real browser, done with a mouse or the keyboard, with or without script, at three widths.

A journey is written once, in English: `press("Save")` finds the button by its words in the language of the way. What is
pressed is counted, as a person would count clicks: a link, a button, a choice in a select box and a file are one each;
typing is none, nor is to confirm who one is. `ends(most=9)` holds the count against its bound and prints it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from gateway.console.site.i18n import isolate_values, translations
from tests.browser.conftest import FETCHED, PASSWORD, Console
from tests.browser.test_console_pages import AXE, RUN, SIDEWAYS

ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))  # they only set the direction
TABS = 200  # key presses after which something counts as out of reach of the keyboard
PRESSED = "button, a[href], summary, label, [role=button], [role=menuitem], input[type=submit]"


@dataclass(frozen=True, slots=True)
class Way:
    """How a journey is made: with script or without, by mouse or keyboard, how wide, in which language."""

    name: str
    scripts: bool = True
    keyboard: bool = False
    width: int = 1440
    urdu: bool = False


MOUSE = Way("mouse")
NO_SCRIPT = Way("no script", scripts=False)
KEYBOARD = Way("keyboard", keyboard=True)
URDU = Way("390 px in Urdu", width=390, urdu=True)
NARROW = Way("320 px without script", scripts=False, width=320)
WAYS = (MOUSE, NO_SCRIPT, KEYBOARD, URDU, NARROW)


def every_way(also: Way) -> pytest.MarkDecorator:
    """Do the journey in every way of WAYS; `make test` does it with a mouse and in the way `also`.

    A mouse is what most people use, and what clicks are counted with. Of the other four, each journey names the one
    that has most to go wrong in it (typing: the keyboard; words between words: Urdu; what script would send: none), so
    that each of the five is made by four journeys or more whenever somebody runs the tests, in two fifths of the time.
    """
    kept = (MOUSE, also)
    ways = [pytest.param(way, id=way.name, marks=[] if way in kept else [pytest.mark.long]) for way in WAYS]
    return pytest.mark.parametrize("way", ways)


class Journey:
    """One person at one browser. `page` is Playwright's page, for what no method here says."""

    def __init__(self, console: Console, way: Way, role: str, name: str | None = None) -> None:
        size = {"width": way.width, "height": 844 if way.width < 800 else 900}
        self.console, self.way, self.clicks, self.tabs = console, way, 0, 0
        self.page = console.page(role, name, viewport=size, java_script_enabled=way.scripts)
        if way.urdu:
            self.page.goto("/console/account")
            self.page.click(".tongue button[value=ur]")
            self.page.wait_for_function("() => document.documentElement.dir === 'rtl'")
        self.goes("/console/")

    def words(self, english: str, **values: object) -> str:
        """A string of the console in the language of this way."""
        tongue = "ur" if self.way.urdu else "en"
        said = translations(tongue).gettext(english)
        return said % isolate_values(values, tongue) if values else said

    def goes(self, address: str) -> None:
        """Open an address that was sent or kept; no click."""
        self.page.goto(address)
        self._settled()

    def press(self, english: str, *, inside: str = "main, header, nav, dialog", nth: int = 0, **values: object) -> None:
        """Press the button, link or heading of a disclosure with these words; `inside` is a CSS selector."""
        said = self.words(english, **values)
        found = self._named(said, inside, nth)
        self.clicks += 1
        self._pressed(found)
        self._settled()

    def press_at(self, selector: str, nth: int = 0) -> None:
        """Press what a CSS selector finds: for what has no words of the console, such as the code of a row."""
        self.clicks += 1
        self._pressed(self.page.locator(selector).locator("visible=true").nth(nth))
        self._settled()

    def fill(self, field: str, words: str, nth: int = 0) -> None:
        """Type into a field: its label in English, or a CSS selector that begins with # . or [."""
        found = self._field(field, nth)
        if self.way.keyboard:
            self._tab_to(found)
            if found.get_attribute("type") in (
                "date",
                "time",
            ):  # typed part by part, in the order of the browser's country
                found.fill(words)
                return
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(words)
        else:
            found.fill(words)

    def choose(self, field: str, value: str, nth: int = 0) -> None:
        """Choose by its value in a select box: one click."""
        self.clicks += 1
        found = self._field(field, nth)
        if self.way.keyboard:
            self._tab_to(found)
        found.select_option(value)
        self._settled()

    def tick(self, field: str, nth: int = 0) -> None:
        """Tick a box or a radio button: one click."""
        self.clicks += 1
        found = self._field(field, nth)
        if not self.way.keyboard:
            found.check()
            return
        if found.get_attribute("type") == "radio":  # arrows move in a group, which is one stop of Tab
            found.focus()
        else:
            self._tab_to(found)
        self.page.keyboard.press("Space")

    def upload(self, field: str, name: str, content: bytes, kind: str = "text/csv") -> None:
        """Choose a file: one click."""
        self.clicks += 1
        self._field(field, 0).set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def download(self, english: str, **values: object) -> bytes:
        """Press a link that downloads a file, and what the file holds."""
        said = self.words(english, **values)
        self.clicks += 1
        with self.page.expect_download() as waiting:
            self._pressed(self._named(said, "main", 0))
        return Path(waiting.value.path()).read_bytes()

    def confirms_who_they_are(self) -> None:
        """Type the password if it is asked for; not counted."""
        if self.page.locator("#proof_password").count():
            self.page.fill("#proof_password", PASSWORD)
            self.page.keyboard.press("Enter")
            self.page.wait_for_load_state("load")
            self._settled()

    def sees(self, english: str, **values: object) -> None:
        """Wait until the page shows these words."""
        said = self.words(english, **values).translate(ISOLATES)
        self._within(lambda: said in self._text(), lambda: f"no {said!r} on {self.page.url}:\n{self._text()}")

    def sees_not(self, english: str, **values: object) -> None:
        """The page does not show these words."""
        said = self.words(english, **values).translate(ISOLATES)
        assert said not in self._text(), f"{said!r} on {self.page.url}"

    def ends(self, most: int | None = None) -> None:
        """The page at the end is accessible to everybody, and no more than `most` clicks led here."""
        if self.way.scripts:  # axe waits for timers of the page
            self.page.evaluate(AXE)
            faults = self.page.evaluate(RUN)
            assert faults == [], f"{self.page.url}: {faults}"
        print(f"{self.way.name}: {self.clicks} clicks, {self.tabs} presses of Tab")  # shown by pytest -rP
        assert most is None or self.clicks <= most, f"{self.clicks} clicks"

    def _text(self) -> str:
        """The words of the page. Isolates, which only set the direction, are left out."""
        said: str = self.page.inner_text("body")
        return said.translate(ISOLATES)

    def _named(self, said: str, inside: str, nth: int) -> Any:
        """The visible thing to press with these words: exactly these, or else the first that contains them."""
        shown = self.page.locator(inside).locator(PRESSED).locator("visible=true")

        def candidates() -> Iterator[Any]:
            yield shown.filter(has_text=_exactly(said))
            yield shown.filter(has_text=said)
            yield self.page.locator(f"[aria-label={_quoted(said)}]").locator("visible=true")

        found = list[Any]()

        def there() -> bool:
            found[:] = [each for each in candidates() if each.count() > nth][:1]
            return bool(found)

        self._within(there, lambda: f"nothing to press named {said!r} on {self.page.url}:\n{self._text()}")
        return found[0].nth(nth)

    def _field(self, field: str, nth: int) -> Any:
        if field[0] in "#.[":
            return self.page.locator(field).nth(nth)
        return self.page.get_by_label(self.words(field)).locator("visible=true").nth(nth)

    def _pressed(self, found: Any) -> None:
        if self.way.keyboard:
            self._tab_to(found)
            self.page.keyboard.press("Space" if found.evaluate("one => one.matches('[type=checkbox]')") else "Enter")
        else:
            found.click()

    def _tab_to(self, found: Any) -> None:
        """Press Tab until the focus is there, as somebody without a mouse does."""
        handle = found.element_handle()
        for _ in range(TABS):
            if self.page.evaluate("one => one === document.activeElement", handle):
                return
            self.page.keyboard.press("Tab")
            self.tabs += 1
        raise AssertionError(f"{found} on {self.page.url} is not reached within {TABS} presses of Tab")

    def _settled(self) -> None:
        """The page and what it fetches by itself are there, and nothing makes it scroll sideways."""
        self.page.wait_for_load_state("load")
        if self.way.scripts:
            self.page.wait_for_function(FETCHED)
        assert self._sideways() <= 0, f"{self.page.url} scrolls sideways at {self.way.width} px"

    def _sideways(self) -> int:
        """How far the page scrolls sideways, in pixels; the next page, if this one just gives way to it."""
        for _ in range(20):
            try:
                return int(self.page.evaluate(SIDEWAYS))
            except PlaywrightError as error:
                if not any(each in error.message for each in ("context was destroyed", "scrollWidth")):
                    raise
                self.page.wait_for_load_state("load")
        raise AssertionError(f"{self.page.url} never settles")

    def _within(self, true: Callable[[], bool], otherwise: Callable[[], str], seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, otherwise()
            self.page.wait_for_timeout(50)


def _exactly(said: str) -> Any:
    return re.compile(rf"^\s*{re.escape(said)}\s*$")


def _quoted(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
