"""A scripted call followed from one flow into another: the keys with which it chooses there what it chose before."""

from collections.abc import Mapping, MutableSequence, Sequence
from typing import Any

from msgspec import Struct

from flows.engine import input_replay
from flows.engine.danger_words import look_for_danger
from flows.engine.label_lookup import find_label
from flows.engine.render import RESUME, can_offer, is_meant_asked, pages_of, rows_of, visible_options
from flows.engine.sms_channel import has_asked_enough, is_texted
from flows.menu.model import Ask, Flow, Option, Row, State, Turn
from flows.preview.transcripts import UNPLAYABLE, dialled_entries, entry, first_turn, perform_actions
from flows.text.western_digits import western

MOST_TRIED = 100  # numbers, from 1 on, of which one chooses nothing on a screen


class FollowedKeys(Struct, frozen=True):
    """What a call types in another flow: behind the code, and at each step that has an entry.

    None is an entry that is of no use there, such as the key for more where all is on one page. `gone` is the option
    or row (`menu.suggest`) that it can no longer choose: from there on it types what it typed before.
    """

    dialled: tuple[str | None, ...]
    typed: tuple[str | None, ...]
    gone: str = ""


class MissingChoice(Struct, frozen=True):
    """What was chosen, and is not offered any more."""

    choice: str


class _Side:
    """One of the two flows, and where the call is in it."""

    def __init__(self, flow: Flow, script: Mapping[str, Any]) -> None:
        self.flow, self.script = flow, script
        self.turn = perform_actions(flow, first_turn(flow, script), script)

    @property
    def state(self) -> State:
        return self.turn.state

    @property
    def ask(self) -> Ask | None:
        """The screen that waits for an entry; None at the end, and at the screens that are built in."""
        screen = self.flow.screens.get(self.state.screen)
        built_in = self.state.ended or self.state.screen == RESUME or is_meant_asked(self.flow, self.state)
        return screen if isinstance(screen, Ask) and not built_in else None

    def asks_language(self) -> bool:
        return input_replay.asks_language(self.flow, self.turn)

    def press(self, typed: str) -> None:
        def act(turn: Turn) -> Turn:
            return perform_actions(self.flow, turn, self.script)

        self.turn = input_replay.answer(self.flow, self.state, typed, act)


def follow_keys(before: Flow, script: Mapping[str, Any], after: Flow, names: Mapping[str, str]) -> FollowedKeys:
    """The entries of a call of `before` in the flow `after`, in which it makes the same choices.

    Both are played side by side; `names` are the new ids of screens that have another one. Never raises: a call that
    breaks off keeps what it types from there on.
    """
    dialled: list[str | None] = list(dialled_entries(str(script.get("dial") or "")))
    typed: list[str | None] = [entry(step) for step in script["steps"] if "enter" in step]
    gone = ""
    try:
        old, new = _Side(before, script), _Side(after, script)
        at = [0, 0]
        while at[0] < len(dialled) or at[1] < len(typed):
            which = 0 if at[0] < len(dialled) and (not old.asks_language() or at[1] == len(typed)) else 1
            entries = (dialled, typed)[which]
            given = entries[at[which]] or ""
            found = _followed(old, new, given, names)
            if isinstance(found, MissingChoice):
                gone = found.choice
                break
            entries[at[which]] = found
            at[which] += 1
            old.press(given)
            if found is not None:
                new.press(found)
    except UNPLAYABLE:
        pass  # one of the two flows has mistakes: what the call does there is told when it is played
    return FollowedKeys(tuple(dialled), tuple(typed), gone)


def _followed(old: _Side, new: _Side, typed: str, names: Mapping[str, str]) -> str | MissingChoice | None:
    """What is typed in the new flow for one entry; None if nothing is."""
    known = western(typed).strip()
    if old.state.ended or new.state.ended:
        return typed
    if _turns_page(old, known):
        return new.flow.keys["more"].key if _turns_page(new, new.flow.keys["more"].key) else None
    for name in ("back", "home"):
        if not is_texted(old.flow) and known == old.flow.keys[name].key:
            return new.flow.keys[name].key
    was, now = old.ask, new.ask
    if was is None or now is None or now.id != names.get(was.id, was.id):
        return typed
    chosen = _chosen(old, was, typed)
    if chosen is None:
        return _unknown_key(new, now, typed) if _chooses_nothing(was, known) else typed
    again = _chosen(new, now, typed)
    if again is not None and _same(chosen, again):
        return typed
    return _key_of(new, now, chosen) or MissingChoice(f"{was.id}.{chosen if isinstance(chosen, int) else chosen.code}")


def _turns_page(side: _Side, typed: str) -> bool:
    if side.state.ended or typed != side.flow.keys["more"].key or has_asked_enough(side.flow, side.state):
        return False
    return len(pages_of(side.flow, side.state)) > 1


def _chosen(side: _Side, ask: Ask, typed: str) -> Option | Row | int | None:
    """The option, row or number of a record that an entry chooses; None if it is an answer or chooses nothing."""
    known = western(typed).strip()
    for option in visible_options(side.flow, side.state, ask):
        if option.key == known:
            return option
    if known.isascii() and known.isdigit():
        rows = rows_of(side.flow, side.state, ask)
        at = int(known[:6]) - len(ask.options) - 1
        if not 0 <= at < len(rows) or not can_offer(side.flow, side.state, ask.pick, rows[at]):
            return None
        row = rows[at]
        return row if isinstance(row, Row) else at
    if is_texted(side.flow) or look_for_danger(side.flow, side.state, typed) is not None:
        return None
    names = ask.pick is not None and (ask.pick.type_name or ask.pick.typed is not None)
    return find_label(side.flow, side.state, ask, typed.strip(), rows=not names)


def _same(one: Option | Row | int, other: Option | Row | int) -> bool:
    if isinstance(one, int) or isinstance(other, int):
        return one == other
    return type(one) is type(other) and one.code == other.code


def _key_of(side: _Side, ask: Ask, chosen: Option | Row | int) -> str:
    """The key that makes a choice on a screen; "" if none does."""
    if isinstance(chosen, Option):
        options = visible_options(side.flow, side.state, ask)
        named = next((each for each in options if each.code == chosen.code), None)
        return named.key if named else _key_of_words(chosen, options)
    rows = rows_of(side.flow, side.state, ask)
    for at, row in enumerate(rows):
        number = row.code if isinstance(row, Row) else at
        if number == (chosen if isinstance(chosen, int) else chosen.code) and can_offer(
            side.flow, side.state, ask.pick, row
        ):
            return str(len(ask.options) + at + 1)
    return ""


def _key_of_words(chosen: Option, options: Sequence[Option]) -> str:
    """The key of the only option that has the words of one whose code has changed; "" if there is none."""
    alike = [each for each in options if any(each.text.get(tag) == words for tag, words in chosen.text.items())]
    return alike[0].key if len(alike) == 1 else ""


def _chooses_nothing(ask: Ask, typed: str) -> bool:
    """True for a number that is no choice, where nothing but choices is asked for."""
    return ask.answer is None and typed.isascii() and typed.isdigit()


def _unknown_key(side: _Side, ask: Ask, typed: str) -> str:
    """A number that chooses nothing on a screen: the one that was typed, if that is still so."""
    keys = {key.key for key in side.flow.keys.values()}
    tried = (typed, *(str(number) for number in range(1, MOST_TRIED)))
    return next((each for each in tried if each not in keys and _chosen(side, ask, each) is None), typed)


def with_keys(said: Mapping[str, Any], followed: FollowedKeys) -> dict[str, Any]:
    """A script as it is when it types these entries; its other words stay."""
    steps = [dict(step) for step in said["steps"]]
    set_keys(steps, followed.typed)
    dial = dial_with(str(said.get("dial") or ""), followed.dialled)
    return {**said, **({"dial": dial} if said.get("dial") else {}), "steps": steps}


def dial_with(dial: str, dialled: Sequence[str | None]) -> str:
    """A dialled code with these choices behind it: `*8484*2*1#`."""
    if not dialled:
        return dial
    return "*" + "*".join([dial.strip("*#").partition("*")[0], *(each for each in dialled if each)]) + "#"


def set_keys(steps: MutableSequence[Any], typed: Sequence[str | None]) -> bool:
    """Set the entries of these steps, in place; True if one changed. A step that loses its own joins the next one."""
    changed = False
    at = 0
    for key in typed:
        while at < len(steps) and "enter" not in steps[at]:
            at += 1
        if at == len(steps):
            break
        if key is None:
            following = steps.pop(at + 1) if at + 1 < len(steps) else {}
            changed = True
            if "enter" in following:
                steps[at]["enter"] = following["enter"]
            else:
                del steps[at]["enter"]
            continue
        if entry(steps[at]) != key:
            steps[at]["enter"] = key
            changed = True
        at += 1
    return changed
