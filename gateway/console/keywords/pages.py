"""The keyword page of a draft, with a form for each rule and a tester beside it, and that of the live flow."""

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request
from msgspec import Struct

from flows.editing.yaml_nodes import CannotEdit
from flows.engine.language_detection import detect_language
from flows.menu.diagnostics import Problem
from flows.menu.keyword_rule import Rule
from flows.menu.model import Flow
from flows.text.western_digits import whole_number
from gateway.console.keywords import draft_rules
from gateway.console.keywords.draft_rules import NAMED, DraftRules
from gateway.console.keywords.labels import intent_choices, meaning
from gateway.console.keywords.rule_form import NEW, SubmittedRule, find_rule, rule_hash, submitted_rule
from gateway.console.keywords.rule_table import (
    LONGEST,
    MOST_TEXTS,
    classify_text,
    group_rules,
    is_latin,
    is_same_reading,
    table,
    texts_in,
)
from gateway.console.site.area_blueprints import keywords as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import may, needs
from gateway.console.site.i18n import _, uses_arabic_script
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from gateway.console.site.titles import language_order
from sessions.publishing.flow_files_and_hash import main_of
from storage.schema.tables import Draft

Page = str | tuple[str, int]
LONGEST_SEARCH = 100


class KeywordTrial(Struct, frozen=True):
    """What was typed to be tried: SMS, one per line, and whether they are from an officer's phone."""

    typed: str = ""
    officer: bool = False

    @property
    def wrong(self) -> str:
        """Why these cannot be tried, or ""."""
        texts = texts_in(self.typed)
        if not texts:
            return _("Type an SMS as somebody would send it.")
        if len(texts) > MOST_TEXTS:
            return _("These are more than %(n)s SMS. Remove some.", n=MOST_TEXTS)
        if any(len(text) > LONGEST for text in texts):
            return _("An SMS can have at most %(n)s characters. Shorten it.", n=LONGEST)
        return ""


class OpenRule(Struct, frozen=True):
    """The rule whose form is open: its number (0 for a new one), what it has, and what was sent of it."""

    number: int
    rule: Rule
    seen: str
    sent: SubmittedRule
    errors: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()

    def touches(self, part: str) -> bool:
        """True if a keyword of this list is to be removed."""
        return any(each == part for each, _word in self.sent.removed)

    @property
    def latin(self) -> list[str]:
        """The words in Latin letters that an SMS begins with."""
        return [word for word in self.rule.words if is_latin(word)]

    @property
    def others(self) -> list[str]:
        """The same in other letters."""
        return [word for word in self.rule.words if not is_latin(word)]


@blueprint.app_template_global()
def has_keywords(draft: Draft) -> bool:
    """True for a draft whose flow has a keyword file, and so a page for it."""
    return any(line.startswith(NAMED) for line in draft.files.get(draft.main, "").splitlines())


@blueprint.app_template_global()
def has_live_keywords(flow: str) -> bool:
    """The same for the live flow."""
    live = live_of(flow)
    found = flow_in(live)
    return bool(found and found.keywords)


@blueprint.route("/drafts/<int:draft_id>/keywords", methods=["GET", "POST"])
@needs("look")
def of_draft(draft_id: int) -> Page:
    """The rules of a draft, the form of one of them, and how the draft would understand SMS."""
    draft = draft_or_404(draft_id)
    sent = submitted_rule() if request.method == "POST" else None
    return draft_page(draft, sent=sent, errors=sent.errors() if sent else {})


@blueprint.route("/flows/<flow>/keywords", methods=["GET", "POST"])
@needs("look")
def of_flow(flow: str) -> Page:
    """The live rules, and how they understand SMS now."""
    live = live_of(flow)
    if live is None:
        abort(404, _("There is no live flow with this name."))
    found = flow_in(live)
    rules = DraftRules("", "", found, None) if found and main_of(live) else DraftRules("", "", None, None)
    return _page(rules, rules, None, "", 200, flow_name=flow, draft=None)


def draft_page(
    draft: Draft,
    *,
    sent: SubmittedRule | None = None,
    errors: Mapping[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> Page:
    """The page of a draft, with what was sent of a rule and what is wrong with it."""
    saved = draft_rules.load_rules(draft)
    unsaved, opened = saved, None
    if not saved.fixed:
        asked = request.args.get("rule", "")
        if sent is None and (asked == NEW or asked.isdecimal()):
            sent = _unchanged(saved.rules, asked, request.args.get("seen", ""))
        if sent is not None and may("edit") and is_going_on(draft):
            unsaved, opened, trouble = _opened(draft, saved, sent, errors or {}, trouble)
    return _page(saved, unsaved, opened, trouble, status, draft=draft, may_edit=may("edit") and is_going_on(draft))


def _unchanged(rules: tuple[Rule, ...], asked: str, seen: str) -> SubmittedRule | None:
    """A rule as the link to its form asks for it, 1 and on or `new`; with `seen` the one with this hash."""
    if asked == NEW:
        return SubmittedRule(to=len(rules))
    at = int(asked[:5]) - 1
    if seen:
        at = found if (found := find_rule(rules, at, seen)) is not None else -1
    return SubmittedRule(at=at, seen=rule_hash(rules[at])) if 0 <= at < len(rules) else None


def _opened(
    draft: Draft, saved: DraftRules, sent: SubmittedRule, errors: Mapping[str, str], trouble: str
) -> tuple[DraftRules, OpenRule | None, str]:
    """The rules with what was sent, the form of the rule, and why it cannot be tried, or ""."""
    at = None if sent.at is None else find_rule(saved.rules, sent.at, sent.seen)
    if sent.at is not None and at is None:
        at = sent.at if sent.at < len(saved.rules) else None
        if at is None:
            return saved, None, trouble or _("There is no such rule: choose one from the list.")
    rule = Rule(sent.intent, ()) if at is None else saved.rules[at]
    unsaved = saved
    if sent.changes and not errors:
        try:
            unsaved = draft_rules.with_text(draft, sent.applied(saved.text, at))
        except CannotEdit as error:
            trouble = trouble or _("Nothing was changed: %(why)s.", why=str(error))
    problems = tuple(unsaved.of_rule(sent.to if at is None else at)) if unsaved is not saved or at is not None else ()
    return unsaved, OpenRule(0 if at is None else at + 1, rule, rule_hash(rule), sent, errors, problems), trouble


def _page(
    saved: DraftRules, unsaved: DraftRules, opened: OpenRule | None, trouble: str, status: int, **around: Any
) -> Page:
    flow = saved.flow
    typed = request.form if request.method == "POST" else request.args
    asked = KeywordTrial(typed.get("texts", ""), typed.get("officer") == "yes")
    trying = request.form.get("do") != "save" and (request.method == "POST" or bool(asked.typed))
    wrong = asked.wrong if trying and not (opened and not asked.typed.strip()) else ""
    readings = []
    if trying and asked.typed and not wrong and flow is not None and unsaved.flow is not None:
        for text in texts_in(asked.typed):
            now = classify_text(text, flow, saved.places, officer=asked.officer)
            then = classify_text(text, unsaved.flow, unsaved.places, officer=asked.officer)
            readings.append((now, then if unsaved is not saved else None))
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    rows = table(flow, saved.places) if flow else ()
    at = opened.number if opened else whole_number(request.args.get("at", "")) or 0
    page = render_template(
        "console/keywords/page.html",
        flow=flow,
        rows=rows,
        groups=group_rules(rows, search, saved.of_rule, at),
        at=at,
        done=_done(request.args.get("done", "")),
        differing=sum(then is not None and not is_same_reading(now, then) for now, then in readings),
        search=search,
        file=saved.file,
        fixed=saved.fixed,
        opened=opened,
        trouble=trouble,
        asked=asked,
        wrong=wrong,
        readings=readings,
        is_latin=is_latin,
        is_same_reading=is_same_reading,
        meaning=meaning,
        intent_choices=intent_choices(),
        language_of=lambda words: detect_language(words, flow) if flow else "",
        letters=scripts_of(flow) if flow else {},
        tab="keywords",
        **{"may_edit": False, **around},
    )
    return page, 422 if wrong and status == 200 else status


def _done(act: str) -> str:
    """What the last act did to the rule that the page leads to, in a sentence; "" for none."""
    return {
        "save": _("Saved."),
        "move": _("The rule is moved to this place."),
        "remove": _("The rule that stood here is removed."),
    }.get(act, "")


def scripts_of(flow: Flow) -> dict[str, tuple[str, str]]:
    """The languages of the flow whose words have Latin and other letters: their names, and the tag of one."""
    tags = language_order(flow)
    arabic = [tag for tag in tags if uses_arabic_script(tag)]
    latin = [tag for tag in tags if tag not in arabic]
    names = {
        side: ", ".join(flow.languages[tag] for tag in found) for side, found in (("latin", latin), ("other", arabic))
    }
    return {"latin": (names["latin"], ""), "other": (names["other"], arabic[0] if arabic else "")}
