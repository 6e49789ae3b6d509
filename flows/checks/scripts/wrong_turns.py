"""The decision that led to a wrong screen, where a script expects the words of another one."""

from collections.abc import Iterator

from flows.checks.scripts.played_scripts import Cause, PlayedScript, Witnesses, body_at
from flows.checks.scripts.script_names import BY_ENGINE
from flows.engine.variables import choose, shown_language, value_of
from flows.menu.model import Ask, Do, End, Flow, State
from flows.menu.screen_kinds import skip_condition, texts_of, ways_of
from flows.preview.decisions import Decision, skipped_screens
from flows.preview.transcripts import Step, expected_words

SHORTEST = 8  # letters of a part of a text by which it is recognised
MOST_ACTS = 20  # that follow each other before a screen is seen


def wrong_turn(flow: Flow, played: PlayedScript, known: Witnesses) -> Cause | None:
    """The last decision before the screen that was not expected, and that other scripts do not confirm.

    None if no screen has the words that were expected, or if every decision is confirmed. The path begins with the id
    of a screen.
    """
    step = played.failing
    if step is None or step.state is None:
        return None
    wanted = _screens_with_words(flow, played, step)
    if not wanted:
        return None
    for decision in step.way:
        if decision.skipped and decision.screen in wanted:
            return Cause((decision.screen, *decision.path))
    here = flow.screens.get(step.screen)
    if here is not None and skip_condition(here) is not None and _is_beyond(flow, step.state, here.id, wanted):
        return Cause((here.id, "skip_if"))
    doubtful = [each for each in reversed(step.way) if not known.confirms(each)]
    doubtful.sort(key=lambda each: known.passes[each] > 0)  # what never went well comes first, the last of it
    turns = [each for each in doubtful if not each.skipped]
    short = [each for each in turns if _leaves_out(flow, each, wanted)]
    crossed = [each for each in turns if _leads_elsewhere_to(flow, step.state, each, wanted)]
    if not turns and (passing := _passes_by(flow, step, wanted)) is not None:
        return passing
    for each in doubtful:
        if _comes_unready(flow, step.state, each):
            return Cause((each.screen, *(("go",) if each.skipped else each.path)))
    likely = next(iter((*short, *crossed, *turns, *doubtful)), None)
    if likely is not None:
        return Cause((likely.screen, *likely.path))
    return _not_taken(flow, played, step, wanted) if not step.way else None


def _screens_with_words(flow: Flow, played: PlayedScript, step: Step) -> set[str]:
    """The screens that would say what was expected, to this caller or at least in their constant words."""
    assert step.state is not None  # noqa: S101 - the caller has asked
    expected = played.expected
    words, sms = expected_words(expected), str(expected.get("sms") or "").strip("\n")
    kind = End if "ends" in expected else Ask
    others = [each.id for each in flow.screens.values() if isinstance(each, kind) and each.id != step.screen]
    exact: set[str] = set()
    for name in others:
        body, text = body_at(flow, step.state, name)
        if words in body and sms in text:
            exact.add(name)
    if exact or (played.wrong is not None and played.wrong.sort == "end"):
        return exact
    language = shown_language(flow, step.state)
    lengths = {name: _known_part(flow, name, language, words) for name in others}
    longest = max((SHORTEST, *lengths.values()))
    here = _known_part(flow, step.screen, language, words)
    alike = _share(words, step.body)
    return {
        name
        for name, length in lengths.items()
        if length == longest and length > here and _share(words, body_at(flow, step.state, name)[0]) > alike
    }


def _share(words: str, body: str) -> float:
    """How many of the words that were expected stand on a screen, 0 to 1."""
    said, wanted = {*body.split()}, words.split()
    return sum(word in said for word in wanted) / max(len(wanted), 1)


def _known_part(flow: Flow, screen: str, language: str, words: str) -> int:
    """The letters of the constant parts of a screen's own text that stand in these words; 0 if they are few of them."""
    text = next((each.text for each in texts_of(flow.screens[screen]) if each.role in ("ask", "end")), {})
    parts = [part.strip() for part in choose(text, language, flow) if isinstance(part, str)]
    known = sum(sum(map(str.isalpha, part)) for part in parts if part and part in words)
    return known if 2 * known > sum(map(str.isalpha, words)) else 0


def _is_beyond(flow: Flow, state: State, screen: str, wanted: set[str]) -> bool:
    """True if the expected screen follows as soon as this one is skipped."""
    go = next((way.go for way in ways_of(flow.screens[screen]) if way.manner == "passed"), None)
    return bool(go) and bool(wanted & _seen_after(flow, state, go or ""))


def _comes_unready(flow: Flow, state: State, decision: Decision) -> bool:
    """True if the way leads to an act of which nothing is known yet: the screens that ask for it were left out."""
    act = flow.screens.get(decision.go)
    given = [source for source in act.arguments.values() if not source.startswith("'")] if isinstance(act, Do) else []
    return bool(given) and not any(value_of(flow, state.values, name) for name in given)


def _leaves_out(flow: Flow, decision: Decision, wanted: set[str]) -> bool:
    """True if the way leads at once to where an expected screen would have led."""
    ahead = {way.go for name in wanted for way in ways_of(flow.screens[name])}
    return decision.screen not in wanted and decision.go in ahead


def _passes_by(flow: Flow, step: Step, wanted: set[str]) -> Cause | None:
    """The screen that is skipped and leads at once to where an expected screen would have led when it is skipped."""
    for decision in reversed(step.way):
        for name in wanted if decision.skipped else ():
            if decision.screen != name and decision.go in _ahead_when_skipped(flow, name):
                return Cause((decision.screen, "go"))
    return None


def _ahead_when_skipped(flow: Flow, screen: str) -> set[str]:
    """The screens that follow one another when each is skipped, from the one after this."""
    ahead: set[str] = set()
    here: str | None = screen
    while here in flow.screens and (
        here := next((way.go for way in ways_of(flow.screens[here]) if way.manner == "passed"), None)
    ):
        if here in ahead:
            break
        ahead.add(here)
    return ahead


def _leads_elsewhere_to(flow: Flow, state: State, decision: Decision, wanted: set[str]) -> bool:
    """True if another way on from the same screen leads to an expected screen."""
    ways = ways_of(flow.screens[decision.screen])
    others = {way.go for way in ways if way.go and way.path != decision.path and way.manner != "passed"}
    return any(wanted & _seen_after(flow, state, go) for go in others)


def _seen_after(flow: Flow, state: State, go: str) -> set[str]:
    """The screens that callers see next after a way, through acts and screens that are skipped."""
    seen: set[str] = set()
    ahead, done = [go], set[str]()
    while ahead and len(done) < MOST_ACTS:
        _, here = skipped_screens(flow, state.values, ahead.pop())
        if here in done:
            continue
        done.add(here)
        screen = flow.screens.get(here)
        if isinstance(screen, Do):
            ahead += screen.then.values()
        else:
            seen.add(here)
    return seen


def _not_taken(flow: Flow, played: PlayedScript, step: Step, wanted: set[str]) -> Cause | None:
    """What should have been taken where the call stays at its screen: the option, the list or the kind of answer."""
    assert step.state is not None  # noqa: S101 - the caller has asked
    screen = flow.screens.get(step.screen)
    if not step.state.problem or not isinstance(screen, Ask):
        return None
    for cause in _options(flow, played, screen, step.state, wanted):
        return cause
    if screen.pick is not None:
        return Cause((screen.id, "choose_from"))
    bounds = {"too_short": "length", "too_long": "length"}.get(step.state.problem, "")
    if screen.answer is not None and not bounds:
        bounds = "between" if screen.answer.between else "days" if screen.answer.days else "answer"
    return Cause((screen.id, bounds or "answer"))


def _options(flow: Flow, played: PlayedScript, screen: Ask, state: State, wanted: set[str]) -> Iterator[Cause]:
    at = played.went_well - 1
    entry = str(played.script.said["steps"][at].get("enter", "")) if at >= 0 else ""
    for option in screen.options:
        if option.key == entry:
            yield Cause((screen.id, "choose", option.code, *(("when",) if option.when is not None else ())))
    for option in screen.options:
        if wanted & _seen_after(flow, state, option.go):
            yield Cause((screen.id, "choose", option.code))


def other_act(flow: Flow, played: PlayedScript) -> Cause | None:
    """The act before the failing screen, where the script tells the outcome of one that no screen does any more."""
    step = played.failing
    given = {*(played.script.said.get("act") or {})}
    gone = given - {screen.action for screen in flow.actions} - {*BY_ENGINE}
    if step is None or not gone or not step.acts:
        return None
    acts = [name for name in step.acts if isinstance(act := flow.screens.get(name), Do) and act.action not in given]
    return Cause((acts[-1], "do")) if acts else None
