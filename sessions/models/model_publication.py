"""Publishing a model of texts: its file becomes numbered and is in use from then on; nothing is ever deleted.

Number 0 is the model that ships, which is in use until another one is published.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

from msgspec import Struct

from flows.understanding.text_model import TextModel
from storage.connection.database import Database
from storage.menus import text_models
from storage.schema.tables import TextModelRevision

SHIPPED = 0


class PublishedModel(Struct, frozen=True):
    """The model in use; `changed` is False if its file was in use already."""

    number: int
    changed: bool


def publish(
    database: Database, now: dt.datetime, content: bytes, author: str, message: str, *, rolls_back: int | None = None
) -> PublishedModel:
    """Make a model the one in use. Raises UnreadableModel for a file that cannot be used."""
    TextModel(content)
    digest = hashlib.sha256(content).hexdigest()
    with database.write.begin() as db:
        newest = text_models.load(db, text_models.newest(db))
        if newest is not None and newest.digest == digest:
            return PublishedModel(newest.number, changed=False)
        number = text_models.publish(
            db, digest=digest, content=content, author=author, message=message, now=now, rolls_back=rolls_back
        )
    return PublishedModel(number, changed=True)


def roll_back(
    database: Database, now: dt.datetime, number: int, shipped: bytes, author: str, message: str
) -> PublishedModel | None:
    """Publish an earlier model again, or with number 0 the one that ships; None if there is none with this number.

    Raises UnreadableModel if this version cannot use it any more.
    """
    content = content_of(database, number, shipped)
    if content is None:
        return None
    return publish(database, now, content, author, message, rolls_back=number)


def content_of(database: Database, number: int, shipped: bytes) -> bytes | None:
    """The file of a published model, or of the one that ships (0)."""
    if number == SHIPPED:
        return shipped
    with database.read.begin() as db:
        found = text_models.load(db, number)
        return found.content if found is not None else None


def number_in_use(database: Database) -> int:
    """The number of the model in use; 0 for the one that ships."""
    with database.read.begin() as db:
        return text_models.newest(db)


def history(database: Database) -> Sequence[TextModelRevision]:
    """Every published model, newest first, without its content."""
    with database.read.begin() as db:
        return text_models.history(db)
