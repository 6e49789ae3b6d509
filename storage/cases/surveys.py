"""How people rated services. Functions act in the caller's transaction and never commit."""

import datetime as dt
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import SurveyAnswer


class NewAnswer(TypedDict):
    """The columns of an answer."""

    contact_id: int
    flow: str
    revision: int
    service: str
    rating: int
    words: str | None
    day: dt.date
    at: dt.datetime


def add(db: Session, **columns: Unpack[NewAnswer]) -> bool:
    """Keep an answer; False when this phone rated this service on this day already."""
    return add_once(db, SurveyAnswer, **columns) is not None
