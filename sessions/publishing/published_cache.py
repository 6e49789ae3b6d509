"""The published flows that answer calls, cached in memory. Hops parse no YAML and run no SQL for them."""

import datetime as dt
import threading
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from flows.engine.answer_kinds import prepare_answers
from flows.menu.model import Flow
from flows.text import languages
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Revision

_DECODER = msgspec.msgpack.Decoder(Flow)


class PublishedFlow(Struct, frozen=True):
    """A cached revision. Sessions are pinned to its `id`; people know its `number`.

    `service` are the words of the service without the flow's own code, which may be taken away.
    """

    id: int
    number: int
    flow: Flow
    since: dt.datetime
    service: dict[str, str] = {}


def with_own_code(service: dict[str, str], codes: Sequence[str]) -> dict[str, str]:
    """The words of a service with the code that people dial for this flow: as `line` if it has one, else as `ussd`.

    Of several `codes` the one that the service names. A flow that nobody dials keeps the words as they are.
    """
    dialled = sorted(code for code in codes if code.startswith("*"))
    word = "line" if "line" in service else "ussd"
    if not dialled or service.get(word) in dialled:
        return service
    return {**service, word: dialled[0]}


class PublishedFlowCache:
    """Live flows by the codes that people dial or text, and older revisions that calls in progress need.

    `service` has this installation's values for {ussd}, {sms} and {help}, which override the flow file.
    """

    def __init__(self, database: Database, service: dict[str, str] | None = None) -> None:
        self._database, self._service = database, service or {}
        self._marker = ""
        self._live: dict[str, PublishedFlow] = {}
        self._named: dict[str, PublishedFlow] = {}  # also those to which no code leads: calls go on in them
        self._codes: dict[str, tuple[str, ...]] = {}  # flow -> the codes that lead to it
        self._known: dict[int, PublishedFlow] = {}
        self._earlier: dict[int, list[int]] = {}  # revision -> those that calls may have begun on before it
        self._lock = threading.Lock()

    def for_code(self, code: str) -> PublishedFlow | None:
        """The live flow of a service code (`*8484#`) or short code (`8484`)."""
        return self._live.get(code)

    def own_code(self, dialled: str) -> tuple[str, str]:
        """The code of ours that was dialled, and the choices behind it: `*8484*1*2#` is `*8484#` and `1*2`.

        Some aggregators tell the whole string as the code. A code that leads nowhere is returned as it is.
        """
        bare = dialled.removesuffix("#")
        if dialled in self._live or not bare.startswith("*"):
            return dialled, ""
        while "*" in bare[1:] and f"{bare}#" not in self._live:
            bare = bare[: bare.rindex("*")]
        return (f"{bare}#", dialled.removesuffix("#")[len(bare) + 1 :]) if f"{bare}#" in self._live else (dialled, "")

    def codes_of(self, flow: str) -> tuple[str, ...]:
        """The codes that lead to a flow."""
        return self._codes.get(flow, ())

    def any(self) -> PublishedFlow | None:
        """Any live flow, which answers a caller whose code leads nowhere."""
        return next(iter(self._live.values()), None)

    def named(self, flow: str) -> PublishedFlow | None:
        """The live flow of this name, also if no code leads to it; any live flow if it has been taken away."""
        return self._named.get(flow) or self.any()

    def revision(self, revision_id: int) -> PublishedFlow | None:
        """A revision that a call began on; read from the database if it is not cached."""
        if revision_id not in self._known:
            with self._database.read.begin() as db:
                row = revisions.load(db, revision_id)
                if row is not None:
                    self._known[revision_id] = self._decoded(row)
        return self._known.get(revision_id)

    def pinned(self, revision_id: int, published: PublishedFlow) -> PublishedFlow:
        """The same, where it is nearly always that of `published`, which stands in for one that is gone."""
        return published if revision_id == published.id else self.revision(revision_id) or published

    def flow_of(self, revision_id: int) -> Flow | None:
        """The flow of a revision that a call began on."""
        found = self.revision(revision_id)
        return found.flow if found is not None else None

    def earlier(self, published: PublishedFlow, since: dt.datetime) -> list[PublishedFlow]:
        """The revisions of this flow before this one that were live since then: one, unless more were published."""
        if published.id not in self._earlier:
            with self._database.read.begin() as db:
                self._earlier[published.id] = revisions.earlier(db, published.flow.name, published.number, since)
        return [found for each in self._earlier[published.id] if (found := self.revision(each)) is not None]

    def refresh(self) -> bool:
        """Load flows that were published since the last call; True if there were any. Otherwise one small query."""
        with self._lock, self._database.read.begin() as db:
            marker = revisions.marker(db)
            if marker == self._marker:
                return False
            codes = [(code, row.flow) for code, row in revisions.live(db)]
            rows = revisions.live_flows(db)  # newer than the codes, where PostgreSQL saw a publication in between
            self._codes = {row.flow: tuple(code for code, flow in codes if flow == row.flow) for row in rows}
            self._known.update({each.id: self._with_code(each) for each in [*self._known.values()]})
            here = {row.id: self._known.get(row.id) or self._decoded(row) for row in rows}
            self._known.update(here)
            named = self._named = {row.flow: here[row.id] for row in rows}
            self._live, self._marker = {code: named[flow] for code, flow in codes if flow in named}, marker
            return True

    def _with_code(self, known: PublishedFlow) -> PublishedFlow:
        """A revision with the code that leads to its flow now; the same object as before if nothing changed."""
        service = with_own_code(known.service, self.codes_of(known.flow.name))
        if service == known.flow.service:
            return known
        return msgspec.structs.replace(known, flow=msgspec.structs.replace(known.flow, service=service))

    def _decoded(self, row: Revision) -> PublishedFlow:
        flow = _DECODER.decode(row.compiled)
        for tag in flow.languages:
            languages.months(tag)  # read from disk here, and from memory in a hop
        prepare_answers(flow)
        service = {**flow.service, **self._service}
        return self._with_code(PublishedFlow(row.id, row.number, flow, row.published_at, service))
