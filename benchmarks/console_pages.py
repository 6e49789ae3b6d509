"""What each main page of the console costs: `python -m benchmarks.console_pages`, as a table in Markdown.

Three drafts: the shipped flow with one screen changed, one to whose list of districts 10,000 rows were added, and one
in which each of 10,000 rows that are live was reworded. Two figures of CPU time for each page: of the first request
straight after a save of another screen (in a process that has shown the page before, with an empty garbage collector),
and of the next ones, the best of three. It is the time of the whole process: the other end of its connections costs
next to nothing.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gc
import io
import itertools
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec
from msgspec import Struct
from werkzeug.test import TestResponse

from flows.parsing.flow import parse_flow
from gateway.app import create_app
from gateway.development.processes.prepare_database import prepare
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import digest_of, flow_of
from storage.menus import call_steps, revisions, screen_counts
from storage.migrations.runner import migrate
from storage.schema.tables import Draft
from tests.gateway.console.conftest import KEY, Visitor, arrive
from tests.gateway.console.formfields import fields
from tests.gateway.outside import settings
from tests.keys import open_database
from tests.servers import Valkey, quick_folder

DAYS, CALLS, NETWORKS = 60, 3_000, ("41001", "41003", "41004", "41006")  # what is counted, and the paths of calls
PATH = (
    ("language", ""),
    ("menu", "3"),
    ("group", "1"),
    ("leaf", "2"),
    ("place", "1"),
    ("details", "~"),
    ("confirm", "1"),
)
LIST, ROWS, WARM = "lists/district.csv", 10_000, 3
MAIN, SCREEN, WORDS = "complaints.yaml", "menu", "en: "
DRAFT_PAGES = {
    "overview": "", "problems": "/problems", "publish": "/publish", "lists": "/lists",
    "list": "/lists/district", "list, page 100": "/lists/district?page=100",
    "list, search": "/lists/district?search=place+99", "upload of a list": "/lists/district/file",
    "translations": "/words", "missing translations": "/words?show=missing", "screens": "/screens",
    "editor": f"/screens/{SCREEN}", "map": "/map", "phone": "/phone", "keywords": "/keywords", "files": "/files",
    "file of the list": f"/files/{LIST}", "file of the flow": f"/files/{MAIN}",
}  # fmt: skip
OTHER_PAGES = {
    "home": "/console/", "flow": "/console/flows/complaints", "revisions": "/console/flows/complaints/revisions",
    "revision 1": "/console/flows/complaints/revisions/1", "map of the live flow": "/console/flows/complaints/map",
    "what callers do": "/console/flows/complaints/funnel?period=30",
    "a screen of what callers do": "/console/flows/complaints/funnel/leaf", "health": "/console/health",
    "audit": "/console/audit", "people": "/console/people", "codes": "/console/flows/complaints/codes",
}  # fmt: skip

Request = Callable[[], TestResponse]


class Page(Struct, frozen=True):
    """What a page costs: milliseconds of CPU straight after a save, and warm, and its bytes."""

    name: str
    after_save: float
    warm: float
    size: int


def long_list(text: str, prefix: str) -> str:
    """A list of ROWS rows: its own, and copies of them with other codes and words in every language."""
    rows = list(csv.DictReader(io.StringIO(text)))
    copies = [
        {**rows[at % len(rows)], "code": f"new_{at}", "aliases": ""}
        | dict.fromkeys(("en", "ur-Latn"), f"{prefix} {at}")
        | {"ur": f"جگہ {at}" if prefix == "Place" else f"شہر {at}"}
        for at in range(ROWS - len(rows))
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, *copies])
    return out.getvalue()


@contextmanager
def console() -> Iterator[Sunwai]:
    """The application with the shipped flows published, over servers of its own."""
    folder = quick_folder("sunwai-pages-")
    valkey = Valkey(folder)
    usual = settings(f"sqlite:///{folder}/sunwai.db", valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional")
    database = open_database(f"sqlite:///{folder}/sunwai.db")
    migrate(database)
    assert prepare(database, usual, dt.datetime.now(dt.UTC)) == ""
    database.close()
    app = create_app(usual)
    app.shelf.refresh()
    try:
        yield app
    finally:
        app.close()
        valkey.stop()
        shutil.rmtree(folder)


def start_draft(app: Sunwai, changed: Mapping[str, str]) -> Draft:
    """A draft of the live flow with other texts of some files."""
    live = revision_history.find_revision(app.database, "complaints")
    assert live is not None
    new = NewDraft("complaints", live.number, MAIN, {**live.source, **changed})
    return draft_editing.start_draft(app.database, Edit("A colleague", app.clock()), new)


def publish_long_list(app: Sunwai) -> None:
    """Make a revision live whose list has ROWS rows."""
    live = revision_history.find_revision(app.database, "complaints")
    assert live is not None
    files = {**live.source, LIST: long_list(live.source[LIST], "Place")}
    with app.database.write.begin() as db:  # it is not checked: nobody would offer so many rows on one screen
        revisions.publish(
            db, flow="complaints", digest=digest_of(files, MAIN), source=files,
            compiled=msgspec.msgpack.encode(parse_flow(files, MAIN).flow), author="A colleague",
            message="a long list", now=app.clock(), base=live.number,
        )  # fmt: skip


def count_calls(app: Sunwai) -> None:
    """Counts of DAYS days for every screen, language and network, and the paths of recent calls."""
    live = revision_history.find_revision(app.database, "complaints")
    assert live is not None
    flow = flow_of(live)
    assert flow is not None
    today = app.clock().date()
    days = [today - dt.timedelta(days=at) for at in range(DAYS)]
    keys = itertools.product(days, ["complaints"], flow.screens, flow.languages, NETWORKS)
    counts = {"saw": 40, "answered": 30, "mistyped": 2, "ended": 1, "timed_out": 1}
    way = list(enumerate(PATH))
    with app.database.write.begin() as db:
        screen_counts.add(db, dict.fromkeys(keys, counts))
        for call in range(CALLS):
            steps = [
                (f"{call:012}", n, today, "complaints", name, live.id, "en", 5 * n, key, "aS") for n, (name, key) in way
            ]
            call_steps.add(db, steps)


def cpu(act: Request) -> tuple[float, TestResponse]:
    """Milliseconds of CPU time of the process, and the answer."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        answer = act()
        return 1000 * (time.process_time() - start), answer
    finally:
        gc.enable()


class Bench:
    """One person at the console, and a colleague who saves a screen before each first request."""

    def __init__(self, app: Sunwai, only: str) -> None:
        self.app, self.only, self.visitor, self._saves = app, only, arrive(app, "admin"), itertools.count(1)

    def save(self, draft: Draft) -> None:
        """Another word on a screen, as a colleague saves it."""

        def made(there: Draft) -> Mapping[str, str]:
            head, mark, rest = there.files[MAIN].partition(f"  {SCREEN}:\n")
            start, words, end = rest.partition(WORDS)
            return {**there.files, MAIN: f"{head}{mark}{start}{words}{next(self._saves)} {end}"}

        done = draft_editing.change_draft(self.app.database, Edit("A colleague", self.app.clock()), draft.id, made)
        assert isinstance(done, Draft)

    def measure(self, name: str, draft: Draft, act: Callable[[], Request]) -> Iterator[Page]:
        """A page's figures; `act` prepares a request, which is not measured."""
        if self.only not in name:
            return
        print(f"{name} …", file=sys.stderr, flush=True)
        act()()
        first = act()
        self.save(draft)
        after_save, answer = cpu(first)
        assert answer.status_code == 200, (name, answer.status_code)
        warm = min(cpu(act())[0] for _ in range(WARM))
        yield Page(name, after_save, warm, len(answer.data))

    def pages_of(self, draft: Draft) -> Iterator[Page]:
        """Every page of a draft, and the two that are sent: the redraw of the editor, and the look at a file."""
        here, visitor = f"/console/drafts/{draft.id}", self.visitor
        visitor.csrf()
        for name, path in DRAFT_PAGES.items():
            yield from self.measure(name, draft, lambda path=path: lambda: visitor.get(here + path))  # type: ignore[misc]
        yield from self.measure("redraw while typing", draft, lambda: self._redraw(visitor, here))
        yield from self.measure("look at a CSV file", draft, lambda: self._look(visitor, draft))

    def _redraw(self, visitor: Visitor, here: str) -> Request:
        sent = fields(visitor.get(f"{here}/screens/{SCREEN}").text, "editor-form")
        sent |= {"words.ask.en": sent["words.ask.en"] + f" {next(self._saves)}", "side": "form"}
        sent["csrf_token"] = visitor.csrf()
        address = f"{here}/screens/{SCREEN}/redraw"
        return lambda: visitor.client.post(address, data=sent, base_url="https://localhost")

    def _look(self, visitor: Visitor, draft: Draft) -> Request:
        text = long_list(draft.files[LIST].split("new_0")[0].rpartition("\n")[0] + "\n", f"Town{next(self._saves)}")
        token, address = visitor.csrf(), f"/console/drafts/{draft.id}/lists/district/file"

        def send() -> TestResponse:
            sent = {"list": (io.BytesIO(text.encode()), "district.csv"), "csrf_token": token}
            kind = "multipart/form-data"
            return visitor.client.post(address, data=sent, base_url="https://localhost", content_type=kind)

        return send

    def other_pages(self, draft: Draft) -> Iterator[Page]:
        """The pages that are of no draft; each open draft is counted on some of them."""
        for name, path in OTHER_PAGES.items():
            yield from self.measure(name, draft, lambda path=path: lambda: self.visitor.get(path))  # type: ignore[misc]


def table(title: str, pages: Iterator[Page]) -> None:
    """Print the pages as they are measured."""
    print(f"\n### {title}\n\n| page | CPU after a save, ms | CPU warm, ms | kB |\n| --- | ---: | ---: | ---: |")
    for each in pages:
        print(f"| {each.name} | {each.after_save:.0f} | {each.warm:.0f} | {each.size / 1000:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name has this")
    parser.add_argument("--drafts", default="shipped,added,changed", help="which of the three drafts")
    asked = parser.parse_args()
    with console() as app:
        bench, wanted = Bench(app, asked.only), asked.drafts.split(",")
        live = revision_history.find_revision(app.database, "complaints")
        assert live is not None
        count_calls(app)
        if "shipped" in wanted:
            draft = start_draft(app, {})
            table("The shipped flow", bench.pages_of(draft))
            table("Other pages, with this draft", bench.other_pages(draft))
        if "added" in wanted:
            draft = start_draft(app, {LIST: long_list(live.source[LIST], "Place")})
            table(f"{ROWS} rows, nearly all added", bench.pages_of(draft))
        if "changed" in wanted:
            publish_long_list(app)
            draft = start_draft(app, {LIST: long_list(live.source[LIST], "Town")})
            table(f"{ROWS} rows, nearly all reworded", bench.pages_of(draft))
            table("Other pages, with this draft", bench.other_pages(draft))


if __name__ == "__main__":
    main()
