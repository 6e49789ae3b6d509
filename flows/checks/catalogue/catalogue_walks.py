"""The findings of walks through a flow and of its scripted calls: the part of the catalogue that they need."""

from flows.checks.catalogue.catalogue_entry import Check

WALKS: dict[str, Check] = {
    "F110": Check(
        "W",
        "something is filed before its caller has seen what",
        "The flow shows what it will file and asks first, and there is a way around that screen; or it files several "
        "answers and shows them nowhere. A caller who chose wrongly learns it from an officer.",
    ),
    "F111": Check(
        "E",
        "an emergency can be filed before anyone says whom to call",
        "Rows with `emergency` tell of a danger to life, and nobody reads a complaint at once. Every way from the "
        "answer to the filing must pass a screen with a number to call: `{help}`, `{danger.call}`, or digits such as "
        "1122. The outcome `danger` of an action needs such a screen too.",
    ),
    "F112": Check(
        "E",
        "a last screen says something else than what happened",
        "It says that something was filed where the action failed or none came before, or that it failed where it was "
        "done. Or `{receipt}` promises a text that nothing sends.",
    ),
    "F113": Check(
        "W",
        "a condition always or never holds for the callers who come to it",
        "Every way to the screen is followed with the answers that callers have then. Nobody sees the screen or the "
        "choice, or the screen is never skipped.",
    ),
}
