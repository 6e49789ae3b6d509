"""The story from its beginning to its end, and what is left of it: each case's history, and the numbers of all."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from gateway.development.story.case_history import Names, chronicle
from gateway.development.story.late_case import play_gutter
from gateway.development.story.outcome_tally import Tally, tally
from gateway.development.story.people import EVERYBODY, NASREEN, STAFF
from gateway.development.story.private_case import play_police
from gateway.development.story.silent_citizen_case import play_lamps
from gateway.development.story.story_player import Play, StoryMismatch
from sessions.cases.access import acts_by_number

LIVES = (
    (
        *("filed", "assigned", "acknowledged", "nudged", "late_1", "interim", "late_2", "interim", "resolved"),
        *("reopened", "assigned", "reason_given", "acknowledged", "resolved", "confirmed", "rechecked", "still_solved"),
    ),
    ("filed", "assigned", "acknowledged", "resolved", "confirmed"),
    ("filed", "assigned", "acknowledged", "resolved", "reminded_citizen", "lapsed"),
)
EXPECTED = Tally(resolved=4, confirmed=2, rejected=1, unanswered=1)


def play_all(play: Play) -> Sequence[str]:
    """Six weeks. Returns the tracking numbers. Raises StoryMismatch where anything differs from what it should be."""
    play.enters(*EVERYBODY)
    play.chapter("Who works here")
    for person, role, office in STAFF:
        phone = "0" + person.number.removeprefix("+92")
        told = ("--role", role, "--office", office, "--phone", phone)
        play.operator("staff", "add", person.name, *told, says=f"{person.name} is")
    play.chapter("A gutter in Mughalpura")
    gutter = play_gutter(play)
    play.chapter("A complaint about the police")
    police = play_police(play)
    play.chapter("An answer that nobody answers")
    lamps = play_lamps(play)
    play.chapter("Four weeks after the gutter was closed")
    play.until("2026-07-13 19:00", "Has the work held? Nasreen is asked once.")
    play.gets(NASREEN, gutter, "chaar hafte pehle masla hal hua tha", on="2026-07-13")
    play.texts(NASREEN, "1")
    play.gets(NASREEN, gutter)
    play.ends()
    numbers = (gutter, police, lamps)
    play.chapter("What is written down of each case, for ever")
    seen = [_written_down(play, number, acts) for number, acts in zip(numbers, LIVES, strict=True)]
    play.chapter("What may only be shown together")
    _together(play, seen)
    return numbers


def _written_down(play: Play, number: str, acts: Sequence[str]) -> acts_by_number.ComplaintHistory:
    database, stage = play.stage.app.database, play.stage
    seen = acts_by_number.find_complaint(database, number)
    if isinstance(seen, acts_by_number.Refusal):
        raise StoryMismatch(seen.message)
    play.console.print(f"\n{number}", style="bold")
    names = Names(database, stage.clock().date())
    for line in chronicle(seen, names, stage.zone):
        play.console.print(line, markup=False)
    found = [step.act for step in seen.history]
    if found != list(acts):
        raise StoryMismatch(f"the history of {number} should be {list(acts)}; it is {found}")
    return seen


def _together(play: Play, seen: Sequence[acts_by_number.ComplaintHistory]) -> None:
    found = tally(each.history for each in seen)
    table = Table.grid(padding=(0, 2))
    for count, words in (
        (found.resolved, "times an office said: solved"),
        (found.confirmed, "times the citizen said so too"),
        (found.rejected, "time the citizen said: no"),
        (found.unanswered, "time the citizen said nothing"),
    ):
        table.add_row(str(count), words)
    play.console.print(table)
    if found != EXPECTED or found.waiting:
        raise StoryMismatch(f"the numbers should be {EXPECTED}; they are {found}")
