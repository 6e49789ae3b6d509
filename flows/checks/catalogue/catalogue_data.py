"""The findings in data files (D) and in the words that SMS begin with (F711 and on), by their codes."""

from flows.checks.catalogue.catalogue_entry import Check

DATA_CHECKS: dict[str, Check] = {
    "D101": Check(
        "E",
        "the life cycle file cannot be read",
        "It is not valid YAML, a section is missing, or a value is of the wrong kind, such as a word where a number "
        "must be. A process that is started with such a file stops at once.",
    ),
    "D102": Check(
        "E",
        "the life cycle names a status, role or code that does not exist",
        "Nobody could make the move, or officers would write a word that means nothing. The message names the most "
        "similar name.",
    ),
    "D103": Check(
        "E",
        "no complaint ever gets a status",
        "No move that can be made leads there. Usually the move that did has been removed or now leads elsewhere.",
    ),
    "D104": Check(
        "E",
        "a complaint can never leave an open status",
        "Nothing leads on from it, nobody who works on complaints may lead it on, or it waits for a citizen without an "
        "end. Merging and withdrawing, which are possible everywhere, do not count.",
    ),
    "D105": Check(
        "E",
        "two limits of the life cycle contradict each other",
        "For example, escalation steps in the wrong order, a reminder after the case is closed, or a question that is "
        "no longer open while its answer is still waited for.",
    ),
    "D106": Check(
        "W",
        "a limit of the life cycle is beyond sense",
        "Nobody waits 700 days. It is an error (E) if the number is so far from the usual ones that it must be a slip.",
    ),
    "D107": Check(
        "E",
        "the life cycle has a move or a code twice",
        "Two moves of the same role between the same statuses: nobody could tell which of them is made.",
    ),
    "D108": Check(
        "E",
        "the clock of a status does not fit it",
        "A closed complaint would become late, or an open one never would.",
    ),
    "D109": Check(
        "E",
        "a citizen's answer has no move",
        "The text of a status offers a key or a keyword, and the life cycle lacks the move that it stands for: the "
        "citizen who answers is told that it is not possible.",
    ),
    "D110": Check(
        "E",
        "a move tells the citizen nothing, or something else",
        "Who is asked something, or whose complaint is closed, must get a text. It is a warning (W) if other moves to "
        "the same status send one.",
    ),
    "D111": Check(
        "E",
        "a move is for somebody who cannot or must not make it",
        "It needs what its people cannot give, lets an office answer in the place of the citizen, or closes without "
        "words. It is a warning (W) where proof is missing, or citizens and staff share a move.",
    ),
}
