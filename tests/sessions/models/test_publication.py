"""Models of texts are published with a number, brought back, and followed by every process."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from flows.understanding.text_model import TextModel, UnreadableModel
from sessions.models import model_publication
from sessions.models.live_model import LiveModel
from sessions.models.model_publication import PublishedModel
from storage.connection.database import Database
from tests.flows.understanding.models import model_file

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
SHIPPED, FIRST, SECOND = (model_file({word: {"mun01": 1}}) for word in ("shipped", "first", "second"))


def publish(database: Database, content: bytes) -> PublishedModel:
    return model_publication.publish(database, NOW, content, "Sara", "Why")


def learned(model: TextModel | None) -> str:
    """Which of the three models this is."""
    assert model is not None
    return next(word for word in ("shipped", "first", "second") if model.predict(word).categories[0][1] > 0.5)


def test_a_model_gets_the_next_number_and_is_in_use(database: Database) -> None:
    assert model_publication.number_in_use(database) == 0 and not model_publication.history(database)
    assert publish(database, FIRST) == PublishedModel(1, changed=True)
    assert publish(database, FIRST) == PublishedModel(1, changed=False)
    assert publish(database, SECOND) == PublishedModel(2, changed=True)
    newest, first = model_publication.history(database)
    assert (newest.number, first.number, newest.author, newest.message) == (2, 1, "Sara", "Why")
    assert newest.published_at == NOW and newest.rolls_back is None and newest.digest != first.digest
    assert [model_publication.content_of(database, at, SHIPPED) for at in range(4)] == [SHIPPED, FIRST, SECOND, None]
    assert model_publication.number_in_use(database) == 2


def test_going_back_publishes_an_earlier_model_again(database: Database) -> None:
    publish(database, FIRST)
    publish(database, SECOND)
    back = model_publication.roll_back(database, NOW, 1, SHIPPED, "Amina", "Worse")
    assert back == PublishedModel(3, changed=True)
    assert model_publication.history(database)[0].rolls_back == 1
    assert model_publication.content_of(database, 3, SHIPPED) == FIRST
    assert model_publication.roll_back(database, NOW, 0, SHIPPED, "Amina", "As delivered") == PublishedModel(
        4, changed=True
    )
    assert model_publication.content_of(database, 4, b"another release") == SHIPPED
    assert model_publication.roll_back(database, NOW, 9, SHIPPED, "Amina", "No such") is None


def test_a_file_that_cannot_be_used_is_not_published(database: Database) -> None:
    with pytest.raises(UnreadableModel):
        publish(database, b"nothing")
    with pytest.raises(UnreadableModel):
        model_publication.roll_back(database, NOW, 0, b"damaged", "Amina", "Back")
    assert model_publication.number_in_use(database) == 0


def test_two_who_publish_at_once_get_two_numbers(database: Database) -> None:
    numbers: list[int] = []
    both = [
        threading.Thread(target=lambda content=content: numbers.append(publish(database, content).number))
        for content in (FIRST, SECOND)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(numbers) == [1, 2]


def test_a_process_follows_what_is_published(database: Database) -> None:
    live = LiveModel(database, lambda: SHIPPED)
    assert live.refresh() is False  # no text has needed a model yet
    assert learned(live.current()) == "shipped"
    assert live.refresh() is False
    publish(database, FIRST)
    assert learned(live.current()) == "shipped"
    assert live.refresh() is True and learned(live.current()) == "first"
    assert live.refresh() is False
    model_publication.roll_back(database, NOW, 0, SHIPPED, "Amina", "Back")
    assert live.refresh() is True and learned(live.current()) == "shipped"


def test_a_damaged_file_is_told_once_and_texts_are_understood_without_it(database: Database) -> None:
    told: list[Exception] = []
    live = LiveModel(database, lambda: b"damaged", failed=told.append)
    assert live.current() is None is live.current()
    assert [type(each) for each in told] == [UnreadableModel]
    publish(database, FIRST)
    assert live.refresh() is True and learned(live.current()) == "first" and len(told) == 1


def test_a_file_that_is_gone_is_told_too(database: Database) -> None:
    told: list[Exception] = []

    def gone() -> bytes:
        raise FileNotFoundError("model.npz")

    assert LiveModel(database, gone, failed=told.append).current() is None
    assert [type(each) for each in told] == [FileNotFoundError]
    assert LiveModel(database, gone).current() is None
