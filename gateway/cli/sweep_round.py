"""One round of the sweep with everything that it looks after; each step fails alone and is counted by its name."""

from collections.abc import Callable
from pathlib import Path

from flows.menu.model import Flow
from gateway.cli.sweep_alarm_log import AlarmLog
from gateway.delivery.redis_restore_mark import RedisMarks
from gateway.endpoints.application import Sunwai
from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from gateway.monitoring.counters import COUNTERS
from gateway.monitoring.logs import fault, log
from gateway.terminal.live_flows import live_flows
from sessions.cases.access import pin_resets
from sessions.cases.core import phone_holder
from sessions.counts import case_counts
from sessions.drafts import scheduled_publishing
from sessions.offices import case_reassignment
from sessions.operations import case_clock_sweep, quarantine_review, screen_counts, sweep
from sessions.operations.case_clock_sweep import ClockSweepCounts
from sessions.operations.reveal_notice import RevealNotices
from sessions.operations.sweep import SweepCounts
from sessions.operations.sweep_steps import SweepSteps
from sessions.operations.unfinished_calls import UnfinishedCallNotes, UnfinishedCallTexts
from sessions.retention.citizen_erasure import replay_journal
from sessions.retention.erasure_journal import ErasureJournal
from sessions.retention.months_ahead import MonthsAhead
from sessions.retention.retention_plan import load_retention
from sessions.retention.retention_sweep import RetentionSweep
from sessions.transparency import case_code_texts
from sessions.transparency.log_publication import LogPublication, LogSettings
from sessions.transparency.witness_round import Witness, WitnessRound
from storage.transparency.cosignature import parse_witness_key
from storage.transparency.signed_note import parse_signing_key

WITNESS_SECONDS = (1.0, 2.0)  # to connect, and to answer: everything else of a round waits meanwhile


class SweepRound:
    """The rounds of one process. Once `stopping` is true, no step of a round begins."""

    def __init__(self, app: Sunwai, stopping: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self.failed: list[str] = []  # the steps that failed in the last round
        self.more = False  # it did so much that there is more to do: the next one begins at once
        self._steps = SweepSteps(app.database, app.clock, self._note_failure, stopping)
        self._marks = RedisMarks(app.settings.redis_url)
        self._alarms = AlarmLog(app.database, app.settings.texts_per_hour, policy=app.policy)
        self._counted = screen_counts.ScreenCountCollector(
            app.database, screen_counts.RedisScreenCounts(app.settings.redis_url), app.clock
        )
        self._unfinished = UnfinishedCallTexts(
            UnfinishedCallNotes(app.settings.redis_url, app.session_keys),
            app.database,
            app.shelf,
            app.policy,
            app.wake,
        )

        self._reveals = RevealNotices(app.database, live_flows, app.policy)
        self._log = transparency_log(app)
        self._witnesses = witness_round(app)
        self._replayed = False  # the journal of erasures
        self._months = MonthsAhead(app.database)
        self._retention = RetentionSweep(app.database, load_retention(app.settings.retention), app.policy)

    def run(self) -> tuple[ClockSweepCounts, SweepCounts]:
        """Every step once, and what came of it. Never raises."""
        self.failed.clear()
        app, run = self._app, self._steps.run
        if not self._replayed:  # before anything is sent to whom a backup brought back
            run("erasures", self._replay, None)
        run("published_flows", app.shelf.refresh, False)
        run("scheduled_drafts", self._publish_due, None)
        run("unfinished_calls", lambda: self._unfinished.look(app.clock()), None)
        ticked = run("case_clocks", self._clocks, ClockSweepCounts())  # first: its messages are offered in this round
        parts = run("reassignments", self._reassign, 0)  # its texts too
        self.more = ticked.made + ticked.wound >= case_clock_sweep.BATCH or parts >= case_reassignment.BATCHES
        swept = sweep.sweep(
            app.database,
            app.clock(),
            app.wake,
            answer_left_over=app.texting.left_over,
            marks=self._marks,
            run=run,
        )
        run("case_counts", lambda: case_counts.add_changes(app.database), 0)
        run("forgotten_pins", self._remove_pins, None)
        run("silent_phones", lambda: phone_holder.lose_silent_numbers(app.database, app.clock(), app.policy), 0)
        run("settled_requests", self._empty_settled, 0)
        if swept.restored:
            run("erasures", self._replay, None)
        run("months", lambda: self._months.look(app.clock()), 0)
        run("retention", lambda: self._retention.look(app.clock()), 0)
        if (signed := self._log) is not None:
            run("transparency_log", lambda: signed.extend(app.clock()), 0)
            run("witnesses", self._ask_witnesses, None)
            run("case_codes", self._text_codes, None)
        run("reveal_notice", self._tell_reveals, None)
        run("alarms", self._alarms.look, None)
        run("screen_counts", self._counted.look, None)
        return ticked, swept

    def _clocks(self) -> ClockSweepCounts:
        app = self._app
        ticked = case_clock_sweep.sweep_case_clocks(app.database, app.clock(), self._texts_of, policy=app.policy)
        if ticked.refused:
            log().warning("clock_put_off", count=ticked.refused)
        if ticked.singly:
            log().warning("clock_batch_failed", count=ticked.singly)
        return ticked

    def _replay(self) -> None:
        """Erase again what a backup brought back: when the process starts, and when a restore is noticed."""
        app = self._app
        if app.settings.erasure_journal:
            done = replay_journal(app.database, ErasureJournal(app.settings.erasure_journal), app.clock())
            if done:
                log().warning("erased_again", count=done)
        self._replayed = True

    def _empty_settled(self) -> int:
        app = self._app
        return quarantine_review.empty_settled_requests(app.database, app.clock(), app.settings.unreadable_days)

    def _remove_pins(self) -> None:
        app = self._app
        if owed := pin_resets.remove_due_pins(app.database, app.clock(), self._texts_of):
            app.wake(owed)

    def _reassign(self) -> int:
        app = self._app
        return case_reassignment.sweep_reassignments(app.database, app.clock(), live_flows, policy=app.policy)

    def _tell_reveals(self) -> None:
        if owed := self._reveals.look(self._app.clock()):
            self._app.wake(owed)

    def _ask_witnesses(self) -> None:
        if self._witnesses is not None:
            self._witnesses.look(self._app.clock())

    def _text_codes(self) -> None:
        app = self._app
        owed = case_code_texts.text_case_codes(app.database, app.clock(), self._texts_of, app.policy).owed
        if owed:
            app.wake(owed)

    def _texts_of(self, flow: str) -> Flow | None:
        published = self._app.shelf.named(flow)
        return published.flow if published else None

    def _publish_due(self) -> None:
        app = self._app
        kept = scheduled_publishing.publish_due_drafts(
            app.database, app.clock(), two_people=app.settings.two_people, policy=app.policy
        )
        if kept.published:
            log().info("published_as_arranged", count=kept.published)
        if kept.refused:
            log().warning("not_published_as_arranged", count=kept.refused)

    def _note_failure(self, step: str, error: Exception) -> None:
        self.failed.append(step)
        COUNTERS.step_failed(step)
        log().error("sweep_step_failed", problem=step, **fault(error))


def transparency_log(app: Sunwai) -> LogPublication | None:
    """The log that the settings name, None if they name none."""
    return LogPublication(app.database, _log_settings(app)) if app.settings.transparency_folder else None


def witness_round(app: Sunwai) -> WitnessRound | None:
    """Those who also sign the log, None if the settings name none."""
    if not app.settings.transparency_folder or not app.settings.transparency_witnesses:
        return None
    wire = HttpClient(ca_file=app.settings.ca_file)

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        try:
            answer = wire.request("POST", address, data=body, timeout=WITNESS_SECONDS)
        except (UnsentRequestError, LostAnswerError) as error:
            raise OSError(str(error)) from None
        return answer.status, answer.body

    named = [Witness(parse_witness_key(key), address) for key, address in app.settings.transparency_witnesses]
    return WitnessRound(_log_settings(app), named, app.settings.transparency_quorum, post)


def _log_settings(app: Sunwai) -> LogSettings:
    key = parse_signing_key(Path(app.settings.transparency_key_file).read_text(encoding="utf-8"))
    return LogSettings(Path(app.settings.transparency_folder), key)
