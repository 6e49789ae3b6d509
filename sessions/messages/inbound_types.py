"""What aggregators bring in besides hops: an SMS, and the notice that a call ended."""

import datetime as dt

from msgspec import Struct


class Sms(Struct, frozen=True):
    """An SMS that came in. `id` is the aggregator's; `phone` the sender as E.164 (or a name); `to` our short code."""

    aggregator: str
    id: str
    phone: str
    to: str
    text: str
    sent_at: dt.datetime | None = None


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
