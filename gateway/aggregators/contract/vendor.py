"""The declaration of a built-in aggregator: everything that the rest of the program knows about it.

`VENDOR` at the end of `vendors/<name>_callbacks.py` is such a declaration, and `vendors/built_in.py` lists them.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from typing import Any

from msgspec import Struct

from gateway.aggregators.contract.protocol import Aggregator, OutboundAdapter
from gateway.settings.values.phone_numbers import Phones


class Installation(Struct, frozen=True):
    """What every adapter is given: which numbers are phones, and the codes that people dial and text here."""

    phones: Phones
    service_code: str
    short_code: str


class Vendor(Struct, frozen=True, kw_only=True):
    """A built-in aggregator. `settings` is a dataclass of fields made by `setting`, named as in the environment.

    `callbacks` and `outbound` make its two adapters from these settings; the latter is also given the address for
    delivery reports ("" when the aggregator cannot reach us).
    """

    name: str  # in AGGREGATORS, ROADS, callback addresses and our tables
    settings: type[Any]
    callbacks: Callable[[Any, Installation], Aggregator]
    outbound: Callable[[Any, str], OutboundAdapter]
    needed_to_send: Mapping[str, str]  # setting -> where to find it; nothing can be sent without it
    needed_to_receive: Mapping[str, str] = {}  # setting -> what cannot be done without it
    needs_public_url: bool = False  # it must be told our address
    url: str = ""  # the setting that says where texts are sent
    runs_beside_us: bool = False  # http:// to it is allowed where its host is in UNENCRYPTED_HOSTS
    sender: str = ""  # the setting that says what our texts come from
    listed_after: str = "roads"  # the setting that its own follow in docs/operators/settings.md

    def fields(self) -> tuple[Field[Any], ...]:
        """Its settings, in the order of the page."""
        return fields(self.settings)
