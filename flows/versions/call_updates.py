"""Scripted calls after a change of their flow: which need an update, and what they would no longer do after it.

A call is followed from the flow in which it was recorded, so that it chooses what it chose. Where that is not possible,
or where the call ends elsewhere or files something else, it says so: somebody must decide.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from msgspec import Struct
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from flows.menu.model import Ask, Flow, Value
from flows.parsing.transcript_file import Transcript, parse_transcript
from flows.preview.transcript_coverage import transcripts_for
from flows.preview.transcript_writer import set_entries, update_transcript
from flows.preview.transcripts import (
    UNPLAYABLE,
    Difference,
    Step,
    dialled_entries,
    difference,
    entry,
    play,
    stored_unlike,
)
from flows.versions.followed_keys import FollowedKeys, dial_with, follow_keys, set_keys, with_keys
from flows.versions.screen_renames import screen_renames

# What an update does to a call: other words only, other keys for the same choices; or it files nothing any more, files
# something else, ends elsewhere or with other answers, or breaks off.
Effect = Literal["words", "keys", "unfiled", "refiled", "elsewhere", "broken"]
SAME: tuple[Effect, ...] = ("words", "keys")  # the call does what it did
UNLIKE: tuple[Effect, ...] = ("unfiled", "refiled", "elsewhere", "broken")  # the gravest first


class CallUpdate(Struct, frozen=True):
    """A scripted call that needs an update, and what that does to it.

    `gone` is the option or row (`menu.suggest`) that it chose and cannot choose any more. `keys` are its entries after
    the update, None where nothing is known of the flow in which it was recorded. `unlike` is how it fails now, None if
    it passes, although it chooses something else.
    """

    call: Transcript
    effect: Effect
    gone: str = ""
    keys: FollowedKeys | None = None
    unlike: Difference | None = None
    source: str = ""  # the text that `keys` belong to, where it is not that of the call

    @property
    def same(self) -> bool:
        """True if the call does what it did, so that nobody needs to be asked."""
        return self.effect in SAME


class CallSources(Struct, frozen=True):
    """The flow in which scripted calls were recorded, and the files that they were in."""

    flow: Flow
    files: Mapping[str, str]


class CallOutcome(Struct, frozen=True):
    """What a call came to: what it stored, the screens that acted, where it stands, and what the caller chose."""

    stored: tuple[Mapping[str, str], ...] = ()
    acts: tuple[str, ...] = ()
    screen: str = ""
    ended: bool = False
    language: str = ""
    values: Mapping[str, Value] = {}
    broken: bool = False


def call_updates(files: Mapping[str, str], flow: Flow, before: CallSources | None) -> tuple[CallUpdate, ...]:
    """The scripted calls of a flow that need an update: those that fail, and those whose keys choose something else.

    Calls that cannot be read are left out. Without `before` nothing but what a call says itself tells what it did.
    """
    names = screen_renames(before.flow, flow) if before else {}
    moved = before is not None and _moves_keys(before.flow, flow)
    found = []
    for call in transcripts_for(files, flow.name):
        if call.problem:
            continue
        unlike = difference(flow, call.said)
        source = _source(call, files, before)
        if before is None or source is None:
            if unlike is not None:
                found.append(CallUpdate(call, _told_effect(flow, call.said), unlike=unlike))
        elif unlike is not None or (moved and source is call):
            update = _followed(before, source, flow, names, call)
            found += [update] if update is not None else []
    return tuple(found)


def apply_updates(
    files: Mapping[str, str], flow: Flow, updates: Sequence[CallUpdate], effects: Collection[str] = SAME
) -> dict[str, str]:
    """The files with those calls updated that are affected in one of these ways: `words`, or `unfiled gone`."""
    made = dict(files)
    for each in updates:
        if group_of(each) not in effects:
            continue
        text = each.source or made[each.call.file]
        if each.keys is not None:
            said = parse_transcript(each.call.file, text).said
            typed = [key and Quoted(key) for key in each.keys.typed]
            dial = dial_with(str(said.get("dial") or ""), each.keys.dialled)
            text = set_entries(text, dial, partial(set_keys, typed=typed))
        made[each.call.file] = update_transcript(text, flow)
    return made


def group_of(update: CallUpdate) -> str:
    """The group that a call belongs to: its effect, and `gone` behind it where what it chose is gone."""
    return f"{update.effect} gone" if update.gone and not update.same else update.effect


def compare_calls(files: Mapping[str, str], flow: Flow, before: CallSources) -> dict[str, Effect]:
    """The scripted calls that have changed since `before`, by file, with the effect of it.

    New and deleted calls are left out, and those that cannot be read.
    """
    names = screen_renames(before.flow, flow)
    found: dict[str, Effect] = {}
    for call in transcripts_for(files, flow.name):
        old = before.files.get(call.file)
        if call.problem or old is None or old == files[call.file]:
            continue
        was = parse_transcript(call.file, old)
        if was.problem:
            continue
        effect = _effect(outcome(before.flow, was.said, names), outcome(flow, call.said))
        found[call.file] = "keys" if effect == "words" and _recorded(was) != _recorded(call) else effect
    return found


def outcome(flow: Flow, said: Mapping[str, Any], names: Mapping[str, str] | None = None) -> CallOutcome:
    """What a call comes to in a flow; `names` are other ids of its screens. Never raises."""
    names = names or {}
    stored: list[Mapping[str, str]] = []
    acts: list[str] = []
    last: Step | None = None
    try:
        for step in play(flow, said):
            stored += [step.stored] if step.stored is not None else []
            acts += [names.get(screen, screen) for screen in step.acts]
            last = step
    except UNPLAYABLE:
        return CallOutcome(tuple(stored), tuple(acts), broken=True)
    if last is None or last.state is None:
        return CallOutcome(broken=True)
    screen = names.get(last.screen, last.screen)
    return CallOutcome(tuple(stored), tuple(acts), screen, last.ends, last.language, last.state.values)


def _effect(was: CallOutcome, now: CallOutcome) -> Effect:
    if now.broken and not was.broken:
        return "broken"
    if now.stored != was.stored:
        return "unfiled" if len(now.stored) < len(was.stored) else "refiled"
    return "words" if now == was else "elsewhere"


def _told_effect(flow: Flow, said: Mapping[str, Any]) -> Effect:
    """What an update does to a call of which nothing is known but what it says itself."""
    try:
        played = list(play(flow, said))
    except UNPLAYABLE:
        return "broken"
    expected = [step["stored"] for step in said["steps"] if isinstance(step.get("stored"), Mapping)]
    stored = [got.stored for got in played if got.stored is not None]
    if len(stored) < len(expected):
        return "unfiled"
    if any(stored_unlike(row, got) for row, got in zip(expected, stored, strict=False)):
        return "refiled"
    for step, got in zip(said["steps"], played, strict=False):
        if step.get("stored") == "no" and got.stored is not None:
            return "refiled"
        if ("ends" in step) != got.ends:
            return "elsewhere"
    return "words" if len(played) == len(said["steps"]) else "elsewhere"


def _source(call: Transcript, files: Mapping[str, str], before: CallSources | None) -> Transcript | None:
    """The call whose entries say what was chosen in the flow before: itself, or as it was there; None if neither is.

    A call that was followed before types what the draft wanted then, and says of what it stores what it always did.
    """
    if before is None:
        return None
    text = before.files.get(call.file)
    if text == files[call.file] or difference(before.flow, call.said) is None:
        return call
    was = parse_transcript(call.file, text) if text is not None else None
    return was if was is not None and not was.problem and _purpose(was) == _purpose(call) else None


def _purpose(call: Transcript) -> object:
    """What stays of a call when other keys and words are put into it."""
    begun = [call.said.get(name) for name in ("test", "text", "caller", "act")]
    return begun, [step["stored"] for step in call.said["steps"] if "stored" in step]


def _followed(
    before: CallSources, source: Transcript, flow: Flow, names: Mapping[str, str], call: Transcript
) -> CallUpdate | None:
    """The update of a call that is followed from the flow before; None if it passes and does what it did."""
    unlike = difference(flow, call.said)
    was, recorded = outcome(before.flow, source.said, names), outcome(flow, call.said)
    if unlike is None and recorded == was:
        return None
    keys = follow_keys(before.flow, source.said, flow, names)
    effect = _effect(was, outcome(flow, with_keys(source.said, keys)))
    if effect != "words" and recorded == was:
        return CallUpdate(call, "words", unlike=unlike)
    if effect == "words" and keys != _recorded(call):
        effect = "keys"
    text = "" if _entries(source) == _entries(call) else before.files[call.file]
    return CallUpdate(call, effect, keys.gone, keys, unlike, text)


def _recorded(call: Transcript) -> FollowedKeys:
    """What a call types as it is written."""
    typed = tuple(entry(step) for step in call.said["steps"] if "enter" in step)
    return FollowedKeys(tuple(dialled_entries(str(call.said.get("dial") or ""))), typed)


def _entries(call: Transcript) -> int:
    return sum("enter" in step for step in call.said["steps"])


def _moves_keys(before: Flow, after: Flow) -> bool:
    """True if a key that callers may press has another meaning in the later flow, or may have."""
    if {name: key.key for name, key in before.keys.items()} != {name: key.key for name, key in after.keys.items()}:
        return True
    for old in before.asks:
        new = after.screens.get(old.id)
        if not isinstance(new, Ask) or [(each.code, each.key) for each in old.options] != [
            (each.code, each.key) for each in new.options
        ]:
            return True
    codes = [{name: [row.code for row in rows] for name, rows in flow.lists.items()} for flow in (before, after)]
    return any(codes[1].get(name, [])[: len(rows)] != rows for name, rows in codes[0].items())
