"""An admin removes somebody's access, and reads before what becomes of that person."""

from __future__ import annotations

from sessions.staff import console_users
from tests.browser.conftest import Console
from tests.browser.journeys.journey import NO_SCRIPT, Journey, Way, every_way


@every_way(also=NO_SCRIPT)
def test_access_is_removed_in_four_clicks_by_whoever_has_read_what_happens(console: Console, way: Way) -> None:
    leaver = f"Bilal {way.name}"
    console.page("operator", leaver)
    admin = Journey(console, way, "admin", f"Amna {way.name}")
    if way.width < 800:
        admin.press("Menu")
    admin.press("People")
    row = f"tr:has(bdi:text-is('{leaver}'))"
    admin.press("Change", inside=row)
    if way.width < 500:  # what opens takes the whole width
        opened = admin.page.locator(f"{row} .people-acts").bounding_box()
        assert opened
        assert opened["width"] > way.width * 0.8
    admin.press("Remove access", inside=row)
    admin.sees("%(name)s is signed out at once. What they have typed and not saved is lost.", name=leaver)
    admin.press("Remove access", inside="#question")
    admin.confirms_who_they_are()
    admin.page.wait_for_selector(".flashes .notice.good")
    people = console_users.everybody(console.app.database)
    assert [each.active for each in people if each.name == leaver] == [False]
    admin.ends(most=4 + (way.width < 800))
