"""What each file of a draft is for, and how it differs from the revision that the draft was made from."""

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Literal, get_args

from msgspec import Struct

from flows.editing.list_csv_rows import UnreadableList, table
from flows.editing.yaml_nodes import CannotEdit, Source, yaml_problems
from flows.menu.diagnostics import Problem
from flows.parsing.transcript_file import ENDS, FOLDER
from flows.preview.transcript_coverage import transcripts_for
from flows.versions.sequence_diff import stretches
from gateway.console.diff import diff_view
from gateway.console.diff.diff_view import FileChange
from gateway.console.site.flow_status import PLAYED
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import base_of
from gateway.console.site.titles import list_title
from gateway.flow_folder.files import LARGEST, MOST_FILES, is_plain_name
from sessions.drafts import draft_editing
from storage.schema.tables import Draft

Named = Literal["texts", "keywords", "danger", "helplines", "calendar", "translations"]
Role = Named | Literal["flow", "list", "call", "nothing", "unknown"]
FREE = ("call", "nothing")  # roles of files that the flow does not name: these can be removed
ORDER: tuple[Role, ...] = (
    *("flow", "texts", "keywords", "danger", "helplines", "calendar"),
    *("list", "translations", "unknown", "call", "nothing"),
)
NAMING: tuple[Named, ...] = get_args(Named)
MOST_LINES = 20_000  # of a file that can be compared
LONGEST_NAME = 120
CALL_TITLE = "test:"  # the line of a scripted call that says what it shows
MOST_TITLE_LINES = 20  # of a scripted call that are searched for it
AROUND = 3  # lines shown around a change


class File(Struct, frozen=True):
    """A file: what it is for (`list` names the list), its bytes and lines, and its change, if any.

    `title` is what people call it, and `failing` true for a scripted call that fails.
    """

    name: str
    role: Role
    list: str
    size: int
    lines: int
    change: FileChange | None
    title: str = ""
    failing: bool = False


class DiffLine(Struct, frozen=True):
    """A line of a comparison: `new`, `gone`, `same`, or `place` if lines were left out; and its present number."""

    became: Literal["new", "gone", "same", "place"]
    words: str
    number: int = 0


def role_of(draft: Draft, name: str) -> tuple[Role, str]:
    """What one file of a draft is for, and the list it contains."""
    return roles_of(draft.files, draft.main, draft.flow).get(name, ("nothing", ""))


def base_files(draft: Draft) -> Mapping[str, str]:
    """The files of the revision that a draft was made from; none for a new flow."""
    found = base_of(draft)
    return found.source if found else {}


def files(draft: Draft, before: Mapping[str, str], failing: Collection[str] = ()) -> list[File]:
    """Every file of a draft: the flow first, then the files it names, then scripted calls, then unused files.

    `failing` are the files of scripted calls that fail.
    """
    roles = roles_of(draft.files, draft.main, draft.flow)
    changed = {each.name: each for each in diff_view.files(before, draft.files)} if before else {}
    found = [
        File(
            name,
            *(role := roles.get(name, ("nothing", ""))),
            len(text.encode()),
            len(text.splitlines()),
            changed.get(name),
            title_of(*role, name, text),
            name in failing,
        )
        for name, text in draft.files.items()
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.role), each.name))


def title_of(role: Role, list_name: str, name: str, text: str) -> str:
    """What people call a file, by what it is for; a scripted call by what its first lines say."""
    if role == "call":
        line = next((each for each in text.splitlines()[:MOST_TITLE_LINES] if each.startswith(CALL_TITLE)), "")
        return line.removeprefix(CALL_TITLE).strip().strip("\"'")[:LONGEST_NAME] or name
    return {
        "flow": _("The flow with its screens"),
        "texts": _("SMS texts"),
        "keywords": _("Keywords"),
        "danger": _("Words of danger"),
        "helplines": _("Helplines"),
        "calendar": _("Working days and holidays"),
        "translations": _("Marks of outdated translations"),
        "list": _("List: %(name)s", name=str(list_title(list_name))) if list_name else "",
    }.get(role, name)


def failing_calls(draft: Draft) -> frozenset[str]:
    """The files of scripted calls that fail, if the draft has been checked since it was saved."""
    done = draft_editing.find_cached_check(sunwai().database, draft, sunwai().installation)
    return (
        frozenset(each.file for each in done.problems if each.code == PLAYED and is_transcript(each.file))
        if done
        else frozenset()
    )


def roles_of(texts: Mapping[str, str], main: str, flow: str) -> dict[str, tuple[Role, str]]:
    """What each file is for, and the list it contains.

    If the main file cannot be read, only scripted calls are known; the role of all others is `unknown`.
    """
    found: dict[str, tuple[Role, str]] = {each.file: ("call", "") for each in transcripts_for(texts, flow)}
    try:
        source = Source(texts[main], main)
    except CannotEdit:
        return {name: ("unknown", "") for name in texts if not is_transcript(name)} | found | {main: ("flow", "")}
    found |= {name: (role, "") for role in NAMING if (name := source.words((role,))) is not None}
    for key in source.keys(("lists",)):
        if (name := source.words(("lists", key))) is not None:
            found[name] = ("list", key)
    return found | {main: ("flow", "")}


def is_transcript(name: str) -> bool:
    """True for the name of a scripted call."""
    return name.startswith(FOLDER) and name.endswith(ENDS)


def faults(name: str, text: str) -> tuple[Problem, ...]:
    """Why a text cannot be the content of a file with this name: at most one problem, with its line."""
    if len(text.encode()) > LARGEST:
        return (Problem("F000", "E", name, 1, _("more than %(n)s bytes: split or shorten it", n=LARGEST)),)
    if not name.lower().endswith(".csv"):
        return yaml_problems(text, name)
    strange = next((at for at, line in enumerate(text.split("\n"), 1) if "\0" in line), 0)
    if strange:
        return (Problem("F000", "E", name, strange, _("a character that cannot be in a text: remove it")),)
    try:
        table(text)
    except UnreadableList as error:
        line, _colon, message = str(error).removeprefix("line ").partition(": ")
        return (Problem("F000", "E", name, int(line) if line.isdigit() else 1, message or str(error)),)
    return ()


def wrong_name(name: str, there: Mapping[str, str]) -> str:
    """Why a new file cannot have this name, given the present files, in one sentence; "" if it can."""
    if not is_plain_name(name) or len(name) > LONGEST_NAME or name != name.strip():
        return _("Use a name such as extra.yaml, towns.csv or transcripts/one_call.yaml: it ends in .yaml "
                 "or .csv and stays inside the flow's folder.")  # fmt: skip
    known = {each.casefold() for each in there}
    if name.casefold() in known:
        return _("A file with this name exists already: open it, or choose another name.")
    above = {parent.as_posix().casefold() for parent in PurePosixPath(name).parents}
    if above & known or any(each.startswith(f"{name.casefold()}/") for each in known):
        return _("A file cannot have the same name as a folder: choose another name.")
    if len(there) >= MOST_FILES:
        return _("A flow can have at most %(n)s files: remove one first.", n=MOST_FILES)
    return ""


def difference(before: str, after: str) -> tuple[DiffLine, ...] | None:
    """The changes in a file, line by line with their context; None if it is too long to compare."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return None
    made: list[DiffLine] = []
    found = list(stretches(old, new))
    for place, each in enumerate(found):
        if not each.same:
            made += [DiffLine("gone", old[at]) for at in each.old]
            made += [DiffLine("new", new[at], at + 1) for at in each.new]
            continue
        head = each.new[:AROUND] if place else each.new[:0]
        tail = each.new[-AROUND:] if place + 1 < len(found) else each.new[:0]
        if len(head) + len(tail) >= len(each.new):
            head, tail = each.new, each.new[:0]
        made += [DiffLine("same", new[at], at + 1) for at in head]
        if tail:
            made.append(DiffLine("place", "", tail[0] + 1))
            made += [DiffLine("same", new[at], at + 1) for at in tail]
    if not any(each.became in ("gone", "new") for each in made):
        return ()
    return tuple(made if made[0].became == "place" else [DiffLine("place", "", made[0].number or 1), *made])
