"""What vendors send becomes our nouns, exactly as the payload files say."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aggregators.contract.protocol import BadPhone, NoHop
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from gateway.monitoring.logs import WORD
from tests.gateway.aggregators.reading import ADAPTERS, PAYLOADS, cases, environ, line_at_door, read

ALL = [
    pytest.param(vendor, sent, due, id=f"{vendor}-{stem}-{number}")
    for vendor in ADAPTERS
    for number, (stem, sent, due) in enumerate(cases(vendor))
]


def agrees(noun: Any, wanted: Any) -> bool:
    """Whether a noun has the fields that are wanted."""
    if isinstance(wanted, list):
        return len(noun) == len(wanted) and all(map(agrees, noun, wanted))
    if isinstance(noun, list):
        return len(noun) == 1 and agrees(noun[0], wanted)
    plain = msgspec.to_builtins(noun)
    return bool(plain == wanted if isinstance(wanted, str) else {name: plain[name] for name in wanted} == wanted)


@pytest.mark.parametrize(("vendor", "sent", "due"), ALL)
def test_what_a_vendor_sends_is_read_as_its_file_says(vendor: str, sent: str, due: str) -> None:
    door, inbound = line_at_door(vendor, sent)
    sign, _, said = due.partition(" ")
    if sign == "!":
        problem, _, rest = said.partition(" ")
        with pytest.raises(BadForm) as refused:
            read(vendor, door, inbound)
        assert refused.value.problem == problem
        assert WORD.fullmatch(problem), "it would be left out of the log"
        assert isinstance(refused.value, BadPhone) == (door == "ussd" and problem == "phone_number")
        assert not rest or agrees(list(getattr(refused.value, "readable", [])), json.loads(rest))
    elif sign == "~":
        with pytest.raises(NoHop) as notice:
            read(vendor, door, inbound)
        wanted = json.loads(said)
        assert notice.value.answer[0] == "200 OK"
        assert notice.value.ended is None if wanted is None else agrees(notice.value.ended, wanted)
    else:
        noun = read(vendor, door, inbound)
        assert agrees(noun, json.loads(said)), noun


@pytest.mark.parametrize("vendor", ADAPTERS)
def test_every_door_of_a_vendor_has_real_payloads(vendor: str) -> None:
    assert {line_at_door(vendor, sent)[0] for _, sent, _ in cases(vendor)} == set(ADAPTERS[vendor].doors)


@pytest.mark.parametrize("vendor", ADAPTERS)
def test_a_name_in_a_noun_is_the_vendor_s_own(vendor: str) -> None:
    for _, sent, due in cases(vendor):
        door, inbound = line_at_door(vendor, sent)
        if due.startswith("=") and door in ("ussd", "sms", "delivery"):
            noun = read(vendor, door, inbound)
            assert {each.aggregator for each in (noun if isinstance(noun, list) else [noun])} == {vendor}


@given(st.sampled_from(sorted(ADAPTERS)), st.binary(max_size=200), st.sampled_from(["GET", "POST"]))
def test_any_bytes_at_any_door_are_read_or_refused_and_nothing_else(vendor: str, raw: bytes, method: str) -> None:
    adapter = ADAPTERS[vendor]
    for door in adapter.doors:
        rest = "/session/1/start" if door in adapter.deep else ""
        query = raw.decode("latin-1") if method == "GET" else ""
        asked = environ(f"/hooks/{vendor}/secret/{door}{rest}", raw, query, method)
        with pytest.raises(BadForm):
            read(vendor, door, InboundRequest(asked))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["results", "messageId", "status", "groupName", "from", "to", "text", "msisdn", "shortCode", "error", "name"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.sampled_from(["sms", "delivery", "ussd"]), st.booleans())
def test_json_of_any_shape_is_read_or_refused_and_nothing_else(form: dict[str, Any], door: str, nested: bool) -> None:
    body = json.dumps({"results": [form, form]} if nested else form).encode()
    rest = "/session/1/response" if door == "ussd" else ""
    with contextlib.suppress(BadForm):
        read("infobip", door, InboundRequest(environ(f"/hooks/infobip/secret/{door}{rest}", body)))


@pytest.mark.parametrize("vendor", ADAPTERS)
def test_the_page_of_aggregators_names_every_door(vendor: str) -> None:
    page = (PAYLOADS.parents[1] / "docs" / "operators" / "aggregators.md").read_text("utf-8")
    named = set(re.findall(rf"`/hooks/{vendor}/<(?:secret|proof)>/([a-z-]+)`", page))
    assert named == set(ADAPTERS[vendor].doors)
