"""An event as the SMS a person reads: in their language, naming the number, within the parts it may cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.cases.local_offices import office_of_place
from flows.cases.private_texts import private_event
from flows.cases.redaction import listed_numbers, redact
from flows.engine.sms_channel import PARTS
from flows.engine.variables import MOST_LINES, base_language, call_words, needs_ucs2, row_words, shorten, text_for
from flows.menu.model import Flow, Value
from flows.menu.sms_reply_text_keys import most_parts
from flows.text import gsm, tracking_number
from flows.text.printable import one_line
from sessions.cases.rules import later_texts
from sessions.cases.rules.danger_files import helplines_of
from storage.schema.cases import WITHDRAWN
from storage.schema.tables import Complaint

if TYPE_CHECKING:
    from sessions.messages.sms_context import Reply

LONGEST_WORDS = 306  # of a citizen in the text to an officer, before they are cut to what has room: two SMS in GSM-7
LEAST_WORDS = 12  # fewer of them tell nobody anything


def render_reply(flow: Flow, reply: Reply, language: str | None) -> tuple[str, str | None]:
    """The event and the words of a reply. A flow without words for it helps instead."""
    if reply.body is not None:
        return reply.event, _tidy(reply.body)
    flow = later_texts.with_later_texts(flow, reply.event, "code" if reply.code else "")
    if reply.event not in flow.texts:
        return "help", render_sms(flow, "help", language)
    if reply.complaint is not None and reply.values:
        return reply.event, render_values(flow, reply.event, language, reply.complaint, reply.values)
    return reply.event, render_sms(
        flow, reply.event, language, reply.complaint, reply.ref, call=reply.call, code=reply.code
    )


def render_sms(
    flow: Flow,
    event: str,
    language: str | None,
    complaint: Complaint | None = None,
    ref: str = "",
    *,
    note: str | None = None,
    call: tuple[str, ...] = (),
    code: str = "",
) -> str | None:
    """The text of an event, or None when the flow has none for it.

    About a private complaint only what tells nothing. An officer's note is shortened until the whole is one part, or
    two in a status and in a language that needs UCS-2. `note` replaces it. `call` are the helplines that it names. A
    `code` is added at the end of a text that has no place for it.
    """
    flow = later_texts.with_later_texts(flow, event, "code" if code else "")
    if complaint is not None:
        event = _shown_event(flow, event, complaint)
    if event not in flow.texts:
        return None
    language = language if language in flow.languages else base_language(flow)
    fields: dict[str, Value] = _fields(flow, complaint) if complaint else {"ref": ref}
    fields["call"] = call_words(helplines_of(flow), call[:MOST_LINES], language)
    note = str(fields.get("note") or "") if note is None else note
    fields |= {"note": note} if note else {}
    fields["code"] = code
    most = most_parts(event, ucs2=needs_ucs2(flow, language))
    body = _tidy(text_for(flow, event, language, fields))
    while note and gsm.parts(body) > most:
        note = shorten(note, len(note) - 1) if len(note) > 4 else ""
        body = _tidy(text_for(flow, event, language, fields | {"note": note}))
    return body if code in body else f"{body} CODE {code}"


def render_values(
    flow: Flow, event: str, language: str | None, complaint: Complaint, values: tuple[tuple[str, str], ...]
) -> str | None:
    """The text of an event about a complaint, filled with other `values` too; None when the flow has none for it."""
    event = _shown_event(flow, event, complaint)
    if event not in flow.texts:
        return None
    language = language if language in flow.languages else base_language(flow)
    return _tidy(text_for(flow, event, language, _fields(flow, complaint) | dict(values)))


def with_place(flow: Flow, body: str, case: Complaint, language: str) -> str:
    """What is said of an urgent case with its place behind it, where others may read that and both fit."""
    row = flow.rows.get("district", {}).get(case.district or "")
    name = row_words(flow, row, language) if row is not None and case.urgent and not case.private else ""
    both = f"{body}\n{name}"
    return both if name and name not in body and gsm.parts(both) <= PARTS else body


def with_words(flow: Flow, body: str, case: Complaint) -> str:
    """What an office is told of a new case, with the citizen's words behind it as far as PARTS have room for them.

    Without numbers, addresses and names that identify the writer; and of a case that hides its subject nothing at all.
    """
    read = "" if case.private else one_line(redact(case.details or "", listed_numbers(flow)))
    words = _tidy(" ".join(read.split()))[:LONGEST_WORDS]
    while words and gsm.parts(f'{body}\n"{words}"') > PARTS:
        words = shorten(words, len(words) - 1) if len(words) > LEAST_WORDS else ""
    return f'{body}\n"{words}"' if words else body


def _shown_event(flow: Flow, event: str, complaint: Complaint) -> str:
    """The event whose text the phone of a complaint may be shown. One that was taken back is with no office."""
    if event == "status_is" and complaint.shown_status == WITHDRAWN and WITHDRAWN in flow.texts:
        event = WITHDRAWN
    return private_event(flow, event) if complaint.private else event


def render_list(flow: Flow, language: str | None, title: str, lines: Sequence[str], count: int) -> str:
    """A title and as many of these lines as fit into one SMS, or two parts in UCS-2, and how many are left."""
    most = 2 if language in flow.languages and needs_ucs2(flow, language) else 1
    body = ""
    for shown in range(len(lines), 0, -1):
        more = f" +{count - shown}" if count > shown else ""
        body = f"{title} {', '.join(lines[:shown])}{more}"
        if gsm.parts(body) <= most:
            break
    return body


def _fields(flow: Flow, complaint: Complaint) -> dict[str, Value]:
    return {
        "ref": tracking_number.format_number(complaint.number),
        "note": complaint.note or "",
        "status": complaint.shown_status,
        "office": office_of_place(flow, complaint.office, complaint.district),
        "cat": complaint.category,
        "district": complaint.district,
        "due": complaint.due_on.isoformat(),
    }


def _tidy(body: str) -> str:
    """Typographic marks out, if that spares the whole text from UCS-2; no blanks where a variable was empty."""
    plain = gsm.to_gsm(body)
    return (plain if gsm.measure(plain).encoding == "GSM-7" else body).strip()
