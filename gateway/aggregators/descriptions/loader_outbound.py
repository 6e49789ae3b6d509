"""The part of a description that says how texts are sent; see loader.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flows.parsing.yaml_document import Node
from gateway.aggregators.descriptions.loader_fields import (
    bare,
    match,
    need,
    one_of,
    report_unknown_keys,
    templates,
    test,
)
from gateway.aggregators.descriptions.schema import Login, Match, RejectionRule, RequestTemplate, Send

ANSWERS = ("json", "xml", "text", "form")
MEANINGS = ("number", "account", "later", "login")
KNOWN = frozenset({"to", "message", "token", "coding", "report_url"})
_CALL = {"method", "url", "in_clear", "answer", "headers", "params", "form", "json", "basic"}
_WHY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}", re.ASCII)


def read_send(node: Node, settings: frozenset[str]) -> Send:
    """How a text is sent, and what the answers mean."""
    login = _login(inside, settings) if (inside := node.map("login")) else None
    codings = _codings(node)
    names = settings | KNOWN - ({"token"} if login is None else set()) - ({"coding"} if codings is None else set())
    call = _call(node, names, must=("to", "message"))
    send = Send(
        call=call,
        sent=_must_match(node, "sent"),
        numbers=one_of(node, "numbers", ("plus", "bare"), "bare"),
        id=node.word("id") or "",
        parts=node.word("parts") or "",
        cost=node.word("cost") or "",
        refused=_refused(node),
        otherwise=one_of(node, "otherwise", ("unknown", "refused"), "unknown"),
        codings=codings,
        login=login,
    )
    if login is None and any(each.means == "login" for each in send.refused):
        node.problem("F001", "refused", "means: login, but there is no login")
    known = {"login", "sent", "numbers", "id", "parts", "cost", "refused", "otherwise", "codings"}
    report_unknown_keys(node, _CALL | known)
    return send


def _login(node: Node, settings: frozenset[str]) -> Login:
    minutes = node.word("minutes") or ""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", minutes, re.ASCII):
        node.problem(
            "F001", "minutes" if "minutes" in node.data else None, "minutes says how long a token holds, e.g. 25"
        )
        minutes = "1"
    login = Login(_call(node, settings), _must_match(node, "ok"), need(node, "token"), int(minutes))
    report_unknown_keys(node, _CALL | {"ok", "token", "minutes"})
    return login


def _call(node: Node, names: frozenset[str], must: tuple[str, ...] = ()) -> RequestTemplate:
    """A request and the kind of its answer."""
    url = need(node, "url")
    _check_url(node, url, in_clear=node.flag("in_clear", default=False))
    method = one_of(node, "method", ("GET", "POST"))
    parts = {key: node.take(key) for key in ("headers", "params", "form", "json")}
    for key, value in parts.items():
        if value is not None and not isinstance(value, Mapping):
            node.problem("F001", key, f"{key} takes a map of `name: value`")
            parts[key] = None
        elif value is not None:
            templates(node, key, value, names)
    if parts["form"] and parts["json"]:
        node.problem("F001", "json", "a request has a form or json, not both")
    if method == "GET" and (parts["form"] or parts["json"]):
        node.problem("F001", "method", "a GET has params only")
    templates(node, "url", url, names - KNOWN)
    whole = repr([parts["params"], parts["form"], parts["json"]])
    for name in must:
        if f"{{{name}}}" not in whole:
            node.problem("F001", None, f"{{{name}}} stands nowhere in params, form or json")
    user, password = _basic(node, names)
    return RequestTemplate(
        method=method,
        url=url,
        answer=one_of(node, "answer", ANSWERS),
        headers=_words(parts["headers"]),
        params=_words(parts["params"]),
        form=_words(parts["form"]),
        json=None if parts["json"] is None else bare(parts["json"]),
        user=user,
        password=password,
    )


def _check_url(node: Node, url: str, *, in_clear: bool) -> None:
    parts = urlsplit(url)
    if not url:
        return
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username or parts.query or parts.fragment:
        node.problem("F001", "url", "url is a plain https:// address; what stands behind ? belongs into params")
    elif parts.scheme == "http" and not in_clear and parts.hostname not in ("127.0.0.1", "localhost"):
        node.problem(
            "F001", "url", "http:// lets everybody on the way read passwords and texts: write in_clear: yes to accept"
        )


def _basic(node: Node, names: frozenset[str]) -> tuple[str, str]:
    inside = node.map("basic")
    if inside is None:
        return "", ""
    user, password = need(inside, "user"), need(inside, "password")
    templates(inside, "user", [user, password], names)
    report_unknown_keys(inside, {"user", "password"})
    return user, password


def _codings(node: Node) -> tuple[str, str] | None:
    inside = node.map("codings")
    if inside is None:
        return None
    found = need(inside, "gsm"), need(inside, "ucs2")
    report_unknown_keys(inside, {"gsm", "ucs2"})
    return found


def _must_match(node: Node, key: str) -> Match:
    found = match(node, key)
    if found is None and key not in node.data:
        node.problem("F001", None, f"{key} is missing: by what an answer is known that says yes")
    return found or Match("", "is", ())


def _refused(node: Node) -> tuple[RejectionRule, ...]:
    """Tests in their order, each with what it means."""
    value = node.take("refused")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        node.problem("F001", "refused", "refused takes a list of `{field: …, is: …, means: …}`")
        return ()
    found: list[RejectionRule] = []
    for each in value:
        inside = Node(each, node.file, node.notes, (*node.path, "refused", str(len(found))))
        means = one_of(inside, "means", MEANINGS)
        why = inside.word("why") or f"refused_{means}"
        if not _WHY.fullmatch(why):
            inside.problem("F001", "why", "why is one word for the log: letters, digits and _")
        found.append(RejectionRule(test(inside, "means", "why"), means, why))
    return tuple(found)


def _words(value: Any) -> dict[str, str]:
    return {str(key): str(each) for key, each in (value or {}).items()}
