"""Hundreds of ways to smuggle a script into a page, as the cells of a list: each is text wherever it is shown."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted

CATEGORY = "lists/category.csv"
HANDLERS = ("onerror", "onload", "onfocus autofocus", "ontoggle open", "onmouseover", "onanimationstart", "onbegin")
TAGS = (
    "img src=x",
    "svg",
    "input",
    "details",
    "body",
    "style",
    "video",
    "iframe",
    "math",
    "marquee",
    "object",
    "a href=x",
)
CALLS = ("alert(1)", "alert`1`", "top[`al`+`ert`](1)")
BREAKS = ("", '"', "'", '">', "'>", "</title>", "</textarea>", "</script>", "-->", "</select>", "]]>", "\\u0022>")
PAYLOADS = sorted(
    {
        *(f"<{tag} {handler}={call}>" for tag in TAGS for handler in HANDLERS for call in CALLS),
        *(f"{before}<script>{call}</script>" for before in BREAKS for call in CALLS),
        *(f'{before} {handler}={call} x="' for before in BREAKS[1:3] for handler in HANDLERS for call in CALLS),
        *(f"{scheme}:{call}" for scheme in ("javascript", "JaVaScRiPt", "data:text/html,<script>") for call in CALLS),
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;img src=x onerror=alert(1)&#62;",
        "{{7*7}}<b>",
        "{% raw %}<b>",
    }
)


class Page(HTMLParser):
    """The text of a page, and everything in it that could run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.said += given.values()
        if tag in ("iframe", "object", "embed", "math", "marquee", "video", "style", "base"):
            self.runs.append(tag)
        if tag == "script" and not given.get("src", "").startswith("/console/static/"):
            self.runs.append(tag)
        self.runs += [name for name in given if name.startswith("on") or name in ("srcdoc", "style", "autofocus")]
        self.runs += [
            value
            for name, value in given.items()
            if name in ("href", "src", "action", "formaction")
            and value.lower().lstrip().startswith(("javascript", "data"))
        ]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def with_payloads(app: Sunwai) -> Draft:
    """A draft whose list of categories has a row for each."""
    draft = drafted(app)
    rows = list(csv.DictReader(io.StringIO(draft.files[CATEGORY])))
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(row)
    for at, payload in enumerate(PAYLOADS):
        writer.writerow(rows[0] | {"code": f"x{at:03}", "en": payload, "ur": payload})
    saved = draft_editing.save_draft(
        app.database, Edit("<b>Sara</b>", app.clock(), PAYLOADS[0]), draft, {**draft.files, CATEGORY: made.getvalue()}
    )
    assert isinstance(saved, Draft)
    return saved


def test_hundreds_of_payloads_stay_text_in_lists_files_and_findings(console: Sunwai, visit: Visit) -> None:
    assert len(PAYLOADS) >= 300
    draft, visitor = with_payloads(console), visit("publisher", "Sara")
    usual = Page()
    usual.feed(visitor.get(f"/console/drafts/{drafted(console).id}/lists/category").text)
    seen = ""
    pages = -(-(len(PAYLOADS) + 120) // 50)  # one too many shows the last again
    for path in (
        *(f"lists/category?page={number}" for number in range(1, pages + 1)),
        f"files/{CATEGORY}",
        "",
        "problems",
    ):
        answer = visitor.get(f"/console/drafts/{draft.id}/{path}".rstrip("/"))
        assert answer.status_code == 200, path
        page = Page()
        page.feed(answer.text)
        assert set(page.runs) <= set(usual.runs), path
        if path.startswith("lists"):
            seen += "\n".join(page.said)
    assert [each for each in PAYLOADS if each not in seen] == []
