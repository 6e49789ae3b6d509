"""Findings about days and phone numbers that callers type, about time, and about the columns of lists."""

from flows.checks.analysis.catalogue_entry import Check

OF_FORMAT = {
    "F710": Check(
        "W",
        "a wrong day or phone number is not explained",
        "The caller reads only that it was not understood, and types the same again. `errors` needs `bad_date`; with "
        "`days` also `too_early` and `too_late`, in which `{first_day}` and `{last_day}` show the days that are taken; "
        "with `working_days` also `day_off`; and for `answer: phone` `bad_phone_number`.",
    ),
    "F720": Check(
        "W",
        "the days that may be given make no sense",
        "They are more than a year ahead, before anybody was born, or only one day.",
    ),
    "F721": Check(
        "E",
        "a working day is asked for, and there is none",
        "The flow names no `calendar`, or it cannot be used: offices would count as open on holidays. Or the days that "
        "may be given are so few that on some weekday none of them is a working day.",
    ),
    "F722": Check(
        "W",
        "the example of a day is not taken",
        "A caller who types what the text shows is told that it is wrong. The day comes before the month.",
    ),
    "F723": Check(
        "W",
        "nobody sees which day was understood",
        "“kal” is tomorrow and yesterday, and “3-1” is in this year or the next. A screen before the action should "
        "show the day. It is a note (I) if the screen has no `days`: any day within a year is taken then.",
    ),
    "F724": Check(
        "W",
        "the country or the example of a phone number cannot be used",
        "Numbers without a country code would be refused, or a caller who types what the text shows is told that it is "
        "wrong.",
    ),
}
