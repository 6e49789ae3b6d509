"""Where in the console to correct a finding: a field of a screen, a row of a list, a text, or a line of a file."""

from collections.abc import Mapping, Sequence

from flask import url_for
from msgspec import Struct
from msgspec.structs import replace

from flows.checks.analysis.catalogue import CHECKS
from flows.editing.screen_form import ScreenForm
from flows.menu.diagnostics import ParsedFlow, Path, Place, Problem
from flows.parsing.transcript_file import FOLDER
from gateway.console.editor.labels import option_id
from gateway.console.site.i18n import _
from gateway.console.site.titles import list_title
from storage.schema.tables import Draft

PLAYED = "F901"  # of scripted calls, which are recorded on the page of the phone and updated on the overview
GONE = "F605"  # of a row that no longer exists: its line belongs to another row
MOST_SHOWN = 80  # findings in one list of a page: whoever corrects these sees the next ones
TEXTS_OF_FILE = ("errors", "keys", "resume", "meant", "receipt")


Paths = Mapping[Place, list[Path]]  # what stands on each line


class ProblemLink(Struct, frozen=True):
    """A finding with the address of the page on which to correct it, and the meaning of its code."""

    problem: Problem
    href: str
    about: str
    summary: str
    where: str
    field: str = ""  # the id of the field, if it is on the screen's page


class LinkedProblems(Struct, frozen=True):
    """The first findings of many with their links, and how many there are in all."""

    shown: tuple[ProblemLink, ...]
    count: int
    start: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - self.following if self.following else 0

    @property
    def following(self) -> int:
        """Where the next ones start; 0 after the last ones."""
        end = self.start + len(self.shown)
        return end if end < self.count else 0


def link_problems(
    problems: Sequence[Problem],
    parsed: ParsedFlow,
    draft: Draft,
    form: ScreenForm | None = None,
    *,
    most: int = MOST_SHOWN,
    start: int = 0,
) -> LinkedProblems:
    """The first `most` findings from `start` on with their links.

    `form` is that of the page they are shown on, where options may have new codes.
    """
    start = start if start < len(problems) else 0
    shown = problems[start : start + most]
    wanted = {(problem.file, problem.line) for problem in shown}
    paths: dict[Place, list[Path]] = {}
    for path, place in parsed.places.items():
        if place in wanted:
            paths.setdefault(place, []).append(path)
    return LinkedProblems(tuple(_link(each, paths, draft, form) for each in shown), len(problems), start)


def _link(problem: Problem, paths: Paths, draft: Draft, form: ScreenForm | None) -> ProblemLink:
    check = CHECKS.get(problem.code)
    href, where, field = _leads(problem, paths, draft, form)
    return ProblemLink(
        _in_the_console(problem), href, check.about if check else "", check.summary if check else "", where, field
    )


def _leads(problem: Problem, paths: Paths, draft: Draft, form: ScreenForm | None) -> tuple[str, str, str]:
    if problem.code == PLAYED and (problem.severity != "E" or problem.file.startswith(FOLDER)):
        there = "#calls" if _differs(problem) else "/phone"
        return f"/console/drafts/{draft.id}{there}", problem.screen or _("scripted calls"), ""
    path = _path(problem, paths)
    screen = problem.screen.partition(".")[0]
    if problem.file == draft.main and (screen or (path[:1] == ("screens",) and len(path) > 1)):
        name = screen or path[1]
        field = "-".join(_in_form(path, problem.language, form)) if path[:2] == ("screens", name) else ""
        return (
            f"{url_for('console.editor.screen', draft_id=draft.id, screen=name)}#{field or 'editor-form'}",
            name,
            field,
        )
    here = f"/console/drafts/{draft.id}"
    if path[:1] == ("lists",) and len(path) > 1:
        row = f"?edit={path[2]}#row-{path[2]}" if len(path) > 2 and problem.code != GONE else ""
        return f"{here}/lists/{path[1]}{row}", str(list_title(path[1])), ""
    if len(path) > 1 and path[0] in (*TEXTS_OF_FILE, "texts"):
        return f"{here}/words?edit={'.'.join(path[:2])}#{'-'.join(path[:2])}", ".".join(path[:2]), ""
    there = url_for("console.files.file", draft_id=draft.id, file=problem.file, line=problem.line)
    return f"{there}#source", problem.file, ""


def _differs(problem: Problem) -> bool:
    """True for a finding of calls that do not play as written, but not of a screen that no call reaches."""
    return problem.code == PLAYED and problem.severity == "E"


def _in_the_console(problem: Problem) -> Problem:
    """A finding whose hint says what to do in the console, if its own is a command to type, or leads to a script."""
    in_script = _differs(problem) and problem.file.startswith(FOLDER)
    if problem.code != PLAYED or ("flask " not in problem.hint and not in_script):
        return problem
    if not _differs(problem):
        return replace(problem, hint=_("Play it on the phone, and save the call."))
    words = _("If callers should see this, update the calls under Scripted calls on the overview.")
    return replace(problem, hint=words + " " + _("If they should not, correct the screen."))


def _path(problem: Problem, paths: Paths) -> Path:
    """The path that a finding is most likely about, by its line and language."""
    found = paths.get((problem.file, problem.line), [])
    screen = problem.screen.partition(".")[0]
    found = [path for path in found if not screen or path[:2] == ("screens", screen)] or found
    if not found and screen:
        return "screens", screen
    spoken = [path for path in found if problem.language and path[-1] == problem.language]
    return min(spoken or found, key=len, default=())


def _in_form(path: Path, language: str, form: ScreenForm | None) -> Path:
    """The id of the field for a path."""
    if form is not None and path[2:3] == ("choose",) and len(path) > 3:
        ids = {choice.code: option_id(choice, row) for row, choice in enumerate(form.choices)}
        return (*path[:3], ids.get(path[3], path[3]), *path[4:])
    if len(path) == 2:
        return ()
    if len(path) == 3 and path[2] in ("ask", "end", "sms") and language:
        return (*path, language)
    return path
