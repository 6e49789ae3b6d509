"""A text is stuck, and somebody who does not program sends it again."""

from __future__ import annotations

import datetime as dt

from sessions.delivery import outbox_admin
from storage.cases import contacts
from storage.schema.tables import OutboxMessage
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, NARROW, NO_SCRIPT, URDU, Journey, Way, every_way
from tests.gateway.outside import PHONE


def stuck(console: Console, key: str, state: str, reason: str) -> int:
    """A text of yesterday that waits for a person; its id."""
    ago = console.app.clock() - dt.timedelta(days=1)
    with console.app.database.write.begin() as db:
        known = contacts.find_or_add(db, PHONE, ago)
        text = OutboxMessage(
            contact_id=known.id, event="received", dedupe=key, order_key=key, body="words", state=state, reason=reason,
            next_at=ago, created_at=ago, claimed_at=ago, aggregator="africastalking", attempts=3,
        )  # fmt: skip
        db.add(text)
        db.flush()
        return text.id


def state(console: Console, text: int) -> str:
    with console.app.database.read() as db:
        return db.get_one(OutboxMessage, text).state


def opens_health(operator: Journey) -> None:
    """By the header; on a phone its links are in a menu, which is a click of its own."""
    if operator.way.width < 800:
        operator.press("Menu")
    operator.press("Health")


@every_way(also=KEYBOARD)
def test_a_text_without_a_route_is_sent_again_in_two_clicks(console: Console, way: Way) -> None:
    text = stuck(console, f"route {way.name}", "failed", "no_road")
    operator = Journey(console, way, "operator", f"Omar {way.name}")
    opens_health(operator)
    operator.press("Send again", inside=f"li:has(#again-no_route{text})")
    operator.page.wait_for_selector(".flashes .notice.good")
    assert state(console, text) == "ready"
    operator.ends(most=2 + (way.width < 800))


@every_way(also=URDU)
def test_a_text_in_doubt_asks_once_more_before_it_may_arrive_twice(console: Console, way: Way) -> None:
    text = stuck(console, f"doubt {way.name}", "unconfirmed", "read_timeout")
    operator = Journey(console, way, "operator", f"Dua {way.name}")
    opens_health(operator)
    operator.press("Send again", inside=f"li:has(#again-doubt{text})")
    assert state(console, text) == "unconfirmed"
    operator.press("Send it anyway")
    operator.page.wait_for_selector(".flashes .notice.good")
    assert state(console, text) == "ready"
    operator.ends(most=3 + (way.width < 800))


@every_way(also=NO_SCRIPT)
def test_a_text_that_is_not_to_be_sent_asks_first_and_takes_three_clicks(console: Console, way: Way) -> None:
    text = stuck(console, f"cancel {way.name}", "failed", "no_road")
    publisher = Journey(console, way, "publisher", f"Parveen {way.name}")
    opens_health(publisher)
    publisher.press("Do not send", inside=f"li:has(#cancel-no_route{text})")
    publisher.sees("This cannot be undone here.")
    assert state(console, text) == "failed"
    publisher.press("Do not send it", inside="#question")
    publisher.page.wait_for_selector(".flashes .notice.good")
    assert state(console, text) == "cancelled"
    publisher.ends(most=3 + (way.width < 800))


@every_way(also=NARROW)
def test_the_only_route_is_left_on_by_whoever_reads_what_would_happen(console: Console, way: Way) -> None:
    publisher = Journey(console, way, "publisher", f"Rana {way.name}")
    opens_health(publisher)
    publisher.press("Switch off", inside=".health-routes")
    publisher.sees("Switch %(route)s off?", route="africastalking")
    publisher.sees(
        "No other route works. No text will be sent until %(route)s is on again: texts wait.", route="africastalking"
    )
    publisher.ends()  # the question itself is accessible too
    publisher.press("Leave it as it is")
    assert list(outbox_admin.list_failing_routes(console.app.database)) == []
    publisher.ends(most=3 + (way.width < 800))


def test_the_page_refreshes_without_closing_a_list_or_taking_the_focus(console: Console) -> None:
    text = stuck(console, "open", "unconfirmed", "read_timeout")
    page = console.page("operator", "Omar Open")
    page.goto("/console/health")
    page.click("#open-figures")
    page.locator(f"#again-doubt{text}").focus()
    seen = page.evaluate("document.getElementById('line').dataset.old = 'yes'")
    assert seen == "yes"
    page.evaluate("htmx.trigger('#now', 'refresh')")
    page.locator("#line[data-old]").wait_for(state="detached")
    assert page.locator(f"#again-doubt{text}").is_visible()
    assert page.evaluate("document.activeElement.id") == f"again-doubt{text}"
    assert page.evaluate("document.getElementById('figures').open")
