"""The vendors of the payload files: how each is made, and what a line of a file looks like at its door."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from gateway.aggregators.contract.protocol import Aggregator
from gateway.aggregators.descriptions.described_inbound import DescribedAggregator
from gateway.aggregators.descriptions.loader import parse_description as read_description
from gateway.aggregators.descriptions.schema import Description
from gateway.aggregators.vendors.africastalking_callbacks import AfricasTalking
from gateway.aggregators.vendors.infobip_callbacks import Infobip
from gateway.aggregators.vendors.jasmin_callbacks import Jasmin
from gateway.aggregators.vendors.kannel_callbacks import Kannel
from gateway.aggregators.vendors.twilio_callbacks import Twilio
from gateway.http.forms import FORM
from gateway.http.inbound_request import InboundRequest
from gateway.settings.phone_numbers import Phones
from gateway.settings.validation import DESCRIPTIONS

PAYLOADS = Path(__file__).parents[2] / "payloads"
PHONES = Phones(("92",))
TOKEN = "12345678901234567890123456789012"
SHIPPED: dict[str, Description] = {
    path.stem: read_description(path.read_text("utf-8"), path.stem, path.name)
    for path in sorted(DESCRIPTIONS.glob("*.yaml"))
}
ADAPTERS: dict[str, Aggregator] = {
    each.name: each
    for each in (
        AfricasTalking(PHONES),
        Infobip(PHONES, "*8484#"),
        Twilio(PHONES, TOKEN),
        Jasmin(PHONES),
        Kannel(PHONES),
        *(DescribedAggregator(told, PHONES, "*8484#", "8484") for told in SHIPPED.values()),
    )
}


def environ(path: str, body: bytes = b"", query: str = "", method: str = "POST", **other: Any) -> dict[str, Any]:
    """A request as a WSGI server hands it over."""
    kind = "application/json" if body[:1] in (b"{", b"[") else FORM
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind if method == "POST" else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    } | other


def line_at_door(vendor: str, line: str) -> tuple[str, InboundRequest]:
    """The door that a line names, and the knock there."""
    address, _, sent = line.partition(" ")
    door, _, _ = address.removesuffix("?").partition("/")
    path = f"/hooks/{vendor}/secret/{address.removesuffix('?')}"
    if address.endswith("?"):
        return door, InboundRequest(environ(path, query=sent, method="GET"))
    return door, InboundRequest(environ(path, sent.encode()))


def cases(vendor: str) -> list[tuple[str, str, str]]:
    """Each case of a vendor's files: its file, what is sent, what must come of it."""
    found = []
    for path in sorted((PAYLOADS / vendor).glob("*.txt")):
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        found += [(path.stem, sent, due) for sent, due in zip(lines[::2], lines[1::2], strict=True)]
    return found


def read(vendor: str, door: str, knock: InboundRequest) -> Any:
    """What the adapter makes of a knock."""
    adapter = ADAPTERS[vendor]
    form = adapter.body(knock, door)
    match door:
        case "ussd":
            return adapter.read_hop(form)
        case "ussd-events":
            return adapter.read_end(form)
        case "sms":
            return adapter.read_sms(form)
        case "delivery":
            return adapter.read_reports(form)
        case _:
            return adapter.read_opt_out(form)
