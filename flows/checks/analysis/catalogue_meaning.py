"""The findings about what a flow means: what actions are given, who stays hidden, and rows that name each other."""

from flows.checks.analysis.catalogue_entry import Check

MEANING: dict[str, Check] = {
    "F413": Check(
        "E",
        "an action is given a value that it cannot use",
        "A code that its list does not have, something that is neither yes nor no, a number out of range, a language "
        "that the flow does not have, or a complaint that is the same for every caller. Every caller who comes this "
        "way would be told that it could not be done, or something else would be stored than they chose.",
    ),
    "F415": Check(
        "E",
        "an action is given a variable that holds something else",
        "For example, the province where the district is expected, or a choice with the codes `hide` and `show` where "
        "yes or no is expected. It is a warning (W) if the flow has no list of that name: then nobody knows the office "
        "and the days, and a person has to sort every complaint.",
    ),
    "F416": Check(
        "E",
        "the name of a variable is in quotes",
        "In quotes it is a word like any other: every complaint would have the word `details` instead of what the "
        "caller said.",
    ),
    "F606": Check(
        "E",
        "a row or a choice names a row of another list that does not exist",
        "For example, a list of frequent categories offers `mun99`, which the list of categories does not have. Who "
        "chooses it comes to no office, or is told that it could not be done.",
    ),
}
