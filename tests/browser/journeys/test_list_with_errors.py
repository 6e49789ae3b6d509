"""A CSV file with errors is uploaded, corrected where they are shown, and applied."""

from __future__ import annotations

from sessions.drafts import draft_editing
from tests.browser.addresses import draft_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import NARROW, Journey, Way, every_way

FILE = """code,en,ur-Latn,ur,group,office,days
mun01,No water at all,Pani band,پانی بند,mun,water,7
New Row,Broken tap,Nalka kharab,نلکا خراب,mun,water,soon
"""


@every_way(also=NARROW)
def test_a_file_with_errors_is_corrected_on_the_page_and_applied(console: Console, way: Way) -> None:
    draft = draft_of(console.app, "Bilal")
    operator = Journey(console, way, "operator", f"Bilal {way.name}")
    operator.goes(f"/console/drafts/{draft}")
    operator.press("Lists", inside=".tabs")
    operator.press("Categories", inside="main th")
    operator.press("CSV file")
    operator.upload("#list", "new categories.csv", FILE.encode())
    operator.press("Show what would change")
    operator.sees("This file cannot be applied until these lines are corrected")
    operator.fill("[name=fix-3-code]", "new_tap")
    operator.press("Check again")
    operator.sees("These cells need attention")
    operator.fill("[name=fix-3-days]", "5")
    operator.press("Check again")
    operator.press("Apply the changes")
    operator.sees("The list now matches %(file)s.", file="new categories.csv")
    operator.ends(most=8)
    saved = draft_editing.find_draft(console.app.database, draft)
    assert saved is not None
    rows = {line.split(",")[1]: line for line in saved.files["lists/category.csv"].splitlines()}
    assert "No water at all" in rows["mun01"]
    assert rows["new_tap"].startswith("mun,new_tap,Broken tap,")
