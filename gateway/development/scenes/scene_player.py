"""Plays a script of scenes: people dial, answer and text, and every screen and text must be as the script says.

A script is a YAML file beside this module. It names people and words, then lists steps. The first key of a step is what
happens, a method of Player; the other keys are its arguments. `{name}` in a step is a tracking number that an earlier
step named, one of the words (`{lid:.30}` is its first 30 characters), or a person (`{citizen.number}`).
"""

import datetime as dt
import re
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from flows.cases.officer_code import PLACE
from flows.text import tracking_number
from gateway.development.processes.run_folder import CannotRun
from gateway.development.scenes import case_history
from gateway.simulator import terminal_screen
from gateway.simulator.phone import Phone, ReceivedText, Unreachable
from gateway.simulator.terminal import option
from sessions.cases.access import acts_by_number
from sessions.cases.core.act_record import Refusal
from storage.connection.database import Database
from storage.schema.tables import History

KEY = dt.timedelta(seconds=7)  # how long a person needs to type an answer
NUMBER = re.compile(tracking_number.FORMATTED)
CODE = re.compile(rf"(?:{tracking_number.FORMATTED} |code |کوڈ )([0-9]{{4,8}})(?![0-9-])")  # of an officer's phone
FOLDER = Path(__file__).parent


class SceneMismatch(Exception):
    """What differed from the script."""


class Person(Struct, frozen=True):
    """Somebody with a phone; `who` is their part in the script. Each # in a number is a random digit."""

    name: str
    who: str
    number: str


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of scenes."""

    people: dict[str, Person]
    steps: list[dict[str, Any]]
    words: dict[str, str] = {}
    sentences: dict[str, str] = {}  # how each act on a case reads in its history


class World(Protocol):
    """The Sunwai that a script is played on, and the time there."""

    zone: dt.tzinfo | None  # None: the time zone of this machine
    code: str
    short_code: str
    patience: float  # seconds to wait for a text that must come
    database: Database | None  # None: in another process

    def clock(self) -> dt.datetime:
        """What time it is."""

    def phone(self, number: str) -> Phone:
        """A new phone with this number."""

    def command(self, *words: str) -> tuple[int, str]:
        """Run a `flask` command: its exit code and what it printed."""

    def work(self) -> None:
        """Send the texts that are due."""

    def think(self, time: dt.timedelta) -> None:
        """Somebody needs this long."""

    def until(self, to: dt.datetime) -> Iterator[None]:
        """Let time pass until then, and stop at each moment at which something may have arrived."""


class TrackingNumber(str):
    """A tracking number as people read it: 482-719-304."""

    __slots__ = ()

    @property
    def digits(self) -> str:
        """The number without its dashes."""
        return self.replace("-", "")


class ArrivedText(Struct, frozen=True):
    """A text that no step has expected yet."""

    person: Person
    at: dt.datetime
    received: ReceivedText


def read_script(name: str) -> Script:
    """The script of this name."""
    content = YAML(typ="safe", pure=True).load(FOLDER / f"{name}.yaml")
    script = msgspec.convert(content, Script)
    people = {
        key: msgspec.structs.replace(each, number=_any_digits(each.number)) for key, each in script.people.items()
    }
    return msgspec.structs.replace(script, people=people)


def _any_digits(number: str) -> str:
    return re.sub("#", lambda _: str(secrets.randbelow(10)), number)


@contextmanager
def exit_on_mismatch(console: Console) -> Iterator[None]:
    """End the program with exit code 1 and a line if a script cannot be played to its end, and with 130 on Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is stopped
    try:
        yield
    except (SceneMismatch, Unreachable, CannotRun, subprocess.TimeoutExpired) as error:
        console.print(f"\nNot as expected: {error}", style="bold red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


class Player:
    """Plays one script. A step must expect every text that arrives (`gets`) before the next person acts."""

    def __init__(self, script: Script, world: World, console: Console) -> None:
        self._script, self._world, self._console = script, world, console
        self._phones = {key: world.phone(person.number) for key, person in script.people.items()}
        self._known: dict[str, Any] = script.words | script.people | {"code": world.code}
        self._arrived: list[ArrivedText] = []
        self._histories: list[Sequence[History]] = []
        self._codes: dict[tuple[str, str], str] = {}  # of a phone, for the case with this number
        self.numbers: dict[str, str] = {}

    def play(self) -> None:
        """Play every step. Raises SceneMismatch at the first that differs, Unreachable if nothing answers."""
        for step in self._script.steps:
            (verb, subject), *others = self._filled(step).items()
            getattr(self, verb)(subject, **dict(others))
        self._nothing_else()

    def chapter(self, title: str) -> None:
        """A new part begins."""
        self._console.rule(f"[bold]{title}")

    def at(self, when: str, *, says: str) -> None:
        """At `when` (`2026-06-01 09:12`, in the world's time zone) somebody acts; no text may arrive before then."""
        self._pass(when)
        self._nothing_else()
        self.says(says)

    def until(self, when: str, *, says: str) -> None:
        """Time alone does what `says` says, until `when`."""
        self._console.print(f"\n{says}", style="bold")
        self._pass(when)

    def says(self, sentence: str) -> None:
        """The narrator."""
        self._console.print(f"\n{self._time()}  {sentence}", style="bold")

    def dials(self, who: str, *, answers: Mapping[str, str], last: str, number: str = "") -> None:
        """A call. `answers` maps what each screen must show to the answer: the words of an option, or any others.

        The last screen shows `last` and ends the call. With `number`, it shows a tracking number, which gets that name.
        """
        person, phone = self._script.people[who], self._phones[who]
        phone.dial(phone.code)
        for sees, typed in answers.items():
            self._sees(who, sees)
            key = option(phone.screen, typed) or typed
            self._console.print(terminal_screen.screen(phone.body, person.name, key))
            self._world.think(KEY)
            phone.answer(key)
        self._sees(who, last)
        self._console.print(terminal_screen.screen(phone.body, person.name))
        if phone.asked:
            raise SceneMismatch(f"the call of {person.name} should be over, and the screen asks: {phone.screen!r}")
        self._name(number, phone.screen)
        self._receive()

    def repeats(self, who: str, *, answers: Sequence[str]) -> None:
        """A call on a line that sends every request twice and breaks at the end."""
        phone = self._phones[who]
        phone.dial(phone.code)
        for typed in answers:
            before = phone.body
            phone.repeat()
            if phone.body != before:
                raise SceneMismatch("the same request twice gave two answers")
            phone.answer(typed)
        phone.break_off("User hung up")

    def texts(self, who: str, *, words: str) -> None:
        """Somebody sends an SMS to the short code. `¤` in it is the code that this phone was given for the case."""
        self._nothing_else()
        if PLACE in words:
            found = NUMBER.search(tracking_number.format_number(words.split()[1].replace("-", "")))
            words = words.replace(PLACE, self._codes.get((who, found[0] if found else ""), PLACE))
        person = self._script.people[who]
        self._world.think(KEY)
        self._console.print(f"{self._time()}  {person.name}, {person.who}", style="yellow")
        self._console.print(terminal_screen.sent_message(words, self._world.short_code))
        self._phones[who].text(self._world.short_code, words)
        self._receive()

    def gets(
        self, who: str, *, words: Sequence[str] = (), without: Sequence[str] = (), on: str = "", number: str = ""
    ) -> None:
        """The next text on this phone has these words and none of those. `on` is its day (`2026-06-05`)."""
        person = self._script.people[who]
        found = self._next(person)
        if found is None:
            raise SceneMismatch(f"{person.name} should have got a text with {' … '.join(words)!r} by {self._time()}")
        self._arrived.remove(found)
        text = found.received.text
        if missing := [each for each in words if each not in text]:
            raise SceneMismatch(f"the text to {person.name} should say {missing[0]!r}; it says {text!r}")
        if leaked := [each for each in without if each.casefold() in text.casefold()]:
            raise SceneMismatch(f"the text to {person.name} should not say {leaked[0]!r}; it says {text!r}")
        day = found.at.astimezone(self._world.zone).date().isoformat()
        if on and day != on:
            raise SceneMismatch(f"{person.name} should have got {text!r} on {on}; it came on {day}")
        self._name(number, text)

    def flask(self, words: Sequence[str], *, says: str = "", refused: bool = False) -> None:
        """A command; it must say this, and succeed unless it is to be refused."""
        self._console.print(f"$ flask {shlex.join(words)}", style="bold", markup=False)
        code, output = self._world.command(*words)
        self._console.print(output.rstrip(), style="dim", markup=False)
        if bool(code) is not refused or says not in output:
            raise SceneMismatch(f"flask {words[0]} {words[1]} should say {says!r}; it said {output!r}")
        self._receive()

    def history(self, number: str, *, acts: Sequence[str]) -> None:
        """The history of a case, which must have these acts."""
        database = self._world.database
        if database is None:
            raise SceneMismatch("the history of a case can only be shown if this process has the database")
        self._console.print(f"\n{number}", style="bold")
        found = acts_by_number.find_complaint(database, number)
        if isinstance(found, Refusal):
            raise SceneMismatch(found.message)
        names = case_history.Names(database, self._world.clock().date(), self._script.sentences)
        for step in found.history:
            at = f"{step.at.astimezone(self._world.zone):%a %d %b %Y %H:%M}"
            self._console.print(f"{step.version:>3}  {at}  {names.sentence(step)}", markup=False)
        if (shown := [step.act for step in found.history]) != list(acts):
            raise SceneMismatch(f"the history of {number} should be {list(acts)}; it is {shown}")
        self._histories.append(found.history)

    def tally(self, lines: Mapping[str, tuple[int, str]]) -> None:
        """How often offices resolved a case and what citizens answered, in the histories printed so far."""
        found = case_history.tally(self._histories)
        table = Table.grid(padding=(0, 2))
        for name, (_, words) in lines.items():
            table.add_row(str(found[name]), words)
        self._console.print(table)
        if found != (expected := {name: count for name, (count, _) in lines.items()}):
            raise SceneMismatch(f"the numbers should be {expected}; they are {found}")

    def _filled(self, value: Any) -> Any:
        """A value of the script with the names in it replaced by what is known so far."""
        match value:
            case str():
                return value.format_map(self._known)
            case list():
                return [self._filled(each) for each in value]
            case dict():
                return {self._filled(name): self._filled(each) for name, each in value.items()}
        return value

    def _name(self, name: str, words: str) -> None:
        if not name:
            return
        found = NUMBER.search(words)
        if not found:
            raise SceneMismatch(f"there should be a tracking number in {words!r}")
        self.numbers[name] = self._known[name] = TrackingNumber(found[0])

    def _pass(self, when: str) -> None:
        self._nothing_else()
        moment = dt.datetime.fromisoformat(when)
        zone = self._world.zone
        for _ in self._world.until(moment.replace(tzinfo=zone) if zone else moment.astimezone()):
            self._receive()

    def _next(self, person: Person) -> ArrivedText | None:
        """The next text of this phone, which may still be on its way."""
        deadline = time.monotonic() + self._world.patience
        while True:
            found = next((each for each in self._arrived if each.person == person), None)
            if found or time.monotonic() >= deadline:
                return found
            self._receive()

    def _receive(self) -> None:
        """Show what has arrived on any phone."""
        self._world.work()
        new = [
            ArrivedText(self._script.people[key], self._world.clock(), each)
            for key, phone in self._phones.items()
            for each in phone.received()
        ]
        self._remember_codes(new)
        for each in new:
            self._console.print(f"{self._time(each.at)}  {each.person.name}, {each.person.who}", style="cyan")
            self._console.print(terminal_screen.message(each.received.text, each.received.sender, each.received.parts))
        self._arrived += new

    def _remember_codes(self, new: Sequence[ArrivedText]) -> None:
        for each in new:
            number, code = NUMBER.search(each.received.text), CODE.search(each.received.text)
            if number and code:
                who = next(key for key, person in self._script.people.items() if person == each.person)
                self._codes[who, number[0]] = code[1]

    def _sees(self, who: str, words: str) -> None:
        if words not in self._phones[who].screen:
            name, body = self._script.people[who].name, self._phones[who].body
            raise SceneMismatch(f"the screen of {name} should show {words!r}; it shows {body!r}")

    def _nothing_else(self) -> None:
        if self._arrived:
            first = self._arrived[0]
            raise SceneMismatch(f"{first.person.name} got a text that was not expected: {first.received.text!r}")

    def _time(self, at: dt.datetime | None = None) -> str:
        return f"{(at or self._world.clock()).astimezone(self._world.zone):%a %d %b %Y %H:%M}"
