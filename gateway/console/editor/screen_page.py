"""The page of one screen: shown, edited, redrawn while somebody types, and saved."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from flows.editing.flow_structure import skeleton
from flows.editing.option_numbers import apply_button
from flows.editing.screen_blocks import block, block_or_none, links_to, spans, with_block
from flows.editing.screen_form import ScreenForm, texts_of
from flows.editing.screen_form_writer import write_form
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.model import ANY_LANGUAGE, Ask
from flows.text.western_digits import whole_number
from flows.translation import text_fit
from gateway.console.editor import view_model
from gateway.console.editor.blueprint import blueprint
from gateway.console.editor.conflict import EditMerge, conflict_context, merge_edit, merge_notice
from gateway.console.editor.labels import form_hash, limits
from gateway.console.editor.problem_links import link_problems
from gateway.console.editor.submission import SubmittedScreen, from_lines, parse_submission
from gateway.console.editor.typed_page import (
    ChangedOption,
    changed_language,
    changed_option,
    turn_to_option,
    words_by_language,
)
from gateway.console.editor.view_model import ScreenPage
from gateway.console.phone.filing_rules import filing_rules
from gateway.console.phone.view_model import Phone, build_phone
from gateway.console.site.guard import may, needs, person
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NothingToEditError, NotSavedError, draft_or_404, is_going_on, save_edit
from gateway.console.site.titles import screen_choices, screen_title
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import EditConflict
from storage.schema.tables import Draft

Answers = str | Answer | tuple[str, int]
NEXT = "save-next"  # saves, and goes on to the next screen
SAVES = ("save", NEXT, "save-form", "save-yaml")
MOST_LEADING = 5  # screens that lead here, as the page names them


@blueprint.get("/drafts/<int:draft_id>/screens/<screen>")
@needs("look")
def screen(draft_id: int, screen: str) -> Answers:
    """One screen as it is saved."""
    draft = draft_or_404(draft_id)
    try:
        found = view_model.load_screen(draft, screen)
    except (view_model.UnreadableFlow, CannotEdit) as error:
        return _to_whole_file(draft, str(error))
    return _page(found) if found else _gone(draft, screen)


@blueprint.post("/drafts/<int:draft_id>/screens/<screen>")
@needs("look", post="words")
def keep(draft_id: int, screen: str) -> Answers:
    """Save a screen, or show the page again after a button of its form."""
    draft = draft_or_404(draft_id)
    try:
        found = _typed(draft, screen)
    except (view_model.UnreadableFlow, CannotEdit) as error:
        return _to_whole_file(draft, str(error))
    act = request.form.get("act", "save")
    if act not in SAVES:
        return _page(found)
    if found.written.trouble:
        return _page(found), 422
    return _save(found)


def _sent(draft: Draft, screen: str) -> SubmittedScreen:
    """What the page sent, after the button that was pressed."""
    flow = view_model.load_flow(draft)
    if "yaml" not in request.form and "choices" not in request.form:  # the phone of a page without JavaScript
        return from_lines(block(draft.files[draft.main], screen))
    act = request.form.get("act", "")
    side = {"save-form": "form", "save-yaml": "yaml"}.get(act, request.form.get("side", ""))
    now = parse_submission(_last(), tuple(flow.languages), side)
    if now.form is None or not act or act.startswith("save"):
        return now
    if act.startswith("move-"):  # the field beside the button has the place, counted from 1
        to = whole_number(request.form.get(f"to.{act.removeprefix('move-')}", "")) or 1
        act = f"{act}-{to - 1}"
    form = apply_button(now.form, act, {key.key for key in flow.keys.values()})
    return rewrite_screen(now, form, tuple(flow.languages))


def _last() -> dict[str, str]:
    """The fields of the form; a checkbox overrides the hidden field before it."""
    return {name: values[-1] for name, values in request.form.lists()}


def rewrite_screen(now: SubmittedScreen, form: ScreenForm, languages: tuple[str, ...]) -> SubmittedScreen:
    """A screen after its form was changed by a button."""
    try:
        return SubmittedScreen(now.origin, write_form(now.origin, form, languages), form, now.trouble)
    except CannotEdit as error:
        return SubmittedScreen(now.origin, now.lines, form, str(error))


def _typed(draft: Draft, screen: str, written: SubmittedScreen | None = None, *, alone: bool = False) -> ScreenPage:
    """The screen as it was typed, with the version that the page was loaded from."""
    written = written or _sent(draft, screen)
    seen = request.form.get("seen", "")
    found = view_model.build_unsaved_view(draft, screen, seen, written, alone=alone)
    base = request.form.get("base", "").replace("\r\n", "\n")
    return dataclasses.replace(found, base=base, version=whole_number(request.form.get("version", "")) or 0)


def _save(found: ScreenPage) -> Answers:
    met = merge_edit(found, _last())
    if met.clashes:
        return _clash(met)
    found = met.sheet
    draft, name, mine = found.draft, found.screen, found.written.lines
    if not may("edit") and _changes_more_than_words(found):
        return _refused(
            found,
            _("You may change words. Only operators can change what the screen does, its options and where they lead."),
            403,
        )
    if not may("edit") and _puts_more_in(found):
        return _refused(
            found, _("You may change words. Only operators can add variables to them, such as {help}."), 403
        )

    def made(now: Draft) -> Mapping[str, str] | EditConflict:
        text = now.files[now.main]
        theirs = block_or_none(text, name)
        if draft_editing.content_hash(theirs) != found.seen and theirs != mine:
            return EditConflict(mine, theirs)
        return {**now.files, now.main: with_block(text, name, mine)}

    try:
        saved = save_edit(draft, made, _what(found))
    except NothingToEditError:
        return _refused(
            found,
            _("This draft was published or dropped while you were editing. Copy what you wrote into a new draft."),
            409,
        )
    except NotSavedError as error:
        return _refused(found, str(error), error.status)
    if isinstance(saved, EditConflict):
        return _save(_typed(draft_or_404(draft.id), name, found.written))
    if met.met:
        flash(merge_notice(met, person().name), "info")
    else:
        flash(_("Saved."), "good")
    there = name
    if request.form.get("act") == NEXT:
        names = view_model.screen_order(found.flow, list(spans(draft.files[draft.main])))
        there = names[(names.index(name) + 1) % len(names)] if name in names else name
    return redirect(url_for(".screen", draft_id=draft.id, screen=there), 303)


def _clash(met: EditMerge) -> Answers:
    """Both versions of what two windows changed differently; nothing is saved."""
    page = render_template(
        "console/editor/clash.html",
        sheet=met.sheet,
        draft=met.sheet.draft,
        met=met,
        mine_too=met.by == person().name,
        seen=draft_editing.content_hash(met.theirs),
        languages=met.sheet.flow.languages,
        tab="screens",
        **conflict_context(met, met.sheet.flow.languages),
    )
    return page, 409


def _refused(found: ScreenPage, trouble: str, status: int) -> Answers:
    return _page(dataclasses.replace(found, written=replace(found.written, trouble=trouble))), status


def _what(found: ScreenPage) -> str:
    """What a save changes, in a few words: the languages if only words change."""
    now, saved = found.form, from_lines(block(found.draft.files[found.draft.main], found.screen)).form
    if now is None or saved is None or _changes_more_than_words(found):
        return f"screen {found.screen}"
    before, after = texts_of(saved), texts_of(now)
    tags = {key[-1] for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - {ANY_LANGUAGE}
    return f"screen {found.screen}: words" + (f" in {', '.join(sorted(tags))}" if tags else "")


def _changes_more_than_words(found: ScreenPage) -> bool:
    """True if the flow differs from the saved one in more than words."""
    before = view_model.load_flow(found.draft)
    return found.parsed.flow is None or skeleton(found.parsed.flow) != skeleton(before)


def _puts_more_in(found: ScreenPage) -> bool:
    """True if the words use variables that the saved screen does not, such as a caller's number."""
    saved = from_lines(block(found.draft.files[found.draft.main], found.screen)).form
    return found.form is None or saved is None or not _variables(found.form) <= _variables(saved)


def _variables(form: ScreenForm) -> frozenset[str]:
    return frozenset[str]().union(*(text_fit.names(words) for words in texts_of(form).values()))


@blueprint.post("/drafts/<int:draft_id>/screens/<screen>/redraw")
@needs("look", post="words")
def redraw(draft_id: int, screen: str) -> Answers:
    """The parts of the page that change with what is typed; nothing is saved.

    The checks of the whole flow take longer than a pause in typing: they are asked for (`whole`) once somebody rests.
    """
    draft, whole = draft_or_404(draft_id), request.form.get("whole") == "yes"
    try:
        found = _typed(draft, screen, alone=not whole)
    except (view_model.UnreadableFlow, CannotEdit) as error:
        return render_template("console/editor/trouble.html", words=str(error)), 422
    if whole:
        return render_template("console/editor/whole_check.html", **_around(found, oob=True))
    other_fields = found.form is not None and form_hash(found.form) != request.form.get("drawn")
    form_too = request.form.get("side") == "yaml" or bool(request.form.get("act")) or other_fields
    yaml_too = request.form.get("side") != "yaml"
    return render_template(
        "console/editor/redraw.html", form_too=form_too, yaml_too=yaml_too, **_around(found, oob=True)
    )


@blueprint.post("/drafts/<int:draft_id>/screens/<screen>/phone")
@needs("look")
def phone_beside(draft_id: int, screen: str) -> Answers:
    """The phone beside the screen, with what is typed and not saved yet."""
    draft = draft_or_404(draft_id)
    try:
        found = _typed(draft, screen)
    except (view_model.UnreadableFlow, CannotEdit) as error:
        return _to_whole_file(draft, str(error))
    if request.headers.get("HX-Request"):
        return render_template("console/phone/fragment.html", phone=_phone(found, oob=False))
    return _page(found)


def _phone(found: ScreenPage, *, oob: bool) -> Phone:
    there = url_for(".phone_beside", draft_id=found.draft.id, screen=found.screen)
    rules = filing_rules(found.parsed.flow)
    sent = _sent_to_phone(found)
    phone = build_phone(
        found.parsed.flow,
        sent,
        action=there,
        screen=found.screen,
        include="#editor-form",
        oob=oob,
        screens=url_for(".screens", draft_id=found.draft.id),
        rules=rules,
    )
    if "showing" not in sent or "phone-do" in sent:
        return phone
    return turn_to_option(phone, found.form, whole_number(sent["showing"]), rules)


def _sent_to_phone(found: ScreenPage) -> MultiDict[str, str]:
    """What was sent; without script the phone speaks the language that was typed, and shows the option that changed."""
    sent = MultiDict(request.form)
    act = request.form.get("act", "")
    if act == "draw":
        tag = changed_language(request.form.get("heard", ""), found.form, found.flow.languages)
        sent["phone-language"] = tag or sent.get("phone-language", "")
    elif changed := _changed(found):
        sent["showing"] = str(max(changed.row, 0))
    return sent


def _changed(found: ScreenPage) -> ChangedOption | None:
    """The option that the pressed button changed."""
    act = request.form.get("act", "")
    if not act or act in SAVES:
        return None
    before = parse_submission(_last(), tuple(found.flow.languages)).form
    return changed_option(act, request.form.get(f"to.{act.removeprefix('move-')}", ""), before, found.form)


def _around(found: ScreenPage, *, oob: bool) -> dict[str, Any]:
    """The context of the templates of a screen."""
    text = found.draft.files[found.draft.main]
    names = list(spans(text))
    order = view_model.screen_order(found.flow, names)
    at = order.index(found.screen) if found.screen in order else 0
    elsewhere = sum(each.severity != "I" for each in found.problems) - sum(each.severity != "I" for each in found.here)
    going_on, edits = is_going_on(found.draft), may("edit")
    shorthand = {name for name, each in found.flow.screens.items() if isinstance(each, Ask) and name not in names}
    return {
        "sheet": found,
        "draft": found.draft,
        "form": found.form,
        "written": found.written,
        "flow_now": found.flow,
        "languages": found.flow.languages,
        "names": names,
        "title": screen_title(found.flow, found.screen),
        "order": order,
        "at": at,
        "elsewhere": elsewhere,
        "screens_offered": screen_choices(found.flow, order),
        "limits": limits(),
        "lists": view_model.lists_of(found.flow),
        "outline": [] if oob else view_model.outline(found.flow, found.problems, frozenset(names)),
        "spots": link_problems(found.here, found.parsed, found.draft, found.form),
        "shorthand": shorthand,
        "phone": _phone(found, oob=oob),
        "changed": _changed(found) if request.method == "POST" else None,
        "heard": words_by_language(found.form),
        "shown": draft_editing.content_hash(found.written.lines),
        "most_leading": MOST_LEADING,
        "leading": list(
            dict.fromkeys(
                (path[1], True) if path[0] == "screens" else (".".join(path), False)
                for path in links_to(text, found.screen)
            )
        ),
        "may_words": going_on and may("words"),
        "may_edit": going_on and edits,
        "tab": "screens",
    }


def _page(found: ScreenPage) -> str:
    return render_template("console/editor/screen.html", **_around(found, oob=False))


def _gone(draft: Draft, screen: str) -> Answers:
    flash(_("There is no longer a screen %(name)s in this draft. These are its screens.", name=screen), "warn")
    return redirect(url_for(".screens", draft_id=draft.id), 303)


def _to_whole_file(draft: Draft, why: str) -> Answer:
    """Redirect to the whole file, if it cannot be read as screens."""
    flash(_("The screens cannot be shown separately: %(why)s", why=why), "warn")
    return redirect(url_for("console.files.source", draft_id=draft.id), 303)
