"""Checks of a description that types cannot express: patterns, addresses, and the variables of templates.

A description is data. Its templates can use `{name}` from a closed set and nothing else, so that a file from a third
party can be reviewed in a minute and can do nothing but fill in forms.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from flows.menu.diagnostics import suggest_nearest
from flows.parsing.yaml_document import Node
from gateway.aggregators.descriptions.schema import (
    VARIABLE,
    Description,
    Login,
    Match,
    RejectionRule,
    Reports,
    ScreenTemplate,
    Ussd,
    is_pair,
)

OURS = ("sent", "buffered", "delivered", "failed", "expired", "rejected")
SCREENS = ("text", "json", "xml")
ECHOES = frozenset({"message", "session", "phone", "code", "turn"})
OF_A_TEXT = frozenset({"to", "message", "token", "coding", "report_url"})
_TESTS = ("is", "is_not", "begins")
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_WHY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}", re.ASCII)


def check(kind: type[Struct], node: Node) -> None:
    """Report what is wrong with the map for a struct, beyond what its types say."""
    if kind in _CHECKS:
        _CHECKS[kind](node)


def _description(node: Node) -> None:
    settings = _map(node, "settings")
    for inside in _inside(node, "settings"):
        for name in settings:
            if not _NAME.fullmatch(str(name)) or name in OF_A_TEXT:
                inside.problem(
                    "F001", name, f"{name} cannot be the name of a setting: use lower-case letters, digits and _"
                )
            if settings[name] in (None, ""):
                inside.problem("F001", name, f"say what {name} is")
    for name in _texts(node.data.get("optional")):
        if name not in settings:
            node.problem("F001", "optional", f"{name} is not one of settings")
    _pattern(node, "calling_code", r"[1-9][0-9]{0,2}", "is a number such as 92, without a plus sign")
    if not any(node.data.get(part) for part in ("ussd", "sms_in", "reports", "send")):
        node.problem("F001", None, "nothing is described: ussd, sms_in, reports or send is missing")
    for send in _inside(node, "send"):
        _send(send, frozenset(map(str, settings)))


def _ussd(node: Node) -> None:
    if node.data.get("carries") == "last" and node.data.get("new") is None:
        node.problem("F001", "carries", "with `carries: last`, `new` must say how a first hop is recognised")
    for answer in _inside(node, "answer"):
        _screen(answer, _map(node, "also"))


def _screen(node: Node, also: Collection[str]) -> None:
    kinds = [kind for kind in SCREENS if kind in node.data]
    if len(kinds) != 1:
        node.problem("F001", None, f"answer has one of {', '.join(SCREENS)}")
        return
    says = _map(node, "says")
    kind, template = kinds[0], node.data[kinds[0]]
    for each in (template["going"], template["over"]) if is_pair(template) else (template,):
        _templates(node, kind, each, ECHOES | says.keys() | set(also), must=("message",))
        if kind != "json" and not isinstance(each, str):
            node.problem("F001", kind, f"{kind} takes a text, or going and over with a text each")
    if not is_pair(template) and not says:
        node.problem("F001", kind, "nothing distinguishes the last screen from the others: use says, or going and over")
    _templates(node, "headers", node.data.get("headers"), says.keys())


def _says(node: Node) -> None:
    for inside in _inside(node, "says"):
        for name, each in inside.maps():
            if set(each.data) != {"going", "over"}:
                each.problem("F001", None, f"{name} needs going and over, and nothing else")
            if name in ECHOES or not _NAME.fullmatch(name):
                each.problem("F001", None, f"{name} cannot be the name of a variable here")


def _reports(node: Node) -> None:
    for inside in _inside(node, "words"):
        for state in set(inside.data) - {*OURS}:
            inside.problem("F001", state, f"{state} is not one of our states: {', '.join(OURS)}")


def _match(node: Node) -> None:
    tests = [each for each in _TESTS if each in node.data]
    if len(tests) != 1:
        field = node.data.get("field") or "the field"
        node.problem("F001", None, f"say what {field} must be: one of {', '.join(_TESTS)}")
    elif node.data[tests[0]] in (None, []) or (tests[0] == "begins" and node.data["begins"] == ""):
        node.problem("F001", tests[0], f"{tests[0]} needs a word")


def _rejection(node: Node) -> None:
    _match(node)
    if node.data.get("why") and not _WHY.fullmatch(str(node.data["why"])):
        node.problem("F001", "why", "why is one word for the log: letters, digits and _")


def _login(node: Node) -> None:
    _pattern(node, "minutes", r"[1-9][0-9]{0,3}", "says how long a token holds, e.g. 25")


def _send(node: Node, settings: frozenset[str]) -> None:
    login, coding = node.data.get("login"), node.data.get("codings")
    names = settings | OF_A_TEXT - ({"token"} if login is None else set()) - ({"coding"} if coding is None else set())
    _request(node, names)
    used = {name for key in ("params", "form", "json") for name in _variables(node.data.get(key))}
    for name in ("to", "message"):
        if name not in used:
            node.problem("F001", None, f"{{{name}}} is missing in params, form and json")
    rules = [each for each in node.data.get("refused") or () if isinstance(each, Mapping)]
    if login is None and any(each.get("means") == "login" for each in rules):
        node.problem("F001", "refused", "means: login, but there is no login")
    for inside in _inside(node, "login"):
        _request(inside, settings)


def _request(node: Node, names: frozenset[str]) -> None:
    """The parts of a request. The address may contain settings, but nothing from a text."""
    body = [key for key in ("form", "json") if node.data.get(key)]
    if len(body) == 2:
        node.problem("F001", "json", "a request has a form or json, not both")
    if node.data.get("method") == "GET" and body:
        node.problem("F001", "method", "a GET has params only")
    for key in ("headers", "params", "form", "json", "basic"):
        _templates(node, key, node.data.get(key), names)
    url = node.data.get("url")
    if isinstance(url, Mapping | list) or url in (None, ""):
        return
    _templates(node, "url", url, names - OF_A_TEXT)
    parts, clear = urlsplit(str(url)), str(node.data.get("in_clear")).lower() in ("yes", "true")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username or parts.query or parts.fragment:
        node.problem("F001", "url", "url is a plain https:// address; put what follows the ? into params")
    elif parts.scheme == "http" and not clear and parts.hostname not in ("127.0.0.1", "localhost"):
        node.problem(
            "F001",
            "url",
            "with http:// others can read passwords and texts on the way: write in_clear: yes to accept that",
        )


def _templates(node: Node, key: str, value: Any, names: Collection[str], must: Iterable[str] = ()) -> None:
    """Report variables that are not known here, and required ones that are missing."""
    for text in _texts(value):
        for found in _BRACED.findall(text):
            name = VARIABLE.fullmatch(found)
            if name is None:
                node.problem("F001", key, f"{found} is not a variable: write {{name}}")
            elif name[1] not in names:
                known = ", ".join(sorted(names)) or "none"
                hint = suggest_nearest(name[1], names)
                node.problem("F001", key, f"{{{name[1]}}} is not known here; known: {known}", hint=hint)
    for missing in set(must) - _variables(value):
        node.problem("F001", key, f"{{{missing}}} is missing here")


def _variables(value: Any) -> set[str]:
    return {name for text in _texts(value) for name in VARIABLE.findall(text)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _pattern(node: Node, key: str, pattern: str, sentence: str) -> None:
    if node.data.get(key) is not None and not re.fullmatch(pattern, str(node.data[key]), re.ASCII):
        node.problem("F001", key, f"{key} {sentence}")


def _inside(node: Node, key: str) -> Iterator[Node]:
    """The map under a key, if it is one; a key that must be a map is reported where it is read."""
    if isinstance(node.data.get(key), Mapping):
        yield Node(node.data[key], node.file, node.notes, (*node.path, key))


def _map(node: Node, key: str) -> Mapping[Any, Any]:
    value = node.data.get(key)
    return value if isinstance(value, Mapping) else {}


_CHECKS: dict[type[Struct], Callable[[Node], None]] = {
    Description: _description,
    Ussd: _ussd,
    ScreenTemplate: _says,
    Reports: _reports,
    Match: _match,
    RejectionRule: _rejection,
    Login: _login,
}
