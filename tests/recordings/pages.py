"""Pages of the console as an admin sees them, byte for byte: all in English, those outside drafts in Urdu too.

Left out are what the machine says and not the code: tokens of forms, a new second factor, all numbers of the health
page; and the picture of the map, which Graphviz draws.
"""

from __future__ import annotations

import re

from tests.browser.addresses import draft_of, pages
from tests.gateway.console.conftest import arrive
from tests.recordings.product import Sunwai

NAME = "Amna Admin"
TOKEN = re.compile(r'(?:csrf_token" value|csrf-token" content)="[^"]+"')
SECOND = re.compile(r"<svg .*?</svg>|(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def record(app: Sunwai) -> dict[str, str]:
    """A file for each language."""
    draft = draft_of(app, NAME)
    visitor = arrive(app, "admin", NAME)
    found: dict[str, str] = {}
    for language in ("en", "ur"):
        assert visitor.post("/console/language", {"language": language}, proved=False).status_code < 400
        seen: list[str] = []
        for address in pages(app, draft):
            if language == "en" or "/drafts/" not in address:
                answer = visitor.get(address)
                leads = answer.headers.get("Location", "")
                seen.append(f"== {address} {answer.status} {leads}\n{told(address, answer.text)}")
        found[f"console_{language}.html"] = "\n".join(seen) + "\n"
    return found


def told(address: str, text: str) -> str:
    """A page without what differs from one machine or moment to the next."""
    text = TOKEN.sub('token="<token>"', text)
    if address.endswith("/second"):
        return SECOND.sub("<of the moment>", text)
    if "/health" in address:
        return NUMBER.sub("<number>", text)
    return re.sub(r"<svg .*?</svg>", "<drawn>", text, flags=re.DOTALL) if address.endswith("/map") else text
