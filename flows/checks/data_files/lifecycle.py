"""D101, D102 and D107: a life cycle file whose parts cannot be read or do not fit together."""

from typing import Any

import msgspec
from msgspec.structs import replace

from flows.cases.lifecycle_file import (
    ASKED_FOR_MONEY,
    NO_RELIEF,
    OPEN,
    OPERATOR,
    RUDE,
    BadLifecycle,
    Life,
    Status,
    Transition,
    parse_lifecycle,
)
from flows.checks.data_files.data_file import DataContext, DataFile, plain
from flows.checks.data_files.lifecycle_changes import check_changes
from flows.checks.data_files.lifecycle_limits import check_limits
from flows.checks.data_files.lifecycle_moves import Moves, check_moves
from flows.checks.data_files.lifecycle_promises import check_promises
from flows.menu.diagnostics import Problem, near
from flows.text.normalization import words

UNREADABLE, UNDEFINED, DOUBLE = "D101", "D102", "D107"
CODES = ("proofs", "refusals", "drops")  # sections whose codes a move asks for


def check_lifecycle(text: str, file: str, around: DataContext) -> list[Problem]:
    """What is wrong with a life cycle file. It never raises."""
    given = DataFile(text, file, UNREADABLE)
    if given.data is None:
        return given.found
    sections = _sections(given)
    statuses, moves = _statuses(given), _moves(given)
    names = Moves(given, statuses, moves, _roles(sections), frozenset(_words(given.data.get("ranks"))))
    _undefined(names)
    _synonyms(names)
    _codes(given, sections)
    _recheck(given, sections, around)
    check_limits(given, sections, around.usual)
    if given.whole and not any(each.code == UNDEFINED for each in given.found):
        _doubles(names)
        check_moves(names)
        check_promises(given, sections, names, around)
        check_changes(names, around.usual)
    if not any(each.severity == "E" for each in given.found):
        try:  # what the product itself says of the file
            parse_lifecycle(text)
        except BadLifecycle as error:
            given.add(UNREADABLE, (), str(error).partition(": ")[2])
    return given.found


def _sections(given: DataFile) -> dict[str, Any]:
    """Each section that can be read, by its name."""
    wanted = {field.encode_name: field for field in msgspec.structs.fields(Life)}
    meant = set()
    for name in given.data:
        if name not in wanted:
            meant.add(near(str(name)[:60], [each for each in wanted if each not in given.data]))
            hint = given.suggest(str(name), [each for each in wanted if each not in given.data]) or "remove it"
            given.add(UNREADABLE, (name,), f"nothing reads the section {str(name)[:40]!r}", hint=hint)
    found = {}
    for name, field in wanted.items():
        if name not in given.data:
            if field.required and name not in meant:
                given.add(UNREADABLE, (), f"the section {name} is missing", hint="take it from the shipped file")
        elif name not in ("statuses", "moves"):
            section = given.convert((name,), given.data[name], field.type)
            if section is not None:
                found[name] = section
    return found


def _statuses(given: DataFile) -> dict[str, Status]:
    raw = given.data.get("statuses")
    if not isinstance(raw, dict):
        if raw is not None or "statuses" in given.data:
            given.add(UNREADABLE, ("statuses",), "statuses must be a map of names")
        return {}
    read = {str(name): given.convert(("statuses", name), each, Status) for name, each in raw.items()}
    return {name: each for name, each in read.items() if each is not None}


def _moves(given: DataFile) -> list[tuple[int, Transition]]:
    """The moves that can be read, each with its place in the list."""
    raw = given.data.get("moves")
    if not isinstance(raw, list):
        if "moves" in given.data:
            given.add(UNREADABLE, ("moves",), "moves must be a list")
        return []
    found = []
    for at, each in enumerate(raw):
        value = plain(each)
        if isinstance(value, dict) and isinstance(value.get("from"), str):
            value["from"] = [value["from"]]
        move = given.convert(("moves", at), value, Transition)
        if move is not None:
            found.append((at, move))
    return found


def _roles(sections: dict[str, Any]) -> frozenset[str]:
    return frozenset({*sections.get("roles", ()), *sections.get("ranks", ())})


def _words(raw: Any) -> list[str]:
    return [str(each) for each in raw] if isinstance(raw, (dict, list)) else []


def _undefined(names: Moves) -> None:
    """Statuses and roles that moves name and the file does not define."""
    given = names.given
    sources = {*names.written, OPEN}
    renamed = _renamed(names)
    for status, uses in renamed.items():
        said = f"{len(uses)} moves name {uses[0]!r}, and this status is called {status!r}: nobody could make them"
        given.add(UNDEFINED, ("statuses", status), said, hint=f"did you mean {uses[0]!r}?")
    sources |= {use for uses in renamed.values() for use in uses}
    for at, move in names.moves:
        for status in move.sources:
            if status not in sources:
                said = f"the move {move.name!r} begins at {status!r}, which is not a status: nobody can make it"
                given.add(UNDEFINED, ("moves", at, "from"), said, hint=given.suggest(status, sources))
        if move.target not in sources:
            said = f"the move {move.name!r} leads to {move.target!r}, which is not a status"
            given.add(UNDEFINED, ("moves", at, "to"), said, hint=given.suggest(move.target, names.written))
        if not move.by:
            hint = "say who may, for example by: [officer]"
            given.add(UNDEFINED, ("moves", at, "by"), f"nobody may make the move {move.name!r}", hint=hint)
        for role in sorted(move.by - names.roles) if names.roles else ():
            said = f"the move {move.name!r} is for {role!r}, which is not a role: nobody has it"
            given.add(UNDEFINED, ("moves", at, "by"), said, hint=given.suggest(role, names.roles))
        if OPERATOR in move.by:
            said = f"the move {move.name!r} names {OPERATOR}, which may make every move of staff without being named"
            given.add(UNDEFINED, ("moves", at, "by"), said, hint=f"leave {OPERATOR} out")


def _renamed(names: Moves) -> dict[str, list[str]]:
    """Statuses that no move names, each with the similar name that moves have instead."""
    used = [status for _, move in names.moves for status in (*move.sources, move.target) if status != OPEN]
    strange = [status for status in used if status not in names.written]
    found: dict[str, list[str]] = {}
    for status in sorted(names.written - {*used}):
        if slip := near(status, strange, alike=80):
            found[status] = [each for each in strange if each == slip]
    return found


def _synonyms(names: Moves) -> None:
    raw = names.given.data.get("synonyms")
    for word, status in raw.items() if isinstance(raw, dict) else ():
        if names.written and str(status) not in names.written:
            said = f"officers who write {str(word)!r} mean {str(status)!r}, which is not a status"
            hint = names.given.suggest(str(status), names.written)
            names.given.add(UNDEFINED, ("synonyms", word), said, hint=hint)
        elif other := _other_status(names, str(word), str(status)):
            said = f"officers who write {str(word)!r} mean {status}, and the word is of {other}"
            names.given.add(UNDEFINED, ("synonyms", word), said, hint=f"write {other}")
        elif _is_out_of_reach(names, str(word), str(status)):
            said = f"officers who write {str(word)!r} mean {status}, to which no office may bring a complaint"
            names.given.add(UNDEFINED, ("synonyms", word), said, hint="name the status that an office sets")
        elif str(word) in names.written and str(word) != str(status):
            said = f"{str(word)!r} is a status itself, so it never means {str(status)!r}"
            names.given.add(UNDEFINED, ("synonyms", word), said, hint="remove it")


def _other_status(names: Moves, word: str, status: str) -> str:
    """Another status whose name begins with the word, if that of its own does not have it."""
    found = [name for name in sorted(names.written) if name.startswith(word) and len(word) > 3]
    return found[0] if len(found) == 1 and word not in status else ""


def _is_out_of_reach(names: Moves, word: str, status: str) -> bool:
    """True for a status that only citizens and time bring about, if the word is none of its own name."""
    moves = [move for _, move in names.moves if move.target == status]
    return bool(moves) and word not in status and not any(names.staff(move) for move in moves)


def _codes(given: DataFile, sections: dict[str, Any]) -> None:
    """Codes that the product needs, and lists that have one twice."""
    roles = _roles(sections)
    for role in ("citizen", "system", OPERATOR):
        if "roles" in sections and "ranks" in sections and role not in roles:
            given.add(UNDEFINED, ("roles",), f"the role {role} is missing", hint=f"add {role}")
    if NO_RELIEF not in sections.get("outcomes", (NO_RELIEF,)):
        given.add(UNDEFINED, ("outcomes",), f"the outcome {NO_RELIEF} of a refusal is missing", hint=f"add {NO_RELIEF}")
    if "outcomes" in sections and not {*sections["outcomes"]} - {NO_RELIEF}:
        given.add(UNDEFINED, ("outcomes",), "no outcome says that it helped: nothing can be resolved")
    verdicts = sections.get("verdicts")
    for verdict in sorted({ASKED_FOR_MONEY, RUDE} - {*verdicts.values()}) if verdicts is not None else ():
        said = f"the verdict {verdict} is missing: oversight would not hear of it"
        given.add(UNDEFINED, ("verdicts",), said, hint="give it a key, whichever it is")
    for name, section in sections.items():
        if isinstance(section, tuple) and len({*section}) < len(section):
            twice = next(each for at, each in enumerate(section) if each in section[:at])
            given.add(DOUBLE, (name,), f"{name} has {str(twice)[:40]!r} twice", hint="remove one")
    for name in CODES:
        if sections.get(name) == ():
            given.add(UNDEFINED, (name,), f"{name} is empty: a move that needs one could never be made")
    _exclusive(given, sections)


def _exclusive(given: DataFile, sections: dict[str, Any]) -> None:
    """Codes that cannot be what their section is for: of another section, or what is never a reason to close."""
    of = {code: name for name in (*CODES, "outcomes", "verdicts") for code in reversed(_codes_of(sections.get(name)))}
    never = {_folded(phrase) for phrase in sections.get("not_ours", ())}
    for name in CODES:
        for code in sections.get(name, ()):
            said = _folded(code)
            if any(f" {phrase} " in f" {said} " for phrase in never if phrase):
                told = f"{code!r} under {name} is another office's work, which is never a reason to close"
                given.add(UNDEFINED, (name,), told, hint="remove it: such a complaint is transferred")
            elif of[code] != name or code in sections:
                other = of[code] if of[code] != name else code
                told = f"{code!r} stands under {name} and under {other}: it cannot mean both"
                given.add(UNDEFINED, (name,), told, hint="remove it where it does not belong")


def _codes_of(section: Any) -> tuple[str, ...]:
    return tuple(section.values()) if isinstance(section, dict) else tuple(section or ())


def _folded(said: str) -> str:
    return " ".join(word.folded for word in words(said.replace("_", " ")))


def _recheck(given: DataFile, sections: dict[str, Any], around: DataContext) -> None:
    """The beginnings of codes of categories that are asked about again."""
    known = around.codes.categories if around.codes is not None else {}
    recheck = sections.get("recheck")
    for begins in recheck.categories if recheck is not None and known else ():
        if not any(code.startswith(begins) for code in known):
            said = f"no category has a code that begins with {begins!r}: nobody is asked whether it is still solved"
            hint = given.suggest(begins, {code.rstrip("0123456789") for code in known})
            given.add(UNDEFINED, ("recheck", "categories"), said, hint=hint)


def _doubles(names: Moves) -> None:
    """Two moves of one role between the same statuses."""
    taken: dict[tuple[str, str, str, str], tuple[int, Transition]] = {}
    opened = tuple(name for name, status in names.statuses.items() if status.open)
    for at, move in names.moves:
        spread = replace(move, sources=opened) if move.sources == (OPEN,) else move
        for key in [(move.kind, source, move.target, role) for source in spread.sources for role in sorted(move.by)]:
            first, other = taken.setdefault(key, (at, move))
            if first != at:
                said = f"{other.name!r} and {move.name!r} are both for {key[3]} from {key[1]} to {key[2]}"
                names.given.add(DOUBLE, ("moves", at), said, hint="keep one")
                break
