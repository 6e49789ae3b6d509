"""Where two people are required, commands publish and roll back alone only in an emergency that everybody can see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from gateway.terminal.audited_commands import command_actor
from sessions.audit import audit_notes
from sessions.publishing import publication
from storage.audit.audit_log import AuditFilter
from tests.gateway.operating import MINE, append, as_typed, publish, run, spoil
from tests.servers import Valkey
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import file_one

ME = command_actor().id
ALONE = ("--alone", "The line is down and nobody else answers")


@pytest.fixture
def two_people(sqlite_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    made = create_app(Config(environment=DEVELOPMENT, database_url=sqlite_url, redis_url=valkey.url, two_people=True))
    publish_shipped(made.database, made.clock(), "Sara", "First")
    yield made
    made.close()


def recorded(app: Sunwai) -> list[tuple[str, str, str, dict[str, str]]]:
    """What commands left behind beside the entry that each of them leaves, oldest first."""
    found = audit_notes.list_entries(app.database, AuditFilter(actor_kind="command"), 20)
    return [
        (row.event, row.actor, row.subject, row.detail)
        for row in (each.row for each in reversed(found))
        if row.event != "command"
    ]


def live(app: Sunwai) -> int:
    return publication.list_published_flows(app.database)[0].number


def test_a_command_publishes_nothing_alone_and_says_how_two_people_do(
    two_people: Sunwai, flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(flow, MINE, "en: Mine,")
    for author in ("Sara", "Amina"):  # whoever a command says it is
        refused = publish(two_people, flow, "Shorter", author=author)
        assert refused.exit_code == 1
        assert "two people are required here (TWO_PEOPLE=yes)" in refused.output
        assert "--zip complaints.zip" in refused.output
        assert "--alone" in refused.output
    assert live(two_people) == 1
    assert recorded(two_people) == 2 * [("publish_refused", ME, "complaints", {"reason": "alone"})]
    packed = refused.output.split("(flask flows ")[1].split(");")[0]
    monkeypatch.chdir(flow.parent)
    assert as_typed(two_people, f"flask flows {packed}").exit_code == 0
    assert (flow.parent / "complaints.zip").is_file()


def test_in_an_emergency_it_does_and_everybody_sees_why(two_people: Sunwai, flow: Path) -> None:
    spoil(flow, MINE, "en: Mine,")
    assert publish(two_people, flow, "Shorter", "--alone", " ").exit_code == 2
    assert publish(two_people, flow, "Shorter", *ALONE).exit_code == 0
    refused = run(two_people, "flows", "rollback", "1", "--author", "Amina")
    assert refused.exit_code == 1
    assert "in the console, on the page of its revisions" in refused.output
    assert live(two_people) == 2
    assert run(two_people, "flows", "rollback", "1", "--author", "Amina", *ALONE).exit_code == 0
    assert live(two_people) == 3
    listed = run(two_people, "flows", "list").output
    assert f"Sara: Shorter (alone: {ALONE[1]})" in listed
    assert f"Amina: Back to revision 1: First (alone: {ALONE[1]})" in listed
    assert recorded(two_people) == [
        ("published", ME, "complaints", {"revision": "2", "base": "1", "how": "alone"}),
        ("publish_refused", ME, "complaints", {"reason": "alone"}),
        ("rolled_back", ME, "complaints", {"revision": "3", "base": "2", "restored": "1", "how": "alone"}),
    ]
    shown = run(two_people, "audit", "list", "--event", "rolled_back").output
    assert "how=alone" in shown


def test_elsewhere_there_is_no_such_emergency(app: Sunwai, flow: Path) -> None:
    publish_shipped(app.database, app.clock(), "Sara", "First")
    spoil(flow, MINE, "en: Mine,")
    refused = publish(app, flow, "Shorter", *ALONE)
    assert refused.exit_code == 2
    assert "leave it out" in refused.output
    assert publish(app, flow, "Shorter").exit_code == 0


def test_errors_are_told_before_a_second_person_is_asked_for(two_people: Sunwai, flow: Path) -> None:
    append(flow.parent / "lists" / "category.csv", "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n")
    assert publish(two_people, flow, "Dogs", *ALONE).exit_code == 0
    file_one(two_people.database, category="mun07")
    for more in ((), ALONE):
        refused = run(two_people, "flows", "rollback", "1", *more)
        assert refused.exit_code == 1
        assert "F605" in refused.output
        assert "add --alone" not in refused.output
        assert "import it in the console (flask flows export complaints-1/complaints.yaml" in refused.output


def test_each_command_that_makes_a_flow_live_knows_the_rule(app: Sunwai) -> None:
    """A new one is noticed by its module, which cannot publish without naming `publication.publish` or `roll_back`."""
    root = Path(__file__).parents[3] / "gateway"
    calls = ("publication.publish(", "publication.roll_back(", "publish_draft(", "two_person_rule.roll_back(")
    publishing = {
        path.relative_to(root).as_posix()
        for folder in ("cli", "terminal", "simulator", "exchange", "endpoints", "delivery")
        for path in (root / folder).rglob("*.py")
        if any(call in path.read_text(encoding="utf-8").replace("model_publication", "") for call in calls)
    }
    assert publishing == {"cli/flows/publish.py", "cli/flows/rollback.py"}
    flows = app.cli.commands["flows"]
    assert isinstance(flows, click.Group)
    for name in ("publish", "rollback"):
        assert "alone" in {option.name for option in flows.commands[name].params}, name


def test_what_protects_people_is_lost_only_with_a_reason_and_alone(app: Sunwai, flow: Path) -> None:
    """Also where two people are not required for everything."""
    publish_shipped(app.database, app.clock(), "Sara", "First")
    spoil(flow.parent / "lists" / "category.csv", "women,2,yes,yes,", "women,2,yes,,")
    for more in ((), ("--reason", "It names nobody"), ALONE):
        refused = publish(app, flow, "Told", *more)
        assert refused.exit_code == 1, more
        assert "F903" in refused.output
        assert "two people must agree to it, with a reason" in refused.output
    assert run(app, "audit", "list", "--event", "publish_refused").output.count("reason=lost") == 3
    done = publish(app, flow, "Told", "--reason", "It names nobody", *ALONE)
    assert done.exit_code == 0, done.output
    assert "Lost, as two people agreed" in done.output and "F903" in done.output
    assert "how=alone" in run(app, "audit", "list", "--event", "published").output
    assert "F903" in run(app, "flows", "show", "2").output, "what was agreed to is named with the revision"


def test_an_error_is_told_and_not_what_alone_is_for(app: Sunwai, flow: Path) -> None:
    publish_shipped(app.database, app.clock(), "Sara", "First")
    spoil(flow, "go: group}", "go: nowhere_at_all}")
    refused = publish(app, flow, "Broken", *ALONE)
    assert refused.exit_code == 1
    assert "F101" in refused.output
    assert "fix the errors (E) above first" in refused.output
    assert "--alone is only for" not in refused.output


def test_going_back_loses_what_protects_people_only_alone(app: Sunwai, flow: Path) -> None:
    category = flow.parent / "lists" / "category.csv"
    publish_shipped(app.database, app.clock(), "Sara", "First")
    flagged = category.read_text(encoding="utf-8")
    spoil(category, "women,2,yes,yes,", "women,2,yes,,")
    assert publish(app, flow, "Told", "--reason", "It names nobody", *ALONE).exit_code == 0
    category.write_text(flagged, encoding="utf-8")
    flagging = publish(app, flow, "Flagged again", "--base", "2")
    assert flagging.exit_code == 0, flagging.output
    refused = run(app, "flows", "rollback", "2", "--author", "Amina")
    assert refused.exit_code == 1
    assert "F903" in refused.output and "loses what protects people" in refused.output
    assert "in the console, on the page of its revisions" in refused.output and "--alone" in refused.output
    assert live(app) == 3
    assert "reason=lost" in run(app, "audit", "list", "--event", "publish_refused").output
    assert run(app, "flows", "rollback", "2", "--author", "Amina", *ALONE).exit_code == 0
    assert "lost=F903" in run(app, "audit", "list", "--event", "rolled_back").output
