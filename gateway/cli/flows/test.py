"""`flask flows test`: play the scripted calls of flows, report their coverage, and update them."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from flows.menu.diagnostics import ParsedFlow
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import FOLDER, Transcript
from flows.preview.first_transcripts import first_transcripts
from flows.preview.transcript_coverage import (
    TranscriptCoverage,
    coverage,
    ownerless_transcripts,
    retired_choice,
    transcripts_for,
    unchecked_options,
)
from flows.preview.transcripts import difference
from flows.text.printable import pluralize
from flows.versions.call_updates import SAME, CallSources, apply_updates, call_updates, group_of
from gateway.cli.flows.command_group import flows
from gateway.flow_folder.files import encode_text, read_bytes, read_flow, write_all
from gateway.settings.clock import utc_now
from gateway.terminal.errors import Usage, command
from gateway.terminal.flow_arguments import FlowFile, flow_files

FIRST = 3  # options whose words no call checks, listed as examples
# What a call would do after an update that nobody asked for.
AFTERWARDS = {
    "unfiled": "it would file nothing any more",
    "refiled": "it would file something else",
    "elsewhere": "it would end elsewhere, or with other answers",
    "broken": "it breaks off: record it again, or correct it",
}
NAMED = 12  # screens or options that no call reaches, listed before the rest is counted


@flows.command("test", with_appcontext=False)
@click.argument("files", nargs=-1, type=FlowFile(scripts=True))
@click.option(
    "--update", is_flag=True, help="Update the scripts to what callers see now; review the change afterwards."
)
@click.option(
    "--write", is_flag=True, help="Write a script to each screen that none reaches, in each language; review them."
)
@click.option(
    "--before",
    type=FlowFile(),
    help="With --update: the flow file before the change. Calls choose what they chose there, whatever its key is now.",
)
@click.option(
    "--anyway",
    is_flag=True,
    help="With --update: also calls that would file nothing or something else, or end elsewhere.",
)
def test(files: tuple[Path, ...], update: bool, write: bool, before: Path | None, anyway: bool) -> None:
    """Play the scripted calls of each flow FILE, or one script (transcripts/x.yaml). Without FILE, of all flows here.

    Exit code 0: every call passed. 1: some failed. 2: a file cannot be read.
    """
    failed = 0
    for file in files or _here():
        failed += _tested(file, _Update(before, anyway) if update else None, write)
    if failed:
        raise SystemExit(1)


class _Update(NamedTuple):
    """How scripts are updated: from which earlier flow file, and whether also those that then do something else."""

    before: Path | None
    anyway: bool


def _here() -> list[Path]:
    """The flow files of this folder."""
    found = flow_files(Path())
    if not found:
        raise Usage("There is no flow file in this folder: name one, such as flask flows test my-line/complaints.yaml")
    return found


def _tested(file: Path, update: _Update | None, write: bool) -> int:
    """Play the scripts of one file; how many failed."""
    only = None
    if file.parent.name == FOLDER.strip("/") and file.is_file():
        only, file = FOLDER + file.name, _flow_of(file)
    texts, main = read_flow(file)
    parsed = parse_flow(texts, main)
    flow = parsed.flow
    if flow is None:
        raise Usage(f"{file}: it cannot be read as a flow: {command('check', file)}")
    for orphan in ownerless_transcripts(texts) if only is None else ():
        place = (file.parent / orphan.file).as_posix()
        click.echo(f"{place}: never played: there is no flow {orphan.said['flow']!r} here. Correct its `flow:`.")
    if write:
        _write_first(file, parsed, texts)
        texts, main = read_flow(file)
    scripts = [each for each in transcripts_for(texts, flow.name) if only in (None, each.file)]
    if not scripts:
        name = shlex.quote(str(file))
        record = f"flask simulate --record NAME --beside {name}"
        click.echo(f"{flow.name}: no scripted call yet. Write a first set: flask flows test {name} --write")
        click.echo(f"Or record one: {record}")
        return 0
    if update:
        _update(file, flow, {each.file for each in scripts}, texts, update)
        texts, main = read_flow(file)
        scripts = [each for each in transcripts_for(texts, flow.name) if only in (None, each.file)]
    failed = [line for script in scripts if (line := _played(file, flow, script))]
    for line in failed:
        click.echo(line)
    click.echo(f"{flow.name}: {pluralize(len(scripts), 'scripted call')}, {len(failed)} failed")
    if only is None:
        for covered in coverage(flow, scripts):
            click.echo(_told(covered))
        if words := unchecked_options(flow, scripts):
            click.echo(_unread(file, words))
    return len(failed)


def _played(file: Path, flow: Flow, script: Transcript) -> str:
    """How a call differs from its script, in one line; "" if it does not."""
    place = (file.parent / script.file).as_posix()
    if script.problem:
        return f"{place}:{script.line}: the script cannot be played: {script.problem}"
    unlike = difference(flow, script.said)
    if unlike is None:
        retired = retired_choice(flow, script.said, utc_now().date().isoformat())
        return f"{place}:{script.line}: {script.said.get('test', 'a call')}: {retired}" if retired else ""
    line = script.lines[min(unlike.step, len(script.lines)) - 1]
    return f"{place}:{line}: {script.said.get('test', 'a call')}: {unlike}"


def _update(file: Path, flow: Flow, only: Collection[str], texts: Mapping[str, str], asked: _Update) -> None:
    before = _sources(asked.before, flow.name) if asked.before is not None else None
    found = [each for each in call_updates(texts, flow, before) if each.call.file in only]
    groups = {group_of(each) for each in found} if asked.anyway else SAME
    made = apply_updates(texts, flow, found, groups)
    changed = {name: text for name, text in made.items() if text != texts[name]}
    write_all(
        file.parent, {name: encode_text(text, like=read_bytes(file.parent, name)) for name, text in changed.items()}
    )
    for name in changed:
        click.echo(f"{(file.parent / name).as_posix()}: updated. Check that this is what callers should see.")
    left = [each for each in found if group_of(each) not in groups]
    for each in left:
        gone = f"{each.gone} is gone; " if each.gone else ""
        click.echo(f"{(file.parent / each.call.file).as_posix()}: not updated: {gone}{AFTERWARDS[each.effect]}")
    if left:
        more = "" if asked.before else " With --before FILE, calls follow an option that has moved."
        click.echo(f"{pluralize(len(left), 'call')} left as they are. If that is meant, add --anyway.{more}")


def _sources(file: Path, name: str) -> CallSources:
    """The flow before the change, and its scripts. Raises Usage."""
    texts, main = read_flow(file)
    flow = parse_flow(texts, main).flow
    if flow is None or flow.name != name:
        raise Usage(f"{file}: it cannot be read as the flow {name}: name the file of that flow before the change.")
    return CallSources(flow, texts)


def _write_first(file: Path, parsed: ParsedFlow, texts: Mapping[str, str]) -> None:
    """Scripts to the screens that none reaches; a file that is there is never written over."""
    assert parsed.flow is not None  # noqa: S101 - the caller has looked
    reached = coverage(parsed.flow, transcripts_for(texts, parsed.flow.name))
    made = first_transcripts(parsed, {each.language: each.unseen for each in reached})
    new = {name: text for name, text in made.items() if name not in texts}
    write_all(file.parent, {name: text.encode() for name, text in new.items()})
    if new:
        said = f"{pluralize(len(new), 'scripted call')} written to {(file.parent / FOLDER).as_posix()}"
        click.echo(f"{parsed.flow.name}: {said}. Read each: it says what callers see now, be it right or wrong.")


def _flow_of(script: Path) -> Path:
    """The flow file that a script in `transcripts/` beside it is of."""
    folder = script.parent.parent
    for candidate in sorted(folder.glob("*.yaml")):
        texts, _ = read_flow(candidate)
        flow = parse_flow(texts, candidate.name).flow
        if flow and any(each.file == FOLDER + script.name for each in transcripts_for(texts, flow.name)):
            return candidate
    raise Usage(f"{script}: no flow file in {folder} has the name in its `flow:`.")


def _unread(file: Path, words: Sequence[str]) -> str:
    first = ", ".join([*words[:FIRST], *(["..."] if words[FIRST:] else [])])
    said = f"no call checks the words of {pluralize(len(words), 'option')} ({first})"
    return f"  note: {said}, so none fails if they change. See {command('diff', 'live', file)}"


def _told(covered: TranscriptCoverage) -> str:
    seen, chosen = covered.screens - len(covered.unseen), covered.options - len(covered.unchosen)
    told = f"  {covered.language}: {seen} of {covered.screens} screens, {chosen} of {covered.options} options"
    missing = [*covered.unseen, *covered.unchosen]
    if not missing:
        return told
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    return f"{told}; no call reaches {', '.join(missing[:NAMED])}{more}"
