"""A phone drawn from a form. The form carries the whole call, so the server keeps nothing."""

from collections.abc import Sequence
from types import ModuleType

from msgspec import Struct, field
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from flows.engine.sms_channel import is_texted
from flows.engine.variables import base_language
from flows.menu.model import Flow, Value
from flows.preview import sample_answers
from flows.preview.filed_texts import FilingRules
from flows.preview.network_profiles import NETWORKS
from flows.preview.rehearsal import DIAL, DROP, MOST, TIMEOUT, Rehearsal, RehearsalResult, rehearse
from flows.preview.rehearsed_step import RehearsedScreen
from flows.preview.transcripts import SAMPLE
from gateway.console.phone import labels
from gateway.console.phone.replay import (
    LONGEST,
    PREFIX,
    Replay,
    inputs_of_step,
    parse_replay,
    replay_steps,
)
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from gateway.console.site.titles import screen_choices

SMS, STORED = "sms", "stored"  # what a kept call may check beside the words of its screens
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
_EVENTS = {"timeout": TIMEOUT, "drop": DROP, "dial": DIAL}


class Phone(Struct, frozen=True):
    """What the template draws.

    `played` is None if there is no flow to play. The fields from `inputs` to `acts` are what the form says;
    `record` is the address that keeps a call ("" for none), `screens` the prefix of addresses of screens. `ruled` says
    that offices, dates and texts follow the rules; `checks` what a kept call checks again (None: the usual). `replay`
    is the recent call that it plays again, if any.
    """

    action: str
    flow: Flow | None
    played: RehearsalResult | None
    inputs: tuple[str, ...]
    typed: str
    language: str
    network: str
    caller: str
    at: str
    longest: bool
    dial: str
    acts: dict[str, str]
    screen: str = ""
    include: str = ""
    oob: bool = False
    screens: str = ""
    record: str = ""
    name: str = ""
    refused: str = ""
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ruled: bool = False
    checks: frozenset[str] | None = None
    replay: Replay | None = None

    @property
    def texted(self) -> bool:
        """True for a flow by SMS: a thread of texts instead of a screen."""
        return self.flow is not None and is_texted(self.flow)

    @property
    def last(self) -> RehearsedScreen | None:
        """The screen that the phone shows now, unless the call was dropped after it."""
        steps = self.played.steps if self.played else ()
        return steps[-1] if steps and steps[-1].body else None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that sends this same call somewhere else."""
        told = [(f"{PREFIX}input", typed) for typed in self.inputs]
        chosen = {"language": self.language, "network": self.network, "caller": self.caller, "at": self.at}
        chosen |= {"dial": self.dial} if self.dial else {}
        told += [(PREFIX + name, value) for name, value in chosen.items()]
        told += [(f"{PREFIX}act-{action}", result) for action, result in self.acts.items()]
        return [*told, *([(f"{PREFIX}longest", "yes")] if self.longest else [])]

    @property
    def broken(self) -> bool:
        """True for a call that was interrupted, which cannot be kept."""
        return any(typed in _EVENTS.values() for typed in self.inputs)

    @property
    def checkable(self) -> list[tuple[int, RehearsedScreen, bool]]:
        """The screens of the call that can be kept: position, screen, and whether its words are checked."""
        screens = call_screens(self.played.steps if self.played else ())
        ticked = self.ticked
        return [(at, screen, str(at) in ticked) for at, screen in enumerate(screens)]

    @property
    def ticked(self) -> frozenset[str]:
        """What a kept call checks again."""
        return (
            usual_checks(call_screens(self.played.steps if self.played else ())) if self.checks is None else self.checks
        )

    @property
    def beginnings(self) -> list[tuple[str, str]]:
        """Where a call may begin: at its first screen, or in the middle."""
        names = [name for name in (self.flow.screens if self.flow else ()) if self.flow and name != self.flow.start]
        first = [(self.screen, _("from this screen"))] if self.screen in names else []
        others = screen_choices(self.flow, (name for name in names if name != self.screen)) if self.flow else []
        return [("", _("from the beginning")), *first, *others]

    @property
    def met(self) -> list[str]:
        """The actions of this call, and those whose outcome was chosen."""
        steps = self.played.steps if self.played else ()
        names = [*(did.action for step in steps for did in step.did), *self.acts]
        return [name for name in dict.fromkeys(names) if name in self.choices]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keypad."""
        return KEYS

    @property
    def says(self) -> ModuleType:
        """Words for what is drawn."""
        return labels


def call_screens(steps: Sequence[RehearsedScreen]) -> list[RehearsedScreen]:
    """The screens of a call until it ends; later input is ignored."""
    found: list[RehearsedScreen] = []
    for step in steps:
        if step.body:
            found.append(step)
        if step.ends:
            break
    return found


def usual_checks(screens: Sequence[RehearsedScreen]) -> frozenset[str]:
    """What a kept call checks unless somebody ticks something else: its last screen, and what is stored."""
    return frozenset({str(len(screens) - 1), STORED})


def build_phone(
    flow: Flow | None,
    form: MultiDict[str, str],
    *,
    action: str,
    screen: str = "",
    include: str = "",
    oob: bool = False,
    screens: str = "",
    record: str = "",
    today: str = "",
    rules: FilingRules | None = None,
) -> Phone:
    """The phone as `form` leaves it, and what its pressed button changes.

    `screen` is where the call starts, "" for its beginning; `today`, an ISO date, decides which rows of a list are
    offered; `rules` what a filing brings and sends. Never raises: a flow with mistakes says where the call breaks off.
    """
    inputs, typed = _pressed(form)
    at = form.get(f"{PREFIX}at", screen)
    if at not in ("", screen) and (flow is None or at not in flow.screens):
        at = screen
    language = form.get(f"{PREFIX}language", "")
    network = form.get(f"{PREFIX}network", "usual")
    caller = form.get(f"{PREFIX}caller", "known" if at else "new")  # in the middle of a call somebody is known
    choices = actions_of(flow)
    acts = {name: given for name in choices if (given := form.get(f"{PREFIX}act-{name}", "")) in choices[name]}
    phone = Phone(
        action,
        flow,
        None,
        inputs,
        typed,
        language if flow is None or language in flow.languages else "",
        network if network in NETWORKS else "usual",
        caller if caller in ("new", "known") else "new",
        at,
        f"{PREFIX}longest" in form,
        form.get(f"{PREFIX}dial", "").strip()[:LONGEST],
        {name: given for name, given in acts.items() if given and given != choices[name][0]},
        screen,
        include,
        oob,
        screens,
        record,
        form.get(f"{PREFIX}name", ""),
        choices=choices,
        checks=frozenset(form.getlist("check")) if "checks" in form else None,
        replay=parse_replay(form, inputs),
    )
    if flow is None:
        return phone
    found = play_call(phone, flow, today, rules)
    if found.caller == "known" and f"{PREFIX}caller" not in form and not _stands(found):
        stranger = play_call(replace(phone, caller="new"), flow, today, rules)
        return stranger if _stands(stranger) else found
    return found


def _stands(phone: Phone) -> bool:
    """True where the call begins on the screen it was to begin on: nobody is asked for what is known of them."""
    return phone.played is not None and [step.screen for step in phone.played.steps[:1]] == [phone.at]


def play_call(phone: Phone, flow: Flow, today: str = "", rules: FilingRules | None = None) -> Phone:
    """The same phone with its call played in `flow`."""
    asked = replace(rehearsal(phone, flow, today), rules=rules)
    played = rehearse(flow, asked, sunwai().policy.statuses)
    replay = phone.replay
    if replay is not None:
        whole = rehearse(flow, replace(asked, inputs=replay.entries), sunwai().policy.statuses)
        replay = replace(replay, steps=replay_steps(replay, whole.steps))
    return replace(phone, played=played, ruled=rules is not None, replay=replay)


def rehearsal(phone: Phone, flow: Flow, today: str = "") -> Rehearsal:
    """The call that a phone plays."""
    caller: dict[str, Value] = {"today": today} if today else {}
    if phone.caller == "known":
        caller |= known_caller(flow) | {"language": base_language(flow)}
    return Rehearsal(
        phone.language, NETWORKS[phone.network], caller, phone.at, phone.inputs, phone.acts, phone.longest, phone.dial
    )


def known_caller(flow: Flow) -> dict[str, Value]:
    """Somebody who has complained before, from a place on the flow's lists."""
    districts = flow.rows.get("district", {})
    sample = SAMPLE["district"]
    row = districts.get(str(sample)) or next(iter(districts.values()), None)
    known: dict[str, Value] = {"complaints": 1}
    if row is not None:
        province = row.columns.get("province")
        known |= {"district": row.code} | ({"province": province} if province else {})
    return known


def actions_of(flow: Flow | None) -> dict[str, tuple[str, ...]]:
    """The actions of a flow, with the outcomes that may be chosen for each; the first is the default."""
    names = dict.fromkeys(screen.action for screen in (flow.actions if flow is not None else ()))
    return {name: sample_answers.choices(name, sunwai().policy.statuses) for name in names}


def _pressed(form: MultiDict[str, str]) -> tuple[tuple[str, ...], str]:
    """The inputs after a button was pressed, and what the field then contains."""
    if (reached := inputs_of_step(form)) is not None:
        return reached, ""
    inputs = [typed[:LONGEST] for typed in form.getlist(f"{PREFIX}input")][:MOST]
    typed = form.get(f"{PREFIX}typed", "")[:LONGEST]
    pressed = form.get(f"{PREFIX}do", "")
    if pressed == "send" and typed:
        return (*inputs, typed + " " if typed in _EVENTS.values() else typed)[:MOST], ""
    if pressed in _EVENTS:
        return (*inputs, _EVENTS[pressed])[:MOST], ""
    if pressed == "undo":
        return tuple(inputs[:-1]), ""
    if pressed == "again":
        return (), ""
    if pressed.startswith("key-") and pressed[4:] in KEYS:
        return tuple(inputs), typed + pressed[4:]
    return tuple(inputs), typed
