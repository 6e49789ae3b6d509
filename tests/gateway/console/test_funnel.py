"""The funnel's pages over counts of real calls."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from gateway.console.funnel.query import lately, stages
from gateway.endpoints.application import Sunwai
from sessions.operations.screen_counts import RedisScreenCounts, collect_screen_counts
from sessions.publishing import publication, revision_history
from sessions.publishing.publication import PublishedRevision, RevisionNote
from sessions.ussd.hop_types import Hop
from storage.menus import call_steps, screen_counts
from storage.messages import inbound_sms
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_phone import glass
from tests.sessions.calls import NEW_CALLER

FUNNEL = "/console/flows/complaints/funnel"
PHONE = "/console/flows/complaints/phone"
ATTACK = "<script>alert(1)</script>"


def call(console: Sunwai, phone: str, entries: list[str], network: str = "41001", days_ago: int = 0) -> str:
    """A whole call; its last screen."""
    code, text, body = console.settings.service_code, "", ""
    now = console.clock() - dt.timedelta(days=days_ago)
    for entry in ["", *entries]:
        text = f"{text}*{entry}" if text else entry
        body = console.hops.answer(Hop("africastalking", f"s{phone}", phone, code, text, network), now).body
    return body


@pytest.fixture
def counted(console: Sunwai) -> Sunwai:
    """Four calls: one files, one leaves at the menu after wrong entries, one in English leaves, one was last month."""
    console.shelf.refresh()
    assert call(console, "+923000000001", NEW_CALLER).startswith("END")
    call(console, "+923000000002", ["1", "11", "11"])
    call(console, "+923000000003", ["3", ATTACK, ATTACK, "1"], network="")
    call(console, "+923000000004", ["1"], days_ago=40)
    collect_screen_counts(console.database, console.clock(), RedisScreenCounts(console.settings.redis_url))
    return console


def fields_of(page: str) -> dict[str, list[str]]:
    """The hidden fields of the phone on a page, or of the first call that can be replayed."""
    form = page[page.index('name="phone-') :].split("</form>")[0]
    fields = re.findall(r'name="(phone-[^"]+)" value="([^"]*)">', form)
    return {name: [value for other, value in fields if other == name] for name, _value in fields}


def figures(page: str) -> dict[str, tuple[str, ...]]:
    """Screen -> the figures of its row."""
    head = r"<tr[^>]*>\s*<th scope=\"row\">\s*<a class=\"funnel-title\".*?/funnel/(\w+)\?.*?</th>"
    rows = re.findall(rf"{head}(.*?)</tr>", page, re.S)
    return {
        name: tuple(
            re.sub("<.*?>", "", cell).strip() for cell in re.findall(r"<td class=\"num\">(.*?)</td>", row, re.S)
        )
        for name, row in rows
    }


def test_before_the_first_call_the_page_says_how_counting_begins(visit: Visit) -> None:
    page = visit("translator").get(FUNNEL)
    assert page.status_code == 200 and "No call has been counted yet" in page.text and "see Health" in page.text


def test_a_flow_for_sms_shows_what_its_texts_were_understood_as(console: Sunwai, visit: Visit) -> None:
    now = console.clock()
    came = [("yes", 3), ("answer", 1), ("yes", 40), (None, 0)]
    with console.database.write.begin() as db:
        for at, (intent, ago) in enumerate(came):
            when = now - dt.timedelta(days=ago)
            text = {"aggregator": "at", "provider_id": f"t{at}", "phone": "+923000000009", "short_code": "8484"}
            added = inbound_sms.add(db, **text, text="jee", sent_at=None, now=when, state="new")
            if intent is not None and added is not None:
                inbound_sms.settle(db, added, intent)
    page = visit("translator").get("/console/flows/by_text/funnel").text
    assert "<b><bdi>3</bdi></b>" in page and "before: <bdi>1</bdi>" in page and "not answered yet" in page
    assert "No call has been counted" not in page and "jee" not in page
    assert "No SMS came" in visit().get("/console/flows/by_text/funnel?from=2020-01-01&to=2020-01-02").text


def test_calls_are_told_screen_by_screen(counted: Sunwai, visit: Visit) -> None:
    page = visit().get(FUNNEL).text
    rows = figures(page)
    assert list(rows)[:4] == ["language", "menu", "group", "leaf"]
    assert rows["language"][:2] == ("3", "3")
    assert rows["menu"][:2] == ("3", "2") and rows["menu"][2].startswith("1") and rows["menu"][5] == "4"
    assert rows["filed"][-1] == "1"
    assert "<b><bdi>3</bdi></b><span>calls</span>" in page and "filed something: <bdi>1</bdi>" in page
    assert "highest share lost" not in page  # of three callers nothing is concluded


@pytest.mark.parametrize(
    ("query", "saw"),
    [
        ({"period": "90"}, "4"),
        ({"language": "en", "period": "90"}, "1"),
        ({"network": "-"}, "1"),
        ({"network": "41001"}, "2"),
        ({"network": "41001", "language": "ur-Latn", "period": "90"}, "3"),
    ],
)
def test_days_language_and_network_are_chosen_in_the_address(
    counted: Sunwai, visit: Visit, query: Mapping[str, str], saw: str
) -> None:
    page = visit().get(FUNNEL, query_string=query).text
    assert figures(page)["menu"][0] == saw


def test_days_of_ones_own_are_shown_and_nonsense_is_told_beside_its_field(counted: Sunwai, visit: Visit) -> None:
    then = (counted.clock() - dt.timedelta(days=40)).date()
    days = {"from": (then - dt.timedelta(days=2)).isoformat(), "to": (then + dt.timedelta(days=2)).isoformat()}
    assert figures(visit().get(FUNNEL, query_string=days).text)["menu"][0] == "1"
    for wrong in ({"from": "soon"}, {"from": "2026-06-02", "to": "2026-06-01"}, {"from": "2020-01-01"}, {"to": "x"}):
        page = visit().get(FUNNEL, query_string=wrong)
        assert page.status_code == 200 and 'aria-invalid="true"' in page.text and "from-error" in page.text


def test_a_time_without_calls_says_so(counted: Sunwai, visit: Visit) -> None:
    page = visit().get(FUNNEL, query_string={"from": "2020-01-01", "to": "2020-01-31"}).text
    assert "No calls in this period" in page


def test_a_screen_tells_what_was_typed_twice_and_no_more_often(counted: Sunwai, visit: Visit) -> None:
    call(counted, "+923000000005", ["1", "said but once", "said but once"])
    call(counted, "+923000000006", ["1", "11"])
    collect_screen_counts(counted.database, counted.clock(), RedisScreenCounts(counted.settings.redis_url))
    page = visit().get(f"{FUNNEL}/menu").text
    assert "11</bdi>" in page and "said but once" not in page and "2 more entries are not shown" in page


def test_recent_calls_at_a_screen_are_shown_and_replayed_without_numbers_or_words(
    counted: Sunwai, visit: Visit
) -> None:
    operator = visit("operator")
    page = operator.get(f"{FUNNEL}/details").text
    assert page.count('class="funnel-call"') == 1 and "reached the end" in page and "[typed text]" in page
    part = page.split('id="recent-calls"')[1]
    assert "923000000001" not in page and not {word for word in NEW_CALLER if len(word) > 3 and word in part}
    opened = operator.post(PHONE, data=fields_of(part)).text
    assert "Replay of a call of" in opened and "revision 1." in opened and "is a sample where it is hidden" in opened
    assert "Complaint line" not in glass(opened) and "Scripted calls" not in opened
    assert re.search(r'aria-current="step">\s*<button id="replay-5"', opened)
    last = operator.post(PHONE, data=fields_of(opened) | {"phone-do": "to-99"}).text
    assert "the call ends" in last and 'value="to-None" disabled' in last
    back = operator.post(PHONE, data=fields_of(last) | {"phone-do": "to-1"}).text
    assert glass(back).startswith("Shikayat line")  # in the language of that call
    other = operator.post(PHONE, data=fields_of(back) | {"phone-do": "send", "phone-typed": "4"}).text
    assert "You typed something else" in other and "replay-3" in other
    assert "left here" in operator.get(f"{FUNNEL}/menu").text.split('id="recent-calls"')[1]


def test_a_recent_call_whose_steps_are_deleted_at_this_moment_is_left_out(
    counted: Sunwai, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_steps, "steps_of", lambda *_: [])
    page = visit("operator").get(f"{FUNNEL}/details")
    assert page.status_code == 200
    assert 'class="funnel-call"' not in page.text


def test_what_callers_typed_stays_text(counted: Sunwai, visit: Visit) -> None:
    call(counted, "+923000000007", ["3", ATTACK])
    collect_screen_counts(counted.database, counted.clock(), RedisScreenCounts(counted.settings.redis_url))
    page = visit().get(f"{FUNNEL}/menu").text
    assert ATTACK not in page and "&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in page


def test_screens_that_are_no_more_stand_apart(counted: Sunwai, visit: Visit) -> None:
    spot = (counted.clock().date(), "complaints", "old_menu", "en", "")
    with counted.database.write.begin() as db:
        screen_counts.add(db, {spot: {"saw": 9, "answered": 5}})
    page = visit().get(FUNNEL).text
    assert "No longer in the menu" in page and figures(page)["old_menu"][0] == "9"
    old = visit().get(f"{FUNNEL}/old_menu")
    assert old.status_code == 200 and "Edit this screen" not in old.text


def test_editing_begins_a_draft_of_what_is_live_or_goes_on_with_one(counted: Sunwai, visit: Visit) -> None:
    operator = visit("operator")
    assert f'action="{FUNNEL}/menu/edit"' in operator.get(f"{FUNNEL}/menu").text
    begun = operator.post(f"{FUNNEL}/menu/edit")
    with counted.database.read() as db:
        (draft,) = db.scalars(select(Draft)).all()
    assert begun.status_code == 303 and begun.location.endswith(f"/console/drafts/{draft.id}/screens/menu")
    assert (draft.flow, draft.base, draft.started_by) == ("complaints", 1, operator.name)
    assert f"/console/drafts/{draft.id}/screens/menu" in operator.get(f"{FUNNEL}/menu").text


def test_who_may_not_edit_is_offered_no_edit(counted: Sunwai, visit: Visit) -> None:
    translator = visit("translator")
    assert "Edit this screen" not in translator.get(f"{FUNNEL}/menu").text
    assert translator.post(f"{FUNNEL}/menu/edit").status_code == 403


def test_a_screen_or_flow_that_is_not_there_is_told(counted: Sunwai, visit: Visit) -> None:
    for path in (f"{FUNNEL}/no_such", "/console/flows/nothing/funnel", "/console/flows/nothing/funnel.csv"):
        assert visit().get(path).status_code == 404
    assert visit().post(f"{FUNNEL}/no_such/edit").status_code == 404


def test_a_table_is_sorted_by_any_column_in_the_address(counted: Sunwai, visit: Visit) -> None:
    page = visit().get(FUNNEL, query_string={"sort": "mistyped"}).text
    assert (
        next(iter(figures(page))) == "menu"
        and 'aria-sort="descending"><a href="?period=30&amp;sort=mistyped_up' in page
    )
    least = visit().get(FUNNEL, query_string={"sort": "saw_up"}).text
    assert list(figures(least))[-1] in ("menu", "language") and 'aria-sort="ascending"' in least
    assert next(iter(figures(visit().get(FUNNEL, query_string={"sort": "nonsense"}).text))) == "language"


def test_the_period_before_is_told_with_both_numbers_where_they_are_enough(counted: Sunwai, visit: Visit) -> None:
    today = counted.clock().date()
    with counted.database.write.begin() as db:
        for day, left in ((today, 40), (today - dt.timedelta(days=7), 10)):
            spot = (day, "complaints", "group", "en", "")
            screen_counts.add(db, {spot: {"saw": 100, "answered": 100 - left}})
    page = visit().get(FUNNEL, query_string={"period": "7"}).text
    assert "▲" in page and ">+30.2</bdi> points" in page
    assert (
        ">10.0 %</bdi> of <bdi>100</bdi>" in page and "highest share lost" in page and "at least <bdi>20</bdi>" in page
    )
    one = visit().get(f"{FUNNEL}/group", query_string={"period": "7"}).text
    assert ">+30.2</bdi> points" in one
    rows = csv.DictReader(
        io.StringIO(visit().get(f"{FUNNEL}.csv?period=7&sort=share").get_data(as_text=True).removeprefix("\ufeff"))
    )
    first = next(rows)
    assert (first["screen"], first["left_percent_before"], first["change_in_points"], first["change"]) == (
        "group", "10.0", "30.2", "more",
    )  # fmt: skip
    assert first["title"]


def test_counts_of_a_renamed_screen_are_those_of_the_screen(counted: Sunwai, visit: Visit) -> None:
    with counted.app_context():
        live = revision_history.find_revision(counted.database, "complaints")
        assert live is not None
        files = dict(live.source)
        main = files["complaints.yaml"].replace("  group:\n    ask", "  subject:\n    ask")
        files["complaints.yaml"] = re.sub(r"\bgo: group\b", "go: subject", main)
        note = RevisionNote("Ayesha", "another id")
        made = publication.publish(counted.database, counted.clock(), files, "complaints.yaml", note)
    assert isinstance(made, PublishedRevision), made
    rows = figures(visit().get(FUNNEL).text)
    assert rows["subject"][0] == "2" and "group" not in rows
    page = visit().get(f"{FUNNEL}/subject").text
    assert "group</bdi>" in page
    calls = page.split('id="recent-calls"')[1]  # those on the revision before, marked as such and replayed on it
    assert calls.count('class="funnel-call"') == 2 and calls.count("revision 1</span>") == 2
    assert 'class="funnel-here"' in calls
    opened = visit().post(PHONE, data=fields_of(calls)).text
    assert "revision 1, which is no longer live" in opened and "Replay of a call of" in opened
    assert re.search(r'aria-current="step">\s*<button id="replay-[24]"', opened)  # calls of a day have no order
    assert glass(opened).startswith(("Masla kya hai", "What is it about"))
    gone = fields_of(calls) | {"phone-revision": "77"}
    assert visit().post(PHONE, data=gone).status_code == 404


@pytest.mark.parametrize("by", ["screen", "day", "language", "network"])
def test_a_table_for_a_spreadsheet_holds_what_the_page_shows(counted: Sunwai, visit: Visit, by: str) -> None:
    answer = visit().get(f"{FUNNEL}.csv", query_string={"by": by})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=complaints-")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    if by == "screen":
        assert {row["screen"]: row["saw"] for row in rows}["menu"] == "3"
    else:
        assert sum(int(row["calls"]) for row in rows) == 3 and sum(int(row["filed"]) for row in rows) == 1


def test_a_table_of_something_else_is_refused(counted: Sunwai, visit: Visit) -> None:
    assert visit().get(f"{FUNNEL}.csv", query_string={"by": "phone"}).status_code == 400
    assert visit().get(f"{FUNNEL}.csv", query_string={"from": "soon"}).status_code == 400


def test_the_map_gets_the_same_counts(counted: Sunwai) -> None:
    with counted.app_context():
        flow = counted.shelf.named("complaints").flow  # type: ignore[union-attr]
        found = stages(counted.database, flow, lately("complaints", 30))
    assert (found["menu"].saw, found["menu"].left, found["menu"].mistyped) == (3, 1, 4)
