"""The model in use, in the memory of this process."""

import threading
from collections.abc import Callable

from flows.understanding.text_model import TextModel, UnreadableModel
from sessions.models.model_publication import SHIPPED
from storage.connection.database import Database
from storage.menus import text_models


class LiveModel:
    """Keeps the published model, or the one that ships: from the first text on, and as new ones are published.

    `shipped` reads the file that ships. A file that cannot be used is told to `failed` once; then texts are understood
    without a model, and the service goes on.
    """

    def __init__(
        self,
        database: Database,
        shipped: Callable[[], bytes],
        *,
        failed: Callable[[Exception], object] = lambda error: None,  # noqa: ARG005
    ) -> None:
        self._database, self.shipped, self._failed = database, shipped, failed
        self._number: int | None = None
        self._model: TextModel | None = None
        self._lock = threading.Lock()

    def current(self) -> TextModel | None:
        """The model in use; None if its file cannot be used. The first call loads it."""
        if self._number is None:
            self._load()
        return self._model

    def refresh(self) -> bool:
        """Load a model that was published since; True if there was one. Otherwise one small query, or none before the
        first text.
        """
        return self._number is not None and self._load()

    def _load(self) -> bool:
        with self._lock:
            with self._database.read.begin() as db:
                number = text_models.newest(db)
                if number == self._number:
                    return False
                found = text_models.load(db, number) if number != SHIPPED else None
            try:
                self._model = TextModel(found.content if found is not None else self.shipped())
            except (UnreadableModel, OSError) as error:
                self._model = None
                self._failed(error)
            self._number = number
            return True
