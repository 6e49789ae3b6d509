"""Who calls, when, and in which words, as sample.yaml says. None of these people exist."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML

RANGE = "+9239"  # these numbers were never assigned to a network: a text to them reaches nobody
Weights = dict[str, int]


class TextChange(Struct, frozen=True):
    """Other words for a text of the complaint line: its place in the file, the shipped words, and the new ones."""

    path: list[str]
    ships: str
    becomes: str


class Release(Struct, frozen=True):
    """Text changes that were published: when, as a share of the time, and why."""

    at: float
    words: str
    message: str


class SampleData(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of sample.yaml, which explains them."""

    hours: list[int]
    week: list[float]
    growth: float
    new_callers: float
    languages: Weights
    shown: dict[str, str]
    networks: Weights
    places: Weights
    spellings: dict[str, list[str]]
    urdu_spellings: dict[str, str]
    first_wants: Weights
    again_wants: Weights
    menu: dict[str, str]
    leaves: Weights
    mistypes: Weights
    groups: Weights
    choices: dict[str, Weights]
    words: dict[str, list[str]]
    wrong_keys: Weights
    wrong_places: Weights
    wrong_numbers: Weights
    fates: Weights
    answers: Weights
    verdicts: Weights
    closing: list[str]
    refusing: list[str]
    waiting: list[str]
    office_roles: list[str]
    central_roles: list[str]
    first_names: list[str]
    last_names: list[str]
    failures: Weights
    console_users: dict[str, str]
    text_changes: dict[str, list[TextChange]]
    releases: list[Release]


SAMPLE = msgspec.convert(YAML(typ="safe", pure=True).load(Path(__file__).with_name("sample.yaml")), SampleData)


class Caller(Struct):
    """Somebody with a phone, and what they have filed."""

    phone: str
    network: str
    language: str
    district: str
    known: bool = False  # they called before
    numbers: list[str] = []  # msgspec copies it for each caller
    left_at: float = 0.0  # when they left a call unfinished, as a timestamp


def weighted_choice(random: Random, weights: Weights) -> str:
    """One of these, each as likely as its weight."""
    return random.choices(list(weights), list(weights.values()))[0]


def caller(random: Random, count: int) -> Caller:
    """The `count`th caller."""
    district, network, language = (
        weighted_choice(random, weights) for weights in (SAMPLE.places, SAMPLE.networks, SAMPLE.languages)
    )
    return Caller(_phone(count), network, language, district)


def staff(random: Random) -> Iterator[tuple[str, str]]:
    """Names and phones of people who work at offices, each name once."""
    names = [f"{first} {last}" for first in SAMPLE.first_names for last in SAMPLE.last_names]
    random.shuffle(names)
    for count, name in enumerate(names):
        yield name, _phone(9_000_000 + count)


def place(random: Random, by: Caller) -> str:
    """Their district as they type it."""
    if by.language == "ur" and by.district in SAMPLE.urdu_spellings and random.random() < 0.7:
        return SAMPLE.urdu_spellings[by.district]
    return random.choice(SAMPLE.spellings[by.district])


def words(random: Random, language: str) -> str:
    """Their words for a problem."""
    return random.choice(SAMPLE.words[language]).format(n=random.randrange(2, 60), d=random.randrange(2, 9))


def call_times(
    random: Random, begin: dt.date, days: int, sessions: int, zone: dt.tzinfo, until: dt.datetime
) -> list[dt.datetime]:
    """When so many calls begin within these days and before `until`, in UTC and in order."""
    weights = [
        (1 + SAMPLE.growth * day / max(days - 1, 1))
        * SAMPLE.week[(begin + dt.timedelta(days=day)).weekday()]
        * random.uniform(0.9, 1.1)
        for day in range(days)
    ]
    found = []
    for day in random.choices(range(days), weights, k=sessions):
        hour = random.choices(range(24), SAMPLE.hours)[0]
        on = begin + dt.timedelta(days=day)
        local = dt.datetime.combine(on, dt.time(hour), zone) + dt.timedelta(seconds=random.random() * 3600)
        at = local.astimezone(dt.UTC)
        while at >= until:
            at -= dt.timedelta(days=1)
        found.append(at)
    return sorted(found)


def in_working_hours(random: Random, after: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """A moment in working hours at or after that one."""
    local = after.astimezone(zone)
    opens, closes = dt.time(9), dt.time(17)
    while local.weekday() == 6 or local.time() >= closes:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), opens, zone)
    if local.time() < opens:
        local = dt.datetime.combine(local.date(), opens, zone)
    return (local + dt.timedelta(minutes=random.randrange(0, 50))).astimezone(dt.UTC)


def _phone(count: int) -> str:
    return f"{RANGE}{count:08d}"
