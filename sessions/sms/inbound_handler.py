"""Inbound SMS: each is stored first, then answered. One that was stored and not answered is found later."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from flows.understanding.text_model import PredictionMemory
from sessions.messages.inbound_types import Sms
from sessions.messages.sms_context import SmsEnvironment
from sessions.publishing.published_cache import PublishedFlow, PublishedFlowCache
from sessions.sms import expired_filings, inbound_transaction
from storage.connection.database import Database
from storage.schema.tables import Inbound


class SmsReceiver:
    """Takes SMS and answers them. One instance a process, shared by all its threads.

    `failed` is called with what went wrong with an SMS that is stored: its aggregator must not send it again. `own` are
    numbers texts are sent from: what seems to come from one of them is a loop.
    """

    def __init__(
        self,
        database: Database,
        flows: PublishedFlowCache,
        environment: SmsEnvironment,
        *,
        wake: Callable[[Sequence[int]], None],
        short_code: str,
        own: Collection[str] = (),
        failed: Callable[[Exception], object] = lambda error: None,  # noqa: ARG005
    ) -> None:
        self._database, self._flows, self._wake, self._failed = database, flows, wake, failed
        self._usual, self._short_code, self._own = environment, short_code, frozenset(own)

    def take(self, now: dt.datetime, sms: Sms) -> int | None:
        """Store an SMS and answer it; its id, or None where there is none to answer. Raises what kept it unstored."""
        stored = inbound_transaction.receive(self._database, now, sms, self._own)
        if stored is None:
            return None
        inbound_id = stored.id
        self.answer(now, inbound_id, sms.to, stored)
        return inbound_id

    def answer(self, now: dt.datetime, inbound_id: int, code: str, stored: Inbound | None = None) -> None:
        """Answer an SMS that is stored; `stored` is its row as it was just stored. Never raises: if it fails, the sweep
        tries again.
        """
        try:
            self._answer(now, inbound_id, code, stored)
        except Exception as error:  # noqa: BLE001
            self._failed(error)

    def left_over(self, now: dt.datetime) -> int:
        """Answer SMS that were stored and then left, and file what nobody answered; how many. None holds up another.

        What no database is to blame for would fail for ever: such an SMS is given to a person. Raises the last failure.
        """
        answered, failure = 0, None
        try:
            for inbound_id, code in inbound_transaction.receive_overdue_parts(self._database, now, self._own):
                self.answer(now, inbound_id, code)
        except SQLAlchemyError as error:
            failure = error
        for inbound_id, code in inbound_transaction.find_unhandled_sms(self._database, now):
            try:
                answered += self._answer(now, inbound_id, code)
            except SQLAlchemyError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - told below, after the others had their turn
                inbound_transaction.give_up(self._database, inbound_id)
                self._failed(error)
        if failure is not None:
            raise failure
        return answered + self._file_unanswered(now)

    def _file_unanswered(self, now: dt.datetime) -> int:
        """File complaints whose question was never answered; how many. One that fails is tried again in an hour."""
        usual = self._flows.for_code(self._short_code)
        if usual is None:
            return 0
        filed, failure = 0, None
        for question_id, contact_id in expired_filings.find_expired_filings(self._database, now):
            try:
                if owed := expired_filings.file_from_expired_question(
                    self._database, now, question_id, contact_id, usual, self._environment
                ):
                    self._wake(owed)
                    filed += 1
            except SQLAlchemyError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - it is still there, and the next one has its turn
                expired_filings.postpone_filing(self._database, now, question_id)
                self._failed(error)
        if failure is not None:
            raise failure
        return filed

    @property
    def _environment(self) -> SmsEnvironment:
        """For one SMS: with the model that is in use now, which reads the same words once."""
        usual = self._usual
        model = usual.model if usual.live_model is None else usual.live_model()
        return replace(usual, model=None if model is None else PredictionMemory(model))

    def published(self, code: str) -> PublishedFlow | None:
        """The flow that answers texts to a short code, or to the usual one."""
        return self._flows.for_code(code) or self._flows.for_code(self._short_code)

    def _answer(self, now: dt.datetime, inbound_id: int, code: str, stored: Inbound | None = None) -> bool:
        published = self.published(code)
        if published is None:
            return False
        if owed := inbound_transaction.handle(self._database, now, inbound_id, published, self._environment, stored):
            self._wake(owed)
        return True
