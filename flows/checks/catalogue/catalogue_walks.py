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
        "done. Or `{receipt}` promises a text that nothing sends. It is a warning (W) where no act comes before any "
        "of its callers, where “registered” or the like is not said of the complaint, and where a screen says open of "
        "a complaint that is closed, or the other way round: it may speak of something else.",
    ),
    "F113": Check(
        "W",
        "a condition always or never holds for the callers who come to it",
        "Every way to the screen is followed with the answers that callers have then. Nobody sees the screen or the "
        "choice, or the screen is never skipped.",
    ),
    "F114": Check(
        "W",
        "a choice leads where another one should",
        "The words of two choices fit the screens of each other, what the question is about follows no instead of "
        "yes, yes and no lead to the same screen, two choices do the same at once, or a choice ends the call or leads "
        "elsewhere where others like it go on. Callers get what they did not choose.",
    ),
    "F115": Check(
        "W",
        "an answer leads back to a screen before it",
        "Every caller has come through that screen, and is asked the same again. Choices such as Change or Back may "
        "lead back.",
    ),
    "F118": Check(
        "E",
        "the choice of somebody who is forced is shown on the screen",
        "Whoever forces the caller reads along. `show: no` hides the choice, and its key still works: tell people of "
        "it elsewhere.",
    ),
    "F119": Check(
        "E",
        "the words of an SMS are lost on some way",
        "An SMS is written once. After the last try, and where something fails, the way must come to an act that "
        "stores the words, with what is known of them: `danger` and `private`. It is a warning (W) if the "
        "act stores less than the usual one, or not what is known.",
    ),
    "F120": Check(
        "W",
        "an act is offered where the complaint is not so that it can be done",
        "A closed complaint cannot be reminded of or withdrawn; or a condition keeps away just those that can be "
        "confirmed, reopened or appealed. A complaint is followed through the flow in each status of the life cycle. "
        "Also told is a question about a complaint that is passed over in every status.",
    ),
    "F417": Check(
        "W",
        "an outcome of an action is told as something else",
        "It falls to `else`, and a caller whose complaint is filed already reads that it failed; or it leads to the "
        "words of success although nothing was done; or two outcomes lead to the screens of each other, or to one "
        "that is for other outcomes. Words of danger are looked for only if every screen with the action names a "
        "screen for `danger`.",
    ),
    "F418": Check(
        "W",
        "an answer is asked for twice, or overwritten before anything used it",
        "Often a screen was copied, and its copy still saves into the variable of the first one.",
    ),
    "F419": Check(
        "W",
        "callers are asked for something that is then not filed",
        "A way leads from the question to an act of filing that does not take its answer, or that has a fixed code in "
        "its place. The caller believes that the office will read it.",
    ),
    "F906": Check(
        "W",
        "a scripted call names something that does not exist",
        "Its `flow:` is no flow beside it, so nobody ever plays it. Or it would be played otherwise than it says: the "
        "caller's language, an action or an outcome in `act`, the dialled code or a key of the script is unknown.",
    ),
    "F907": Check(
        "I",
        "the flow has no scripted calls, or few",
        "`flask flows test FILE --write` writes a first set: a call to each last screen, in each language. Read them: "
        "they say what callers see now. If scripts reach nearly all screens, each missing one is a warning (F901).",
    ),
}
