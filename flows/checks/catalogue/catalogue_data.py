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
    "D112": Check(
        "E",
        "a move sends a text that no flow has",
        "The citizen hears nothing. This is checked if the flows are beside the file.",
    ),
    "D113": Check(
        "W",
        "a limit is not what texts say",
        "For example, texts say that a complaint can be opened again within 90 days, and the limit is 30. What the "
        "texts and ends of a flow say is compared with the life cycle that `LIFECYCLE` names, lifecycle.yaml beside "
        "it, or the one that ships.",
    ),
    "D114": Check(
        "W",
        "the life cycle does something otherwise than the one that ships",
        "Texts, flows and acts are made for the moves that ship. A move that asks for less, that other people may "
        "make, or that sends another text, is told once; more than eight such differences are told together. Give the "
        "reason if it is meant.",
    ),
    "D301": Check(
        "E",
        "the calendar cannot be read",
        "It is not valid YAML, a day or a time is none, or a name is unknown. A process that is started with such a "
        "file stops at once.",
    ),
    "D302": Check(
        "E",
        "working hours or a holiday run backwards, or no day is a working day",
        "Nothing would ever be due, or much later than the citizen is told.",
    ),
    "D303": Check(
        "W",
        "a holiday is in the calendar twice",
        "Usually one of the two was meant to be another day, on which offices are now thought to work.",
    ),
    "D304": Check(
        "W",
        "hours, days or years of the calendar are beyond sense",
        "A working day of less than 2 or more than 14 hours or unlike the others, a week of seven or of few working "
        "days, a holiday of more than ten days, one in a year far from the others, one that another year of the file "
        "has and this one lacks, or that is for other places or another number of days there, and a date that is out "
        "of the order of the list. It is an error (E) if a holiday has more than 31 days.",
    ),
    "D305": Check(
        "W",
        "all holidays are over",
        "Due dates are then counted as if offices worked on holidays, and complaints become late too early.",
    ),
    "D306": Check(
        "W",
        "the date of a holiday contradicts its weekday, or its date in another year",
        "The weekday is read in its name and in the remark behind it. A holiday without `moon: true` is on the same "
        "day every year.",
    ),
    "D307": Check(
        "E",
        "the calendar names a province that no list has",
        "Its hours or holidays would never count. This is checked if a flow with a list `province` is beside the file.",
    ),
    "D201": Check(
        "E",
        "the file of offices cannot be read",
        "It is not valid CSV, a column is missing or unknown, or a row has too many or too few cells. An import "
        "refuses the whole file.",
    ),
    "D202": Check(
        "E",
        "a row of offices names a kind, category, province or district that no flow has",
        "The office would never get a case. This is checked if the flows are beside the file, and by each import.",
    ),
    "D203": Check(
        "E",
        "a row of offices contradicts the lists",
        "The district lies in another province, the cases of the category go to another kind of office, or callers in "
        "the district read another office (list `office`) than the one that gets their cases.",
    ),
    "D204": Check(
        "E",
        "an office has no name or a wrong code, or is described in two ways",
        "The rows of one office must have the same name, kind and oversight: citizens read the name.",
    ),
    "D205": Check(
        "E",
        "a rule begins or ends on no day, or never holds",
        "Excel likes to rewrite 2026-01-01 as 1/1/2026. `until` is the first day on which the rule holds no more.",
    ),
    "D206": Check(
        "E",
        "two rules have the same cases on the same day",
        "Nobody could tell which of the two offices gets them. Often a row was copied and its district not changed.",
    ),
    "D207": Check(
        "E",
        "the oversight of an office is missing, does not exist, or is below it",
        "Complaints about the office itself would go to nobody, or back to it. It is a warning (W) if one office of a "
        "kind has no oversight, or another one than all others of its kind in the province.",
    ),
    "D208": Check(
        "E",
        "no office serves a district for a kind of complaint",
        "Nobody gets the complaints from there until triage finds them. It is a warning (W) if a kind has no office at "
        "all.",
    ),
    "D209": Check(
        "E",
        "the columns of the file of offices were sorted apart, or a cell is that of another row",
        "Most rows contradict each other. Complaints would go to offices in other places. It is a warning (W) if one "
        "office has the name of another, or has no district although it is called like one.",
    ),
    "D601": Check(
        "E",
        "the words of danger or the helplines cannot be read",
        "What is not a map or a list where one must be is lost without a word, and cries for help are not recognised.",
    ),
    "D602": Check(
        "E",
        "a helpline has a number or a name that people cannot use",
        "A number without quotes loses the 0 that every landline and mobile number begins with. It is a warning (W) if "
        "a name is too long or missing in a language.",
    ),
    "D603": Check(
        "E",
        "words of danger lead to no line that can be called",
        "The line does not exist, none of those that are named is verified, or the danger has no words.",
    ),
    "D604": Check(
        "W",
        "no words of danger lead to a helpline",
        "Nobody is ever told to call it.",
    ),
    "D605": Check(
        "E",
        "words of danger are filed as something less urgent, or less private",
        "Their category is no emergency, or others who use the phone may read of it. It is a warning (W) if only the "
        "file that ships has `private: yes`.",
    ),
    "D401": Check(
        "W",
        "an event of the life cycle has no text, or a reply has none",
        "Nobody hears of it; in place of a reply, `help` is sent. It is an error (E) for `emergency`, and if the text"
        " asks something, or its private version (`private_…`) is missing although other questions have one: nobody "
        "could answer. It is a note (I) if more than three texts of reminders, suggestions and officers are missing. "
        "This is checked if the flow's texts have at least three texts of a complaint's life, and for replies that "
        "the flow's keywords need if only one or two of them are missing.",
    ),
    "D402": Check(
        "E",
        "the name of an event is misspelt among the texts",
        "Nothing sends the text, and the event has none: nobody hears of it. F001 tells of other texts that nothing "
        "sends.",
    ),
    "D403": Check(
        "E",
        "a text has a variable that its event does not bring",
        "There would be a gap: a reply to “who are you” has no complaint, and only some texts have a code or lines to "
        "call.",
    ),
    "D404": Check(
        "E",
        "a text lacks what its reader needs most",
        "A receipt without the number, a question whose answer is a code without the code, or a text to somebody in "
        "danger without the lines to call.",
    ),
    "D405": Check(
        "W",
        "a text says that all is over while it is not",
        "The text of an event after which the complaint goes on says “closed” or “solved”: its citizen would stop "
        "waiting. English, Roman Urdu and Urdu are read.",
    ),
}

KEYWORD_CHECKS: dict[str, Check] = {
    "F711": Check(
        "E",
        "a text names a keyword that no rule takes",
        "Who sends the word as they were told is not understood, or gets something else than the readers of the other "
        "languages. It is a warning (W) if the word may be something else than a keyword, or the flow has none of its "
        "own: those of the service count then.",
    ),
    "F712": Check(
        "E",
        "a question by SMS does not offer the keys that answer it",
        "The life cycle waits for 1, 2 or 3. A text that leaves one out, offers another one, or a keyword file without "
        "the key lets people answer into the void. It is a warning (W) if the text of an event that asks nothing has "
        "keys, or if a number is not the next key.",
    ),
    "F713": Check(
        "E",
        "a question calls a key what another key means",
        "“4 Rude staff 5 Asked for money”, where 4 is stored as having been asked for money. The label of a key is "
        "compared with the words of its code: its own, those of choices and rows that have it, and its keywords.",
    ),
    "F714": Check(
        "W",
        "a keyword is an everyday word that complaints begin with",
        "“PANI” as a keyword of `status` makes a question of “pani nahi aa raha”. It is measured on the sentences that "
        "were written to train the model: the finding says how many of them would go elsewhere, and quotes one. From "
        "twelve on it is an error (E).",
    ),
    "F715": Check(
        "W",
        "a keyword is also a name or keyword of a category or district",
        "A short text that only names the subject or the place would be taken for something else.",
    ),
    "F716": Check(
        "W",
        "a keyword is a letter away from STOP, or a cry for help",
        "Whoever slips with the thumb gets no more texts, or is told whom to call.",
    ),
    "F717": Check(
        "W",
        "a keyword means something else than in the live revision",
        "People send what they learnt, and what old texts say. It is an error (E) if yes and no were turned round, and "
        "the word said what it meant before.",
    ),
    "F718": Check(
        "W",
        "a keyword says no under a rule that says yes or done",
        "“NOT SOLVED” among the words for yes closes the complaint of somebody who is still without water.",
    ),
}
