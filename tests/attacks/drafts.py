"""The draft of the shipped flow in which signed-in attackers work, and the files that they send to it."""

from __future__ import annotations

import csv
import io
import re
import secrets
from html import unescape

from tests.attacks.browser import Browser
from tests.attacks.world import World

FLOW = "/console/flows/complaints"


def start_draft(world: World) -> tuple[Browser, str]:
    """An operator, and the address of a new draft of theirs."""
    operator = world.signed_in("operator")
    operator.get(FLOW)
    status, _ = operator.post(f"{FLOW}/copy", {"as": "same", "anyway": "yes"})
    assert status == 303, f"no draft: {status}"
    return operator, operator.location


def lengthen_list(operator: Browser, draft: str, file: str, count: int) -> None:
    """Save a list of the draft with so many rows, which are copies of its own under other codes."""
    page = operator.get(f"{draft}/files/{file}")[1]
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert seen and text, page[:500]
    rows = list(csv.DictReader(io.StringIO(unescape(text[1]))))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    for at in range(count - len(rows)):
        writer.writerow({**rows[at % len(rows)], "code": f"new_{at}", "en": f"Place {at}", "aliases": "", "ur": ""})
    status, _ = operator.post(f"{draft}/files/{file}", {"seen": seen[1], "text": out.getvalue()})
    assert status == 303, f"the list was not saved: {status}"


def upload(browser: Browser, path: str, field: str, name: str, content: bytes) -> tuple[int, str]:
    """Send a file with the token of the last page, as a form of a browser does."""
    edge = secrets.token_hex(16)
    lines = [
        f"--{edge}", 'Content-Disposition: form-data; name="csrf_token"', "", browser.token,
        f"--{edge}", f'Content-Disposition: form-data; name="{field}"; filename="{name}"',
        "Content-Type: application/octet-stream", "", "",
    ]  # fmt: skip
    body = "\r\n".join(lines).encode() + content + f"\r\n--{edge}--\r\n".encode()
    return browser.request("POST", path, body, f"multipart/form-data; boundary={edge}")
