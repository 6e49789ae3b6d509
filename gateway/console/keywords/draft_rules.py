"""The keyword rules of a draft as its file has them, what the checks say of them, and edits that are not saved yet."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from flows.editing.keyword_edits import rules_of
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.diagnostics import ParsedFlow, Path, Place, Problem
from flows.menu.keyword_rule import Rule
from flows.menu.model import Flow
from flows.parsing.keyword_rules import read_rules
from flows.parsing.yaml_document import Notes, load
from flows.translation.flow_texts import parse_once
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import sunwai
from sessions.drafts import draft_editing
from sessions.drafts.unsaved_keywords import check_keywords
from storage.schema.tables import Draft

NAMED = "keywords:"  # the beginning of the line that names the keyword file
_NO_RULES = '- intent: "no"\n  words: []\n'  # in place of a file that changes with every save


class DraftRules(Struct, frozen=True):
    """The rules of a draft: the flow with them, their places, and the findings about them.

    `fixed` says why a form cannot change them; "" if one can.
    """

    file: str
    text: str
    flow: Flow | None
    parsed: ParsedFlow | None
    places: Mapping[Path, Place] = {}
    problems: tuple[Problem, ...] = ()
    fixed: str = ""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule in order."""
        return self.flow.keywords if self.flow else ()

    def of_rule(self, at: int) -> list[Problem]:
        """The findings of one rule."""
        first = self.places.get(("keywords", str(at)), ("", 0))[1]
        last = self.places.get(("keywords", str(at + 1)), ("", len(self.text) + first + 1))[1]
        return [each for each in self.problems if each.file == self.file and first <= each.line < last]


def file_of(draft: Draft) -> str:
    """The name of a draft's keyword file; "" if it has none. Only lines are read: parsing a large flow takes long."""
    lines = draft.files.get(draft.main, "").splitlines()
    line = next((each for each in lines if each.startswith(NAMED)), NAMED)
    name = line.removeprefix(NAMED).partition(" #")[0].strip().strip("\"'")
    return name if name in draft.files else ""


def load_rules(draft: Draft) -> DraftRules:
    """The rules of a draft as they are saved."""
    file = file_of(draft)
    return with_text(draft, draft.files.get(file, ""))


def with_text(draft: Draft, text: str) -> DraftRules:
    """The rules of a draft with another text of its keyword file. Only that file is parsed, the others once."""
    file, known = file_of(draft), _parsed(draft)
    if not file or known.flow is None:
        return DraftRules(file, text, known.flow, known, fixed="-")
    notes = Notes()
    rules = read_rules(load(text, file, notes), file, notes)
    flow = replace(known.flow, keywords=rules)
    parsed = replace(known, flow=flow, places={**_elsewhere(known.places), **notes.places})
    live = flow_in(live_of(draft.flow))
    problems = (*notes.problems, *check_keywords(parsed, live))
    try:
        fixed = "" if rules_of(text) == rules else "-"
    except CannotEdit as error:
        fixed = str(error)
    return DraftRules(file, text, flow, parsed, notes.places, problems, fixed)


def _parsed(draft: Draft) -> ParsedFlow:
    """The draft's files, read: as the checks have read them, or without the keywords, so that a save costs nothing."""
    done = draft_editing.find_cached_check(sunwai().database, draft, sunwai().installation)
    if done is not None:
        return done.parsed
    file = file_of(draft)
    return parse_once({**draft.files, file: _NO_RULES} if file else draft.files, draft.main)


def _elsewhere(places: Mapping[Path, Place]) -> dict[Path, Place]:
    return {path: place for path, place in places.items() if path[:1] != ("keywords",)}
