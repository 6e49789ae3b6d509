"""Records that a process has started, as soon as its database can be reached: no caller waits for that."""

import threading
import time

from gateway.monitoring.logs import fault, log
from gateway.settings.clock import Clock
from gateway.settings.config import Config
from gateway.settings.start_entry import start_entry
from sessions.audit import audit_notes
from storage.connection.database import Database

AGAIN = 5.0  # seconds between two attempts


def record_start(database: Database, clock: Clock, config: Config, process: str) -> None:
    """Store the entry in a thread of its own, which tries until it can."""
    entry = start_entry(config, process, clock())

    def record() -> None:
        told = False
        while True:
            try:
                audit_notes.note(database, entry)
            except Exception as error:  # noqa: BLE001 - the process serves callers also while its database is away
                if not told:
                    log().warning("start_not_recorded", **fault(error))
                told = True
                time.sleep(AGAIN)
            else:
                return

    threading.Thread(target=record, name="start-record", daemon=True).start()
