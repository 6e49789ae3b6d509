"""The phone in the browser: a whole complaint through the real processes, with nothing but what the page offers."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.development.processes.run_folder import about, free_ports

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d{3}-\d{3}-\d{3}")


@pytest.fixture(scope="module")
def sunwai(browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a whole running Sunwai."""
    folder = tmp_path_factory.mktemp("run")
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "gateway.development.processes.launcher", "--var", str(folder)]
    web, standin = free_ports(2)
    ports = {"PORT": str(web), "STANDIN_PORT": str(standin)}
    launcher = subprocess.Popen(command, cwd=ROOT, env=kept | ports, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    said = launcher.stdout.readline()
    assert said.startswith("ready "), said
    yield about(folder)["url"]
    launcher.terminate()
    launcher.wait(timeout=15)


class Screen:
    """What a person sees and presses."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)

    def shows(self, words: str) -> None:
        self.page.locator("#screen", has_text=words).wait_for(timeout=5000)

    def presses(self, keys: str) -> None:
        for key in keys:
            self.page.click(f'#keys [data-key="{key}"]')

    def answers(self, keys: str, then: str) -> None:
        self.presses(keys)
        self.page.click("#call")
        self.shows(then)

    def writes(self, words: str, then: str) -> None:
        self.page.fill("#typed", words)
        self.page.press("#typed", "Enter")
        self.shows(then)

    def text(self, what: str) -> str:
        return str(self.page.inner_text(what))


@pytest.fixture
def screen(sunwai: str, page: Any) -> Screen:
    """The page, with a caller who never called before."""
    found = Screen(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{sunwai}/simulator")
    page.fill("#number", f"+92300{secrets.randbelow(10_000_000):07}")
    page.press("#number", "Tab")
    return found


@pytest.fixture(autouse=True)
def no_problems(screen: Screen) -> Iterator[None]:
    """The page works without an error, and within its own content policy."""
    yield
    assert not screen.problems


def file(screen: Screen) -> str:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.answers("1", "Shikayat line")
    screen.answers("1", "Masla kya hai?")
    screen.answers("1", "Pani band")
    screen.answers("1", "Zilay ka naam")
    screen.writes("multan", "Chand lafzon")
    screen.writes("Gali 4, masjid ke paas: 3 din se pani nahi", "Daftar:")
    screen.answers("1", "Darj:")
    found = NUMBER.search(screen.text("#screen"))
    assert found
    return found[0]


def test_a_complaint_is_filed_texted_and_asked_about(screen: Screen) -> None:
    number = file(screen)
    screen.page.locator("#thread li.theirs", has_text=number).wait_for(timeout=15_000)
    assert screen.text("#unread") == "1"
    screen.page.click("#thread li.theirs button")
    assert screen.page.input_value("#sms") == number
    screen.page.press("#sms", "Enter")
    screen.page.locator("#thread li.theirs", has_text="Daftar ko bhej di").wait_for(timeout=15_000)
    assert "sent" in screen.text("#thread li.mine")


def test_the_room_and_the_raw_form_are_shown(screen: Screen) -> None:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    assert re.fullmatch(r"\d+/70 UCS-2", screen.text("#room"))
    assert "serviceCode=*8484%23" in screen.text("#wire-form").replace("\n", "")
    screen.answers("1", "Shikayat line")
    assert re.fullmatch(r"\d+/160 GSM-7", screen.text("#room"))
    assert "&text=1&" in screen.text("#wire-form").replace("\n", "")
    assert screen.text("#wire-answer").startswith("CON Shikayat line")


def test_the_last_request_can_be_repeated_and_the_answer_is_the_same(screen: Screen) -> None:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.answers("1", "Shikayat line")
    screen.page.click("#repeat")
    screen.page.locator("#note", has_text="exactly the same answer").wait_for(timeout=5000)
    screen.shows("Shikayat line")


def test_a_session_that_timed_out_can_be_gone_on_with(screen: Screen) -> None:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.answers("1", "Shikayat line")
    screen.answers("1", "Masla kya hai?")
    screen.answers("1", "Pani band")
    with screen.page.expect_request("**/ussd-events") as sent:
        screen.page.click("#expire")
    assert "status=Incomplete" in sent.value.post_data
    screen.shows("Session timed out")
    screen.page.click("#left")
    screen.page.click("#call")
    screen.shows("Aagay chalein")


def test_hanging_up_ends_the_call_and_tells_us(screen: Screen) -> None:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    with screen.page.expect_request("**/ussd-events"):
        screen.page.keyboard.press("Escape")
    assert screen.page.input_value("#typed") == "*8484#"


def test_a_path_can_be_dialled_at_once(screen: Screen) -> None:
    screen.page.fill("#typed", "*8484*1*1#")
    screen.page.click("#call")
    screen.shows("Roman Urdu")  # a new caller chooses the language, and then the string counts
    screen.answers("1", "Pani band")


def test_a_screen_without_urdu_draws_boxes(screen: Screen) -> None:
    screen.page.check("#no-urdu")
    screen.page.click("#call")
    screen.shows("□□□□")
    screen.page.uncheck("#no-urdu")
    screen.shows("اردو")


def test_letters_can_be_typed_on_the_keypad(screen: Screen) -> None:
    screen.page.fill("#typed", "")
    screen.page.click("#letters")
    screen.presses("44")
    screen.presses("2")
    assert screen.page.input_value("#typed") == "ha"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (820, 1100), (1280, 900)])
def test_nothing_is_cut_off_at_any_width(screen: Screen, width: int, height: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": height})
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = """() => [...document.querySelectorAll("button, input, select")]
        .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).length"""
    assert screen.page.evaluate(unnamed) == 0


def test_the_page_loads_nothing_from_elsewhere(screen: Screen, sunwai: str) -> None:
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    answer = screen.page.reload()
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    screen.page.wait_for_load_state("load")
    assert asked
    assert all(url.startswith(sunwai) for url in asked)
