"""`flask flows show` and `diff`: what was published, by whom and why, and what people notice between two."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from flows.menu.diagnostics import ParsedFlow
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.text.printable import pluralize
from flows.versions.change import Change, place_of
from flows.versions.revision_diff import diff_revisions
from gateway.cli.flows.command_group import flows
from gateway.flow_folder.base_revision_note import note
from gateway.flow_folder.files import read_flow, write_all
from gateway.terminal.errors import Usage, command, sunwai, when
from gateway.terminal.findings_formats import SEVERITIES, count_line
from gateway.terminal.flow_arguments import FlowFile
from sessions.publishing import publication, revision_history
from sessions.publishing.base_revision import BaseRevision
from sessions.publishing.flow_files_and_hash import flow_of, main_of
from storage.schema.tables import Revision

FLOW = click.option("--flow", help="Which flow; required if several are published.")
LIVE = "live"
MOST = 2**31 - 1
NUMBER = click.IntRange(1, MOST)  # of a revision


class RevisionNumber(click.ParamType[int | None]):
    """The number of a revision, or the word live, which becomes None."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """The number."""
        return None if value == LIVE else int(NUMBER.convert(value, param, ctx))


@flows.command("show")
@click.argument("number", type=RevisionNumber())
@FLOW
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Write its files to this new folder.")
def show(number: int | None, flow: str | None, folder: Path | None) -> None:
    """Show revision NUMBER, or live: who published it, when and why, its hash, and what the checks said of it."""
    name = resolve_flow_name(flow)
    revision = _revision(name, number)
    if folder is not None:
        click.echo(_written(revision, folder))
        return
    live = revision_history.find_revision(sunwai().database, name)
    state = ", live" if live and live.id == revision.id else ""
    click.echo(f"{name} revision {revision.number}{state}")
    click.echo(f"{when(revision.published_at)} by {revision.author}: {revision.message}")
    if revision.reason:
        click.echo(f"reason: {revision.reason}")
    if revision.base is not None:
        click.echo(f"replaced revision {revision.base}")
    if revision.rolls_back is not None:
        click.echo(f"rolls back to revision {revision.rolls_back}")
    main = main_of(revision)
    click.echo(f"sha256 {revision.digest} ({'matches its files' if main else 'DOES NOT match its files'})")
    click.echo(f"{pluralize(len(revision.source), 'file')}{f', {main} first' if main else ''}")
    for line in _checked(revision):
        click.echo(line)


def _checked(revision: Revision) -> list[str]:
    said = revision.checks
    if not said:
        return ["the result of the checks was not stored then"]
    counts = {letter: said.get(letter, 0) for letter in SEVERITIES}
    played = pluralize(said.get("scripts", 0), "scripted call")
    accepted = (*said.get("agreed", ()), *said.get("warnings", ()))
    return [f"checks: {count_line(counts)}; {played} played", *(f"  {each}" for each in accepted)]


def _written(revision: Revision, folder: Path) -> str:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Usage(f"{folder} exists already: name a new folder, so that none of your files is overwritten.")
    main = main_of(revision)
    if main is None:
        raise click.ClickException(f"Revision {revision.number}: its files do not match its hash. Nothing was written.")
    write_all(folder, {name: text.encode() for name, text in revision.source.items()})
    note(folder, revision.flow, BaseRevision(revision.number, revision.digest))
    files = pluralize(len(revision.source), "file")
    return f"{folder / main}: revision {revision.number} of {revision.flow}, {files}."


@flows.command("diff")
@click.argument("before")
@click.argument("after")
@FLOW
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(before: str, after: str, flow: str | None, form: str) -> None:
    """Show what callers would notice between two revisions, and what officers or the record would.

    Callers notice words, numbers to press, screens, keys, lists and texts. Officers and the record notice privacy, what
    is filed and where, offices, days, flags of rows, and texts to officers.

    BEFORE and AFTER are revision numbers, the word live, or flow files that are not published yet.
    """
    first, second = _side(before, flow, after), _side(after, flow, before)
    if first.flow.name != second.flow.name:
        said = f"{before} is the flow {first.flow.name} and {after} is {second.flow.name}"
        raise Usage(f"{said}: compare revisions of one flow.")
    changes = diff_revisions(first.flow, second.flow)
    if form == "json":
        told_of = [_as_object(change, first, second) for change in changes]
        click.echo(msgspec.json.format(msgspec.json.encode(told_of)).decode())
        return
    noticed = [change for change in changes if change.notices == "caller"]
    recorded = [change for change in changes if change.notices == "record"]
    _tell(noticed, first, second)
    renumbered = sum(bool(change.code) for change in noticed)
    said = pluralize(len(noticed), "change") + " that callers would notice"
    by_heart = f", {renumbered} of them to numbers that people may know by heart (F506)" if renumbered else ""
    click.echo(f"{said}{by_heart}." if noticed else "Nothing callers would notice.")
    if recorded:
        _tell(recorded, first, second)
        click.echo(f"{pluralize(len(recorded), 'change')} that officers or the record would notice.")
    for change in changes:
        if change.notices == "nobody":
            click.echo(f"{change.said}: {change.before} -> {change.after}")


class _Side(NamedTuple):
    """One of two flows that are compared: its places in the files, and the prefix for the names of its files."""

    flow: Flow
    parsed: ParsedFlow
    before: str


def _tell(changes: Iterable[Change], first: _Side, second: _Side) -> None:
    for change in changes:
        file, line = _place(change, first, second)
        click.echo(f"{file}:{line}: {change}" if file else str(change))


def _side(word: str, flow: str | None, other: str) -> _Side:
    """The flow that an argument of diff names; if the other argument is a file, it says which flow."""
    if not _is_number(word):
        return _of_file(Path(word))
    name = flow or (None if _is_number(other) else _of_file(Path(other)).flow.name)
    revision = _revision(resolve_flow_name(name), None if word == LIVE else int(word))
    found, main = flow_of(revision), main_of(revision)
    if found is None or main is None:
        raise click.ClickException(f"Revision {revision.number}: it is damaged and cannot be compared.")
    return _Side(found, parse_flow(revision.source, main), f"revision {revision.number} ")


def _place(change: Change, first: _Side, second: _Side) -> tuple[str, int]:
    """File and line of a change: after it, or before it for what is gone; ("", 0) if no line has it."""
    for side in (second, first):
        if stands := place_of(change, side.parsed):
            return side.before + stands[0], stands[1]
    return "", 0


def _as_object(change: Change, first: _Side, second: _Side) -> dict[str, Any]:
    fields = ("where", "said", "language", "before", "after", "code", "notices")
    file, line = _place(change, first, second)
    return {**{name: getattr(change, name) for name in fields}, "file": file, "line": line}


def _is_number(word: str) -> bool:
    return word == LIVE or (word.isascii() and word.isdigit() and len(word) < len(str(MOST)))


def _of_file(file: Path) -> _Side:
    file = FlowFile().convert(file, None, None)
    files, main = read_flow(file)
    flow, problems = publication.check_flow(files, main, policy=sunwai().policy)
    if flow is None:
        errors = sum(problem.severity == "E" for problem in problems)
        raise click.ClickException(f"{file} has {pluralize(errors, 'error')} to fix first: {command('check', file)}")
    folder = "" if file.parent == Path() else f"{file.parent.as_posix()}/"
    return _Side(flow, parse_flow(files, main), folder)


def _revision(flow: str, number: int | None) -> Revision:
    found = revision_history.find_revision(sunwai().database, flow, number)
    if found is None:
        raise click.ClickException(f"{flow} has no revision {number or LIVE}: flask flows list shows all.")
    return found


def flow_option(flow: str) -> tuple[str, ...]:
    """The option that says which flow a revision number belongs to; none if there is only one flow."""
    return ("--flow", flow) if len(publication.list_published_flows(sunwai().database)) > 1 else ()


def resolve_flow_name(name: str | None) -> str:
    """The flow that was named, or the only one. Raises Usage with their names if that is not clear."""
    names = [each.flow for each in publication.list_published_flows(sunwai().database)]
    if not names:
        raise click.ClickException("No flow is published yet: flask flows publish FILE --message ...")
    if name is None and len(names) > 1:
        raise Usage(f"Several flows are published: say which with --flow, one of {', '.join(names)}.")
    if name is not None and name not in names:
        raise Usage(f"No flow named {name} is published; there are {', '.join(names)}.")
    return name or names[0]
