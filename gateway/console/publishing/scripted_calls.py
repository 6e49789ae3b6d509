"""The scripted calls of a draft: which fail, what an update does to them, and what the draft has changed in them."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from flows.engine.variables import choose, fallbacks
from flows.menu.model import Ask, Flow
from flows.menu.notation import template
from flows.parsing.transcript_file import Transcript, transcripts_of
from flows.preview.transcript_coverage import retired_choice, transcripts_for
from flows.preview.transcripts import Difference, difference
from flows.versions.call_updates import (
    SAME,
    UNLIKE,
    CallSources,
    CallUpdate,
    apply_updates,
    call_updates,
    compare_calls,
    group_of,
)
from gateway.console.site.days import today
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _, language, ngettext
from gateway.console.site.requested_draft import base_of, change
from gateway.console.site.titles import screen_title
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft
from storage.schema.tables import Draft

MOST_OTHERWISE = 8  # ways in which scripted calls fail that are shown in full
GROUPS = tuple(f"{effect}{gone}" for effect in UNLIKE for gone in (" gone", ""))


class TranscriptMismatch(Struct, frozen=True):
    """Scripted calls that fail in the same way: on which screen, and how."""

    screen: str
    said: str
    calls: tuple[Transcript, ...]


class CallGroup(Struct, frozen=True):
    """Scripted calls to which an update, or a draft, does the same, and what that is in a sentence.

    `choices` are the options that they chose and that are gone. `updatable` is false for those that break off.
    """

    name: str
    said: str
    calls: tuple[str, ...]
    choices: tuple[str, ...] = ()
    updatable: bool = True


class RetiredCalls(Struct, frozen=True):
    """Scripted calls that choose the same row, which is no longer offered: its words, and on which screen."""

    choice: str
    until: str
    calls: tuple[str, ...]


class TranscriptResults(Struct, frozen=True):
    """The scripted calls of a draft: how many there are, those that fail, and what an update would do.

    `same` are those that would do what they do in the revision the draft was made from, `followed` those of them that
    type other keys for it; `groups` are those that would not. `retired` are those that play as written, but choose a
    row (`choice`) whose last day is over: callers cannot do that any more. They do not keep the draft from being
    published, as time alone brings them about.
    """

    calls: int = 0
    otherwise: tuple[TranscriptMismatch, ...] = ()
    same: int = 0
    followed: int = 0
    groups: tuple[CallGroup, ...] = ()
    retired: tuple[RetiredCalls, ...] = ()

    @property
    def passed(self) -> int:
        """How many do what they say, and choose what callers can choose today."""
        return self.calls - self.failed - self.outdated

    @property
    def outdated(self) -> int:
        """How many choose a row that is no longer offered."""
        return sum(len(each.calls) for each in self.retired)

    @property
    def failed(self) -> int:
        """How many fail."""
        return sum(len(each.calls) for each in self.otherwise)

    @property
    def needing(self) -> int:
        """How many fail, or choose something else than in the revision the draft was made from."""
        return self.same + sum(len(group.calls) for group in self.groups)


def flow_of_draft(found: Draft) -> Flow | None:
    """The flow of a draft's files; None if they cannot be read."""
    return draft_editing.check_draft(sunwai().database, found.flow, found.files, found.main, sunwai().installation).flow


def run_transcripts(found: Draft, flow: Flow | None) -> TranscriptResults:
    """The results of playing every scripted call of a draft, whose flow is given."""
    if flow is None:
        return TranscriptResults()
    updates = call_updates(found.files, flow, sources_of(found))
    scripts = transcripts_for(found.files, flow.name)
    alike: dict[tuple[str, str], list[Transcript]] = {}
    unreadable = [(each, Difference(each.line, "", each.problem)) for each in scripts if each.problem]
    for call, unlike in (*unreadable, *((each.call, each.unlike) for each in updates if each.unlike)):
        alike.setdefault((unlike.screen, unlike.said), []).append(call)
    others = [TranscriptMismatch(screen, said, tuple(calls)) for (screen, said), calls in alike.items()]
    return TranscriptResults(
        len(scripts),
        tuple(sorted(others, key=lambda other: -len(other.calls))),
        sum(each.same for each in updates),
        sum(each.effect == "keys" for each in updates),
        tuple(_group(found, name, said) for name in GROUPS if (said := [u for u in updates if group_of(u) == name])),
        _retired(flow, scripts, {call.file for calls in alike.values() for call in calls}),
    )


def _retired(flow: Flow, scripts: Collection[Transcript], failing: Collection[str]) -> tuple[RetiredCalls, ...]:
    """The calls that do not fail, and choose a row that is not offered today or later."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in scripts:
        retired = None if each.file in failing else retired_choice(flow, each.said, today())
        if retired is not None:
            found.setdefault((f"{retired.screen}.{retired.code}", retired.until), []).append(each.file)
    return tuple(RetiredCalls(choice_words(flow, at), until, tuple(calls)) for (at, until), calls in found.items())


def failing_calls(found: Draft) -> int:
    """How many scripted calls of a draft fail."""
    flow = flow_of_draft(found)
    if flow is None:
        return 0
    scripts = transcripts_for(found.files, flow.name)
    return sum(bool(each.problem) or difference(flow, each.said) is not None for each in scripts)


def sources_of(found: Draft) -> CallSources | None:
    """The flow and files of the revision that a draft was made from; None for a new flow."""
    base = base_of(found)
    flow = flow_in(base)
    return CallSources(flow, base.source) if base is not None and flow is not None else None


def update_calls(found: Draft, groups: Collection[str] = SAME) -> Draft | ClosedDraft:
    """Update the scripted calls of these groups, and save the draft; the draft as it is then.

    Without `groups`, those that keep doing what they did.
    """

    def made(now: Draft) -> Mapping[str, str]:
        flow = flow_of_draft(now)
        if flow is None:
            return now.files
        return apply_updates(now.files, flow, call_updates(now.files, flow, sources_of(now)), groups)

    same = set(groups) <= set(SAME)
    what = "scripted calls updated" if same else "scripted calls updated that now do something else"
    done = change(found, made, what)
    assert isinstance(done, Draft | ClosedDraft)  # noqa: S101 - `made` finds no conflict
    return done


def changed_calls(found: Draft, flow: Flow | None) -> tuple[CallGroup, ...]:
    """What a draft has changed in the scripted calls of its revision: the gravest first."""
    before = sources_of(found)
    if before is None or flow is None:
        return ()
    effects = compare_calls(found.files, flow, before)
    made: dict[str, list[str]] = {
        name: [file for file, effect in effects.items() if effect == name] for name in (*UNLIKE, "keys", "words")
    }
    old, new = ({each.file for each in transcripts_of(files)} for files in (before.files, found.files))
    made |= {"gone": sorted(old - new), "new": sorted(new - old)}
    return tuple(CallGroup(name, _changed(name, len(calls)), tuple(calls)) for name, calls in made.items() if calls)


def _changed(name: str, count: int) -> str:
    """What a draft did to so many calls, in a sentence."""
    match name:
        case "unfiled":
            return ngettext("%(num)d call files nothing any more.", "%(num)d calls file nothing any more.", count)
        case "refiled":
            return ngettext("%(num)d call files something else.", "%(num)d calls file something else.", count)
        case "elsewhere":
            return ngettext(
                "%(num)d call ends elsewhere, or with other answers.",
                "%(num)d calls end elsewhere, or with other answers.",
                count,
            )
        case "broken":
            return ngettext("%(num)d call breaks off.", "%(num)d calls break off.", count)
        case "keys":
            return ngettext(
                "%(num)d call types other keys for the same choices.",
                "%(num)d calls type other keys for the same choices.",
                count,
            )
        case "words":
            return ngettext(
                "%(num)d call expects other words, and does the same.",
                "%(num)d calls expect other words, and do the same.",
                count,
            )
        case "gone":
            return ngettext("%(num)d call was deleted.", "%(num)d calls were deleted.", count)
    return ngettext("%(num)d call is new.", "%(num)d calls are new.", count)


def _group(found: Draft, name: str, updates: list[CallUpdate]) -> CallGroup:
    before = sources_of(found)
    gone = dict.fromkeys(each.gone for each in updates if each.gone and name.endswith(" gone"))
    choices = tuple(choice_words(before.flow, each) for each in gone) if before else ()
    calls = tuple(each.call.file for each in updates)
    return CallGroup(name, _after_update(name, len(updates)), calls, choices, updatable=not name.startswith("broken"))


def _after_update(name: str, count: int) -> str:
    """What an update does to so many calls, in a sentence."""
    match name:
        case "unfiled gone":
            return ngettext(
                "In %(num)d call the choice is gone; it would no longer file anything.",
                "In %(num)d calls the choice is gone; they would no longer file anything.",
                count,
            )
        case "unfiled":
            return ngettext(
                "In %(num)d call the keys now choose something else; it would no longer file anything.",
                "In %(num)d calls the keys now choose something else; they would no longer file anything.",
                count,
            )
        case "refiled gone":
            return ngettext(
                "In %(num)d call the choice is gone; it would file something else.",
                "In %(num)d calls the choice is gone; they would file something else.",
                count,
            )
        case "refiled":
            return ngettext(
                "%(num)d call would file something else.", "%(num)d calls would file something else.", count
            )
        case "elsewhere gone":
            return ngettext(
                "In %(num)d call the choice is gone; it would end elsewhere, or with other answers.",
                "In %(num)d calls the choice is gone; they would end elsewhere, or with other answers.",
                count,
            )
        case "elsewhere":
            return ngettext(
                "%(num)d call would end elsewhere, or with other answers.",
                "%(num)d calls would end elsewhere, or with other answers.",
                count,
            )
    return ngettext(
        "%(num)d call breaks off: record it again, or correct its file.",
        "%(num)d calls break off: record them again, or correct their files.",
        count,
    )


def choice_words(flow: Flow, choice: str) -> str:
    """An option or row (`menu.suggest`) as callers read it, and on which screen: "Suggestion (Complaint line 8484)"."""
    screen, _dot, code = choice.rpartition(".")
    ask = flow.screens.get(screen)
    if not isinstance(ask, Ask):
        return choice
    option = next((each for each in ask.options if each.code == code), None)
    row = flow.rows.get(ask.pick.list, {}).get(code) if ask.pick is not None else None
    words = code
    if option is not None:
        words = template(choose(option.text, language(), flow))
    elif row is not None:
        words = next((row.text[tag] for tag in fallbacks(language(), flow) if tag in row.text), code)
    return _("%(choice)s (%(screen)s)", choice=words, screen=str(screen_title(flow, screen)))
