"""The findings about what callers choose from: numbers, labels and the words that are typed for them."""

from flows.checks.catalogue.catalogue_entry import Check

CHOICES: dict[str, Check] = {
    "F501": Check("E", "a number is used twice", "A caller who types it always gets the first of the two."),
    "F502": Check(
        "E",
        "a number is already the key for back, home or more",
        "A caller who types 0 goes back, whatever a choice says.",
    ),
    "F503": Check(
        "E",
        "two options read the same",
        "A caller cannot tell them apart in at least one language. It is a warning (W) if one of them is a row with "
        "a last day: offer that row again in place of a new one.",
    ),
    "F504": Check(
        "W",
        "a screen has only one option",
        "The caller answers, waits and pays for a hop that decides nothing.",
    ),
    "F505": Check(
        "W",
        "a screen has too many pages or options",
        "There are more than 6 pages and the caller cannot type a name instead, or the screen has more than 12 options "
        "of its own.",
    ),
    "F506": Check(
        "W",
        "the number of an option changes",
        "People know numbers by heart and dial `*8484*1*2#`. Choices, languages, rows of lists and the keys are "
        "compared with the live revision.",
    ),
    "F507": Check(
        "E",
        "a condition (when) can hide every option",
        "The caller would read a question with nothing to choose. Hiding an option with `when` never changes the "
        "numbers of the others.",
    ),
    "F508": Check(
        "E",
        "a word is typed for two choices",
        "Who types it gets the choice that they did not mean, or is asked again. A word belongs to one choice of a "
        "screen, and yes and no belong together everywhere. It is a warning (W) if the word is the label of another "
        "choice, which it means then, or only the first part of it, or says yes under a choice whose other words say "
        "no.",
    ),
    "F509": Check(
        "W",
        "an alias is never looked at",
        "No choice and no row has its code, or it is a number, which is a key. Callers who type it are told that they "
        "were not understood.",
    ),
}
