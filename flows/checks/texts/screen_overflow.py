"""F301 to F303 and F505: what does not fit a screen, with every variable at its longest."""

from collections.abc import Iterable

from msgspec.structs import replace

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.list_facts import room_of_rows
from flows.checks.analysis.possible_values import parents
from flows.checks.analysis.row_room import rows_at_fault, with_row
from flows.checks.analysis.text_index import LAST_WORDS
from flows.checks.analysis.variables import longest_values
from flows.engine.render import PREFIX, RESUME, SHORTEST_CUT, drawable, fits, pages_of, words_of
from flows.engine.sms_channel import PARTS, is_texted
from flows.engine.variables import can_show, choose, fill, lookup, row_words
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, RECEIPT, Ask, Flow, Pick, Room, Screen, State, Text, Value, Variable
from flows.menu.screen_kinds import question_of, texts_of
from flows.parsing.screens import LINE_ERRORS
from flows.text import gsm
from flows.text.printable import pluralize

MOST_PAGES = 6  # of a list that cannot be answered by typing a name
MOST_OPTIONS = 12
MEASURED = 4  # filters of a list whose pages are counted: those with the most letters
STEPS_OF_ROW = 5
SHORTEST_LEFT = 12  # letters of a variable that still tell what it is
WITH_ALL = "with all options"  # the key in `Flow.compiled`
WHOLE = 1_000_000  # pages as they would be if nothing were ever cut off


def check_screen_overflow(findings: Findings) -> None:
    """Report screens that are too long or have too many pages."""
    flow = all_options(findings.flow)
    for language in flow.languages:
        if can_show(flow, language, findings.around.room):
            _Measure(findings, flow, language, longest_values(flow, findings.known, language)).screens()
    _many(findings)


class _Measure:
    """Measures the screens of a flow in one language."""

    def __init__(self, findings: Findings, flow: Flow, language: str, values: dict[str, Value]) -> None:
        self.findings, self.flow, self.language, self.values = findings, flow, language, values
        self.room = findings.around.room

    def screens(self) -> None:
        """Report what is too long, on every screen and in the words that end a call."""
        flow = self.flow
        for name, screen in flow.screens.items():
            if not self.findings.concerns(name):
                continue
            question = question_of(screen)
            spoken = question is not None and speaks(question.text, self.language)
            for each in texts_of(screen):
                path = (*self.findings.path(name), *each.path)
                if each.role == "ask" and spoken and question is not None:
                    self._asking(path, question)
                elif each.role == "retry" and spoken:
                    self._retry(path, each.text)
                elif each.role == "end":
                    self._closing(path, each.text)
        if self.findings.around.screen:
            return
        if flow.resume:
            self._asking(("resume", "ask"), Ask(RESUME, {}))
        for error, text in flow.errors.items():
            if error in LINE_ERRORS:
                (self._closing if error in LAST_WORDS else self._retry)(("errors", error), text)

    def _asking(self, path: Path, ask: Ask) -> None:
        """A screen that asks is paged, so only a line that is longer than a page is too long."""
        self.findings.spend(steps_of_pages(self.flow, ask, self.language))
        worst, at = worst_pages(self.flow, ask, self.language, self.room, self.values)
        rows = [page for page in worst if not fits(page, self.room) and self._row_too_long(ask, page)]
        self._limits(path, [page for page in worst if page not in rows], "a line of it, together with the keys,")
        if len(worst) > 1 and is_texted(self.flow):
            said_so = f"it takes {len(worst)} SMS to read it all, and asking for the next one uses up a question"
            hint = "offer fewer or shorter choices"
            self.findings.add("F302", path, said_so, language=self.language, hint=hint, severity="W")
        elif len(worst) > 1:
            where = f" ({at})" if at else ""
            said_so = f"it takes {len(worst)} pages to read it all{where}"
            hint = "shorter words make fewer pages"
            self.findings.add("F302", path, said_so, language=self.language, hint=hint)
        named = ask.answer is not None or (ask.pick is not None and (ask.pick.type_name or ask.pick.typed is not None))
        if len(worst) > MOST_PAGES and not named:
            said_so = f"{len(worst)} pages are too many: a call lasts about two minutes"
            hint = "group the rows on an earlier screen, or let people type a name with type_name: yes"
            if (bare := self._pages_without_words(ask)) <= MOST_PAGES:
                hint = f"shorten the question, which takes {len(worst) - bare} of them; or {hint}"
            self.findings.add("F505", path, said_so, language=self.language, hint=hint)

    def _row_too_long(self, ask: Ask, page: str) -> bool:
        """Report a row whose line does not fit on a page of its own. False for a page that a row does not fill."""
        number, _, words = page.partition("\n")[0].partition(" ")
        rows = self.flow.lists.get(ask.pick.list, ()) if ask.pick is not None and number.isdecimal() else ()
        row = next((row for row in rows if row_words(self.flow, row, self.language) == words), None)
        if row is None or ask.pick is None:
            return False
        what = f"row {row.code!r} is too long for the screen {ask.id!r}: its line, together with the keys,"
        self._limits(("lists", ask.pick.list, row.code), [page], what)
        return True

    def _pages_without_words(self, ask: Ask) -> int:
        """How many pages the choices alone take."""
        self.findings.spend(2 * steps_of_pages(self.flow, ask, self.language))
        bare = replace(ask, text=dict.fromkeys(ask.text, ()))
        flow = replace(self.flow, screens={**self.flow.screens, ask.id: bare})
        return len(worst_pages(flow, bare, self.language, self.room, self.values)[0])

    def _retry(self, path: Path, text: Text) -> None:
        """Words of help are shown with the keys and, if there is room, the question; longer ones are not shown."""
        flow, language = self.flow, self.language
        if speaks(text, language):
            words = words_of(flow, State(1, flow.start, language, self.room, self.values), text, language)
            back, more = (
                f"{flow.keys[name].key} {fill(choose(flow.keys[name].text, language, flow), str)}"
                for name in ("back", "more")
            )
            page = drawable("\n".join([words, back, more]), self.room)
            self._limits(path, [page], "a caller may not see this after a wrong entry: together with the keys it")

    def _closing(self, path: Path, text: Text) -> None:
        """A last screen cannot be paged: the renderer cuts its variables, and then its words."""
        flow, language = self.flow, self.language
        if not speaks(text, language):
            return
        state = State(1, flow.start, language, self.room, self.values)
        whole = drawable(words_of(flow, state, text, language), self.room)
        cut = fill(choose(text, language, flow), lookup(flow, self.values, language), SHORTEST_CUT)
        loses = "its last words" if not fits(cut, self.room, hard=True) else "the end of the variables"
        if not fits(whole, self.room) and (rows := self._rows_at_fault(text)):
            where = f"the screen {path[1]!r}" if path[0] == "screens" else f"the text {path[-1]!r}"
            for code in rows[1]:
                words = drawable(words_of(flow, self._with(rows[0], code), text, language), self.room)
                what = f"row {code!r} is too long for {where}, where a caller would lose {loses}: that text"
                self._limits(("lists", rows[0], code), [words], what)
            return
        self._limits(path, [whole], f"a caller would lose {loses} in this text: it", text)

    def _rows_at_fault(self, text: Text) -> tuple[str, tuple[str, ...]] | None:
        """The rows without which a last screen would fit."""

        def fitting(name: str, code: str) -> bool:
            words = words_of(self.flow, self._with(name, code), text, self.language)
            return fits(drawable(words, self.room), self.room)

        self.findings.spend(STEPS_OF_ROW)
        parts = choose(text, self.language, self.flow)
        return rows_at_fault(self.flow, self.language, parts, self.flow.kinds, fitting)

    def _with(self, name: str, code: str) -> State:
        """The end of a call with this row of a list where its longest would be."""
        values = with_row(self.values, self.flow.kinds, self.flow.rows[name], name, code)
        return State(1, self.flow.start, self.language, self.room, values)

    def _shorter(self, text: Text, over: int) -> str:
        """Which variable can be shortened by so many characters, and to how many; "" if none can."""
        said = lookup(self.flow, self.values, self.language)
        parts = choose(text, self.language, self.flow)
        words = {part.name: said(part.name)[: part.cut] for part in parts if isinstance(part, Variable)}
        for name in sorted(words, key=lambda name: -len(words[name])):
            held = self.findings.known.held.get(name)
            letters = sum(letter.isalpha() for letter in words[name])
            whole = (held is not None and held.kind != "text") or 2 * letters < len(
                words[name]
            )  # numbers, dates, lines
            if name != RECEIPT and not whole and len(words[name]) - over >= SHORTEST_LEFT:
                return f"{{{name}|{len(words[name]) - over}}}"
        return ""

    def _limits(self, path: Path, pages: Iterable[str], what: str, text: Text | None = None) -> None:
        long = [page for page in pages if not fits(page, self.room)]
        if not long:
            return
        page = max(long, key=lambda page: gsm.measure(page).units)
        size = gsm.measure(page)
        hard = not fits(page, self.room, hard=True)
        most = _most(self.room, size.encoding, hard)
        whose = "a screen can carry" if hard else "every network can show"
        whose = f"{PARTS} SMS carry" if is_texted(self.flow) else whose
        said_so = f"{what} takes {size.units} of the {most} characters that {whose}, with every variable at its longest"
        over = size.units - most
        hint = f"remove {pluralize(over, 'character')}"
        if text and (shorter := self._shorter(text, over)):
            hint = f"remove {pluralize(over, 'character')}, or shorten a variable: {shorter}"
        self.findings.add("F301" if hard else "F303", path, said_so, language=self.language, hint=hint)


def _most(room: Room, encoding: gsm.Encoding, hard: bool) -> int:
    if encoding == "GSM-7":
        return room.gsm_hard if hard else room.gsm_safe - PREFIX
    return room.ucs2_hard if hard else room.ucs2_safe - PREFIX


def steps_of_pages(flow: Flow, ask: Ask, language: str) -> int:
    """How dear the pages of a screen are, in the steps of Findings.spend: each row that is measured is written out."""
    pick = ask.pick
    if pick is None or pick.where is None:
        return STEPS_OF_ROW * len(flow.lists.get(pick.list, ())) if pick is not None else 0
    measured = heaviest(flow, pick, language)
    return STEPS_OF_ROW * sum(len(flow.parts.get((pick.list, pick.where[0], code), ())) for code in measured)


def worst_pages(flow: Flow, ask: Ask, language: str, room: Room, values: dict[str, Value]) -> tuple[list[str], str]:
    """The most pages a screen that asks can come to, and the code of the filter that makes them."""
    unclipped = replace(room, gsm_hard=WHOLE, ucs2_hard=WHOLE)
    state = State(1, ask.id, language, unclipped, values)
    trail = () if ask.id in (flow.start, RESUME) else (flow.home,)
    worst: list[str] = []
    at = ""
    for parent in heaviest(flow, ask.pick, language) or [""]:
        held: dict[str, Value] = {ask.pick.where[1]: parent} if ask.pick and ask.pick.where else {}
        pages = pages_of(flow, replace(state, values={**values, **held}, trail=trail))
        if len(pages) > len(worst):
            worst, at = pages, parent
    return worst, at


def heaviest(flow: Flow, pick: Pick | None, language: str) -> list[str]:
    """The filters to measure: those whose rows have the most letters, and that of the longest row; worked out once."""
    if pick is None or pick.where is None:
        return []
    codes = parents(flow, pick)
    key = ("heaviest", pick.list, pick.where[0], *codes, language)
    if key not in flow.memo:
        room = room_of_rows(flow, pick.list, language)
        weights = {
            code: [room[row.code] for row in rows]
            for code in codes
            if (rows := flow.parts.get((pick.list, pick.where[0], code)))
        }
        ranked = sorted(
            weights, key=lambda code: -sum(weights[code]) - 3 * len(weights[code])
        )  # 3: a number and a line
        longest = max(weights, key=lambda code: max(weights[code]), default="")
        flow.memo[key] = list(dict.fromkeys([*ranked[:MEASURED], *([longest] if longest else [])]))
    return flow.memo[key]


def _many(findings: Findings) -> None:
    for screen in findings.flow.asks:
        if len(screen.options) > MOST_OPTIONS:
            said_so = f"{len(screen.options)} choices are too many to read: callers hang up"
            hint = f"split them over two screens of at most {MOST_OPTIONS}"
            findings.add("F505", (*findings.path(screen.id), "choose"), said_so, hint=hint)


def all_options(flow: Flow) -> Flow:
    """The flow with every option shown at once; worked out once, so that what is measured in it is kept."""
    if WITH_ALL not in flow.compiled:
        shown: dict[str, Screen] = {
            ask.id: replace(ask, options=tuple(replace(option, when=None) for option in ask.options))
            for ask in flow.asks
        }
        flow.compiled[WITH_ALL] = flow.with_screens({**flow.screens, **shown}, flow.kinds)
    found = flow.compiled[WITH_ALL]
    assert isinstance(found, Flow)  # noqa: S101 - put there above
    return found


def speaks(text: Text, language: str) -> bool:
    """True when the text has words in the language itself, so that measuring it is no measuring of another."""
    return language in text or ANY_LANGUAGE in text
