"""Variables of the environment that look like settings of ours and are none: one that is misspelt would do nothing."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

ALIKE = 0.8  # of 1, as difflib measures it: how like a setting a variable with one of our first words must be
VERY_ALIKE = 0.9  # … and any other variable
# What Docker and Kubernetes set for a service called jasmin: JASMIN_PORT, JASMIN_PORT_1401_TCP, JASMIN_SERVICE_HOST.
_OF_CONTAINERS = re.compile(r"[A-Z0-9_]+_(PORT|PORT_[0-9]+_(TCP|UDP)(_[A-Z]+)?|SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?)")


# First words that nobody else uses, and the name of the program, which no setting begins with.
OURS = ("WEBHOOK_", "OIDC_", "TEXTS_", "QUIET_", "GENERIC_", "SUNWAI_")


def unknown_settings(given: Iterable[str], known: Collection[str], others: Mapping[str, Collection[str]]) -> list[str]:
    """One sentence for each variable that nothing reads and that was meant for us.

    `known` are the names of all settings. `others` are the settings of each aggregator by the word that all of them
    should begin with. A variable that begins otherwise is refused only if it is much like a setting: a desktop has
    SESSION_MANAGER and AT_SPI_BUS_ADDRESS.
    """
    return list(_sentences(sorted({*given} - {*known}), known, {**dict.fromkeys(OURS, known), **others}))


def _sentences(names: Iterable[str], known: Collection[str], others: Mapping[str, Collection[str]]) -> Iterator[str]:
    words = {name.partition("_")[0] for name in known}
    for name in names:
        if _OF_CONTAINERS.fullmatch(name):
            continue
        ours = next((prefix for prefix in others if name.startswith(prefix)), None)
        alike = ALIKE if ours or name.partition("_")[0] in words else VERY_ALIKE
        if close := get_close_matches(name.removeprefix("SUNWAI_"), known, 1, alike):
            yield f"{name} is not a setting: did you mean {close[0]}?"
        elif ours is not None:
            found = sorted(each for each in others[ours] if others[ours] is not known or each.startswith(ours))
            yield f"{name} is not a setting. There are {', '.join(found) or 'those of docs/operators/settings.md'}."
