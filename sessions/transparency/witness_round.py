"""Asks witnesses to sign the newest checkpoint, and puts what they sign beneath it.

A witness signs one history of a log only. None is needed to go on: what one does not answer is asked for again with a
later checkpoint, and the log was signed and published before anybody was asked.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from sessions.transparency.log_publication import LogSettings, hold_folder
from storage.transparency import merkle_tree
from storage.transparency.cosignature import (
    WitnessKey,
    checkpoint_request,
    cosignature_in,
    has_cosigned,
    size_in_conflict,
)
from storage.transparency.signed_note import Checkpoint, NoteError, parse_checkpoint
from storage.transparency.tile_files import TileFiles

AGAIN = dt.timedelta(minutes=1)  # after which a witness is asked once more
MOST_WITNESSES = 8
LONGEST_PROOF = 63  # hashes that a witness takes

Post = Callable[[str, bytes], tuple[int, bytes]]  # an address and a body -> the status and the body; raises OSError


class Witness(Struct, frozen=True):
    """Somebody else who signs: the key, and the address to which `/add-checkpoint` is appended."""

    key: WitnessKey
    address: str


class QuorumError(Exception):
    """Fewer witnesses than wanted have signed the newest checkpoint."""


class WitnessRound:
    """The rounds of one process. What each witness saw last is asked of it, and remembered until the process ends."""

    def __init__(self, settings: LogSettings, witnesses: Sequence[Witness], quorum: int, post: Post) -> None:
        self._settings, self._witnesses, self._quorum, self._post = settings, witnesses, quorum, post
        self._files = TileFiles(settings.folder)
        self._seen: dict[str, int] = {}  # address -> the size that its witness signed last
        self._asked: dict[str, dt.datetime] = {}

    def look(self, now: dt.datetime) -> int:
        """Ask those who have not signed the newest checkpoint; returns how many entries enough of them have signed.

        Outside any transaction, all at once, and each once a minute. Raises QuorumError, which says why they did not.
        """
        note = self._files.checkpoint()
        if not note:
            return 0
        checkpoint = parse_checkpoint(note, [self._settings.key.verify_key])
        missing = [each for each in self._witnesses if not has_cosigned(note, each.key)]
        due = [each for each in missing if now - self._asked.get(each.address, now - AGAIN) >= AGAIN]
        if due:
            self._asked |= {each.address: now for each in due}
            with ThreadPoolExecutor(max_workers=len(due)) as pool:
                answers = list(pool.map(lambda each: self._ask(each, checkpoint, note), due))
            lines = [line for line, _ in answers if line]
            if lines and self._append(note, lines):
                missing = missing[: len(missing) - len(lines)]
            signed = len(self._witnesses) - len(missing)
            if signed < self._quorum:
                why = "; ".join(why for _, why in answers if why)
                raise QuorumError(f"{signed} of {self._quorum} witnesses have signed {checkpoint.size:,}: {why}")
        return checkpoint.size if len(self._witnesses) - len(missing) >= self._quorum else 0

    def _ask(self, witness: Witness, checkpoint: Checkpoint, note: str) -> tuple[str, str]:
        """The line that a witness signed, or why there is none. A wrong size is corrected once."""
        name = witness.key.name
        for _ in range(2):
            old = min(self._seen.get(witness.address, 0), checkpoint.size)
            subtree = self._files.subtree(checkpoint.size)
            proof = merkle_tree.consistency_proof(subtree, old, checkpoint.size) if 0 < old < checkpoint.size else []
            if len(proof) > LONGEST_PROOF:
                return "", f"{name}: the proof is too long"
            try:
                status, body = self._post(f"{witness.address}/add-checkpoint", checkpoint_request(old, proof, note))
            except OSError as error:
                return "", f"{name}: {error}"
            if status == 200:
                return self._take(witness, checkpoint, note, body)
            seen = size_in_conflict(body) if status == 409 else None
            if seen is None or seen == old:
                return "", f"{name}: answered {status}"
            if seen > checkpoint.size:
                return "", f"{name}: saw {seen:,} entries, and there are {checkpoint.size:,} now"
            self._seen[witness.address] = seen
        return "", f"{name}: says one size and then another"

    def _take(self, witness: Witness, checkpoint: Checkpoint, note: str, body: bytes) -> tuple[str, str]:
        try:
            line = cosignature_in(body.decode(errors="replace"), note, witness.key)
        except NoteError as error:
            return "", str(error)
        self._seen[witness.address] = checkpoint.size
        return line, ""

    def _append(self, note: str, lines: Sequence[str]) -> bool:
        """Put signatures beneath the checkpoint, unless there is a newer one by now, or somebody else writes."""
        with hold_folder(self._settings.folder) as mine:
            if not mine or self._files.checkpoint() != note:
                return False
            self._files.publish(note + "".join(f"{line}\n" for line in lines))
        return True
