"""What the phone in the browser asks of us beside the webhook: where a call is, and the call as a scripted call."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct

from flows.menu.model import Flow
from flows.parsing.transcript_file import FOLDER, file_stem, parse_transcript
from flows.preview.rehearsed_step import readable_values
from flows.preview.sample_answers import chosen_outcome
from flows.preview.transcript_writer import CallChecks, CallSetup, RecordedScreen, format_transcript, infer_setup
from flows.preview.transcripts import dialled_entries, difference
from gateway.aggregators.vendors.africastalking_outbound import NAME
from gateway.endpoints.application import Sunwai
from gateway.simulator.recorder import live_at
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.redis.redis_line import StoreDown

MOST_SCREENS = 80  # of one call
_Short = Annotated[str, Meta(max_length=80)]
_Words = Annotated[str, Meta(max_length=2000)]


class CallProblem(Exception):
    """A call that cannot be saved; the text says what to do."""


class HeardScreen(Struct, frozen=True):
    """What was typed for a screen ("" for dialling), its words, and whether the call ended with it."""

    typed: _Words
    body: _Words
    ends: bool


class HeardCall(Struct, frozen=True):
    """A call as the phone in the browser heard it. `code` was reached, `dialled` may have choices behind it."""

    name: _Short
    dialled: _Short
    code: _Short
    heard: Annotated[tuple[HeardScreen, ...], Meta(max_length=MOST_SCREENS)]
    sms: _Words = ""


def read_heard_call(body: bytes) -> HeardCall:
    """The call in a JSON body. Raises CallProblem."""
    try:
        return msgspec.json.decode(body, type=HeardCall)
    except (msgspec.DecodeError, RecursionError):
        raise CallProblem("The call could not be read, or it is too long: make a shorter one.") from None


def view_call(app: Sunwai, session: str, phone: str, code: str) -> dict[str, Any] | None:
    """The screen, the language and the values of a call that is going on or has just ended; None if nobody knows it."""
    try:
        key = app.session_keys.name(NAME, session, phone, code).key
        live = app.session_keys.unpack(key, app.store.load(key.encode()))
    except StoreDown:
        return None
    state = live.state if live is not None else None
    published = app.shelf.revision(state.revision) if state is not None else None
    if state is None or published is None:
        return None
    flow = published.flow
    return {
        "screen": state.screen,
        "flow": flow.name,
        "revision": published.number,
        "language": flow.languages.get(state.language, state.language),
        "wrong": state.problem,
        "values": readable_values(flow, state.values, state.language),
    }


def script_of(call: HeardCall) -> dict[str, str]:
    """The file and the text of a scripted call, what to know about it, and the address that plays it in a draft.

    Its last screen and what is stored are checked again, as for calls that are kept in the console. Raises CallProblem.
    """
    flow, stem = live_at(call.code), file_stem(call.name)
    if flow is None:
        raise CallProblem(f"No flow is live for {call.code} here. To see which codes have one: flask flows status")
    if not call.name.strip() or not stem:
        raise CallProblem("Give the call a name with some Latin letters or digits first: its file is named after it.")
    if not call.heard:
        raise CallProblem("Make a call first.")
    heard = [RecordedScreen(each.typed, each.body, each.ends) for each in call.heard]
    caller, acts = infer_setup(flow, call.dialled, heard, SHIPPED_POLICY.statuses)
    text = format_transcript(
        " ".join(call.name.split()),
        flow.name,
        call.dialled,
        heard,
        sms=call.sms,
        flow=flow,
        statuses=SHIPPED_POLICY.statuses,
        known=CallSetup(caller, acts),
        checks=CallChecks(frozenset({len(heard) - 1})),
    )
    unlike = difference(flow, parse_transcript("call.yaml", text).said)
    said = "It plays as recorded." if unlike is None else f"It does not play as recorded: {unlike}"
    file = f"{FOLDER}{stem}.yaml"
    return {"file": f"{stem}.yaml", "text": text, "said": f"Saved as {file}. {said}", "draft": _draft(flow, call, text)}


def _draft(flow: Flow, call: HeardCall, text: str) -> str:
    """The address in the console that plays the same call in a draft."""
    said = parse_transcript("call.yaml", text).said
    caller = said.get("caller") or {}
    fields = [("phone-input", each.typed) for each in call.heard[1:]]
    fields += [("phone-language", str(caller.get("language") or ""))]
    fields += [("phone-caller", "known" if caller.keys() & {"district", "complaints"} else "new")]
    fields += [("phone-dial", call.dialled)] if dialled_entries(call.dialled) else []
    fields += [(f"phone-act-{name}", chosen_outcome(given)) for name, given in (said.get("act") or {}).items()]
    fields += [("phone-name", call.name)]
    return f"/console/flows/{flow.name}/phone/recorded?{urlencode(fields)}"
