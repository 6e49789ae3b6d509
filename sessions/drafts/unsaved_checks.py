"""What the checks find in a draft as somebody is typing it: nothing of it is saved."""

from __future__ import annotations

from flows.checks.runner import check
from flows.menu.diagnostics import ParsedFlow, Problem
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.flow_files_and_hash import flow_of
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import revisions


def check_unsaved_edits(database: Database, flow: str, parsed: ParsedFlow) -> tuple[Problem, ...]:
    """Every finding against what is live. Scripted calls are not played: that waits until it is saved."""
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    return check(parsed, events=SHIPPED_POLICY.lifecycle.events, before=flow_of(live) if live else None, used=used)
