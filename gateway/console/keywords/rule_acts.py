"""Keyword rules of a draft are saved, moved and removed."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from flows.editing.keyword_edits import move_rule, remove_rule, rules_of
from flows.editing.yaml_nodes import CannotEdit
from gateway.console.keywords.draft_rules import file_of
from gateway.console.keywords.pages import Page, draft_page
from gateway.console.keywords.rule_form import SubmittedRule, find_rule, submitted_rule
from gateway.console.questions.ask_first import Fact, Question, ask_first
from gateway.console.site.area_blueprints import keywords as blueprint
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NotSavedError, draft_or_404, is_going_on, save_edit
from sessions.drafts.draft_editing import EditConflict
from storage.schema.tables import Draft

Answer = Page | Response
Edited = Callable[[str, int | None], str]
LONGEST_ADDRESS = 2_000  # characters; with longer texts to try, the page is drawn without a redirect


@blueprint.post("/drafts/<int:draft_id>/keywords/rule")
@needs("edit")
def save(draft_id: int) -> Answer:
    """Save a rule with the keywords that were added and removed, or a new rule."""
    draft, sent = draft_or_404(draft_id), submitted_rule()
    if sent is None:
        return _gone(draft)
    if errors := sent.errors():
        return draft_page(draft, sent=sent, errors=errors, status=422)
    what = f"keywords: new rule {sent.intent}" if sent.at is None else "keywords"
    return _saved(draft, sent, sent.applied, what)


@blueprint.post("/drafts/<int:draft_id>/keywords/move")
@needs("edit")
def move(draft_id: int) -> Answer:
    """Move a rule before or behind others."""
    draft, sent = draft_or_404(draft_id), submitted_rule()
    if sent is None or sent.at is None:
        return _gone(draft)
    return _saved(draft, sent, lambda text, at: move_rule(text, at or 0, sent.to), "keywords: rule moved", sent.to)


def rule_question(draft_id: int) -> Question | None:
    """Which keywords go with it. None for a rule that is gone, or in a file that cannot be read any more."""
    draft, sent = draft_or_404(draft_id), submitted_rule()
    if sent is None or sent.at is None or not is_going_on(draft):
        return None
    try:
        rules = rules_of(draft.files.get(file_of(draft), ""))
    except CannotEdit:  # somebody has changed it meanwhile: saving says what is wrong with it
        return None
    at = find_rule(rules, sent.at, sent.seen)
    if at is None:
        return None
    words = ", ".join((*rules[at].words, *rules[at].alone))
    return Question(
        title=_("Remove this rule?"),
        words=[
            _("All its keywords are deleted from this draft, and you cannot restore them."),
            _("Callers notice nothing until the draft is published."),
        ],
        button=_("Remove the rule"),
        back=url_for(".of_draft", draft_id=draft_id),
        shown=[at, words],
        facts=[Fact(_("Keywords"), words)],
    )


@blueprint.post("/drafts/<int:draft_id>/keywords/remove")
@needs("edit")
@ask_first(rule_question)
def remove(draft_id: int) -> Answer:
    """Remove a rule with all its keywords."""
    draft, sent = draft_or_404(draft_id), submitted_rule()
    if sent is None or sent.at is None:
        return _gone(draft)
    return _saved(draft, sent, lambda text, at: remove_rule(text, at or 0), "keywords: rule removed", None)


def _saved(draft: Draft, sent: SubmittedRule, edited: Edited, what: str, then: int | None = -1) -> Answer:
    """Save an edit, and show the rule at index `then` afterwards: -1 is the one that was edited, None is none."""
    file = file_of(draft)
    places: list[int | None] = [sent.to]

    def made(now: Draft) -> Mapping[str, str] | EditConflict:
        text = now.files.get(file, "")
        at = None if sent.at is None else find_rule(rules_of(text), sent.at, sent.seen)
        if sent.at is not None and at is None:
            return EditConflict("", text)
        places[:] = [sent.to if at is None else at]
        return {**now.files, file: edited(text, at)}

    try:
        saved = save_edit(draft, made, what)
    except NotSavedError as error:
        return draft_page(draft, sent=sent, trouble=str(error), status=error.status)
    if isinstance(saved, EditConflict):
        trouble = _(
            "%(who)s has changed this rule since you opened it. What you typed is still below: check it, then save it "
            "again.",
            who=saved.by,
        )
        return draft_page(draft_or_404(draft.id), sent=sent, trouble=trouble, status=409)
    open_rule = places[0] if then == -1 else then
    rule = None if open_rule is None else open_rule + 1
    beside = rule or min(places[0] or 0, len(rules_of(saved.files[file])) - 1) + 1  # after a removal the next rule
    done = "remove" if rule is None else "save" if then == -1 else "move"
    texts, q = request.form.get("texts") or None, request.args.get("q") or None
    there = url_for(
        ".of_draft", draft_id=draft.id, done=done, at=beside, texts=texts, q=q, rule=rule, _anchor=f"rule-{beside}"
    )
    if len(there) > LONGEST_ADDRESS:
        flash(_("Saved."), "good")
        return draft_page(draft_or_404(draft.id), sent=None if open_rule is None else SubmittedRule(at=open_rule))
    return redirect(there, 303)


def _gone(draft: Draft) -> Answer:
    flash(_("There is no such rule: choose one from the list."), "warn")
    return redirect(url_for(".of_draft", draft_id=draft.id), 303)
