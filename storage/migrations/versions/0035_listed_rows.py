"""Indexes for lists of texts and complaints, and for questions that expired; they are built while the service runs."""

from __future__ import annotations

from storage.migrations.indexes import build_index, drop_index

revision = "0035"
down_revision = "0034"

SETTLED = "state NOT IN ('ready', 'sending', 'unknown', 'unconfirmed')"

FAULTY = "state IN ('failed', 'unknown', 'unconfirmed', 'expired')"


def upgrade() -> None:
    build_index("questions_waiting", "questions", "kind, expires_at", where="closed_at IS NULL")
    build_index("outbox_complaint", "outbox", "complaint_id, id", where="complaint_id IS NOT NULL")
    build_index("outbox_settled", "outbox", "state, id", where=SETTLED)
    build_index("outbox_faults", "outbox", "claimed_at, aggregator, reason, state", where=FAULTY)
    build_index("complaints_office", "complaints", "office, status, id")
    build_index("complaints_desk_state", "complaints", "desk, status, id")
    build_index("complaints_state", "complaints", "status, id")
    build_index("complaints_officer_due", "complaints", "officer_id, status, due_on, id")
    drop_index("complaints_officer")
    drop_index("questions_open")


def downgrade() -> None:
    build_index("questions_open", "questions", "closed_at, expires_at")
    build_index("complaints_officer", "complaints", "officer_id, status")
    for name in (
        "complaints_officer_due",
        "complaints_state",
        "complaints_desk_state",
        "complaints_office",
        "outbox_faults",
        "outbox_settled",
        "outbox_complaint",
        "questions_waiting",
    ):
        drop_index(name)
