"""The scripted calls of a flow on a page: how each goes now, what all of them reach, and a new one from the phone."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from flows.engine.call_days import depends_on_time
from flows.engine.sms_channel import is_texted
from flows.menu.model import Flow, Value
from flows.parsing.transcript_file import FOLDER, Transcript, file_stem, parse_transcript
from flows.preview import sample_answers
from flows.preview.filed_texts import other_values
from flows.preview.network_profiles import NETWORKS
from flows.preview.rehearsal import Rehearsal, RehearsalResult, rehearse
from flows.preview.rehearsed_step import RehearsedScreen
from flows.preview.transcript_coverage import TranscriptCoverage, coverage, transcripts_for
from flows.preview.transcript_writer import CallChecks, CallSetup, RecordedScreen, format_transcript
from flows.preview.transcripts import dialled_entries, difference, entry
from gateway.console.phone.replay import PREFIX
from gateway.console.phone.view_model import (
    SMS,
    STORED,
    Phone,
    call_screens,
    rehearsal,
    usual_checks,
)
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _, ngettext

NAMED = 6  # screens or options that no call comes to, named before the rest is counted
LONGEST_NAME = 80


class TranscriptView(Struct, frozen=True):
    """A scripted call: its file, its name, and in `said` how the call differs from it ("" if it does not)."""

    file: str
    name: str
    said: str
    playable: bool = True


class CoverageView(Struct, frozen=True):
    """What all of them reach in a language, in words; `missing` names screens and options that none reaches."""

    language: str
    said: str
    missing: str


class Calls(Struct, frozen=True):
    """Every scripted call of a flow."""

    all: tuple[TranscriptView, ...]
    coverage: tuple[CoverageView, ...]

    @property
    def failed(self) -> tuple[TranscriptView, ...]:
        """The scripts from which the call differs."""
        return tuple(call for call in self.all if call.said)

    @property
    def passed(self) -> tuple[TranscriptView, ...]:
        """The scripts that the call matches."""
        return tuple(call for call in self.all if not call.said)


class CannotKeep(Exception):
    """A call that cannot be a scripted call; the message says what to do."""


def calls_of(flow: Flow, files: Mapping[str, str]) -> Calls:
    """Play all of them."""
    scripts = transcripts_for(files, flow.name)
    found = []
    for script in scripts:
        if script.problem:
            said = _("It cannot be played: %(problem)s (line %(line)s)", problem=script.problem, line=script.line)
        else:
            said = str(difference(flow, script.said) or "").replace("\\n", " / ")
        name = str(script.said.get("test") or script.file)
        found.append(TranscriptView(script.file, name, " ".join(said.split()), not script.problem))
    return Calls(tuple(found), tuple(_reached(flow, each) for each in coverage(flow, scripts)))


def _reached(flow: Flow, covered: TranscriptCoverage) -> CoverageView:
    missing = [*covered.unseen, *covered.unchosen]
    named = ", ".join(missing[:NAMED])
    if len(missing) > NAMED:
        named += " " + ngettext("and %(num)s more", "and %(num)s more", len(missing) - NAMED)
    said = _(
        "%(seen)s of %(screens)s screens, %(chosen)s of %(options)s options",
        seen=covered.screens - len(covered.unseen),
        screens=covered.screens,
        chosen=covered.options - len(covered.unchosen),
        options=covered.options,
    )
    return CoverageView(flow.languages.get(covered.language, covered.language), said, named)


def transcript_phone_fields(file: str, text: str) -> MultiDict[str, str]:
    """The fields of a phone that plays a scripted call; no fields if it cannot be read.

    Its caller becomes the most similar one that the phone offers.
    """
    script = parse_transcript(file, text)
    fields: MultiDict[str, str] = MultiDict()
    if script.problem:
        return fields
    said = script.said
    caller, acts = dict(said.get("caller") or {}), dict(said.get("act") or {})
    fields.setlist(f"{PREFIX}input", [*([str(said["text"])] if said.get("text") else []), *_entries(script)])
    fields[f"{PREFIX}language"] = str(caller.get("language") or "")
    fields[f"{PREFIX}caller"] = "known" if caller.keys() & {"district", "complaints"} else "new"
    fields[f"{PREFIX}dial"] = str(said.get("dial") or "") if dialled_entries(str(said.get("dial") or "")) else ""
    for action, outcome in acts.items():
        fields[f"{PREFIX}act-{action}"] = sample_answers.chosen_outcome(outcome)
    return fields


def _entries(script: Transcript) -> list[str]:
    return [entry(step) for step in script.said["steps"] if "enter" in step]


def file_of(name: str) -> str:
    """The file that a call of this name is kept in; "" for a name without a letter that a file's name can have."""
    stem = file_stem(name)
    return f"{FOLDER}{stem}.yaml" if stem else ""


def make_transcript(phone: Phone, flow: Flow, name: str, files: Mapping[str, str], today: str = "") -> tuple[str, str]:
    """The call on a phone as the name and text of a scripted call's file. Raises CannotKeep.

    It is played again as `flask flows test` will play it: on the usual network, with usual values.
    """
    name = " ".join(name.split())
    file = file_of(name)
    if not name:
        raise CannotKeep(_("Give the call a name first."))
    if len(name) > LONGEST_NAME:
        raise CannotKeep(_("The name is too long. Use %(most)s characters or fewer.", most=LONGEST_NAME))
    if not file:
        raise CannotKeep(_("The name needs some Latin letters or digits, because its file is named after it."))
    if file in files:
        raise CannotKeep(_("There is already a call with this name. Choose another name, or delete that call first."))
    if phone.at not in ("", flow.start):
        raise CannotKeep(
            _("A scripted call begins at the first screen. Choose “from the beginning” under Begin, and play it again.")
        )
    asked = rehearsal(phone, flow, today if flow.dated or depends_on_time(flow) else "")
    acts = _outcomes_of(phone)
    usual = Rehearsal(asked.language, NETWORKS["usual"], asked.caller, "", _typed(phone), acts, dial=phone.dial)
    played = rehearse(flow, usual, sunwai().policy.statuses)
    seen = (
        played
        if is_texted(flow)
        else rehearse(flow, replace(usual, network=NETWORKS[phone.network]), sunwai().policy.statuses)
    )
    if [step.body for step in seen.steps] != [step.body for step in played.steps]:
        told = _("This network showed different words from the usual one, on which scripted calls are played.")
        raise CannotKeep(told + " " + _("Choose “Usual” as the network, check the call again, and keep that one."))
    if played.problem is not None or not any(step.body for step in played.steps):
        raise CannotKeep(_("Play a call first. A call that breaks off cannot be kept."))
    return file, _script(name, flow, usual, played, _checks(phone, flow, usual, played))


def _outcomes_of(phone: Phone) -> dict[str, str]:
    """The outcomes of a call: those that were chosen, and those by the rules, such as that of words of danger."""
    steps = phone.played.steps if phone.played is not None else ()
    ruled = {did.action: did.result for step in steps for did in step.did if did.result != "ok"}
    return {name: given for name, given in {**ruled, **phone.acts}.items() if given in phone.choices.get(name, ())}


def _checks(phone: Phone, flow: Flow, asked: Rehearsal, played: RehearsalResult) -> CallChecks:
    """What a kept call checks: what was ticked, in words that do not depend on the office, the day or the number."""
    steps = call_screens(played.steps)
    ticked = usual_checks(steps) if phone.checks is None else phone.checks
    varied = call_screens(rehearse(flow, replace(asked, rules=other_values(flow)), sunwai().policy.statuses).steps)
    alike = [step.screen for step in steps] == [step.screen for step in varied]
    return CallChecks(
        frozenset(int(each) for each in ticked if each.isdecimal()),
        SMS in ticked,
        STORED in ticked,
        tuple(step.body for step in varied) if alike else (),
        next((step.sms for step in varied if step.sms), "") if alike else "",
    )


def _typed(phone: Phone) -> tuple[str, ...]:
    """The entries of a call, which must be one call."""
    if phone.broken:
        raise CannotKeep(_("A scripted call is one call without an interruption. Start over, and play it without one."))
    return phone.inputs


def _script(name: str, flow: Flow, asked: Rehearsal, played: RehearsalResult, checks: CallChecks) -> str:
    steps = call_screens(played.steps)
    heard = [RecordedScreen(step.typed, step.body, step.ends) for step in steps]
    text = steps[0].typed if is_texted(flow) else ""
    caller: dict[str, Value] = {**asked.caller, **({"language": asked.language} if asked.language else {})}
    told = sample_answers.transcript_acts(asked.acts, sunwai().policy.statuses)
    script_acts = {action: said for action, said in told.items() if _did(steps, action)}
    sms = next((step.sms for step in steps if step.sms), "") or ""
    dial = asked.dial or flow.service.get("line") or flow.service.get("ussd", "")
    known = CallSetup(caller, script_acts, text)
    made = format_transcript(
        name, flow.name, dial, heard, sms=sms, flow=flow, statuses=sunwai().policy.statuses, known=known, checks=checks
    )
    unlike = difference(flow, parse_transcript("call.yaml", made).said)
    if unlike is not None:  # what an action brings is another in a script: those words are left to it
        raise CannotKeep(_("This call cannot be kept as it is: %(why)s", why=str(unlike)))
    return made


def _did(steps: list[RehearsedScreen], action: str) -> bool:
    return any(did.action == action for step in steps for did in step.did)
