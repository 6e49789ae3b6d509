"""The findings about what texts say in their languages: numbers, keys, yes and no, phone numbers, promises."""

from flows.checks.analysis.catalogue_entry import Check

ACROSS_LANGUAGES: dict[str, Check] = {
    "F207": Check(
        "W",
        "one language says a number that the others do not say",
        "Digits of every script are compared, and the service's own numbers as callers hear them. It is an error (E) "
        "if it is a number to call: somebody in danger would dial a wrong one. It is a note (I) if a language in a "
        "script with little room leaves it out. “Three days” and “3 din” are the same, and so are a week and 7 days.",
    ),
}
