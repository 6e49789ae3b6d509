"""The vendors of the payload files: how each is made, and what a line of a file looks like at its door."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from gateway.aggregators.contract.protocol import Aggregator
from gateway.aggregators.contract.vendor import Installation
from gateway.aggregators.descriptions.described_inbound import DescribedAggregator
from gateway.aggregators.descriptions.loader import parse_description as read_description
from gateway.aggregators.descriptions.schema import Description
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.aggregators.vendors.twilio_outbound import TwilioSettings
from gateway.http.forms import FORM
from gateway.http.inbound_request import InboundRequest
from gateway.settings.validation import DESCRIPTIONS
from gateway.settings.values.phone_numbers import Phones

PAYLOADS = Path(__file__).parents[2] / "payloads"
TWILIO_TOKEN = "12345678901234567890123456789012"
SETTINGS = {"twilio": TwilioSettings(twilio_auth_token=TWILIO_TOKEN)}
INSTALLATION = Installation(Phones(("92",)), "*8484#", "8484")
SHIPPED: dict[str, Description] = {
    path.stem: read_description(path.read_text("utf-8"), path.stem, path.name)
    for path in sorted(DESCRIPTIONS.glob("*.yaml"))
}
ADAPTERS: dict[str, Aggregator] = {
    each.name: each
    for each in (
        *(vendor.callbacks(SETTINGS.get(vendor.name) or vendor.settings(), INSTALLATION) for vendor in BUILT_IN),
        *(DescribedAggregator(each, INSTALLATION) for each in SHIPPED.values()),
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
    """The door that a line names, and the inbound there."""
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


def read(vendor: str, door: str, inbound: InboundRequest) -> Any:
    """What the adapter makes of a inbound."""
    adapter = ADAPTERS[vendor]
    form = adapter.body(inbound, door)
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
