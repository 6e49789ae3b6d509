"""A complaint as the flow of a call sees it, in the words of the line that filed it."""

from collections.abc import Callable, Sequence

from flows.engine.variables import base_language, row_words
from flows.menu.model import Record
from sessions.cases.acts import citizen_acts
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.pins import opens
from sessions.publishing.published_cache import PublishedFlow
from storage.cases import pins
from storage.menus import revisions
from storage.schema.tables import Complaint, Contact

FROM_LISTS = ("category", "district", "office")  # fields of a record that are codes of the lists of these names

FlowOf = Callable[[int], PublishedFlow | None]  # the flow of a revision
Caller = Callable[[], Contact | None]  # whose phone asks


def record_of(
    act: ActContext, complaint: Complaint, flow_of: FlowOf, caller: Caller, *, opened: bool = False
) -> Record:
    """A complaint of one's own: one of another line in that line's words, where this one has no such row.

    `opened`: all of it, for somebody who knows its PIN.
    """
    flow = act.flow
    if opened:
        record = citizen_acts.opened_record(complaint, act.policy, flow)
    else:
        pin = pins.find(act.db, complaint.contact_id) if complaint.private else None
        readable = opens(act.db, pin, complaint)
        record = citizen_acts.record_of(complaint, act.policy, flow, guarded=pin is not None, readable=readable)
    if complaint.flow in (None, flow.name):
        return record
    strange = [name for name in FROM_LISTS if record[name] and record[name] not in flow.rows.get(name, {})]
    return record | (_words_of_its_line(act, complaint, (flow_of, caller), record, strange) if strange else {})


def _words_of_its_line(
    act: ActContext, complaint: Complaint, ask: tuple[FlowOf, Caller], record: Record, names: Sequence[str]
) -> Record:
    """Fields of a complaint in the words of the flow that filed it; nothing instead of a code without words."""
    live = revisions.live_id(act.db, complaint.flow)
    filed = ask[0](live) if live is not None else None
    said: Record = dict.fromkeys(names, "")
    if filed is None:
        return said
    caller = ask[1]()
    spoken = (caller.language if caller is not None else None) or base_language(filed.flow)
    for name in names:
        row = filed.flow.rows.get(name, {}).get(str(record[name]))
        said[name] = row_words(filed.flow, row, spoken) if row is not None else ""
    return said
