"""Counts of the cases that are there: of each code that they hold, and of each officer.

Each count is one statement, which sees one moment: what it counts less the changes that were noted by then, which are
added later. So it locks nothing, whoever files meanwhile.
"""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"

LISTS = ("category", "district", "office", "status")


OF_CODES = """
    INSERT INTO code_counts (flow, list, code, cases)
    SELECT flow, '{0}', code, SUM(cases) FROM (
        SELECT flow, {0} AS code, COUNT(*) AS cases FROM complaints WHERE {0} IS NOT NULL GROUP BY flow, {0}
        UNION ALL SELECT flow, {0}, -change FROM case_changes WHERE {0} IS NOT NULL
    ) AS counted GROUP BY flow, code
"""
OF_OFFICERS = """
    INSERT INTO officer_counts (officer_id, status, cases)
    SELECT officer_id, status, SUM(cases) FROM (
        SELECT officer_id, status, COUNT(*) AS cases FROM complaints WHERE officer_id IS NOT NULL
        GROUP BY officer_id, status
        UNION ALL SELECT officer_id, status, -change FROM case_changes WHERE officer_id IS NOT NULL
    ) AS counted GROUP BY officer_id, status
"""


def upgrade() -> None:
    for name in LISTS:
        op.execute(OF_CODES.format(name))
    op.execute(OF_OFFICERS)


def downgrade() -> None:
    op.execute("DELETE FROM officer_counts")
    op.execute("DELETE FROM code_counts")
