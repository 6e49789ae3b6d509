"""What is asked before a text is cancelled, released or settled, or sent again although it may have arrived."""

from collections.abc import Callable, Collection

from flask import abort, request, url_for

from flows.delivery.text_uses import NEWS, REPLIES, TO_STAFF
from gateway.console.health.labels import text_title
from gateway.console.health.pages import ON_PAGE
from gateway.console.questions.ask_first import Fact, Question
from gateway.console.site.guard import note, sunwai
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import MOST
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import IN_DOUBT, STILL, MessageDetail
from sessions.operations import attention_lists

LONGEST_CHOICE = 2 * len(str(MOST)) + 1  # characters: the numbers of a text and of its attempts


def chosen_texts() -> dict[int, int]:
    """The texts of the form, each with the number of attempts that was shown: `text=12-3`. Aborts with 400 or 404."""
    found: dict[int, int] = {}
    for said in request.form.getlist("text")[: ON_PAGE + 1]:
        number, _dash, attempts = said.partition("-")
        if not (number.isascii() and number.isdigit() and attempts.isascii() and attempts.isdigit()):
            abort(400)
        if len(said) > LONGEST_CHOICE:
            abort(404)
        if int(number) > MOST or int(attempts) > MOST:
            abort(404)
        found[int(number)] = int(attempts)
    if not 0 < len(found) <= ON_PAGE:
        abort(400)
    return found


def back_address() -> str:
    """The page with the button that was pressed."""
    name = request.form.get("back", "")
    if name in attention_lists.NAMES:
        return url_for("console.health.whole_list", name=name)
    return url_for("console.health.page")


def retry_question() -> Question | None:
    """Texts that may have arrived may arrive twice; others are sent again without a question."""
    found = _found(lambda each: each.line.state == "unconfirmed")
    if not found:
        return None
    words = ngettext(
        "It may have arrived already, and then it arrives twice. This cannot be undone.",
        "They may have arrived already, and then they arrive twice. This cannot be undone.",
        len(found),
    )
    title = ngettext("Send this text again?", "Send these %(num)d texts again?", len(found))
    return _question(found, title, [words], _("Send it anyway"))


def settle_question() -> Question | None:
    """What the button says cannot be undone on any page: what it means, and for which texts. Aborts with 400."""
    do = request.form.get("do")
    if do == "cancel":
        return _about_cancelling()
    if do == "release":
        return _about_release()
    if do not in ("sent", "not_sent"):
        abort(400)
    return _about_doubt(sent=do == "sent")


def _about_cancelling() -> Question | None:
    found = _found(lambda each: each.line.state in STILL or each.line.reason == "no_road")
    if not found:
        return None
    words = [*dict.fromkeys(_loss(each) for each in found), _("This cannot be undone here.")]
    title = ngettext("Do not send this text?", "Do not send these %(num)d texts?", len(found))
    return _question(found, title, words, _("Do not send it"))


def _about_release() -> Question | None:
    found = _found(lambda each: each.line.held, whatever_tries=True)
    if not found:
        return None
    words = ngettext(
        "It is from before the backup was restored. It may have arrived already, and then it arrives twice. This "
        "cannot be undone.",
        "They are from before the backup was restored. They may have arrived already, and then they arrive twice. "
        "This cannot be undone.",
        len(found),
    )
    title = ngettext("Release this text?", "Release these %(num)d texts?", len(found))
    return _question(found, title, [words], _("Release it anyway"))


def _about_doubt(*, sent: bool) -> Question | None:
    """Only what is still in doubt, after as many attempts as were shown."""
    found = _found(lambda each: each.line.state in IN_DOUBT)
    if not found:
        return None
    if sent:
        title = ngettext("Was this text sent?", "Were these %(num)d texts sent?", len(found))
        words = [_("Say so only if the aggregator has told you. It counts as sent, and cannot be sent again here.")]
        return _question(found, title, words, _("It was sent"))
    title = ngettext("Was this text not sent?", "Were these %(num)d texts not sent?", len(found))
    words = [
        _("Say so only if the aggregator has told you. It counts as not sent, and is not sent again by itself."),
        *dict.fromkeys(_loss(each) for each in found),
        _("To send it instead, go back and press “Send again”."),
    ]
    return _question(found, title, words, _("It was not sent"))


def _loss(text: MessageDetail) -> str:
    """Who will not learn what if this text is not sent."""
    number, event = text.line.number, text.line.event
    if event in TO_STAFF:
        if number is None:
            return _("An officer will not get this text.")
        return _("The office will not learn about %(number)s from this text.", number=number)
    if event in ("received", "suggestion_received", "sensitive_received") and number is not None:
        return _("The citizen will not get the number %(number)s by SMS.", number=number)
    if event in NEWS and number is not None:
        return _("The citizen will not learn this news about %(number)s.", number=number)
    if event in REPLIES:
        return _("The citizen gets no reply to their SMS.")
    return _("The citizen will not get this text.")


def _found(fits: Callable[[MessageDetail], bool], *, whatever_tries: bool = False) -> list[MessageDetail]:
    """The texts of the form that the act can still be done with; most acts need as many attempts as were shown."""
    database, seen = sunwai().database, chosen_texts()
    known = (outbox_admin.find_message(database, each) for each in seen)
    return [
        each
        for each in known
        if each is not None and fits(each) and (whatever_tries or each.line.attempts == seen[each.line.id])
    ]


def _question(found: Collection[MessageDetail], title: str, words: list[str], button: str) -> Question:
    """The question about these texts. That their numbers were seen is recorded."""
    note("list_exported", "text")
    return Question(
        title=title,
        words=words,
        button=button,
        back=back_address(),
        shown=[f"{each.line.id}-{each.line.attempts}-{each.line.state}-{each.line.held}" for each in found],
        facts=[fact for each in found for fact in _facts(each)],
    )


def _facts(text: MessageDetail) -> list[Fact]:
    line, to = text.line, [each for each in (text.officer, text.office) if each]
    facts = [Fact(_("Kind of text"), text_title(line.event))]
    if line.number is not None:
        facts.append(Fact(_("Tracking number"), line.number))
    facts.append(Fact(_("Recipient"), _(", ").join(to) if to else text.phone))
    return facts
