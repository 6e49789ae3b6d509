"""The page of the model of texts: its card, its history, and who may see it."""

from __future__ import annotations

import dataclasses

from sessions.models import model_publication
from storage.schema.tables import TextModelRevision
from tests.flows.library import shipped_model
from tests.flows.understanding.models import model_file
from tests.gateway.console.conftest import Visit


def test_it_shows_the_card_of_the_model_that_ships(visit: Visit) -> None:
    page = visit("publisher").get("/console/models").text
    card = shipped_model().card
    assert "The card of the model that ships" in page and card.data_hash in page
    assert "right category first" in page and all(sentence in page for sentence in card.must_not)
    assert "None yet" in page and "No model is used" not in page


def test_it_shows_who_published_which_model_and_why(visit: Visit) -> None:
    publisher = visit("publisher")
    app = publisher.app
    content = model_file({"pani": {"mun01": 1}})
    model_publication.publish(app.database, app.clock(), content, "Sara", "Texts of June")
    model_publication.roll_back(app.database, app.clock(), 0, app.models.shipped(), "Amina", "Worse")
    page = publisher.get("/console/models").text
    assert "The card of model 2" in page and "Texts of June" in page and "rolls back to 0" in page
    assert page.index("Amina") < page.index("Sara")


def test_a_damaged_model_and_one_that_is_off_are_told(visit: Visit) -> None:
    publisher = visit("publisher")
    app = publisher.app
    with app.database.write.begin() as db:
        db.add(
            TextModelRevision(
                number=1, digest="d", content=b"damaged", author="Sara", message="Oh", published_at=app.clock()
            )
        )
    app.settings = dataclasses.replace(app.settings, text_model=False)
    page = publisher.get("/console/models").text
    assert "This model cannot be used: This is no file of a model, or it is damaged." in page
    assert "No model is used" in page and "right category first" not in page


def test_only_those_who_publish_see_it(visit: Visit) -> None:
    assert visit("operator").get("/console/models").status_code == 403
    assert "/console/models" not in visit("operator").get("/console/").text
    assert "/console/models" in visit("publisher").get("/console/").text
