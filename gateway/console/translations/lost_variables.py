"""Variables that the words of a translation leave out, as grave as the checks find them before they are saved."""

from collections.abc import Mapping

from msgspec import Struct

from flows.menu.diagnostics import Severity
from flows.translation.flow_texts import load_flow_texts, place
from flows.translation.left_out_variables import LeftOutGrades
from flows.translation.text_fit import names
from flows.translation.text_inventory import TranslatableText
from gateway.console.site.guard import sunwai
from storage.schema.tables import Draft


class LeftOut(Struct, frozen=True):
    """A variable that words leave out. `severity`: E cannot be published, W needs a reason, I is a note."""

    name: str
    severity: Severity


def grades_of(draft: Draft) -> LeftOutGrades:
    """How grave it is, in the texts of a draft, that a translation leaves something out."""
    parsed = load_flow_texts(draft.files, draft.main).parsed
    return LeftOutGrades(parsed, sunwai().installation.service)


def left_out(
    grades: LeftOutGrades, wording: TranslatableText, said: Mapping[str, str], tag: str, base: str
) -> tuple[LeftOut, ...]:
    """What the words of a language leave out, the gravest first; `said` are the new words by language.

    `base` are the words that they are compared with besides the base text: often those that they replace.
    """
    words = said.get(tag, "")
    if wording.sheet == "lists" or not words.strip():
        return ()
    grave = grades.left_out(place(wording), said, tag)
    gone = sorted({*(names(base) - names(words)), *grave})
    return tuple(sorted((LeftOut(name, grave.get(name, "I")) for name in gone), key=_gravity))


def _gravity(each: LeftOut) -> int:
    return "EWI".index(each.severity)
