"""What operators came for, from beginning to end, with nothing but what the pages offer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.addresses import draft_of
from tests.browser.conftest import FETCHED, PASSWORD, Console
from tests.gateway.outside import HOP

HOOK = "/hooks/africastalking/local/ussd"
WORDS = {"en": "Stray dogs bite", "ur-Latn": "Awara kuttay", "ur": "آوارہ کتے"}
TOO_LONG = "گلیوں میں گھومنے والے آوارہ کتے جو بچوں اور بوڑھوں کو کاٹتے ہیں اور جن سے سب لوگ ڈرتے ہیں"


class Phone:
    """A caller of the server that the browser looks at, through its real webhook."""

    def __init__(self, console: Console, number: str) -> None:
        self.client, self.typed = console.app.test_client(), list[str]()
        self.form = {**HOP, "phoneNumber": number, "sessionId": f"browser-{number}-{time.monotonic_ns()}"}
        self.screen = self.types()

    def types(self, *keys: str) -> str:
        """What the screen shows after these keys."""
        self.typed += keys
        answer = self.client.post(HOOK, data=self.form | {"text": "*".join(self.typed)})
        assert answer.status_code == 200
        self.screen = answer.text
        return self.screen

    def chooses(self, words: str) -> str:
        """What follows the option with these words, looked for on this page of the screen and on those after it."""
        for _ in range(8):
            if found := re.search(rf"^(\S+) {re.escape(words)}", self.screen, re.M):
                return self.types(found[1])
            more = re.search(r"^(\S+) (?:More|Mazeed|مزید)", self.screen, re.M)
            assert more, f"no option {words!r} on: {self.screen}"
            self.types(more[1])
        raise AssertionError(self.screen)


def waits_for(true: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Look again and again until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def add_category(page: Any, code: str, words: dict[str, str]) -> None:
    """A new row of the categories of a municipality."""
    page.click(".tabs >> text=Lists")
    page.click("main a[href$='/lists/category']")
    page.click("text=Add a row")
    page.fill("#code-new", code)
    for tag, text in words.items():
        page.fill(f"#{tag}-new", text)
    page.select_option("#group-new", "mun")
    page.select_option("#office-new", "lg")
    page.fill("#days-new", "5")
    page.click("button:has-text('Add the row')")


def live(console: Console) -> int:
    """The revision that answers calls."""
    found = console.app.shelf.for_code("*8484#")
    return found.number if found else 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_operator_adds_a_category_a_publisher_publishes_it_and_it_is_dialled(
    console: Console, scripts: bool
) -> None:
    code = f"mun9{int(scripts)}"
    words = {tag: text if scripts else f"{text} 2" for tag, text in WORDS.items()}
    operator = console.page("operator", f"Bilal {scripts}", java_script_enabled=scripts)
    operator.goto("/console/")
    operator.locator("article, .card, li").filter(has_text="*8484#").last.locator("text=Edit a copy").click()
    operator.wait_for_url("**/console/drafts/*")
    draft = operator.url
    add_category(operator, code, words | {"ur": TOO_LONG})
    operator.goto(f"{draft}/problems")
    assert "F301" in operator.inner_text("main"), "too long for a screen"
    publisher = console.page("publisher", f"Sara {scripts}", java_script_enabled=scripts)
    publisher.goto(f"{draft}/publish")
    assert "1 error blocks publishing" in publisher.inner_text("main")
    assert publisher.locator("text=Publish now").count() == 0
    operator.goto(f"{draft}/lists/category?edit={code}")
    operator.fill(f"#ur-{code}", words["ur"])
    operator.locator(f"#form-{code} button:has-text('Save')").click()
    operator.goto(f"{draft}/problems")
    assert "F301" not in operator.inner_text("main")
    assert operator.goto(f"{draft}/publish").status == 403

    publisher.reload()
    publisher.fill("#message", "Stray dogs have a category")
    if publisher.locator("#reason").count():
        publisher.fill("#reason", "Known for long, and callers live with it")
    publisher.click("text=Publish now")
    publisher.fill("#proof_password", PASSWORD)
    publisher.click("button:text-is('Continue')")
    assert "live for new calls" in publisher.inner_text("main")
    found = re.search(r"[Rr]evision (\d+)", publisher.inner_text("main"))
    assert found

    waits_for(lambda: live(console) == int(found[1]), "the new menu is not live")
    for tag, name in (("ur-Latn", "Roman Urdu"), ("ur", "اردو"), ("en", "English")):
        phone = Phone(console, f"+9230055{int(scripts)}{len(name):04}")
        phone.chooses(name)
        phone.types("1")
        phone.types("1")
        phone.chooses(words[tag])
        assert phone.screen.startswith("CON ")


def test_when_the_server_is_lost_it_is_said_and_what_was_typed_stays(console: Console) -> None:
    page = console.page("operator")
    draft = draft_of(console.app, "somebody")
    page.goto(f"/console/drafts/{draft}/screens/menu")
    words = page.locator("textarea[lang=en]").first
    page.route("**/redraw", lambda route: route.abort())
    words.press_sequentially(" x")
    page.locator("#trouble .notice", has_text="The server does not respond").wait_for()
    assert " x" in words.input_value()
    page.unroute("**/redraw")
    words.press_sequentially("y")
    page.locator("#trouble .notice").wait_for(state="detached")
    assert " xy" in words.input_value()
    console.problems = [each for each in console.problems if "htmx:" not in each]  # its own notes of the loss


def test_two_who_change_one_text_both_see_both_and_what_only_one_changed_is_kept(console: Console) -> None:
    first, second = console.page("operator", "Bilal"), console.page("operator", "Sara")
    address = f"/console/drafts/{draft_of(console.app, 'Bilal')}/screens/menu"
    for page, words in ((first, "Bilal was here"), (second, "Sara was here")):
        page.goto(address)
        page.locator("textarea[lang=en]").first.fill(words)
    first.locator("textarea[lang=ur-Latn]").first.fill("Bilal akela")
    for page, words in ((first, "Bilal akela"), (second, "Sara was here")):
        page.wait_for_function("words => document.querySelector('[name=yaml]').value.includes(words)", arg=words)
        page.wait_for_function(FETCHED)
        page.locator("button:has-text('Save'):visible").last.click()
        page.wait_for_load_state("networkidle")
    asked = second.inner_text("#clash")
    assert "Bilal was here" in asked and "Sara was here" in asked and "Theirs" in asked and "Bilal akela" not in asked
    second.get_by_label("Yours").check()
    second.click("button:has-text('Save these choices')")
    second.wait_for_load_state("networkidle")
    for page in (first, second):
        page.wait_for_function(FETCHED)
    assert second.locator("textarea[lang=en]").first.input_value() == "Sara was here"
    assert second.locator("textarea[lang=ur-Latn]").first.input_value() == "Bilal akela"
