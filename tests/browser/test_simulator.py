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
AXE = Path(__file__).with_name("axe.min.js")
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

    def newest(self, part: str) -> str:
        """A part of the last request on the wire."""
        return str(self.page.inner_text(f"#wire li:first-child {part}"))

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
    assert "serviceCode=*8484%23" in screen.newest(".raw").replace("\n", "")
    screen.answers("1", "Shikayat line")
    assert re.fullmatch(r"\d+/160 GSM-7", screen.text("#room"))
    assert "&text=1&" in screen.newest(".raw").replace("\n", "")
    assert screen.newest(".answer").startswith("CON Shikayat line")
    assert screen.page.locator("#wire li").count() == 2
    assert re.search(r"Phone 1 POST ussd 200 [\d.]+ ms", screen.newest("summary"))
    assert "phoneNumber\n+92300" in screen.newest(".fields")


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


def test_the_path_and_what_the_flow_knows_are_beside_the_phone(screen: Screen) -> None:
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.answers("1", "Shikayat line")
    screen.answers("1", "Masla kya hai?")
    screen.presses("77")
    screen.page.click("#call")
    screen.page.locator("#path li", has_text="not accepted").wait_for(timeout=5000)
    steps = screen.page.locator("#path li").all_inner_texts()
    assert steps[0].startswith("dialled → ")
    assert steps[1].startswith("1 → ")
    assert re.search(r"flow\s+complaints r\d+\s+language\s+Roman Urdu", screen.text("#variables"))


def test_a_call_is_saved_as_a_scripted_call(screen: Screen, tmp_path: Path) -> None:
    file(screen)
    screen.page.click("#record-save")
    screen.page.locator("#record-note", has_text="Give the call a name").wait_for(timeout=5000)
    screen.page.locator("#thread li.theirs").wait_for(timeout=15_000)
    screen.page.fill("#record-name", "Water in Multan")
    with screen.page.expect_download() as given:
        screen.page.press("#record-name", "Enter")
    assert given.value.suggested_filename == "water_in_multan.yaml"
    given.value.save_as(tmp_path / "call.yaml")
    text = (tmp_path / "call.yaml").read_text(encoding="utf-8")
    assert 'enter: "multan"' in text
    assert "stored: {category: mun01, district: multan" in text
    screen.page.locator("#record-note", has_text="It plays as recorded.").wait_for(timeout=5000)
    assert text == screen.page.text_content("#record-text")
    address = screen.page.get_attribute("#record-link", "href")
    assert address.startswith("/console/flows/complaints/phone/recorded?phone-input=1&")


def test_a_slow_gateway_is_given_up_by_the_aggregator(screen: Screen) -> None:
    screen.page.select_option("#slow", "2")
    screen.page.click("#call")
    screen.shows("Requesting")
    screen.shows("Roman Urdu")
    assert re.search(r"200 2\d{3} ms", screen.newest("summary"))
    screen.page.select_option("#slow", "12")
    screen.presses("1")
    screen.page.click("#call")
    screen.page.locator("#note", has_text="the aggregator gave up").wait_for(timeout=15_000)
    assert re.search(r"No answer (9|10)\d{3} ms", screen.newest("summary"))


def test_two_phones_stand_side_by_side_each_with_its_own_call(screen: Screen) -> None:
    screen.page.select_option("#phones", "2")
    screen.page.fill("#number-2", f"+92301{secrets.randbelow(10_000_000):07}")
    screen.page.press("#number-2", "Tab")
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.page.click("#call-2")
    screen.page.locator("#screen-2", has_text="Roman Urdu").wait_for(timeout=5000)
    screen.page.fill("#typed-2", "3")
    screen.page.press("#typed-2", "Enter")
    screen.page.locator("#screen-2", has_text="Complaint line").wait_for(timeout=5000)
    screen.shows("Roman Urdu")
    assert "Phone 2" in screen.newest("summary")
    screen.page.select_option("#phones", "1")
    assert screen.page.locator(".station").count() == 1


def test_a_network_shows_what_it_would_cut_or_refuse(screen: Screen) -> None:
    screen.page.select_option("#profile", "latin")
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    assert "refuses the screen" in screen.text("#fit")
    assert "اردو" in screen.text("#screen del")
    screen.page.select_option("#profile", "any")
    assert not screen.page.is_visible("#fit")
    screen.page.route("**/hooks/**/ussd", lambda route: route.fulfill(body="CON " + "Word " * 40))
    screen.page.select_option("#profile", "144")
    screen.answers("3", "Word Word")
    assert screen.text("#fit") == "This network shows 144 octets and cuts the rest: 31 of 175 octets are lost."
    assert len(screen.text("#screen del")) >= 34


def test_codes_keep_their_order_inside_urdu_and_nothing_of_that_is_sent(screen: Screen) -> None:
    answer = "END درج 482-719-300\nحال: *8484#"
    screen.page.route("**/hooks/**/ussd", lambda route: route.fulfill(body=answer, content_type="text/plain"))
    screen.page.click("#call")
    screen.shows("*8484#")
    assert screen.page.locator('#screen bdi[dir="ltr"]').all_inner_texts() == ["482-719-300", "*8484#"]
    assert screen.newest(".answer") == answer


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phones", ["1", "2"])
def test_axe_finds_nothing_wrong(screen: Screen, scheme: str, phones: str) -> None:
    screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.page.select_option("#phones", phones)
    screen.page.click("#call")
    screen.shows("Roman Urdu")
    screen.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = screen.page.evaluate("async () => (await axe.run()).violations")
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("phones", ["1", "4"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (820, 1100), (1440, 900)])
def test_nothing_is_cut_off_at_any_width(screen: Screen, width: int, height: int, phones: str) -> None:
    screen.page.set_viewport_size({"width": width, "height": height})
    screen.page.select_option("#phones", phones)
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
