"""A gateway's description, read from its YAML file and checked: one line for each mistake, and nothing taken on trust.

A description is data. Its templates know `{name}` of a closed set and nothing else, so that a file from elsewhere can
be read through in a minute, and can do nothing but fill in forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flows.menu.diagnostics import by_place
from flows.parsing.yaml_document import Node, Notes, load
from gateway.aggregators.descriptions.loader_fields import (
    bare,
    match,
    need,
    one_of,
    plain,
    report_unknown_keys,
    templates,
)
from gateway.aggregators.descriptions.loader_outbound import read_send
from gateway.aggregators.descriptions.schema import Description, Reports, ScreenTemplate, SmsIn, Ussd, scalar_text

REQUESTS = ("form", "json", "query", "form_or_query")
OURS = ("sent", "buffered", "delivered", "failed", "expired", "rejected")
SCREENS = ("text", "json", "xml")
ECHOES = frozenset({"message", "session", "phone", "code", "turn"})
_SETTING = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_RESERVED = frozenset({"to", "message", "token", "coding", "report_url"})


class BadDescription(Exception):
    """A description that cannot be used; the message has a line for each mistake."""


def parse_description(text: str, name: str, file: str) -> Description:
    """The gateway `name` from the text of its file. Raises BadDescription."""
    notes = Notes()
    data = load(text, file, notes)
    found: Description | None = None
    if not notes.problems:
        if isinstance(data, Mapping):
            found = _description(Node(data, file, notes), name)  # type: ignore[arg-type]  # ruamel's map
        else:
            notes.add("F000", (file, 1), "a description is a map of `name: value`")
    if found is None or notes.problems:
        problems = by_place(notes.problems)
        raise BadDescription(
            "\n".join(f"{p.file}:{p.line}: {p.message}{f' ({p.hint})' if p.hint else ''}" for p in problems)
        )
    return found


def _description(node: Node, name: str) -> Description:
    settings, optional = _settings(node), frozenset(plain(node, "optional"))
    for each in sorted(optional - settings.keys()):
        node.problem("F001", "optional", f"{each} is not one of settings")
    code = node.word("calling_code") or ""
    if code and not re.fullmatch(r"[1-9][0-9]{0,2}", code):
        node.problem("F001", "calling_code", "calling_code is a number such as 92, without a plus sign")
    found = Description(
        name=name,
        about=need(node, "about"),
        settings=settings,
        optional=optional,
        calling_code=code,
        ussd=_ussd(inside) if (inside := node.map("ussd")) else None,
        sms_in=_sms_in(inside) if (inside := node.map("sms_in")) else None,
        reports=_reports(inside) if (inside := node.map("reports")) else None,
        send=read_send(inside, frozenset(settings)) if (inside := node.map("send")) else None,
    )
    if not (found.ussd or found.sms_in or found.reports or found.send):
        node.problem("F001", None, "nothing is described: ussd, sms_in, reports or send is missing")
    report_unknown_keys(node, {"about", "settings", "optional", "calling_code", "ussd", "sms_in", "reports", "send"})
    return found


def _settings(node: Node) -> dict[str, str]:
    """The gateway's own settings, each with what it is."""
    inside = node.map("settings")
    found: dict[str, str] = {}
    for key in list(inside.data) if inside else ():
        assert inside is not None  # noqa: S101
        name = str(key)
        if not _SETTING.fullmatch(name) or name in _RESERVED:
            inside.problem("F001", key, f"{name} cannot be the name of a setting: small letters, digits and _")
        found[name] = inside.word(key) or ""
        if not found[name]:
            inside.problem("F001", key, f"say what {name} is")
    return found


def _ussd(node: Node) -> Ussd:
    carries = one_of(node, "carries", ("everything", "last"))
    also = (
        {str(key): scalar_text(value) for key, value in (node.take("also") or {}).items()}
        if _is_map(node, "also")
        else {}
    )
    ussd = Ussd(
        request=one_of(node, "request", REQUESTS),
        session=need(node, "session"),
        phone=need(node, "phone"),
        input=need(node, "input"),
        everything=carries == "everything",
        screen=_screen(node, also),
        code=node.word("code") or "",
        with_code=node.flag("input_has_code", default=False),
        network=node.word("network") or "",
        new=match(node, "new"),
        turn=node.word("turn") or "",
        ended=match(node, "ended"),
        also=also,
    )
    if carries == "last" and ussd.new is None:
        node.problem("F001", "carries", "say by `new` how a first hop is known: with the last entry alone it cannot be")
    known = {"request", "session", "phone", "input", "carries", "answer", "code", "input_has_code", "network"}
    report_unknown_keys(node, known | {"new", "turn", "ended", "also"})
    return ussd


def _screen(node: Node, also: Mapping[str, str]) -> ScreenTemplate:
    """`answer:` of a USSD door: `text`, `json` or `xml`, one template for both or one each for going on and the end."""
    inside = node.map("answer")
    if inside is None:
        if "answer" not in node.data:
            node.problem("F001", None, "answer is missing: how a screen is sent back")
        return ScreenTemplate("text", "", "")
    says = _says(inside)
    kinds = [kind for kind in SCREENS if kind in inside.data]
    if len(kinds) != 1:
        inside.problem("F001", None, f"answer has one of {', '.join(SCREENS)}")
        return ScreenTemplate("text", "", "")
    kind = kinds[0]
    value = inside.take(kind)
    both = isinstance(value, Mapping) and set(value) == {"going", "over"}
    going, over = (value["going"], value["over"]) if both else (value, value)
    names = ECHOES | says.keys() | also.keys()
    for each in (going, over):
        templates(inside, kind, each, names, must="message")
    if kind != "json" and not (isinstance(going, str) and isinstance(over, str)):
        inside.problem("F001", kind, f"{kind} takes a text, or going and over with a text each")
    if not both and not says:
        inside.problem(
            "F001", kind, "nothing tells a screen that goes on from the last one: use says, or going and over"
        )
    headers = inside.take("headers") or {}
    templates(inside, "headers", headers, says.keys())
    report_unknown_keys(inside, {*SCREENS, "says", "headers"})
    return ScreenTemplate(kind, bare(going), bare(over), says, {str(key): str(value) for key, value in headers.items()})


def _says(node: Node) -> dict[str, tuple[Any, Any]]:
    """Variables with a value for a screen that goes on and one for the last."""
    found = {}
    inside = node.map("says")
    for name, each in inside.maps() if inside else ():
        found[name] = (bare(each.take("going")), bare(each.take("over")))
        if set(each.data) != {"going", "over"}:
            each.problem("F001", None, f"{name} needs going and over, and nothing else")
        if name in ECHOES or not _SETTING.fullmatch(name):
            each.problem("F001", None, f"{name} cannot be the name of a variable here")
    return found


def _sms_in(node: Node) -> SmsIn:
    found = SmsIn(
        request=one_of(node, "request", REQUESTS),
        sender=need(node, "from"),
        text=need(node, "text"),
        to=node.word("to") or "",
        id=node.word("id") or "",
        time=node.word("time") or "",
        many=node.word("many") or "",
        answer=_answer(node),
    )
    report_unknown_keys(node, {"request", "from", "text", "to", "id", "time", "many", "answer"})
    return found


def _reports(node: Node) -> Reports:
    words: dict[str, str] = {}
    inside = node.map("words")
    for key in list(inside.data) if inside else ():
        assert inside is not None  # noqa: S101
        for word in plain(inside, key):
            words[word.casefold()] = str(key)
        if str(key) not in OURS:
            inside.problem("F001", key, f"{key} is no state of ours: {', '.join(OURS)}")
    found = Reports(
        request=one_of(node, "request", REQUESTS),
        id=need(node, "id"),
        status=need(node, "status"),
        words=words,
        phone=node.word("phone") or "",
        reason=node.word("reason") or "",
        many=node.word("many") or "",
        answer=_answer(node),
    )
    report_unknown_keys(node, {"request", "id", "status", "words", "phone", "reason", "many", "answer"})
    return found


def _answer(node: Node) -> str:
    given = node.word("answer")
    return "ok\n" if given is None else given


def _is_map(node: Node, key: str) -> bool:
    value = node.take(key)
    if value is not None and not isinstance(value, Mapping):
        node.problem("F001", key, f"{key} takes a map of `name: value`")
    return isinstance(value, Mapping)
