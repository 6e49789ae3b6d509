"""Sentences that were made where nobody's language is known, in the language of the reader.

A comparison says in English what changed, a map how a caller goes on, and a draft what was done with it. A sentence is
found by its form; what is not known stays English.
"""

import re
from functools import cache

from flask import Flask

from gateway.console.site import i18n

_PLACE = re.compile(r"%\((\w+)\)s")


def _(words: str) -> str:
    """The same words: marked for translation, and translated when they are found in a sentence."""
    return words


SENTENCES = (
    # what a comparison says
    _("first screen"), _("channel"), _("screen of danger"), _("menu"), _("numbers of the languages changed"),
    _("screens are shown in"), _("key changed"), _("shown on screens now"), _("no longer shown on screens"),
    _("wording changed"), _("the working days and holidays"), _("screen removed"), _("new screen"),
    _("question changed"), _("message for a wrong entry changed"), _("closing words changed"),
    _("SMS wording changed"), _("next screen changed"), _("option %(code)s removed; %(key)s is %(other)s now"),
    _("option %(code)s removed"), _("new option %(code)s"), _("number changed"), _("is offered when"),
    _("offers the list"), _("offers only rows with"), _("way of showing its rows changed"),
    _("a name can be typed now"), _("a name can no longer be typed"), _("looks up what is typed in"), _("accepts"),
    _("leads to"), _("saves the answer as"), _("is skipped when"), _("wrong answers allowed"),
    _("after the last try goes to"), _("does"), _("after any other answer goes to"), _("after %(answer)s goes to"),
    _("saves the result as"), _("list removed"), _("new list of %(count)s rows"), _("row %(code)s removed"),
    _("new row %(code)s"), _("other names"), _("is offered from"), _("is offered until"),
    _("%(count)s rows of %(list)s have new numbers, %(first)s among them"), _("asks for"), _("words"),
    _("words of danger"), _("patterns"), _("patterns of a possible danger"), _("numbers to call"), _("the number"),
    _("verified"), _("the order of the %(what)s"), _("is there now"), _("is no longer there"), _("screen renamed"),
    _("option %(code)s"), _("row %(code)s"), _("language %(code)s"), _("key %(name)s"),
    # what officers and the record notice of a row, an option or an act
    _("the caller's name is hidden now (and texts say nothing about the subject)"),
    _("the caller's name is no longer hidden (the office reads it, and texts name the subject)"),
    _("is sensitive now (the name is hidden, and texts give neither subject nor office)"),
    _("is no longer sensitive (the office reads the name, and texts name the subject)"),
    _("is an emergency now (due by day and night, and sent at once)"),
    _("is no longer an emergency (it waits for working hours, and callers see no screen of danger)"),
    _("is filed as urgent now"), _("is no longer filed as urgent"), _("the office is asked to call now"),
    _("the office is no longer asked to call"), _("is of the kind"), _("serves"), _("is a part of"),
    _("is filed under"), _("is filed for the district"), _("the officer reads"), _("the officer reads as the reason"),
    _("officers read"), _("is sent to officers now"), _("is no longer sent"),
    # what a map says of a way
    _("skipped if %(condition)s"), _("wrong %(count)s times"), _("a name of list %(list)s"), _("tracking number"),
    _("text of %(range)s characters"), _("number %(range)s"), _("phone of %(country)s"), _("else"), _("none"),
    _("%(row)s (each of %(list)s)"),
    # what a draft remembers
    _("copied from revision %(number)s"), _("copied as a new flow"), _("ready for review: %(message)s"),
    _("back to work: %(remark)s"), _("back to work"), _("dropped"), _("restored"),
    _("published as revision %(number)s: %(message)s"), _("brought onto revision %(number)s"),
    _("to be published on %(at)s: %(message)s"), _("not to be published by itself any more: it was changed"),
    _("not to be published by itself any more"), _("not to be published by itself: taken back"),
    _("not published at its time: %(why)s"), _("%(place)s: words in %(languages)s"), _("%(place)s: words"),
    _("workbook: %(count)s texts in %(languages)s"), _("PO file: %(count)s texts in %(languages)s"),
    _("imported from %(name)s"), _("scripted calls brought up to date"), _("scripted calls updated"),
    _("scripted calls updated that now do something else"), _("track of translations"),
    _("list %(name)s begun"), _("%(list)s: row %(code)s retired"), _("%(list)s: row %(code)s restored"),
    _("%(list)s: row %(code)s moved"), _("%(list)s: row %(code)s taken out"), _("%(list)s: row %(code)s"),
    _("keywords: new rule %(name)s"), _("keywords"), _("file %(name)s"), _("screen %(name)s"),
    _("scripted call: %(name)s"),
)  # fmt: skip


def in_words(sentence: str) -> str:
    """A sentence in the reader's language; "" if its form is not known there."""
    if i18n.language() == "en":
        return sentence
    for words, form in _forms():
        if found := form.fullmatch(sentence):
            return i18n._(words, **found.groupdict())
    return ""


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with the pattern that finds it, in their order: the closer ones first."""
    made = []
    for words in SENTENCES:
        parts = _PLACE.split(words)
        pattern = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
        made.append((words, re.compile(pattern, re.DOTALL)))
    return tuple(made)


def register(app: Flask) -> None:
    """Give templates `in_words`."""
    app.jinja_env.globals["in_words"] = in_words
