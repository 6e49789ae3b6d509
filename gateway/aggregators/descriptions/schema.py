"""A gateway's description as typed structs, in the words of its YAML file, and templates filled in with values.

loader.py reads them, checks.py says what they may hold, and described_*.py act on them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec import field as renamed

VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}", re.ASCII)
Words = tuple[str, ...]  # one word, or a list of them
RequestKind = Literal["form", "json", "query", "form_or_query"]


class Match(Struct, frozen=True, kw_only=True):
    """A test of one field by one of `is`, `is_not` and `begins`; a missing field is empty, and case is ignored."""

    field: str
    is_: Words | None = renamed(default=None, name="is")
    is_not: Words | None = None
    begins: Words | None = None

    def holds(self, value: str) -> bool:
        """Whether it holds for a field with this value."""
        folded = value.casefold()
        if self.begins is not None:
            return folded.startswith(tuple(word.casefold() for word in self.begins))
        words = self.is_ if self.is_ is not None else self.is_not or ()
        return (folded in [word.casefold() for word in words]) == (self.is_ is not None)


class ScreenTemplate(Struct, frozen=True):
    """How a screen is sent back: a template of the body, or a map of one for `going` on and one for being `over`.

    `says` holds more variables, each with a value for going on and one for being over.
    """

    text: Any = None
    json: Any = None
    xml: Any = None
    says: dict[str, Any] = {}
    headers: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """What the body is: text, json or xml."""
        return "text" if self.text is not None else "json" if self.json is not None else "xml"

    def template(self, *, over: bool) -> Any:
        """The template of a screen."""
        template = getattr(self, self.kind)
        return template["over" if over else "going"] if is_pair(template) else template


class Ussd(Struct, frozen=True, kw_only=True):
    """The fields of a hop."""

    request: RequestKind
    session: str
    phone: str
    input: str
    carries: Literal["everything", "last"]  # all input of the session so far, or only the last entry
    answer: Annotated[ScreenTemplate, Meta(description="how a screen is sent back")]
    code: str = ""
    input_has_code: bool = False  # the input begins with the code that was dialled
    network: str = ""
    new: Match | None = None
    turn: str = ""
    ended: Match | None = None
    also: dict[str, str] = {}  # variable -> field that is sent back


class SmsIn(Struct, frozen=True, kw_only=True):
    """The fields of an SMS that comes in."""

    request: RequestKind
    sender: str = renamed(name="from")
    text: str
    to: str = ""
    id: str = ""
    time: str = ""
    many: str = ""  # where the list of SMS is, when one call may hold several
    answer: str = "ok\n"


class Reports(Struct, frozen=True, kw_only=True):
    """The fields of a delivery report. `words` has the gateway's words for each state of ours."""

    request: RequestKind
    id: str
    status: str
    words: dict[str, Words] = {}
    phone: str = ""
    reason: str = ""
    many: str = ""
    answer: str = "ok\n"

    def state_of(self, status: str) -> str:
        """Our state for the gateway's word; its own word when it is not described."""
        folded = status.casefold()
        return next((ours for ours, theirs in self.words.items() if folded in [t.casefold() for t in theirs]), status)


class BasicAuth(Struct, frozen=True):
    """HTTP basic authentication."""

    user: str
    password: str


class RequestTemplate(Struct, frozen=True, kw_only=True):
    """A request to the gateway as templates, and how to read what it answers."""

    method: Literal["GET", "POST"]
    url: str
    in_clear: bool = False  # http:// is accepted
    answer: Literal["json", "xml", "text", "form"]
    headers: dict[str, str] = {}
    params: dict[str, str] = {}
    form: dict[str, str] = {}
    json: dict[str, Any] | None = None
    basic: BasicAuth | None = None


class Login(RequestTemplate, frozen=True, kw_only=True):
    """A request before sending that brings a `{token}` for some minutes."""

    ok: Annotated[Match, Meta(description="by what an answer is known that says yes")]
    token: str
    minutes: Annotated[str, Meta(description="how long a token holds, e.g. 25")]


class RejectionRule(Match, frozen=True, kw_only=True):
    """An answer that says the text was not taken, and what that means; `why` is one word for the log."""

    means: Literal["number", "account", "later", "login"]
    why: str = ""

    @property
    def reason(self) -> str:
        """The word for the log."""
        return self.why or f"refused_{self.means}"


class Codings(Struct, frozen=True):
    """The words for a text in GSM-7 and for one in UCS-2."""

    gsm: str
    ucs2: str


class Send(RequestTemplate, frozen=True, kw_only=True):
    """How a text is sent."""

    sent: Annotated[Match, Meta(description="by what an answer is known that says yes")]
    numbers: Literal["plus", "bare"] = "bare"
    id: str = ""
    parts: str = ""
    cost: str = ""
    refused: tuple[RejectionRule, ...] = ()
    otherwise: Literal["unknown", "refused"] = "unknown"  # an answer that is neither
    codings: Codings | None = None
    login: Login | None = None


class Description(Struct, frozen=True, kw_only=True):
    """One gateway. `settings` are its own, by name, with what each is; those of `optional` may be missing."""

    name: str
    about: str
    settings: dict[str, str] = {}
    optional: Words = ()
    calling_code: str = ""  # of numbers that it writes in national form, as 0300…
    ussd: Ussd | None = None
    sms_in: SmsIn | None = None
    reports: Reports | None = None
    send: Send | None = None


def is_pair(template: Any) -> bool:
    """True for a template for going on and one for being over."""
    return isinstance(template, Mapping) and set(template) == {"going", "over"}


def scalar_text(value: Any) -> str:
    """A value as the words that a description compares it with; nothing for a list, a map or nothing at all."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def value_at(tree: Any, path: str) -> Any:
    """The value under a path such as `data.0.id`; None when there is nothing. A path of "" is the whole."""
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
