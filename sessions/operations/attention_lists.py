"""What waits for a person, list by list, for the page Health: without phone numbers, words or tracking numbers."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from sessions.cases.rules.case_policy import CasePolicy
from sessions.delivery.outbox_admin import HELD_LONG, LATE, MessageSummary, summary_of_row
from sessions.drafts import scheduled_publishing
from storage.connection.database import Database
from storage.menus import drafts
from storage.operations import attention, restore_mark
from storage.operations.attention import (
    TEXT_LISTS,
    Moments,
    UnheldCase,
    UnmatchedReport,
    WaitingPhone,
    WaitingRequest,
)
from storage.schema.tables import Draft

MOST_COUNTED = attention.MOST_COUNTED
MATCHED_WITHIN = dt.timedelta(minutes=10)  # a report may come before the answer to its send is stored
REPORTS_SHOWN = dt.timedelta(days=7)
NAMES = (
    "danger",
    "late",
    "held",
    "doubt",
    "no_route",
    "unheard",
    "unreadable",
    "scheduled",
    "again",
    "quota",
    "reports",
)


class AttentionList(Struct, frozen=True):
    """One page of a list, and how many rows the list has, at most MOST_COUNTED."""

    name: str
    total: int
    rows: Sequence[MessageSummary | WaitingPhone | WaitingRequest | UnmatchedReport | UnheldCase | Draft]


def read_attention_lists(database: Database, now: dt.datetime, policy: CasePolicy, limit: int) -> list[AttentionList]:
    """The first rows of every list that has any, in the order of NAMES."""
    found = (read_list(database, now, policy, name, limit) for name in NAMES)
    return [each for each in found if each.total]


def read_list(
    database: Database, now: dt.datetime, policy: CasePolicy, name: str, limit: int, offset: int = 0
) -> AttentionList:
    """One page of a list. Raises KeyError for a name that is none."""
    rows: Sequence[MessageSummary | WaitingPhone | WaitingRequest | UnmatchedReport | UnheldCase | Draft]
    with database.read.begin() as db:
        at = Moments(now, now - LATE, now - HELD_LONG, restore_mark.epoch(db))
        match name:
            case "unheard":
                rows = attention.list_unheard(db, limit, offset)
                return AttentionList(name, attention.count_unheard(db), rows)
            case "unreadable":
                rows = attention.list_unreadable(db, limit, offset)
                return AttentionList(name, attention.count_unreadable(db), rows)
            case "reports":
                every = attention.list_unmatched_reports(db, now - REPORTS_SHOWN, now - MATCHED_WITHIN)
                return AttentionList(name, len(every), every[offset : offset + limit])
            case "scheduled":
                missed = [
                    each for each in drafts.list_missed_schedules(db) if scheduled_publishing.has_failed_schedule(each)
                ]
                return AttentionList(name, len(missed), missed[offset : offset + limit])
            case "danger":
                before = now - dt.timedelta(minutes=policy.life.emergencies.unheld)
                unheld = attention.list_unheld(db, policy.running_statuses, before, MOST_COUNTED)
                return AttentionList(name, len(unheld), unheld[offset : offset + limit])
        which = next((each for each in TEXT_LISTS if each == name), None)
        if which is None:
            raise KeyError(name)
        texts = attention.list_texts(db, which, at, limit, offset)
        return AttentionList(
            name, attention.count_texts(db, which, at), [summary_of_row(row, at.epoch) for row in texts]
        )
