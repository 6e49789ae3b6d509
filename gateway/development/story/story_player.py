"""What people do in a story and what must come of it. Each thing is shown as their phone shows it, and checked."""

from __future__ import annotations

import datetime as dt
import re
import shlex

from msgspec import Struct
from rich.console import Console

from gateway.development.story.simulated_service import ArrivedText, Stage
from gateway.simulator import terminal_screen
from gateway.simulator.phone import Phone
from gateway.simulator.terminal import option

KEY = dt.timedelta(seconds=7)  # what a thumb needs for an answer
NUMBER = re.compile(r"\d{3}-\d{3}-\d{3}")
Answers = tuple[tuple[str, str], ...]  # what the screen must show, and what is answered: an option's words, or own ones


class StoryMismatch(Exception):
    """What differed from the story."""


class Person(Struct, frozen=True):
    """Somebody with a phone. `who` says what they are in the story."""

    name: str
    who: str
    number: str


class Play:
    """A story as it happens on a stage. A text that arrives must be expected (`gets`) before the next thing is done."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self.stage, self.console = stage, console
        self._people: dict[str, Person] = {}
        self._arrived: list[ArrivedText] = []  # and not expected yet

    def enters(self, *people: Person) -> None:
        """Their phones are on from now on."""
        for each in people:
            self._people[each.number] = each
            self.stage.phone(each.number)

    def chapter(self, title: str) -> None:
        """A new part begins."""
        self.console.rule(f"[bold]{title}")

    def at(self, when: str, sentence: str) -> None:
        """At `when` (`2026-06-01 09:12`, where the story is) somebody acts; until then nobody gets a text."""
        self._pass(when)
        self._nothing_else()
        self.says(sentence)

    def until(self, when: str, sentence: str) -> None:
        """Time alone does what the sentence says, until `when`."""
        self.console.print(f"\n{sentence}", style="bold")
        self._pass(when)

    def says(self, sentence: str) -> None:
        """The narrator."""
        self.console.print(f"\n{self._time()}  {sentence}", style="bold")

    def dials(self, person: Person, answers: Answers, last: str) -> str:
        """A call: each screen as it must be, and at the end the words of `last`. Returns the last screen."""
        phone = self._phone(person)
        phone.dial(phone.code)
        for sees, typed in answers:
            self._sees(person, sees)
            key = option(phone.screen, typed) or typed
            self.console.print(terminal_screen.screen(phone.body, person.name, key))
            self._later()
            phone.answer(key)
        self._sees(person, last)
        self.console.print(terminal_screen.screen(phone.body, person.name))
        if phone.asked:
            raise StoryMismatch(f"the call of {person.name} should be over, and the screen asks: {phone.screen!r}")
        self._shown(self.stage.delivered())
        return phone.screen

    def files(self, person: Person, answers: Answers, last: str) -> str:
        """A call that ends with a tracking number; the number."""
        return number_in(self.dials(person, answers, last))

    def texts(self, person: Person, words: str) -> None:
        """Somebody sends an SMS to the short code."""
        self._nothing_else()
        to = self.stage.app.settings.short_code
        self._later()
        self.console.print(f"{self._time()}  {person.name}, {person.who}", style="yellow")
        self.console.print(terminal_screen.sent_message(words, to))
        self._phone(person).text(to, words)
        self._shown(self.stage.delivered())

    def gets(self, person: Person, *words: str, on: str = "", without: tuple[str, ...] = ()) -> str:
        """The next text of this phone must hold these words and none of those; `on` is its day (`2026-06-05`)."""
        found = next((each for each in self._arrived if each.number == person.number), None)
        if found is None:
            raise StoryMismatch(f"{person.name} should have got a text with {' … '.join(words)!r} by {self._time()}")
        self._arrived.remove(found)
        text = found.received.text
        if missing := [each for each in words if each not in text]:
            raise StoryMismatch(f"the text to {person.name} should say {missing[0]!r}; it says {text!r}")
        if told := [each for each in without if each.casefold() in text.casefold()]:
            raise StoryMismatch(f"the text to {person.name} should not say {told[0]!r}; it says {text!r}")
        day = found.at.astimezone(self.stage.zone).date().isoformat()
        if on and day != on:
            raise StoryMismatch(f"{person.name} should have got {text!r} on {on}; it came on {day}")
        return text

    def operator(self, *words: str, says: str, refused: bool = False) -> str:
        """A `flask` command; it must say this, and succeed unless it shall be refused."""
        self.console.print(f"$ flask {shlex.join(words)}", style="bold", markup=False)
        done = self.stage.command(*words)
        self.console.print(done.output.rstrip(), style="dim", markup=False)
        if bool(done.exit_code) is not refused or says not in done.output:
            raise StoryMismatch(f"flask {words[0]} {words[1]} should say {says!r}; it said {done.output!r}")
        self._shown(self.stage.delivered())
        return done.output

    def ends(self) -> None:
        """Nothing is left that nobody expected."""
        self._nothing_else()

    def _pass(self, when: str) -> None:
        self._nothing_else()
        for arrived in self.stage.until(dt.datetime.fromisoformat(when).replace(tzinfo=self.stage.zone)):
            self._shown(arrived)

    def _shown(self, arrived: list[ArrivedText]) -> None:
        for each in arrived:
            person = self._people[each.number]
            at = self._time(each.at)
            self.console.print(f"{at}  {person.name}, {person.who}", style="cyan")
            self.console.print(terminal_screen.message(each.received.text, each.received.sender, each.received.parts))
        self._arrived += arrived

    def _sees(self, person: Person, words: str) -> None:
        phone = self._phone(person)
        if words not in phone.screen:
            raise StoryMismatch(f"the screen of {person.name} should show {words!r}; it shows {phone.body!r}")

    def _nothing_else(self) -> None:
        if self._arrived:
            first = self._arrived[0]
            name = self._people[first.number].name
            raise StoryMismatch(f"nobody expected that {name} gets {first.received.text!r}")

    def _later(self) -> None:
        self.stage.clock.set(self.stage.clock() + KEY)

    def _phone(self, person: Person) -> Phone:
        return self.stage.phone(person.number)

    def _time(self, at: dt.datetime | None = None) -> str:
        return f"{(at or self.stage.clock()).astimezone(self.stage.zone):%a %d %b %Y %H:%M}"


def number_in(words: str) -> str:
    """The tracking number that stands there."""
    found = NUMBER.search(words)
    if not found:
        raise StoryMismatch(f"there should be a tracking number in {words!r}")
    return found[0]
