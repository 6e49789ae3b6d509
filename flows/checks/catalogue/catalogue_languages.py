"""The findings about what texts say in their languages: numbers, keys, yes and no, phone numbers, promises."""

from flows.checks.catalogue.catalogue_entry import Check

ACROSS_LANGUAGES: dict[str, Check] = {
    "F207": Check(
        "W",
        "one language says a number that the others do not say",
        "Digits of every script are compared, and the service's own numbers as callers hear them. It is an error (E) "
        "if it is a number to call: somebody in danger would dial a wrong one. It is a note (I) if a language in a "
        "script with little room leaves it out. “Three days” and “3 din” are the same, and so are a week and 7 days, "
        "and 9 am and Swahili saa 3. Days of the week are compared too, and the last month, this one and the next.",
    ),
    "F208": Check(
        "E",
        "an answer means yes in one language and no in another, or good and bad",
        "The words for yes and no of many languages are known, and those for good and bad. Compared are the choices "
        "of screens, and the keys that a text lists (“1 Yes 2 No”, “1 very bad, 5 very good”). In a reply to an SMS "
        "of the line, 1 is yes and 2 is no. Callers of one language would close a complaint that they want kept open. "
        "It is a warning (W) for a scale that begins with its last key in one language only, whose words are not "
        "known, for a good or bad word in a label of three words or more, and for yes or no that begins a longer "
        "label without a comma behind it (“No bridge”).",
    ),
    "F209": Check(
        "W",
        "a text is the translation of another one",
        "Two texts or options are exchanged in one language, or one was copied over another: callers of that language "
        "choose something else than they read. Compared are how the flow translates the same words elsewhere, how "
        "they sound in two scripts, the words of codes, and the live revision.",
    ),
    "F210": Check(
        "W",
        "a text is in another language of the flow than its column says",
        "Each language is learnt from the other texts of the flow, so no list of languages is needed. Names, loanwords "
        "and short words are left alone, and so is a language with few texts.",
    ),
    "F211": Check(
        "E",
        "a text names a key, a range or a length that its screen does not have",
        "“Type 1 to 10” beside `between: 1-5`, “press 4” where there are three choices, “1 Yes 2 No 3 Later” above "
        "two. Callers do as they are told, and are told that they are wrong. It is a warning (W) for keys and ranges "
        "that no word says to type, or only one that begins like such a word, for the letters of a text, the digits "
        "of a complaint's number, and the days in the words of a row that its column `days` does not count.",
    ),
    "F212": Check(
        "E",
        "a number to call is mistyped",
        "It lost the zero at its beginning (a number without quotes in YAML, a column that a spreadsheet read as "
        "numbers), differs in one digit from a known line (1222 for 1122), stands before the name of another line, or "
        "is no number at all. Known are the words of `service`, the flow's helplines, and those that ship if the flow "
        "is for their country. A number that is right goes there. It is a warning (W) where no name of the line "
        "stands behind the number: 17 and 18 are two lines in many countries, and so may be 1121 and 1122.",
    ),
    "F213": Check(
        "W",
        "a number or code of the flow is not the one that callers need",
        "`HELP_NUMBER` and `SHORT_CODE` win over `service: {help: …, sms: …}`, so the check and the scripts would say "
        "what no caller hears. The check by command reads the settings of the environment it runs in. Or `line` is the "
        "code of another flow, or no longer that of the live revision.",
    ),
    "F214": Check(
        "E",
        "a language is offered by the name of another one",
        "Who chooses English would read Roman Urdu. The names of languages are those of CLDR, in the language itself, "
        "in English and in the languages of the flow, and what callers may type for them (`aliases`). It is a warning "
        "(W) for a label that has the name of another language among other words (“Pidgin English”), and for a text "
        "that numbers the languages in another order than the flow has them.",
    ),
    "F215": Check(
        "W",
        "two variables of a text stand in each other's place",
        "“{known.count} since, {known.since} people”: a caller reads a number where the hour should be. The "
        "words beside a variable are compared with those of the flow's other texts, and with the live revision.",
    ),
    "F311": Check(
        "W",
        "a text has a letter that nobody sees",
        "Copied from a page or a document: a zero width space, a direction mark, a no-break space. It takes room, is a "
        "box on some phones, and a word with one in it is not found. The message says which it is and after which "
        "word. The joiners that Urdu, Persian, Hindi and Nepali words are written with are allowed inside them.",
    ),
    "F312": Check(
        "W",
        "a text has letters that were meant for a computer",
        "`\\n` in single quotes or without quotes is no new line: callers read a backslash and an n. The same for "
        "`&amp;`, `<br>` and `%20`, which are for web pages.",
    ),
    "F313": Check(
        "E",
        "a variable is spoilt",
        "`(clinic}`, `{clinic]`, `[clinic]`, `%s`, `${clinic}` and `{}` are filled by nothing: callers read them as "
        "they stand. Nothing is filled in the words of a list either.",
    ),
}
