"""F301 to F305: what does not fit a screen or an SMS, with every variable at its longest."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from flows import gsm
from flows.checks.findings import Findings
from flows.checks.lists import parents
from flows.checks.said import LAST_WORDS, plain, said, variables
from flows.checks.variables import longest_fields, longest_values, variables_of
from flows.model import ANY_LANGUAGE, Ask, End, Flow, Room, State, Text, Value
from flows.problems import Path
from flows.render import PREFIX, RESUME, SHORTEST_CUT, fits, pages_of, words_of
from flows.words import choose, fill, lookup, needs_ucs2, text_for

ROOM = Room()
UNCLIPPED = Room(gsm_hard=1_000_000, ucs2_hard=1_000_000)  # pages as they would be if nothing were ever cut off
HARD = {"GSM-7": ROOM.gsm_hard, "UCS-2": ROOM.ucs2_hard}
SAFE = {"GSM-7": ROOM.gsm_safe - PREFIX, "UCS-2": ROOM.ucs2_safe - PREFIX}
NAMED = 5  # letters outside GSM-7 that a finding names


def room(findings: Findings) -> None:
    """Report screens and SMS that are too long, and letters that make them so."""
    flow = _all_options(findings.flow)
    known = variables_of(flow)
    for language in flow.languages:
        values = longest_values(flow, known, language)
        for name, screen in flow.screens.items():
            path = findings.path(name)
            if isinstance(screen, Ask) and _speaks(screen.text, language):
                _asking(findings, flow, (*path, "ask"), screen, State(1, name, language, UNCLIPPED, values))
            elif isinstance(screen, End):
                _closing(findings, flow, (*path, "end"), screen.text, language, values)
                if screen.sms is not None and _speaks(screen.sms, language):
                    sms = words_of(flow, State(1, name, language, ROOM, values), screen.sms, language)
                    _parts(findings, (*path, "sms"), sms, language)
        if flow.resume:
            _asking(findings, flow, ("resume", "ask"), Ask(RESUME, {}), State(1, RESUME, language, UNCLIPPED, values))
        for error in LAST_WORDS:
            _closing(findings, flow, ("errors", error), flow.errors.get(error, {}), language, values)
        fields = longest_fields(flow, language)
        for event, text in flow.texts.items():
            if _speaks(text, language):
                _parts(findings, ("texts", event), gsm.to_gsm(text_for(flow, event, language, fields)), language)
    _flips(findings)


def _all_options(flow: Flow) -> Flow:
    """The flow with every option shown at once."""
    screens = {
        name: replace(screen, options=tuple(replace(option, when=None) for option in screen.options))
        if isinstance(screen, Ask)
        else screen
        for name, screen in flow.screens.items()
    }
    return replace(flow, screens=screens)


def _speaks(text: Text, language: str) -> bool:
    return language in text or ANY_LANGUAGE in text


def _asking(findings: Findings, flow: Flow, path: Path, ask: Ask, state: State) -> None:
    """A screen that asks is paged, so only a line that is longer than a page is too long."""
    trail = () if ask.id in (flow.start, RESUME) else (flow.home,)
    worst: list[str] = []
    at = ""
    for parent in parents(flow, ask.pick) or [""]:
        held: dict[str, Value] = {ask.pick.where[1]: parent} if ask.pick and ask.pick.where else {}
        pages = pages_of(flow, replace(state, values={**state.values, **held}, trail=trail))
        if len(pages) > len(worst):
            worst, at = pages, parent
    _limits(findings, path, worst, state.language, "a line of it, with its keys,")
    if len(worst) > 1:
        where = f" ({at})" if at else ""
        said_so = f"a caller turns {len(worst)} pages to read it all{where}"
        findings.add("F302", path, said_so, language=state.language, hint="shorter words make fewer pages")


def _closing(findings: Findings, flow: Flow, path: Path, text: Text, language: str, values: dict[str, Value]) -> None:
    """A last screen cannot be paged: the renderer cuts its variables, and then its words."""
    if not _speaks(text, language):
        return
    state = State(1, flow.start, language, ROOM, values)
    whole = words_of(flow, state, text, language)
    cut = fill(choose(text, language, flow), lookup(flow, values, language), SHORTEST_CUT)
    loses = "its last words" if not fits(cut, ROOM, hard=True) else "the end of its variables"
    names = variables(choose(text, language, flow))
    shorter = f", or cut a variable: {{{names[0]}|20}}" if names else ""
    _limits(findings, path, [whole], language, f"a caller would lose {loses}: it", shorter)


def _limits(findings: Findings, path: Path, pages: Iterable[str], language: str, what: str, cut: str = "") -> None:
    over = [page for page in pages if not fits(page, ROOM)]
    if not over:
        return
    page = max(over, key=lambda page: gsm.measure(page).units)
    size = gsm.measure(page)
    hard = not fits(page, ROOM, hard=True)
    most = (HARD if hard else SAFE)[size.encoding]
    whose = "a screen can carry" if hard else "every network shows"
    said_so = f"{what} takes {size.units} of the {most} letters that {whose}, variables at their longest"
    hint = f"take out {size.units - most} letters{cut}"
    findings.add("F301" if hard else "F303", path, said_so, language=language, hint=hint)


def _parts(findings: Findings, path: Path, sms: str, language: str) -> None:
    """One part in Latin letters and two in a script that needs UCS-2 are what an SMS may cost."""
    count = gsm.parts(sms)
    if count == 1:
        return
    size = gsm.measure(sms)
    usual = 2 if needs_ucs2(findings.flow, language) else 1
    single = gsm.SINGLE[size.encoding]
    said_so = f"this text is paid for as {count} SMS: {size.units} letters where one holds {single}"
    most = single if usual == 1 else usual * gsm.PART[size.encoding]
    hint = f"take out {size.units - most} letters" if count > usual else ""
    findings.add("F304", path, said_so, language=language, hint=hint, severity="W" if count > usual else "I")


def _flips(findings: Findings) -> None:
    """Letters that put a whole text into UCS-2, in a language that could do without."""
    flow = findings.flow
    latin = [tag for tag in flow.languages if not needs_ucs2(flow, tag)]
    for each in said(findings):
        for tag in latin:
            _flip(findings, each.path, tag, plain(each.text.get(tag, ())))
    for name, rows in flow.lists.items():
        for row in rows:
            for tag in latin:
                _flip(findings, ("lists", name, row.code), tag, row.text.get(tag, ""))


def _flip(findings: Findings, path: Path, tag: str, words: str) -> None:
    letters = gsm.flips(words)
    if not letters:
        return
    named = " ".join(repr(letter) for letter in letters[:NAMED]) + (" …" if len(letters) > NAMED else "")
    said_so = f"{named} leaves a screen 70 letters in place of 160, and makes each SMS cost more"
    swaps = {letter: by for letter in letters[:NAMED] if (by := gsm.to_gsm(letter)) != letter}
    known = ", ".join(f"{by!r} for {letter!r}" if by else f"nothing for {letter!r}" for letter, by in swaps.items())
    hint = f"write {known}" if known else "write it with plain letters"
    findings.add("F305", path, said_so, language=tag, hint=hint)
