"""What the rows of the page of translations show, and the form of the one that is edited."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from flows.translation.flow_texts import load_flow_texts
from flows.translation.left_out_variables import LeftOutGrades
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import SHEETS
from gateway.console.site.guard import may, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import is_going_on
from gateway.console.site.titles import language_order
from gateway.console.translations.lost_variables import LeftOut, grades_of, left_out
from gateway.console.translations.table import Table, TableQuery, TextRow, select_page, table
from gateway.console.translations.text_edits import SaveErrors, TextEdit
from gateway.exchange.xlsx import column_key
from sessions.drafts.field_edit import field_hash
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import main_of
from storage.schema.tables import Draft


class Field(Struct, frozen=True):
    """A language of the text that is edited: the words in its field, and what to say about them."""

    tag: str
    name: str  # the language's own
    words: str
    seen: str
    state: str
    gauge: LengthMeter | None
    error: str = ""
    theirs: str | None = None
    left_out: tuple[LeftOut, ...] = ()  # variables of the base text


def before_of(draft: Draft) -> tuple[Mapping[str, str], str] | None:
    """The files of the revision a draft was made from, with the name of its flow file."""
    found = revision_history.find_revision(sunwai().database, draft.flow, draft.base) if draft.base else None
    main = main_of(found) if found else None
    return (found.source, main) if found and main else None


def table_of(draft: Draft) -> Table | None:
    """The texts of a draft; None if its files cannot be read."""
    return table(draft.files, draft.main, before_of(draft))


def row_anchor(place: str) -> str:
    """The id of a text's row."""
    return place.replace(".", "-")


def fields(
    draft: Draft, of: Table, line: TextRow, typed: TextEdit | None = None, refused: SaveErrors | None = None
) -> list[Field]:
    """The fields of a text's form, the base language first; with what was typed, if it was refused."""
    ruler, refused = Ruler(of.flow), refused or SaveErrors()
    tags = [tag for tag in language_order(of.flow) if column_key(line.wording, tag, of.flow) is not None]
    grades = grades_of(draft)
    return [_field(of, line, tag, typed, refused, ruler, grades) for tag in tags]


def _field(
    of: Table,
    line: TextRow,
    tag: str,
    typed: TextEdit | None,
    refused: SaveErrors,
    ruler: Ruler,
    grades: LeftOutGrades,
) -> Field:
    cell = line.cells[tag]
    words = typed.fields.get(tag, cell.words) if typed else cell.words
    kept = typed is not None and tag not in refused.theirs
    base = line.cells[of.base].words if tag != of.base else ""
    return Field(
        tag=tag,
        name=of.flow.languages[tag],
        words=words,
        seen=typed.seen.get(tag, "") if typed and kept else field_hash(cell.words),
        state=cell.state,
        gauge=length_meter(ruler, line.wording, words, tag) if words.strip() else None,
        error=refused.errors.get(tag, ""),
        theirs=refused.theirs.get(tag),
        left_out=left_out(grades, line.wording, {**(typed.fields if typed else {}), tag: words}, tag, base),
    )


def context(draft: Draft, of: Table, wanted: TableQuery) -> dict[str, Any]:
    """The context of the page and of every row."""
    tags = language_order(of.flow)
    shown = tuple(tag for tag in tags if tag == of.base or tag == wanted.language or not wanted.language)
    return {
        "draft": draft,
        "tab": "words",
        "of": of,
        "wanted": wanted,
        "shown": shown,
        "chosen": select_page(of, wanted),
        "progress": of.progress(),
        "tracked": bool(load_flow_texts(draft.files, draft.main).hashes),
        "may_write": may("words") and is_going_on(draft),
        "sheets": _sheets(of),
    }


def _sheets(of: Table) -> list[tuple[str, str]]:
    """The kinds of texts, with each list separately."""
    words = {
        "screens": _("Screens"), "options": _("Options"), "errors": _("Errors"), "texts": _("Texts by SMS"),
        "keys": _("Keys"), "resume": _("Continued calls"),
        "meant": _("Asked if a name is unclear"), "receipt": _("Whether an SMS follows"),
    }  # fmt: skip
    there = dict.fromkeys(each.wording.sheet for each in of.lines.values())
    lists = dict.fromkeys(each.wording.names[0] for each in of.lines.values() if each.wording.sheet == "lists")
    plain = [(name, words[name]) for name in SHEETS if name in there and name in words]
    return [*plain, *((f"lists.{name}", _("List %(name)s", name=name)) for name in lists)]
