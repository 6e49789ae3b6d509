"""Checks, drafts and publication take the life cycle that complaints are handled by: the file that LIFECYCLE names."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cases.lifecycle_file import parse_lifecycle
from gateway.cli.flows.check import check
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy, case_policy
from sessions.drafts import draft_editing
from sessions.publishing import publication
from sessions.publishing.installation import Installation
from sessions.publishing.publication import PublishedRevision, PublishFailure, RevisionNote
from storage.connection.database import Database
from tests.flows.library import shipped_files
from tests.sessions.filing import LIBRARY, NOW
from tests.sessions.revising import FILES, MAIN

pytestmark = pytest.mark.both_databases

OWN = shipped_files()["lifecycle.yaml"].replace("noted", "taken_up")
SAID = "taken_up"


@pytest.fixture(scope="module")
def policy() -> CasePolicy:
    return case_policy(parse_lifecycle(OWN), None, SHIPPED_POLICY.zone.key)


def test_a_flow_is_published_by_the_life_cycle_that_complaints_have(database: Database, policy: CasePolicy) -> None:
    note = RevisionNote("Bilal", "first words", "")
    refused = publication.publish(database, NOW, FILES, MAIN, note, policy=policy)
    assert isinstance(refused, PublishFailure)
    assert any(SAID in each.message for each in refused.problems)
    assert isinstance(publication.publish(database, NOW, FILES, MAIN, note), PublishedRevision)


def test_a_draft_is_checked_by_it_too_and_the_two_are_not_mixed_up(database: Database, policy: CasePolicy) -> None:
    own = Installation(policy=policy)
    found = draft_editing.check_draft(database, "complaints", FILES, MAIN, own)
    assert any(SAID in each.message for each in found.problems)
    shipped = draft_editing.check_draft(database, "complaints", FILES, MAIN)
    assert not any(SAID in each.message for each in shipped.problems)
    assert own.key != Installation().key


def test_the_command_reads_the_file_and_says_if_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.yaml"
    monkeypatch.setenv("LIFECYCLE", str(file))
    refused = CliRunner().invoke(check, [str(LIBRARY)])
    assert refused.exit_code == 2
    assert "LIFECYCLE names a file that cannot be read" in refused.output
    file.write_text(OWN, encoding="utf-8")
    assert SAID in CliRunner().invoke(check, [str(LIBRARY)]).output
