"""F603, F612, F201, F001 outside the screens: columns of lists, and the texts that SMS are answered with."""

from flows.cases import local_offices, private_texts
from flows.checks.analysis.findings import Findings
from flows.delivery import message_policy
from flows.menu import sms_reply_text_keys
from flows.menu.model import PLACE_LIST, Row
from flows.text.western_digits import whole_number
from flows.understanding.name_lookup import NOWHERE, split_codes

DAYS = "days"  # the column of whole days until a reply is due
OTHERS = (
    *("received", "suggestion_received", "draft_saved", "number_revealed", "log_code", private_texts.UPDATE),
    *("pin_reset_started", "pin_reset_stopped", "pin_reset_none", "pin_reset"),
    *(*message_policy.IN_TIME, *message_policy.TO_STAFF),
)
FLAG = "emergency_check"  # the column of rows that may be a danger; the list of this name has what is said of each


def check_references(findings: Findings) -> None:
    """Report codes that lead nowhere, days that are no number, and texts that will be missed or never sent."""
    _columns(findings)
    _offices(findings)
    if findings.flow.texts and findings.flow.keywords:  # it answers SMS
        _events(findings)


def _columns(findings: Findings) -> None:
    flow = findings.flow
    for name, rows in flow.lists.items():
        if name == PLACE_LIST:
            _places(findings, rows)
            continue
        for row in rows:
            for column, code in row.columns.items():
                listed = column in flow.lists and column not in findings.broken and (code or column != FLAG)
                if listed and code not in flow.rows[column]:
                    said = (
                        f"{column} {code!r} of row {row.code!r} is not in list {column}, so a caller would "
                        "read the code"
                    )
                    findings.add(
                        "F603", ("lists", name, row.code), said, hint=findings.suggest(code, flow.rows[column])
                    )
                if column == DAYS and whole_number(code) is None:
                    said = f"days {code!r} of row {row.code!r} is not a whole number, so there would be no due date"
                    hint = "write the number of days, such as 7"
                    findings.add("F612", ("lists", name, row.code), said, hint=hint, severity="E")


def _places(findings: Findings, rows: tuple[Row, ...]) -> None:
    """Report places that are in no row of the list, such as a district that the flow does not have."""
    flow = findings.flow
    columns = [name for name in (*flow.lists, *findings.broken) if rows and name in rows[0].columns]
    if rows and not columns and PLACE_LIST not in findings.broken:
        said = "no column of the list place has the name of another list, so none of its places would be found"
        findings.add("F603", ("lists", PLACE_LIST), said, hint="add a column district with codes of the list district")
    read = [column for column in dict.fromkeys(columns) if column not in findings.broken]
    for row, column in ((row, column) for row in rows for column in read):
        codes = split_codes(row.columns[column])
        for code in (code for code in codes if code not in flow.rows[column]):
            said = (
                f"{column} {code!r} of the place {row.code!r} is not in list {column}, so who types its name is not "
                "understood"
            )
            hint = findings.suggest(code, flow.rows[column]) or f"write a code of the list {column}, or remove the row"
            findings.add("F603", ("lists", PLACE_LIST, row.code), said, hint=hint)
        if not codes and row.columns.get("kind") not in NOWHERE:
            said = f"the place {row.code!r} has no {column}, so who types its name is not understood"
            hint = f"write a code of the list {column}; of several, put semicolons between"
            findings.add("F603", ("lists", PLACE_LIST, row.code), said, hint=hint)


def _offices(findings: Findings) -> None:
    """Offices of places: their kind, the places they serve, and that a place has one of a kind."""
    if findings.broken & {local_offices.OFFICES, local_offices.DISTRICTS, "province"}:
        return  # reported already
    flow, kinds = findings.flow, local_offices.kinds_of_office(findings.flow)
    places = {*flow.rows.get("province", {}), *flow.rows.get(local_offices.DISTRICTS, {})}
    taken: dict[tuple[str, str], str] = {}
    for row in local_offices.local_offices(flow):
        kind, at = row.columns[local_offices.KIND], ("lists", local_offices.OFFICES, row.code)
        if kind not in kinds:
            said = f"kind {kind!r} of row {row.code!r} is not a kind of office, so nobody would read this office"
            findings.add("F603", at, said, hint=findings.suggest(kind, kinds))
        for area in local_offices.areas_of(row):
            first = taken.setdefault((kind, area), row.code)
            if first != row.code:
                said = f"{area} has two offices of kind {kind}, {first} and {row.code}: callers read the second one"
                findings.add("F612", at, said, hint=f"remove {area} from one of them", severity="E")
            if "province" in flow.lists and area not in places:
                said = f"row {row.code!r} serves {area!r}, which is neither a district nor a province"
                findings.add("F603", at, said, hint=findings.suggest(area, places))
    for row in flow.lists.get("category", ()):
        office = row.columns.get("office", "")
        if office in flow.rows.get(local_offices.OFFICES, {}) and office not in kinds:
            said = f"office {office!r} of row {row.code!r} is the office of a place, so other places would get it too"
            kind = flow.rows[local_offices.OFFICES][office].columns[local_offices.KIND]
            findings.add("F612", ("lists", "category", row.code), said, hint=f"write its kind, {kind}", severity="E")


def _events(findings: Findings) -> None:
    flow = findings.flow
    for event in sms_reply_text_keys.ALWAYS:
        if event not in flow.texts:
            said = f"there is no text {event!r}, so some people who send an SMS would get no answer"
            findings.add("F201", ("texts",), said, hint=f"add {event} in every language")
    if findings.around.events:
        _unsent(findings, {*sms_reply_text_keys.ALL, *OTHERS, *findings.around.events})


def _unsent(findings: Findings, sent: set[str]) -> None:
    known = sent | {private_texts.private_text_key(event) for event in sent}
    for event in findings.flow.texts:
        if event not in known:
            said = f"nothing ever sends the text {event!r}"
            findings.add("F001", ("texts", event), said, hint=findings.suggest(event, known), severity="W")
