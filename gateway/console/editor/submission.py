"""What a page of the editor sends: the form of a screen, its lines of YAML, and which of the two was changed."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from flows.editing.screen_form import FIELDS, OPTION_FIELDS, PARTS, Choice, ScreenForm, Words, form_of
from flows.editing.screen_form_writer import write_form
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.actions import ACTIONS
from flows.menu.model import ANY_LANGUAGE
from flows.text.western_digits import whole_number
from gateway.console.site.i18n import _
from sessions.drafts.draft_editing import content_hash

MOST_OPTIONS = 200
_OFF = {"type_name": "no"}


class SubmittedScreen(Struct, frozen=True):
    """A screen that is being edited. `origin` are the lines that the form was read from, `lines` the lines now.

    `trouble` is why the form cannot be written or the lines cannot be read; `both`: form and lines were both changed.
    """

    origin: str
    lines: str
    form: ScreenForm | None
    trouble: str = ""
    both: bool = False


def parse_submission(sent: Mapping[str, str], languages: Sequence[str], side: str = "") -> SubmittedScreen:
    """The screen that a page sent; `side` is "form" or "yaml" if it is known which of them to use."""
    origin, typed = _lf(sent.get("origin", "")), _lf(sent.get("yaml", ""))
    try:
        was = form_of(origin)
    except CannotEdit as error:
        return from_lines(typed, trouble=str(error))
    form = parse_screen_form(sent, was, languages)
    try:
        lines, trouble = write_form(origin, form, languages), ""
    except CannotEdit as error:
        lines, trouble = origin, str(error)
    by_hand = content_hash(typed) != sent.get("shown", "") if "yaml" in sent else False
    by_form = content_hash(lines) != sent.get("shown", "") or bool(trouble)
    if side == "yaml" or (side != "form" and by_hand and not by_form):
        return from_lines(typed)
    if not side and by_hand and by_form:
        words = _("Both the form and the YAML were changed. Choose which of the two is saved.")
        return SubmittedScreen(origin, typed, form, words, both=True)
    return SubmittedScreen(origin, lines, form, trouble)


def from_lines(lines: str, trouble: str = "") -> SubmittedScreen:
    """A screen from its lines, with the form if they can be read."""
    try:
        return SubmittedScreen(lines, lines, form_of(lines), trouble)
    except CannotEdit as error:
        return SubmittedScreen(lines, lines, None, trouble or str(error))


def parse_screen_form(sent: Mapping[str, str], was: ScreenForm, languages: Sequence[str]) -> ScreenForm:
    """The form that was sent. What a page does not send stays as it was."""
    fields = {name: _field(sent, name, was.fields.get(name, "")) for name in FIELDS}
    words = {part: _words(sent, f"words.{part}", was.words.get(part, Words()), languages) for part in PARTS}
    given, then = _pairs(sent, "given", was.given), _pairs(sent, "then", was.then)
    action = ACTIONS.get(fields["do"])
    if action and fields["do"] != was.fields.get(
        "do"
    ):  # another action: arguments and outcomes that it does not have are removed
        given = tuple(pair for pair in given if pair[0] in action.arguments)
        then = tuple(pair for pair in then if pair[0] in (*action.outcomes, "else"))
    return replace(
        was,
        words={part: each for part, each in words.items() if any(each.said.values()) or part in was.words},
        fields={name: word for name, word in fields.items() if word},
        choices=_choices(sent, was, languages),
        given=given,
        then=then,
    )


def _field(sent: Mapping[str, str], name: str, was: str) -> str:
    now = sent.get(f"field.{name}", was).strip()
    if now == _OFF.get(name):
        return was if was == now else ""
    return now


def _words(sent: Mapping[str, str], name: str, was: Words, languages: Sequence[str]) -> Words:
    """A text as it was sent, by language or one for all; new languages without words are left out."""
    whole = sent.get(f"{name}.any")
    spoken = {tag: _lf(sent[f"{name}.{tag}"]) for tag in (*languages, *was.said) if f"{name}.{tag}" in sent}
    if sent.get(f"{name}.same", "yes" if was.same else "no") == "yes":
        first = next((said for said in spoken.values() if said), was.said.get(ANY_LANGUAGE, ""))
        return Words({ANY_LANGUAGE: first if whole is None else _lf(whole)}, True)
    if whole is not None and not spoken:
        return Words(dict.fromkeys(languages, _lf(whole)))
    said = was.said | spoken
    return Words({tag: each for tag, each in said.items() if each or tag in was.said})


def _choices(sent: Mapping[str, str], was: ScreenForm, languages: Sequence[str]) -> tuple[Choice, ...]:
    count = whole_number(sent.get("choices", ""))
    if count is None:
        return was.choices
    there = {choice.code: choice for choice in was.choices}
    rows = range(min(count, max(MOST_OPTIONS, len(was.choices) + 1)))
    return tuple(_choice(sent, f"choice.{row}", there, languages) for row in rows)


def _choice(sent: Mapping[str, str], name: str, there: Mapping[str, Choice], languages: Sequence[str]) -> Choice:
    before = there.get(sent.get(f"{name}.was", ""), Choice("", ""))
    given = {key: sent.get(f"{name}.{key}", getattr(before, key)).strip() for key in ("code", *OPTION_FIELDS)}
    return replace(before, words=_words(sent, name, before.words, languages), **given)


def _pairs(sent: Mapping[str, str], name: str, was: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Fields such as `then.ok=menu`; earlier ones keep their order, and "" removes one."""
    head = f"{name}."
    now = {key.removeprefix(head): word.strip() for key, word in sent.items() if key.startswith(head)}
    return tuple((key, word) for key, word in (dict(was) | now).items() if word)


def _lf(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")
