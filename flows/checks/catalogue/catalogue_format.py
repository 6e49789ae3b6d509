"""Findings about days and phone numbers that callers type, about time, and about the columns of lists."""

from flows.checks.catalogue.catalogue_entry import Check

OF_FORMAT = {
    "F610": Check(
        "W",
        "a list lacks a column that an action needs",
        "Without `office` every complaint goes to triage, without `days` each is due after the usual number of days, "
        "without `province` the offices of a province get none. [The reference](reference.md) says who reads which "
        "column.",
    ),
    "F611": Check(
        "W",
        "nothing reads a column, whose name is nearly one that is read",
        "What stands in it has no effect: with `emergancy`, nobody in danger is told whom to call. It is an error (E) "
        "if what stands in it fits the column that is meant.",
    ),
    "F612": Check(
        "W",
        "a cell of a list makes no sense, or is unlike those of all other rows",
        "There are more than 60 days, ten times as many as in most rows, or 8 and more in an emergency. Or a cell is "
        "empty that every other row fills, or a row stands among those of another group. It is an error (E) if a cell "
        "that must be yes or empty is something else, if days are no number or a date is no day, if a code leads "
        "nowhere, or if an office is in the place of another.",
    ),
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
    "F725": Check(
        "W",
        "a few minutes lie between two spans of time",
        "`time between 09:00 and 12:59` leaves out the minute 12:59, and who calls then is offered neither choice. "
        "Write the same time as the end of one span and the beginning of the next.",
    ),
    "F727": Check(
        "E",
        "a condition asks for holidays, and no calendar names any",
        "The flow needs `calendar: calendar.yaml`. Without it, today is never a holiday.",
    ),
    "F728": Check(
        "E",
        "a number is compared with what is no number",
        "The condition is never true for these rows, or for anybody. A column that is compared needs a whole number in "
        "each row.",
    ),
    "F724": Check(
        "W",
        "the country or the example of a phone number cannot be used",
        "Numbers without a country code would be refused, or a caller who types what the text shows is told that it is "
        "wrong.",
    ),
}
