"""What people and callers write stays text on every page, and no other site's page can act for who is signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.operations import screen_counts
from sessions.operations.screen_counts import RedisScreenCounts
from sessions.publishing import revision_history
from tests.browser.addresses import pages
from tests.browser.conftest import Console
from tests.gateway.outside import HOP

EVIL = "\"'></textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
STRANGE = """() => [...document.querySelectorAll("script")]
    .filter((one) => !(one.src || "").startsWith(location.origin + "/console/static/")).length
    + document.querySelectorAll("img, iframe, object, embed").length"""
HOOK = "/hooks/africastalking/local/ussd"


def evil_draft(console: Console) -> int:
    """A draft whose words, list rows, scripted calls, message and author are all written by somebody evil."""
    app = console.app
    revision = revision_history.find_revision(app.database, "complaints")
    assert revision is not None
    files = dict(revision.source)
    main, quoted = files["complaints.yaml"], EVIL.replace("\\", "\\\\").replace('"', '\\"')
    for old in ('en: "Complaint line 8484"', "en: New complaint"):
        assert old in main, old
        main = main.replace(old, f'en: "{quoted}"')
    head, first, rest = files["lists/category.csv"].split("\n", 2)
    cells = first.split(",")
    cells[head.split(",").index("en")] = '"' + EVIL.replace('"', '""') + '"'
    files |= {"complaints.yaml": main, "lists/category.csv": "\n".join((head, ",".join(cells), rest))}
    draft = draft_editing.start_draft(
        app.database, Edit(EVIL[:60], app.clock()), NewDraft("complaints", revision.number, "complaints.yaml", files)
    )
    saved = draft_editing.save_draft(app.database, Edit(EVIL[:60], app.clock(), EVIL), draft, files)
    assert not isinstance(saved, draft_editing.StaleDraft)
    return draft.id


def mistype(console: Console) -> None:
    """Callers type what is evil, often enough to be shown."""
    client = console.app.test_client()
    for caller in range(4):
        form = {**HOP, "phoneNumber": f"+92300555000{caller}", "sessionId": f"evil-{caller}"}
        for text in ("", "3", "3*<b>x</b>", "3*<b>x</b>*<b>x</b>"):
            assert client.post(HOOK, data=form | {"text": text}).status_code == 200
    screen_counts.collect_screen_counts(
        console.app.database, console.app.clock(), RedisScreenCounts(console.app.settings.redis_url)
    )


def test_evil_words_of_flows_lists_people_and_callers_stay_text_on_every_page(console: Console) -> None:
    mistype(console)
    page = console.page("admin", EVIL[:60])
    draft = evil_draft(console)
    seen = 0
    for address in [*pages(console.app, draft), "/console/flows/complaints/funnel/language"]:
        page.goto(address)
        assert page.evaluate(STRANGE) == 0, address
        seen += "<script>alert(1)" in page.inner_text("body")
    assert seen >= 3, "the evil words were to be read on the pages that show them"
    assert console.problems == []


def test_evil_words_that_are_typed_live_stay_text(console: Console) -> None:
    page = console.page("operator")
    draft = evil_draft(console)
    page.goto(f"/console/drafts/{draft}/screens/menu")
    with page.expect_response("**/redraw"):
        page.locator("textarea[lang=en]").first.press_sequentially(" <img src=x onerror=alert(3)>")
    page.wait_for_timeout(300)
    assert page.evaluate(STRANGE) == 0
    page.locator("#phone input[type=text], #phone input:not([type])").first.fill(EVIL)
    with page.expect_response(lambda answer: "/phone" in answer.url):
        page.locator("#phone button", has_text="Send").click()
    page.wait_for_timeout(300)
    assert page.evaluate(STRANGE) == 0


class Elsewhere(BaseHTTPRequestHandler):
    """A page of another site: it sends one of our forms by itself, and shows us in a frame."""

    target = ""

    def do_GET(self) -> None:
        body = f"""<form method=post action="{self.target}/console/language"><input name=language value=ur>
            <input name=csrf_token value=guess></form><iframe src="{self.target}/console/" width=600></iframe>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Nothing is to be said."""


@pytest.fixture
def elsewhere(serving: tuple[object, str]) -> Iterator[str]:
    Elsewhere.target = serving[1]
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_another_sites_page_can_neither_send_our_forms_nor_frame_our_pages(console: Console, elsewhere: str) -> None:
    page = console.page("operator")
    page.goto("/console/")
    page.goto(elsewhere)
    framed = next(frame for frame in page.frames if frame is not page.main_frame)
    assert "Sunwai" not in framed.content()
    with page.expect_navigation() as went:
        page.evaluate("document.forms[0].submit()")
    assert went.value.status == 400
    assert page.locator("h1").inner_text() == "This form was not sent"
    page.goto("/console/")
    assert page.evaluate("document.documentElement.lang") == "en"
    console.problems = [each for each in console.problems if "frame-ancestors" not in each]


def test_every_form_on_every_page_carries_its_token(console: Console) -> None:
    page = console.page("admin", "Ayesha Khan")
    draft = evil_draft(console)
    for address in pages(console.app, draft):
        page.goto(address)
        without = """() => [...document.forms].filter((one) => one.method === "post"
            && !(one.elements.csrf_token && one.elements.csrf_token.value)).map((one) => one.action)"""
        assert page.evaluate(without) == [], address
