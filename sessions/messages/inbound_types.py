"""What aggregators bring in besides hops: an SMS, and the notice that a call ended."""

import datetime as dt

from msgspec import Struct


class SmsPart(Struct, frozen=True):
    """Which part of a long SMS it is: `number` of `total`. All parts of one have the same reference."""

    reference: int
    total: int
    number: int


class Sms(Struct, frozen=True):
    """An SMS that came in. `id` is the aggregator's; `phone` the sender as E.164 (or a name); `to` our short code.

    `part` is set if the gateway did not join the parts of a long SMS: this is only one of them.
    """

    aggregator: str
    id: str
    phone: str
    to: str
    text: str
    sent_at: dt.datetime | None = None
    part: SmsPart | None = None


class SessionEndNotice(Struct, frozen=True):
    """The aggregator's notice that a USSD session ended. The last fields find the session and are not kept."""

    session: str
    status: str
    hops: int | None = None
    milliseconds: int | None = None
    cost: str = ""
    error: str = ""
    aggregator: str = ""
    phone: str = ""
    service_code: str = ""
    network: str = ""
