"""How people rated services. Functions act in the caller's transaction and never commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from storage.connection.insert_once import add_once
from storage.schema.tables import SurveyAnswer


def add(db: Session, **columns: Any) -> bool:
    """Keep an answer (`columns` of `SurveyAnswer`); False when this phone rated this service on this day already."""
    return add_once(db, SurveyAnswer, **columns) is not None
