"""The findings about what a flow means: what actions are given, who stays hidden, and rows that name each other."""

from flows.checks.catalogue.catalogue_entry import Check

MEANING: dict[str, Check] = {
    "F411": Check(
        "E",
        "a caller who was told that their name is hidden files with their name",
        "A screen, a choice or the last words say that the name stays hidden, and what is filed then has no `private: "
        "yes`: the office reads the name, and texts say what it is about. Or a row is `sensitive`, and callers who "
        "choose it come to a screen or an SMS that tells of it. It is a warning (W) if only the code of a choice "
        "promises it.",
    ),
    "F412": Check(
        "E",
        "what follows a private complaint tells what it is about",
        "Others may hold the phone. The number, a date and `{ussd}` tell nothing; the category, the office, the place, "
        "the caller's words and the helplines do. It is a warning (W) if only the last screen tells it, and no SMS, "
        "and for a word of an SMS that also has a number to call.",
    ),
    "F413": Check(
        "E",
        "an action is given a value that it cannot use",
        "A code that its list does not have, something that is neither yes nor no, a number out of range, a language "
        "that the flow does not have, or a complaint that is the same for every caller. Every caller who comes this "
        "way would be told that it could not be done, or something else would be stored than they chose. It is a "
        "warning (W) if a number is above the limit of the life cycle, which counts instead.",
    ),
    "F414": Check(
        "W",
        "another category or district is filed than was planned",
        "`plan_complaint` tells the office and the day of one category and district, or `known_problem` looks for one, "
        "and the screen that files behind it is given another.",
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
    "F607": Check(
        "E",
        "a row is gone that another flow or the life of a complaint names",
        "Two lines count as one what callers tell both of, by its code. Keep the row: `active_until` ends it. It is a "
        "warning (W) if nobody knows that the list ever had it. A status without a row is an empty word for all whose "
        "complaint has it: those of the setting `LIFECYCLE`, of lifecycle.yaml beside the flow, or of the one that "
        "ships. `open`, `closed` and `followed`, of private complaints and of those of others, are a warning (W).",
    ),
    "F608": Check(
        "E",
        "words of danger are filed under a category that does not exist",
        "Somebody in danger would be sorted by a person, later. It is a warning (W) for the words that ship, if the "
        "live revision did not have the row either.",
    ),
    "F609": Check(
        "E",
        "a flag of a row contradicts what is said of it elsewhere",
        "Its group is `sensitive` and all other rows of it are, or words of danger are filed under it that others may "
        "not read, or that are urgent; a note (I) if the live revision has the row so. It is a warning (W) for "
        "what the words of a row say, or what another row with the same words has; for an office that judges itself; "
        "and for one cell of a short list that is empty or nearly what all others are, where the flow reads it; and "
        "for a group of two rows.",
    ),
    "F613": Check(
        "E",
        "a code is one thing in a list, and another in a second list",
        "A short list offers rows of a longer one, or two flows have a list of one name. Who chooses a row files what "
        "its code means in the other list. It is a warning (W) if the words are unlike those there, and those of no "
        "other row either, or if hardly a code of the two lists means the same.",
    ),
    "F614": Check(
        "W",
        "a cell changed as a slip changes it",
        "Two rows have exchanged an office, a group or their words since the live revision, or a row has five times as "
        "many days as it had, or a fifth.",
    ),
    "F903": Check(
        "E",
        "a row has lost a flag that protects people",
        "`sensitive`, `private`, `emergency`, `emergency_check` or `against` stood in the live revision and stands no "
        "longer: others who use the phone read what it is about, or nobody in danger is told whom to call. If that is "
        "meant, a second person must agree, with a reason ([publishing](publishing-a-flow.md)).",
    ),
    "F904": Check(
        "E",
        "a filing was private and is public now",
        "In the live revision the caller's name was hidden there. If that is meant, a second person must agree, with a "
        "reason.",
    ),
    "F905": Check(
        "E",
        "callers in danger are no longer told whom to call",
        "Compared with the live revision, somebody who chooses an emergency comes to the end without a screen that "
        "names a helpline. Or one screen of an action leaves out the outcome `danger`: then words of danger are looked "
        "for on none of them. If that is meant, a second person must agree, with a reason.",
    ),
}

# What a flow may lose if a second person agrees, with a reason.
SECOND_PERSON = frozenset({"F903", "F904", "F905"})
