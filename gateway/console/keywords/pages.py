"""The keyword page of a draft, and of the live flow."""

from collections.abc import Mapping

from flask import abort, render_template, request
from msgspec import Struct

from flows.engine.language_detection import detect_language
from flows.menu.diagnostics import Path, Place
from flows.menu.model import Flow
from gateway.console.keywords.rule_table import (
    LONGEST,
    MOST_TEXTS,
    TextClassification,
    classify_text,
    is_latin,
    table,
    texts_in,
)
from gateway.console.site.area_blueprints import keywords as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import draft_or_404
from sessions.drafts import draft_editing
from sessions.publishing.flow_files_and_hash import main_of
from storage.schema.tables import Draft

Page = str | tuple[str, int]
NAMED = "keywords:"  # the beginning of the line that names the keyword file


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
    """The rules of a draft, and how it would understand SMS."""
    draft = draft_or_404(draft_id)
    found = draft_editing.check_draft(
        sunwai().database, draft.flow, draft.files, draft.main, sunwai().settings.service_words
    )
    return _page(found.flow, found.parsed.places, draft=draft, tab="keywords")


@blueprint.route("/flows/<flow>/keywords", methods=["GET", "POST"])
@needs("look")
def of_flow(flow: str) -> Page:
    """The live rules, and how they understand SMS now."""
    live = live_of(flow)
    if live is None:
        abort(404, _("There is no live flow with this name."))
    main = main_of(live)
    found = flow_in(live)
    places = (
        draft_editing.check_draft(
            sunwai().database, flow, live.source, main, sunwai().settings.service_words
        ).parsed.places
        if main
        else {}
    )
    return _page(found, places, flow_name=flow, tab="keywords")


def _page(flow: Flow | None, places: Mapping[Path, Place], **around: object) -> Page:
    asked = KeywordTrial(request.form.get("texts", ""), request.form.get("officer") == "yes")
    wrong = asked.wrong if request.method == "POST" else ""
    readings: list[TextClassification] = []
    if request.method == "POST" and not wrong and flow is not None:
        readings = [classify_text(text, flow, places, officer=asked.officer) for text in texts_in(asked.typed)]
    page = render_template(
        "console/keywords/page.html",
        draft=around.pop("draft", None),
        flow=flow,
        rows=table(flow, places) if flow else (),
        file=next((file for path, (file, _line) in places.items() if path[:1] == ("keywords",) and path[1:]), ""),
        asked=asked,
        wrong=wrong,
        readings=readings,
        is_latin=is_latin,
        language_of=lambda words: detect_language(words, flow) if flow else "",
        **around,
    )
    return (page, 422) if wrong else page
