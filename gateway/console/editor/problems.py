"""Everything that the checks find in a draft, each with a link to the page on which to correct it."""

from collections.abc import Sequence

from flask import render_template, request

from flows.menu.diagnostics import Problem
from flows.text.western_digits import whole_number
from gateway.console.editor.blueprint import blueprint
from gateway.console.editor.problem_links import LinkedProblems, link_problems
from gateway.console.site.guard import needs, sunwai
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import DraftCheck
from storage.schema.tables import Draft


@blueprint.get("/drafts/<int:draft_id>/problems")
@needs("look")
def problems(draft_id: int) -> str:
    """Errors, warnings and notes."""
    draft = draft_or_404(draft_id)
    found = draft_editing.check_draft(sunwai().database, draft.flow, draft.files, draft.main, sunwai().installation)
    by_severity = {letter: [each for each in found.problems if each.severity == letter] for letter in "EWI"}
    live, cured = review_requests.problems_cured_by_merge(
        sunwai().database, draft, [each for each in found.problems if each.severity != "I"],
        sunwai().installation,
    ) if is_going_on(draft) else (0, frozenset())  # fmt: skip
    start = whole_number(request.args.get("start", "")) or 0
    starts = {request.args.get("of", ""): start}
    return render_template(
        "console/editor/problems.html",
        draft=draft,
        tab="problems",
        languages=found.flow.languages if found.flow else {},
        flow_now=found.flow,
        spots={
            letter: link_problems(each, found.parsed, draft, start=starts.get(letter, 0))
            for letter, each in by_severity.items()
        },
        kinds=_kinds(by_severity["I"], found, draft),
        live=live,
        cured={(each.code, each.message) for each in cured},
    )


def _kinds(notes: Sequence[Problem], found: DraftCheck, draft: Draft) -> dict[str, LinkedProblems]:
    """The notes by their code, the most frequent first: the first ones of each kind, or those that are asked for."""
    of, start = request.args.get("of", ""), whole_number(request.args.get("start", "")) or 0
    by_code: dict[str, list[Problem]] = {}
    for each in notes:
        by_code.setdefault(each.code, []).append(each)
    return {
        code: link_problems(each, found.parsed, draft, start=start if code == of else 0)
        for code, each in sorted(by_code.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    }
