"""A category is added in three languages, and one of its texts is too long at first."""

from __future__ import annotations

from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from tests.browser.conftest import Console
from tests.browser.journeys.journey import URDU, WAYS, Journey, Way, every_way

LONG = "ایک ایسی بات جو کسی بھی فون کی چھوٹی اسکرین کی ایک سطر میں ہر گز نہیں سما سکتی کیونکہ بہت لمبی ہے"
FIELDS = {"en": "Stray cattle", "ur-Latn": "Awara maweshi", "ur": LONG}


@every_way(also=URDU)
def test_a_text_that_is_too_long_is_told_at_its_row_and_corrected_before_it_is_published(
    console: Console, way: Way
) -> None:
    code = f"cattle{WAYS.index(way)}"
    publisher = Journey(console, way, "publisher", f"Nadia {way.name}")
    publisher.press_at("main a[href='/console/flows/complaints']")
    publisher.press("Lists", inside=".tabs")
    publisher.press_at("form[action$='/lists/category'] button[name=add]")
    others = publisher.page.locator("[name=anyway]").count()  # drafts of other tests are open
    if others:
        publisher.press("Start my own draft")
    publisher.fill("#code-new", code)
    for tag, words in FIELDS.items():
        publisher.fill(f"#{tag}-new", f"{words} {code[-1]}")  # no two rows read the same
    publisher.choose("#group-new", "mun")
    publisher.choose("#office-new", "lg")
    publisher.fill("#days-new", "5")
    publisher.press("Add the row", inside="#new-row")  # in Urdu the link above reads the same
    publisher.sees("too long")
    if not publisher.page.locator("[name=cell-ur]").count():  # it is saved and marked: it is opened again
        publisher.press_at(f"#row-{code} .text-acts a")
    publisher.fill("[name=cell-ur]", f"آوارہ مویشی {code[-1]}")
    publisher.press_at("main form:has([name=cell-ur]) .button:not(.quiet)")
    publisher.press("Publish …")
    publisher.fill("#message", f"Stray cattle {code} can be reported")
    publisher.press_at(".publish-form .button:not(.quiet)")
    publisher.confirms_who_they_are()
    publisher.sees(f"Stray cattle {code} can be reported")
    live = revision_history.find_revision(console.app.database, "complaints")
    flow = flow_of(live) if live else None
    assert flow is not None and flow.rows["category"][code].text["ur"] == f"آوارہ مویشی {code[-1]}"
    publisher.ends(most=10 + others)
