"""Sample answers of a caller: what may be known if a call starts in the middle, and what actions bring there."""

from collections.abc import Iterator, Mapping
from typing import Any

from flows.cases.lifecycle_rules import Status
from flows.checks.analysis.text_index import names_in
from flows.checks.analysis.variables import Variables, longest_values, variables_of
from flows.engine.variables import DATE, needs_ucs2
from flows.menu.action_spec import ResultField
from flows.menu.actions import ACTIONS
from flows.menu.model import Flow, Outcome, Record, Scalar, Value
from flows.menu.screen_kinds import inputs_of, leads, saves_of, texts_of
from flows.preview.transcripts import SAMPLE, outcome_of
from flows.text import tracking_number

FAILED = "failed"  # the outcome of an action that could not be done: the flow's `else`
_WORDS = {False: "Gali 4, 3 din se", True: "گلی 4، تین دن سے"}  # what a caller types
_TOLD = ("contact.language", "contact.complaints")  # of the caller, and never sample data
_OTHER: dict[str, Scalar] = {"number": 3, "date": "2026-06-24", "yes_no": True}


def choices(action: str, statuses: Mapping[str, Status]) -> tuple[str, ...]:
    """The outcomes that may be chosen for an action; `ok/solved` is one with a complaint of that one of `statuses`."""
    declared = ACTIONS.get(action)
    if declared is None:
        return ("ok", FAILED)
    outcomes = [*declared.outcomes, FAILED]
    if {"status", "open", "resolved"} <= set(declared.brings) and not declared.writes:
        at = outcomes.index("ok") + 1 if "ok" in outcomes else 0
        outcomes[at:at] = [f"ok/{code}" for code in statuses if code != SAMPLE["status"]]
    return tuple(outcomes)


def transcript_acts(acts: Mapping[str, str], statuses: Mapping[str, Status]) -> dict[str, Any]:
    """Chosen outcomes as a scripted call says them in `act`; those that come by themselves are left out."""
    told: dict[str, Any] = {}
    for action, chosen in acts.items():
        result, _, code = chosen.partition("/")
        status = statuses.get(code)
        if status is not None:
            record = {"status": code, "open": status.open, "resolved": status.resolved}
            told[action] = {"result": result, "record": record}
        elif result and result != "ok":
            told[action] = result
    return told


def chosen_outcome(said: object) -> str:
    """An outcome of a scripted call as it is chosen for an action: `ok/solved`."""
    if not isinstance(said, Mapping):
        return str(said)
    record = said.get("record")
    status = record.get("status") if isinstance(record, Mapping) else None
    result = str(said.get("result", "ok"))
    return f"{result}/{status}" if status else result


def outcome(
    flow: Flow,
    action: str,
    given: Mapping[str, Value],
    acts: Mapping[str, str],
    longest: str,
    *,
    statuses: Mapping[str, Status],
) -> Outcome:
    """What an action comes back with: a sample record about what was asked for, in words of this flow's lists.

    With the tag of a language in `longest`, its fields are those whose words take the most room in it. `statuses` are
    those that a complaint may have.
    """
    found = outcome_of(action, transcript_acts(acts, statuses))
    declared = ACTIONS.get(action)
    if declared is None or found.record is None:
        return found
    many = isinstance(found.record, list)
    sample: Record = found.record[0] if isinstance(found.record, list) else found.record
    chosen = "/" in acts.get(action, "")
    record: Record = {}
    for name, brings in declared.brings.items():
        value = sample.get(name)
        told = given.get(name)
        if isinstance(told, str | int) and told != "":
            value = told
        elif longest and not (chosen and name in ("status", "open", "resolved")):
            value = _longest(flow, brings, longest, value)
        record[name] = _of_list(flow, brings, value)
    return Outcome(found.result, [record] if many else record)


def _of_list(flow: Flow, brings: ResultField, value: Scalar) -> Scalar:
    """A code that is in the list of this flow, where it has such a list."""
    rows = flow.rows.get(brings.list or "", {})
    return value if not rows or value in rows else next(iter(rows))


def _longest(flow: Flow, brings: ResultField, language: str, value: Scalar) -> Scalar:
    if brings.kind in ("date", "yes_no", "number") or (brings.list is None and not brings.any_script):
        return value
    known = Variables(held={"x": brings})
    found = longest_values(flow, known, language)["x"]
    return found if isinstance(found, str) else value


def before(flow: Flow, screen: str, language: str, *, longest: bool) -> dict[str, Value]:
    """What a caller may have answered on the shortest way to a screen, and what its own words put in.

    The language is not included, because it belongs to the caller. May raise for a flow with mistakes.
    """
    known = variables_of(flow)
    full = longest_values(flow, known, language) if longest else {}
    values: dict[str, Value] = {}
    for name in (*_saved_on_the_way(flow, screen), *_named(flow, screen)):
        whole = name if name in known.held or name in known.lists else name.rpartition(".")[0] or name
        for wanted in (whole, name.split(".")[0]):
            if wanted in known.lists and wanted not in values:
                record = {each: _field(flow, known, f"{wanted}.{each}", language) for each in known.lists[wanted]}
                several = full.get(wanted)
                values[wanted] = several if isinstance(several, list) else [record]
            elif wanted in known.records and wanted not in values:
                values[wanted] = {
                    each: _scalar(full.get(f"{wanted}.{each}", _field(flow, known, f"{wanted}.{each}", language)))
                    for each in known.records[wanted]
                }
        if whole in known.held and whole.split(".")[0] not in values and whole not in _TOLD:
            values[whole] = full.get(whole, _field(flow, known, whole, language))
    return values


def _scalar(value: Value) -> Scalar:
    return None if isinstance(value, dict | list) else value


def _field(flow: Flow, known: Variables, name: str, language: str) -> Scalar:
    """A usual value of a variable."""
    brings = known.held.get(name) or known.lists.get(name.rpartition(".")[0], {}).get(name.rpartition(".")[2])
    if brings is None:
        return None
    kind = flow.kinds.get(name) or brings.list or ""
    last = name.rpartition(".")[2]
    if kind == DATE or brings.kind == "date":
        return SAMPLE.get(last, _OTHER["date"])
    rows = flow.rows.get(kind, {})
    if rows:
        sample = SAMPLE.get(last)
        return sample if sample in rows else next(iter(rows))
    if last in SAMPLE:
        return SAMPLE[last]
    if brings.kind in _OTHER:
        return _OTHER[brings.kind]
    if brings.any_script:
        return _WORDS[needs_ucs2(flow, language)][: brings.longest]
    return brings.sample or tracking_number.SAMPLE[: brings.longest]


def _saved_on_the_way(flow: Flow, screen: str) -> tuple[str, ...]:
    """The variables saved by the screens of the shortest way from the first one to `screen`."""
    came: dict[str, str] = {flow.start: ""}
    waiting = [flow.start]
    while waiting and screen not in came:
        name = waiting.pop(0)
        for go, _ in leads(flow.screens[name]) if name in flow.screens else ():
            if go in flow.screens and go not in came:
                came[go] = name
                waiting.append(go)
    way: list[str] = []
    at = came.get(screen, "")
    while at:
        way.append(at)
        at = came[at]
    return tuple(dict.fromkeys(name for each in reversed(way) for name in saves_of(flow.screens[each])))


def _named(flow: Flow, screen_id: str) -> Iterator[str]:
    """The variables that a screen's words, its list and its action name."""
    screen = flow.screens.get(screen_id)
    if screen is not None:
        for each in texts_of(screen):
            yield from names_in(each.text) if each.role not in ("retry", "show") else ()
        yield from (name for name, _ in inputs_of(screen))
