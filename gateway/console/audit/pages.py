"""The page of the audit log, and the file of what it shows. Every export is an entry itself."""

import csv
import datetime as dt
import io
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from msgspec import Struct

from flows.text.western_digits import whole_number
from gateway.console.audit.detail_words import every_role, shown_entry
from gateway.console.audit.labels import event_labels, subject_labels
from gateway.console.site.guard import needs, note, sunwai
from gateway.console.site.i18n import _
from gateway.exchange.lists_csv import pack_csv
from gateway.http.attachment import attach
from sessions.audit import audit_notes
from sessions.audit.audit_notes import NamedEntry
from storage.audit.audit_log import AuditFilter

blueprint = Blueprint("audit", __name__)

ON_A_PAGE = 50
IN_A_FILE = 10_000  # rows; a command exports more
FIELDS = ("event", "who", "kind", "subject", "since", "until")
HEADS = ("id", "at", "event", "actor_kind", "actor", "role", "subject_kind", "subject", "network", "detail")


class AuditQuery(Struct, frozen=True):
    """What a form asks for: the fields as typed, the filter that they make, and what is wrong with them."""

    typed: dict[str, str]
    wanted: AuditFilter
    wrong: str = ""


@blueprint.get("/audit")
@needs("people")
def page() -> tuple[str, int]:
    """The newest entries that match the filters; `before` is the id of the last one on the page before."""
    query, before = parse_audit_query(), whole_number(request.args.get("before", ""))
    found = [] if query.wrong else list(_entries(query, ON_A_PAGE + 1, before))
    shown, more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
    words = render_template(
        "console/audit/page.html",
        entries=[shown_entry(each) for each in shown], roles=every_role(),
        events=event_labels(), subjects=subject_labels(), typed=query.typed, wrong=query.wrong,
        file=url_for(".file", **_given(query)), most=IN_A_FILE,
        older=url_for(".page", **_given(query), before=shown[-1].row.id) if more else "",
    )  # fmt: skip
    return words, 422 if query.wrong else 200


@blueprint.get("/audit.csv")
@needs("people")
def file() -> Response:
    """The same entries as a file for spreadsheets, the newest ten thousand."""
    query = parse_audit_query()
    if query.wrong:
        return Response(query.wrong, 422, mimetype="text/plain")
    note("exported", "audit", format="csv")
    found = audit_notes.every_entry(sunwai().database, query.wanted, IN_A_FILE)
    answer = Response(pack_csv(as_csv(found)), mimetype="text/csv; charset=utf-8")
    return attach(answer, "audit.csv")


def as_csv(entries: Any) -> str:
    """A table with a row for each entry."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADS)
    for each in entries:
        row = each.row
        told = (row.id, row.at.isoformat(), row.event, row.actor_kind, each.who, row.role, row.subject_kind, each.about)
        writer.writerow((*told, row.network, _detail_codes(each)))
    return table.getvalue()


def _detail_codes(entry: NamedEntry) -> str:
    """The details of an entry as they are stored: `how=code reason=wrong`."""
    return " ".join(f"{key}={value}" for key, value in sorted(entry.row.detail.items()))


def parse_audit_query() -> AuditQuery:
    """The filters of this request. Days are those of the callers, and the last one is included."""
    typed = {name: request.args.get(name, "").strip()[:64] for name in FIELDS}
    try:
        since, until = (dt.date.fromisoformat(typed[each]) if typed[each] else None for each in ("since", "until"))
        days = audit_notes.period_of_days(since, until, sunwai().settings.timezone)
    except (ValueError, OverflowError):
        return AuditQuery(typed, AuditFilter(), _("Enter days such as 2026-06-17."))
    kind, actor = audit_notes.find_actor(sunwai().database, typed["who"]) if typed["who"] else ("", "")
    digits = typed["subject"].replace("-", "").replace(" ", "")
    is_number = typed["kind"] == "case" or (not typed["kind"] and digits.isdecimal())
    subject = digits if is_number else typed["subject"]
    if typed["kind"] == "staff" and subject:
        subject = audit_notes.find_actor(sunwai().database, subject)[1]
    return AuditQuery(typed, AuditFilter(typed["event"], kind, actor, typed["kind"], subject, *days))


def _entries(query: AuditQuery, limit: int, before: int | None) -> Any:
    return audit_notes.list_entries(sunwai().database, query.wanted, limit, before)


def _given(query: AuditQuery) -> dict[str, Any]:
    return {name: value for name, value in query.typed.items() if value}
