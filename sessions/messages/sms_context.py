"""The nouns of answering an SMS: the SMS with all that is known about it, and the reply."""

import datetime as dt
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases.officer_code import OfficerCodes
from flows.menu.model import Flow
from flows.understanding.intents import Intent
from flows.understanding.text_model import Predictor
from sessions.cases.rules.case_policy import CasePolicy
from sessions.publishing.published_cache import PublishedFlow
from storage.schema.tables import Complaint, Contact, Inbound, Question


class SmsEnvironment(Struct, frozen=True):
    """What answering needs beside the database: the rules for cases, tracking numbers, and other flows and revisions.

    Without a `model`, texts are understood by keywords and rules alone.
    """

    policy: CasePolicy
    random_below: Callable[[int], int]
    revision: Callable[[int], PublishedFlow | None]
    named: Callable[[str], PublishedFlow | None] = lambda flow: None  # noqa: ARG005 - the live flow of this name
    refused: Callable[[int], object] = lambda count: None  # noqa: ARG005 - officers' words came from a phone that is none
    wrong_code: Callable[[int], object] = lambda count: None  # noqa: ARG005 - an officer's code was wrong, so often so far
    codes: OfficerCodes = OfficerCodes(())
    model: Predictor | None = None
    live_model: Callable[[], Predictor | None] | None = None  # gives the model in use, which may change while we run


class SmsContext(Struct, frozen=True):
    """One SMS being answered, in the transaction `db`; `spoken` is the language its sender reads.

    `around` are the words around a tracking number in the middle of them. `beside` is the id of a case that the words
    are not about, as somebody else may hold the phone: no open question about it is answered.
    """

    db: Session
    now: dt.datetime
    sms: Inbound
    contact: Contact
    published: PublishedFlow
    environment: SmsEnvironment
    intent: Intent
    spoken: str | None
    around: str = ""
    beside: int | None = None
    pins: tuple[str, ...] = ()  # that were in it: one, or two where a PIN is changed; `sms.text` has none
    pin: str = ""  # what became of the first: right, wrong, too_many, none; "" if it was not verified

    @property
    def flow(self) -> Flow:
        """The words and screens of the short code it was sent to."""
        return self.published.flow

    def flow_of(self, case: Complaint | None) -> Flow:
        """The flow that filed a case: its lists, texts and code. What it lacks is as in `flow`.

        The lists of the line that was written to may have no such office or category, or mean something else by it.
        """
        filed = None if case is None or case.flow == self.flow.name else self.environment.named(case.flow)
        if case is None or filed is None or filed.flow.name != case.flow:
            return self.flow
        here, theirs = self.flow, filed.flow
        return replace(
            theirs,
            languages={**theirs.languages, **here.languages},
            lists={**here.lists, **theirs.lists},
            texts={
                **here.texts,
                **{event: {**here.texts.get(event, {}), **text} for event, text in theirs.texts.items()},
            },
            service={**here.service, **theirs.service},
        )

    @property
    def key(self) -> str:
        """What everything this SMS causes is kept under, so that it is done once."""
        return f"sms:{self.sms.id}"


class Reply(Struct, frozen=True):
    """What is answered: the text of `event` about a complaint (or a number as typed), or `body` as it is.

    `asks` is the question it puts. `quiet` says why it is not sent at all. `heard` says that an open question was
    answered, or that an officer moved a case on: no robot talks like that for long. `call` are the helplines that it
    names. `values` are other variables of the text. `code` stands for an officer's code until the text is sent, or is a
    number that ends a case.
    """

    event: str
    complaint: Complaint | None = None
    ref: str = ""
    body: str | None = None
    asks: Question | None = None
    heard: bool = False
    call: tuple[str, ...] = ()
    quiet: str = ""
    code: str = ""
    values: tuple[tuple[str, str], ...] = ()


def reply_key(sms: Inbound) -> str:
    """The key under which an SMS is answered once, with a receipt or another reply."""
    return f"reply:{sms.id}"


def reply_order_key(contact: Contact) -> str:
    """Replies to one phone leave in order."""
    return f"replies:{contact.id}"


NOTHING = Reply("", quiet="officer")  # officers' words from a phone that is none
