"""A state as a screen of words that fit the caller's network.

Room counts the four characters of `CON ` that go before the words. A long list is paged by measured room; an option is
never split or left out.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from flows.engine.call_days import with_days
from flows.engine.screen_facts import facts_of
from flows.engine.variables import (
    choose,
    fill,
    is_true,
    lookup,
    needs_ucs2,
    record_lookup,
    row_words,
    shown_language,
    value_of,
)
from flows.menu.model import (
    LANGUAGES_LIST,
    PLACE_LIST,
    TODAY,
    Ask,
    End,
    Flow,
    Option,
    Pick,
    Record,
    RenderedScreen,
    Room,
    Row,
    State,
    Template,
    Text,
)
from flows.menu.screen_kinds import question_of
from flows.text import gsm
from flows.understanding.classification import split_candidate

RESUME = "@resume"  # the built-in screen that offers to go on with an unfinished call
MEANT = "@meant"  # the built-in screen that asks whether a name is meant
PREFIX = len("CON ")
SHORTEST_CUT = 12  # a variable is never cut below this: a tracking number stays whole
MEMO_SIZE = 20_000
_WORDS = frozenset([str, type(None)])  # of values that are a part of a key as they are
URDU_COMMA, URDU_MARK = "،", "؟"


def show(flow: Flow, state: State) -> RenderedScreen:
    """The screen of a state. A pure function: the same state always gives the same words."""
    if not state.ended:
        pages = pages_of(flow, state)
        return RenderedScreen(pages[min(state.page, len(pages) - 1)], ends=False)
    screen = flow.screens.get(state.screen)
    text = screen.text if isinstance(screen, End) else flow.errors.get(state.problem, {})
    sms = words_of(flow, state, screen.sms, state.language) if isinstance(screen, End) and screen.sms else None
    return RenderedScreen(_end(flow, state, text, shown_language(flow, state)), ends=True, sms=sms)


def words_of(flow: Flow, state: State, text: Text, language: str) -> str:
    """A text filled with this caller's variables."""
    return fill(choose(text, language, flow), lookup(flow, with_days(flow, state.screen, state.values), language))


def pages_of(flow: Flow, state: State) -> list[str]:
    """Every page of the question that a state is at; at least one."""
    language = shown_language(flow, state)
    ask = _asked(flow, state)
    key = _memo_key(flow, state, ask, language)
    if key and (known := flow.memo.get(key)) is not None:  # another thread may clear it at any moment
        return known
    lines = _words(flow, state, ask, language)
    pages = _drawn(flow, state, ask, language, lines)
    if state.problem:
        pages = _helped(flow, state, ask, language, lines, pages)
    if key:
        if len(flow.memo) > MEMO_SIZE:
            flow.memo.clear()
        flow.memo[key] = pages
    return pages


def _helped(flow: Flow, state: State, ask: Ask, language: str, words: tuple[str, ...], pages: list[str]) -> list[str]:
    """If the line of help would push options to another page, it replaces the question or is left out."""
    usual = replace(state, problem="")
    plain = _drawn(flow, usual, ask, language, _words(flow, usual, ask, language))
    if len(pages) <= len(plain):
        return pages
    short = _drawn(flow, state, ask, language, (problem_words(flow, state, ask, language), *words[1:]))
    if ask.answer is not None:
        return plain
    return short if len(short) <= len(plain) or len(plain) > 1 else plain


def _words(flow: Flow, state: State, ask: Ask, language: str) -> tuple[str, ...]:
    """The question, with what was wrong above it, and the lines of its options."""
    words = lookup(flow, with_days(flow, ask.id, state.values), language)
    head = fill(choose(ask.text, language, flow), words).rstrip()  # the last variable may be empty
    if state.problem:
        head = problem_words(flow, state, ask, language) + "\n" + head
    options = [option for option in visible_options(flow, state, ask) if option.shown]
    return (head, *(f"{option.key} {fill(choose(option.text, language, flow), words)}" for option in options))


def _drawn(flow: Flow, state: State, ask: Ask, language: str, words: tuple[str, ...]) -> list[str]:
    start = len(ask.options)
    rows = [
        f"{start + at} {row_line(flow, ask.pick, row, language)}"
        for at, row in enumerate(rows_of(flow, state, ask), 1)
        if can_offer(flow, state, ask.pick, row)
    ]
    always, more = _key_lines(flow, state, language)
    options_first = not rows and flow.channel == "ussd" and facts_of(flow, ask).has_final
    pages = paginate(words[0], [*words[1:], *rows], always, more, state.room, options_first=options_first)
    return [drawable(page, state.room) for page in pages]


def _memo_key(flow: Flow, state: State, ask: Ask, language: str) -> tuple[object, ...]:
    """Everything the pages of this screen depend on; () when that is too much to keep them.

    True and 1 are equal as keys, but no words of a caller, so a value goes with its type.
    """
    if state.matches or ask.id == RESUME:
        return ()
    facts, values = facts_of(flow, ask), state.values
    reads = facts.reads_wrong if state.problem else facts.reads
    if reads is None:
        return ()
    held: list[object] = [read(values) for read in reads]
    if not _WORDS.issuperset(map(type, held)):
        if any(isinstance(value, dict | list) for value in held):
            return ()
        held = [value if type(value) in _WORDS else (type(value), value) for value in held]
    pick, today = ask.pick, None
    if pick is not None:
        if isinstance(values.get(pick.list), list):
            return ()
        today = values.get(TODAY) if pick.list in flow.dated else None
    return (ask.id, language, state.room, state.problem, bool(state.trail), today, *held)


def _asked(flow: Flow, state: State) -> Ask:
    if state.screen == RESUME:
        return resume_screen(flow)
    question = question_of(flow.screens[state.screen])
    if question is not None and state.matches and is_meant_asked(flow, state):
        return meant_screen(flow, state, question)
    assert question is not None, f"{state.screen} does not ask"  # noqa: S101 - the engine stops on asks and ends only
    return question


def resume_screen(flow: Flow) -> Ask:
    """The built-in screen shown when a caller with an unfinished call dials again."""
    words = flow.resume
    codes = enumerate(("go_on", "again", "delete"), 1)
    options = tuple(Option(code, str(key), words.get(code, {}), RESUME) for key, code in codes)
    return Ask(RESUME, words.get("ask", {}), options=options)


def is_meant_asked(flow: Flow, state: State) -> bool:
    """True while a caller is asked about one name, with yes and no: "Sadiqabad, Rahim Yar Khan?"."""
    return bool(state.matches) and len(state.matches) == 1 and bool(flow.meant) and state.screen != RESUME


def meant_screen(flow: Flow, state: State, question: Ask) -> Ask:
    """The built-in screen that asks whether one name is meant; by SMS below the question, which stands alone there."""
    text: Text = {}
    for tag in flow.languages:
        name = matched_words(flow, state, question, tag)
        line = f"{name}{URDU_MARK if gsm.flips(name) else '?'}"
        text[tag] = (*choose(question.text, tag, flow), f"\n{line}") if flow.channel == "sms" else (line,)
    codes = enumerate(("yes", "no"), 1)
    return Ask(MEANT, text, options=tuple(Option(code, str(key), flow.meant[code], MEANT) for key, code in codes))


def matched_words(flow: Flow, state: State, question: Ask, language: str) -> str:
    """The first match as it is asked about."""
    return next((row.text.get(language, row.code) for row in matched_rows(flow, state, question)), "")


def matched_rows(flow: Flow, state: State, screen: Ask) -> list[Row]:
    """The rows that matched, each with the place by which it was found, unless it is the same for all of several."""
    pick = screen.pick
    if pick is None:
        return []
    known = flow.rows.get(pick.typed.list if pick.typed else pick.list, {})
    pairs = [(known[code], place) for code, place in map(split_candidate, state.matches) if code in known]
    places = flow.rows.get(PLACE_LIST, {})
    same = len(pairs) > 1 and len({place for _, place in pairs}) == 1
    return [row if same or place not in places else _placed(flow, places[place], row) for row, place in pairs]


def place_words(flow: Flow, place: Row, language: str) -> str:
    """The name of a place in a language, or in another of the same script: few have a name in each."""
    wide = needs_ucs2(flow, language)
    alike = [words for tag, words in place.text.items() if needs_ucs2(flow, tag) == wide]
    return place.text.get(language) or next(iter((*alike, *place.text.values())), place.code)


def _placed(flow: Flow, place: Row, row: Row) -> Row:
    """A row called by a place in it: "Sadiqabad, Rahim Yar Khan"."""
    words: dict[str, str] = {}
    for tag in flow.languages:
        name, of = place_words(flow, place, tag), row_words(flow, row, tag)
        comma = URDU_COMMA if gsm.flips(of) else ","
        words[tag] = of if name == of else f"{name}{comma} {of}"
    return replace(row, text=words)


def visible_options(flow: Flow, state: State, screen: Ask) -> tuple[Option, ...]:
    """The options whose `when` holds. Hiding one never renumbers the others."""
    if is_meant_asked(flow, state):
        return screen.options if screen.id == MEANT else ()
    if state.matches:
        return ()
    if not facts_of(flow, screen).conditional:
        return screen.options
    return tuple(each for each in screen.options if each.when is None or is_true(flow, state.values, each.when))


def rows_of(flow: Flow, state: State, screen: Ask) -> Sequence[Row | Record]:
    """The rows a screen offers by number: the names that matched, records of a variable, or a filtered list."""
    pick = screen.pick
    if pick is None:
        return ()
    if state.matches:
        return matched_rows(flow, state, screen)
    held = state.values.get(pick.list)
    if isinstance(held, list):
        return held
    if pick.list == LANGUAGES_LIST:
        return [Row(tag, dict.fromkeys(flow.languages, own_name)) for tag, own_name in flow.languages.items()]
    rows = flow.lists.get(pick.list, ())
    return rows if pick.where is None else rows_where(flow, state, pick.list, pick.where)


def rows_where(flow: Flow, state: State, listed: str, where: tuple[str, str]) -> Sequence[Row]:
    """The rows of a list whose column (the first of `where`) has the value of the variable (the second)."""
    column, wanted = where[0], value_of(flow, state.values, where[1])
    return flow.parts.get((listed, column, str(wanted)), ())


def can_offer(flow: Flow, state: State, pick: Pick | None, row: Row | Record) -> bool:
    """False for a row not active today, or a language the network cannot show; the others keep their numbers."""
    if isinstance(row, Row) and not is_active(row, state):
        return False
    languages = pick is not None and pick.list == LANGUAGES_LIST
    return not (languages and isinstance(row, Row) and not state.room.ucs2 and needs_ucs2(flow, row.code))


def is_active(row: Row, state: State) -> bool:
    """True on the days from the row's first to its last, both included; on any day where the call knows none."""
    if row.active_from is None and row.active_until is None:
        return True
    today = state.values.get(TODAY)
    if not isinstance(today, str):
        return True
    return (row.active_from or today) <= today <= (row.active_until or today)


def row_line(flow: Flow, pick: Pick | None, row: Row | Record, language: str) -> str:
    """One line of a list: a row's words, or a record through the pick's `show`."""
    if isinstance(row, Row):
        return row_words(flow, row, language)
    show_text = pick.show if pick and pick.show else {}
    return fill(choose(show_text, language, flow), record_lookup(flow, pick.list if pick else "", row, language))


def problem_words(flow: Flow, state: State, ask: Ask, language: str) -> str:
    """What was wrong with the last input: the screen's own words, else the flow's."""
    text = ask.errors.get(state.problem) or flow.errors.get(state.problem) or flow.errors.get("bad_answer", {})
    return words_of(flow, state, text, language)


def _key_lines(flow: Flow, state: State, language: str) -> tuple[list[str], str]:
    """The lines of the keys that work on this screen: those on each page, and the one that turns to the next."""

    def line(name: str) -> str:
        key = flow.keys[name]
        return f"{key.key} {fill(choose(key.text, language, flow), str)}"

    if state.screen == RESUME or flow.channel == "sms":  # there is nothing to go back to
        return [], line("more")
    always = [line("back")] if (state.trail or state.matches) and flow.keys["back"].show else []
    if flow.keys["home"].show and state.screen not in (flow.home, flow.start):
        always.append(line("home"))
    return always, line("more")


def paginate(
    head: str, lines: Sequence[str], always: Sequence[str], more: str, room: Room, *, options_first: bool = False
) -> list[str]:
    """Head and option lines as pages that fit `room`; `always` ends each page, `more` each but the last.

    With `options_first` all lines are on the first page, below as much of the head as there is room for.
    """
    whole = "\n".join([head, *lines, *always])
    if fits(whole, room):
        return [whole]
    tail = [*always, more]
    if lines and room.ucs2 and (wide := [line for line in head.split("\n") if gsm.flips(line)]):
        # Urdu words of an officer on a Latin screen come after the options, which would otherwise be two pages away.
        first = "\n".join([*(line for line in head.split("\n") if line not in wide), *lines, *tail])
        if first != "\n".join([*lines, *tail]) and not gsm.flips(first) and fits(first, room):
            return [first, *paginate("\n".join(wide), [], always, more, room)]
    if options_first and (start := _piece(head, [*lines, *tail], room)):
        rest = head[len(start) :].lstrip()
        return ["\n".join([start.rstrip(), *lines, *tail]), *paginate(rest, [], always, more, room)]
    pieces = [*_pieces(head, tail, room), *lines]
    pages: list[str] = []
    page: list[str] = []
    for at, piece in enumerate(pieces):
        ending = always if at == len(pieces) - 1 else tail
        if page and not fits("\n".join([*page, piece, *ending]), room):
            pages.append("\n".join([*page, *tail]))
            page = []
        page.append(piece)
    pages.append("\n".join([*page, *always]))
    return [page if fits(page, room, hard=True) else clip(page, room) for page in pages]


def fits(text: str, room: Room, *, hard: bool = False) -> bool:
    """True when the text is within the safe room (prefix counted) or, with `hard`, within what a screen can carry."""
    measure = gsm.measure(text)
    if measure.encoding == "GSM-7" or not room.ucs2:
        return measure.units <= (room.gsm_hard if hard else room.gsm_safe - PREFIX)
    return measure.units <= (room.ucs2_hard if hard else room.ucs2_safe - PREFIX)


def _pieces(head: str, tail: Sequence[str], room: Room) -> list[str]:
    """A head that is too long for one page, cut between lines or else between words."""
    pieces: list[str] = []
    rest = head
    while rest and not fits("\n".join([rest, *tail]), room):
        piece = _piece(rest, tail, room) or rest[:1]
        pieces.append(piece.rstrip())
        rest = rest[len(piece) :].lstrip()
    return [*pieces, rest] if rest else pieces


def _piece(head: str, below: Sequence[str], room: Room) -> str:
    """The longest start of a head that fits above these lines, cut as well as can be; "" if not a letter fits."""
    size = _longest(head, lambda text: fits("\n".join([text, *below]), room))
    if size == 1 and not fits("\n".join([head[:1], *below]), room):
        return ""
    line, word = head.rfind("\n", 0, size + 1), head.rfind(" ", 0, size + 1)
    cut = line if line > size // 3 else word if word > size // 2 else size
    return head[:cut]


def _longest(text: str, passes: Callable[[str], bool]) -> int:
    """The length of the longest start of `text` that passes; at least 1."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if passes(text[:middle]) else (low, middle - 1)
    return low


def clip(text: str, room: Room) -> str:
    """The start of a text that a screen can carry at the very most."""
    return text[: _longest(text, lambda start: fits(start, room, hard=True))]


def drawable(text: str, room: Room) -> str:
    """On a network without UCS-2, letters it cannot show become `?` rather than noise."""
    if room.ucs2 or not gsm.flips(text):
        return text
    text = gsm.to_gsm(text)
    return text.translate({ord(letter): "?" for letter in gsm.flips(text)})


def _end(flow: Flow, state: State, text: Text, language: str) -> str:
    """A last screen cannot be paged: long variables are cut until it fits, then the words themselves."""
    parts: Template = choose(text, language, flow)
    words = lookup(flow, state.values, language)
    whole = drawable(fill(parts, words), state.room)
    for cut in (60, 40, 30, 20, 16, SHORTEST_CUT):
        if fits(whole, state.room):
            return whole
        whole = drawable(fill(parts, words, cut), state.room)
    return whole if fits(whole, state.room, hard=True) else clip(whole, state.room)
