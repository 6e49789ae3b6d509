"""What the checks say of keyword rules that are not saved yet: quick, because nothing else of the flow is checked."""

from flows.checks.analysis.findings import CheckContext, Findings
from flows.checks.behaviour import changed_keywords, keyword_clashes, keywords
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow
from sessions.cases.rules.danger_files import shipped_lexicon
from sessions.cases.rules.first_words import shipped_first_words


def check_keywords(parsed: ParsedFlow, live: Flow | None) -> tuple[Problem, ...]:
    """The findings about the keyword rules of a flow, in order of their lines; `live` is the live revision, if any."""
    if parsed.flow is None:
        return ()
    around = CheckContext(before=live, first_words=shipped_first_words(), danger=shipped_lexicon())
    found = Findings(parsed, parsed.flow, around)
    keywords.check_keywords(found)
    changed_keywords.check_changed_keywords(found)
    keyword_clashes.check_keyword_clashes(found)
    return tuple(sorted(found.found, key=lambda each: (each.file, each.line)))
