"""What a description says of a gateway: nouns only. loader.py reads them, described_*.py act on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}", re.ASCII)


class Match(Struct, frozen=True):
    """A test of one field: `how` is "is", "is_not" or "begins"; a field that is missing is empty. Case is ignored."""

    field: str
    how: str
    words: tuple[str, ...]

    def holds(self, value: str) -> bool:
        """Whether it holds for a field with this value."""
        folded = value.casefold()
        if self.how == "begins":
            return folded.startswith(self.words)
        return (folded in self.words) == (self.how == "is")


class ScreenTemplate(Struct, frozen=True):
    """How a screen is sent back: `going` and `over` are templates of the body, for CON and for END.

    `says` holds more variables, each with a value for going on and one for being over.
    """

    kind: str  # text, json, xml
    going: Any
    over: Any
    says: Mapping[str, tuple[Any, Any]] = {}
    headers: Mapping[str, str] = {}


class Ussd(Struct, frozen=True):
    """A USSD door: in which fields a hop is told."""

    request: str  # form, json, query, form_or_query
    session: str
    phone: str
    input: str
    everything: bool  # the input is all of the session so far; otherwise only the last entry
    screen: ScreenTemplate
    code: str = ""
    with_code: bool = False  # the input begins with the code that was dialled
    network: str = ""
    new: Match | None = None
    turn: str = ""
    ended: Match | None = None
    also: Mapping[str, str] = {}  # variable -> field that is sent back


class SmsIn(Struct, frozen=True):
    """A door for SMS that come in."""

    request: str
    sender: str
    text: str
    to: str = ""
    id: str = ""
    time: str = ""
    many: str = ""  # where the list of SMS is, when one call may hold several
    answer: str = "ok\n"


class Reports(Struct, frozen=True):
    """A door for delivery reports. `words` turns the gateway's words into ours."""

    request: str
    id: str
    status: str
    words: Mapping[str, str]
    phone: str = ""
    reason: str = ""
    many: str = ""
    answer: str = "ok\n"


class RequestTemplate(Struct, frozen=True):
    """A request to the gateway as templates, and how to read what it answers."""

    method: str
    url: str
    answer: str  # json, xml, text, form
    headers: Mapping[str, str] = {}
    params: Mapping[str, str] = {}
    form: Mapping[str, str] = {}
    json: Any = None
    user: str = ""
    password: str = ""


class Login(Struct, frozen=True):
    """A step before sending that brings a `{token}` for some minutes."""

    call: RequestTemplate
    ok: Match
    token: str
    minutes: int


class RejectionRule(Struct, frozen=True):
    """An answer that says the text was not taken, and what that means: number, account, later or login."""

    match: Match
    means: str
    why: str


class Send(Struct, frozen=True):
    """How a text is sent."""

    call: RequestTemplate
    sent: Match
    numbers: str = "bare"  # plus, bare
    id: str = ""
    parts: str = ""
    cost: str = ""
    refused: tuple[RejectionRule, ...] = ()
    otherwise: str = "unknown"  # an answer that is neither: unknown, or refused
    codings: tuple[str, str] | None = None  # the words for GSM-7 and for UCS-2
    login: Login | None = None


class Description(Struct, frozen=True):
    """One gateway. `settings` are its own, by name, with what each is; those of `optional` may be missing."""

    name: str
    about: str
    settings: Mapping[str, str] = {}
    optional: frozenset[str] = frozenset()
    calling_code: str = ""  # of numbers that it writes in national form, as 0300…
    ussd: Ussd | None = None
    sms_in: SmsIn | None = None
    reports: Reports | None = None
    send: Send | None = None


def scalar_text(value: Any) -> str:
    """A value as the words that a description compares it with; nothing for a list, a map or nothing at all."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def value_at(tree: Any, path: str) -> Any:
    """What stands under a path such as `data.0.id`; None when there is nothing. A path of "" is the whole."""
    if isinstance(tree, Mapping) and path in tree:
        return tree[path]
    for part in path.split(".") if path else ():
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(tree, list) and part.isascii() and part.isdigit() and len(part) < 6 and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return None
    return tree


def fill_template(template: Any, values: Mapping[str, Any], escape: Callable[[str], str] = str) -> Any:
    """A template with its variables filled in. A text that is one variable alone keeps the kind of its value."""
    if isinstance(template, Mapping):
        return {name: fill_template(each, values, escape) for name, each in template.items()}
    if isinstance(template, list):
        return [fill_template(each, values, escape) for each in template]
    if not isinstance(template, str):
        return template
    alone = VARIABLE.fullmatch(template)
    if alone and not isinstance(values[alone[1]], str):
        return values[alone[1]]
    return VARIABLE.sub(lambda found: escape(scalar_text(values[found[1]])), template)
