"""A new category is wanted, from the first page of the console until callers have it."""

from __future__ import annotations

from sessions.publishing import revision_history
from tests.browser.conftest import Console
from tests.browser.journeys.journey import KEYBOARD, WAYS, Journey, Way, every_way


@every_way(also=KEYBOARD)
def test_a_publisher_adds_a_category_and_publishes_it(console: Console, way: Way) -> None:
    number = WAYS.index(way)
    before = revision_history.find_revision(console.app.database, "complaints")
    assert before is not None
    publisher = Journey(console, way, "publisher", f"Amina {way.name}")
    publisher.press_at('main a[href="/console/flows/complaints"]')
    publisher.press("Lists", inside=".tabs")
    publisher.press_at('form[action$="/lists/category"] button[name=add]')
    for field, words in (
        ("#code-new", f"dogs{number}"),
        ("#en-new", f"Stray dogs {number}"),
        ("#ur-Latn-new", f"Awara kuttay {number}"),
        ("#ur-new", f"آوارہ کتے {number}"),
        ("#days-new", "7"),
    ):
        publisher.fill(field, words)
    publisher.choose("#group-new", "mun")
    publisher.choose("#office-new", "lg")
    publisher.press_at("#form-new button.primary")  # in Urdu it has the words of the link that opens the form
    publisher.sees("Row %(code)s is saved.", code=f"dogs{number}")
    publisher.press("Publish …")
    publisher.sees(f"آوارہ کتے {number}")
    publisher.fill("What changed and why, in one sentence", "Callers ask for it")
    publisher.press("Publish now")
    publisher.confirms_who_they_are()
    publisher.sees("Revision %(n)s is live for new calls", n=before.number + 1)
    publisher.ends(most=9)
    live = revision_history.find_revision(console.app.database, "complaints")
    assert live is not None
    assert f"dogs{number}" in live.source["lists/category.csv"]
