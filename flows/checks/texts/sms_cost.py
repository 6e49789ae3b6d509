"""F304 to F306: what a text costs, and letters that halve the room of a text or screen."""

from collections.abc import Iterator, Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.row_room import rows_at_fault, with_row
from flows.checks.analysis.text_index import plain, variables
from flows.checks.analysis.variables import Variables, longest_fields, longest_values
from flows.checks.texts.invisible_characters import INVISIBLE
from flows.checks.texts.screen_overflow import STEPS_OF_ROW, all_options, speaks, steps_of_pages, worst_pages
from flows.engine.render import fits, words_of
from flows.engine.sms_channel import is_texted
from flows.engine.variables import EVENT_FIELDS, can_show, choose, needs_ucs2, text_for
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, End, Flow, State, Text, Value
from flows.menu.screen_kinds import kind_of, question_of, texts_of
from flows.menu.sms_reply_text_keys import WITH_NOTE
from flows.text import gsm
from flows.text.printable import pluralize

NAMED = 5  # letters outside GSM-7 that a finding names
FEW = 2  # texts of one file that cost more than usual, each of which is told
MOST_PARTS = 2  # that a text in Latin letters may be paid for when a variable in it is not


def check_sms_cost(findings: Findings) -> None:
    """Report SMS of several parts, and what makes a text or screen need UCS-2."""
    flow = all_options(findings.flow)
    known, unread = findings.known, _unread(findings)
    written_otherwise = any(needs_ucs2(flow, each) for each in flow.languages)
    dear: dict[str, list[tuple[Path, str, str]]] = {}
    long: dict[tuple[tuple[str, tuple[str, ...]], str], list[Path]] = {}
    for language in flow.languages:
        for path, sms, text in _texted(findings, flow, language, longest_values(flow, known, language)):
            if gsm.parts(sms) > 1 and not _is_guess(flow, unread, path, text, language):
                if rows := _rows_at_fault(findings, flow, sms, path, text, language):
                    long.setdefault((rows, language), []).append(path)
                    continue
                file, _ = findings.place((*path, language))
                dear.setdefault(file, []).append((path, sms, language))
        if written_otherwise and not needs_ucs2(flow, language):
            _foreign(findings, flow, known, language)
    for told in dear.values():
        _costs(findings, told)
    for ((name, codes), language), paths in long.items():
        _long_rows(findings, name, codes, language, paths)
    _flips(findings)


def _texted(
    findings: Findings, flow: Flow, language: str, values: dict[str, Value], *, foreign: bool = False
) -> Iterator[tuple[Path, str, Text]]:
    """Every SMS of the flow in a language, filled. An SMS does not go over the USSD channel: any language is texted."""
    for name, screen in flow.screens.items():
        if not findings.concerns(name):
            continue
        sent = {each.role: each for each in texts_of(screen) if speaks(each.text, language)}
        each = sent.get("sms") or (sent.get("end") if is_texted(flow) else None)
        if each is not None:
            state = State(1, name, language, findings.around.room, values)
            yield (*findings.path(name), *each.path), words_of(flow, state, each.text, language), each.text
    fields = longest_fields(flow, language, foreign=foreign)
    for event, text in flow.texts.items() if not findings.around.screen else ():
        if speaks(text, language):
            given = fields | {"note": ""} if event in WITH_NOTE else fields  # it is shortened until all fits
            yield ("texts", event), gsm.plainest(text_for(flow, event, language, given)), text


def _rows_at_fault(
    findings: Findings, flow: Flow, sms: str, path: Path, text: Text, language: str
) -> tuple[str, tuple[str, ...]] | None:
    """The rows of a list without which an SMS would cost what is usual; None if its own words are too long."""
    if gsm.parts(sms) <= (usual := _usual(flow, language)):
        return None
    kinds: Mapping[str, str | None] = EVENT_FIELDS if path[0] == "texts" else flow.kinds
    event = path[1] if path[0] == "texts" else ""
    values = longest_fields(flow, language) if event else longest_values(flow, findings.known, language)
    values = values | {"note": ""} if event in WITH_NOTE else values
    findings.spend(STEPS_OF_ROW)

    def fitting(name: str, code: str) -> bool:
        held = with_row(values, kinds, flow.rows[name], name, code)
        if event:
            return gsm.parts(gsm.plainest(text_for(flow, event, language, held))) <= usual
        state = State(1, path[1], language, findings.around.room, held)
        return gsm.parts(words_of(flow, state, text, language)) <= usual

    return rows_at_fault(flow, language, choose(text, language, flow), kinds, fitting)


def _long_rows(findings: Findings, name: str, codes: tuple[str, ...], language: str, paths: list[Path]) -> None:
    """Rows that make SMS cost more than all others do."""
    more = f", and so do {pluralize(len(paths) - 1, 'more text')}" if len(paths) > 1 else ""
    where = f"the text {paths[0][1]!r}" if paths[0][0] == "texts" else f"the SMS of the screen {paths[0][1]!r}"
    for code in codes:
        said_so = f"with row {code!r}, {where} costs more SMS than with other rows{more}"
        findings.add("F304", ("lists", name, code), said_so, language=language, hint="shorten the row", severity="W")


def _unread(findings: Findings) -> frozenset[str]:
    """The lists that were not read as they are meant: their fault is told."""
    asked = {ask.pick.list for ask in findings.flow.asks if ask.pick}
    lost = {at[1] for at, _ in findings.lost if at[0] == "lists"}
    return findings.broken | lost | (asked - {*findings.flow.lists})


def _is_guess(flow: Flow, unread: frozenset[str], path: Path, text: Text, language: str) -> bool:
    """True when a text shows names of a list that was not read as it is meant."""
    names = variables(text.get(language) or text.get(ANY_LANGUAGE) or ())
    kinds = EVENT_FIELDS if path[0] == "texts" else flow.kinds
    return any(kinds.get(name) in unread for name in names)


def _costs(findings: Findings, texts: list[tuple[Path, str, str]]) -> None:
    """One part in Latin letters and two in a script that needs UCS-2 are what an SMS may cost.

    Of several texts of a file that cost more the first is told: whoever wrote them so knows what they cost.
    """
    dear = [each for each in texts if gsm.parts(each[1]) > _usual(findings.flow, each[2])]
    many = len(dear) > FEW
    for each in texts:
        if not many or each is dear[0] or each not in dear:
            beside = f"; {len(dear) - 1} more texts of this file cost more too" if many and each is dear[0] else ""
            _parts(findings, each, beside)


def _usual(flow: Flow, language: str) -> int:
    return 2 if needs_ucs2(flow, language) else 1


def _parts(findings: Findings, each: tuple[Path, str, str], beside: str = "") -> None:
    path, sms, language = each
    count = gsm.parts(sms)
    size = gsm.measure(sms)
    usual = _usual(findings.flow, language)
    single = gsm.SINGLE[size.encoding]
    said_so = f"this text costs {count} SMS: it has {size.units} characters, and one SMS holds {single}{beside}"
    most = single if usual == 1 else usual * gsm.PART[size.encoding]
    hint = f"remove {pluralize(max(size.units - most, 1), 'character')}" if count > usual else ""
    findings.add("F304", path, said_so, language=language, hint=hint, severity="W" if count > usual else "I")


def _foreign(findings: Findings, flow: Flow, known: Variables, language: str) -> None:
    """What people wrote may be in any letters: then the whole screen or text is."""
    written = {name for name, brings in known.held.items() if brings.any_script}
    values = longest_values(flow, known, language, foreign=True)
    for path, sms, text in _texted(findings, flow, language, values, foreign=True):
        name = _first_of(text, {"note"} if path[0] == "texts" else written, language)
        if name and gsm.parts(sms) > MOST_PARTS:
            said_so = f"if {{{name}}} is in Urdu script, this text costs {gsm.parts(sms)} SMS"
            findings.add("F306", path, said_so, language=language, hint=f"shorten it: {{{name}|40}}")
    if not can_show(flow, language, findings.around.room):
        return
    for name, screen in flow.screens.items():
        texts = [each.text for each in texts_of(screen) if each.role in ("ask", "option", "end")]
        if found := [first for text in texts if (first := _first_of(text, written, language))]:
            _flipped(findings, flow, name, found[0], language, values)


def _flipped(findings: Findings, flow: Flow, name: str, variable: str, language: str, values: dict[str, Value]) -> None:
    """A screen with a variable in other letters: a last one loses words, one that asks has more pages."""
    screen, room = flow.screens[name], findings.around.room
    path = (*findings.path(name), kind_of(screen).word)
    when = f"if {{{variable}}} is in Urdu script"
    hint = f"shorten it: {{{variable}|20}}"
    if not room.ucs2:
        said_so = f"{when}, this network shows ???? instead"
        findings.add("F306", path, said_so, language=language, severity="I")
    elif isinstance(screen, End):
        whole = words_of(flow, State(1, name, language, room, values), screen.text, language)
        if not fits(whole, room):
            said_so = f"{when}, a screen holds 70 characters and the caller would lose the end of this one"
            findings.add("F306", path, said_so, language=language, hint=hint)
    elif (question := question_of(screen)) is not None:
        findings.spend(2 * steps_of_pages(flow, question, language))
        pages = len(worst_pages(flow, question, language, room, values)[0])
        usual = len(worst_pages(flow, question, language, room, longest_values(flow, findings.known, language))[0])
        if pages > usual:
            said_so = f"{when}, this screen takes {pages} pages instead of {usual}"
            findings.add("F306", path, said_so, language=language, hint=hint, severity="I")


def _first_of(text: Text, names: set[str], language: str) -> str:
    """The first variable of a text, in a language, that is one of these."""
    parts = text.get(language) or text.get(ANY_LANGUAGE) or ()
    return next((name for name in variables(parts) if name in names), "")


def _flips(findings: Findings) -> None:
    """Letters that put a whole text into UCS-2, in a language that could do without."""
    flow = findings.flow
    latin = [tag for tag in flow.languages if not needs_ucs2(flow, tag)]
    for each in (*findings.texts, *findings.row_texts):
        for tag in latin:
            if tag in each.text:
                _flip(findings, each.path, tag, plain(each.text[tag]))
        shared = plain(each.text.get(ANY_LANGUAGE, ()))
        if shared and gsm.plainest(shared) != shared:  # in Urdu script on purpose it stays
            _flip(findings, each.path, ANY_LANGUAGE, shared)


def _flip(findings: Findings, path: Path, tag: str, words: str) -> None:
    letters = [letter for letter in gsm.flips(words) if not INVISIBLE.match(letter)]  # F311 tells of those
    if not letters:
        return
    named = " ".join(map(repr, letters[:NAMED])) + (" …" if len(letters) > NAMED else "")
    leaves, makes = ("leaves", "makes") if len(letters) == 1 else ("leave", "make")
    said_so = f"{named} {leaves} a screen 70 characters instead of 160, and {makes} each SMS cost more"
    swaps = {letter: by for letter in letters[:NAMED] if (by := gsm.to_gsm(letter)) != letter}
    known = ", ".join(f"{by!r} for {letter!r}" if by else f"nothing for {letter!r}" for letter, by in swaps.items())
    hint = f"write {known}" if known else "use plain characters"
    findings.add("F305", path, said_so, language=tag, hint=hint)
