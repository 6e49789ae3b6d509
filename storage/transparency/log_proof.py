"""A proof that one entry is in the log, as a file for whoever it concerns: C2SP tlog-proof."""

import base64

from storage.transparency.log_leaves import LoggedStep
from storage.transparency.merkle_tree import inclusion_proof
from storage.transparency.tile_files import TileFiles

FORMAT = "c2sp.org/tlog-proof@v1"


def step_proof(files: TileFiles, note: str, size: int, step: LoggedStep) -> str:
    """The proof of a step: its salt and event, its place, the hashes that lead to the root, and the checkpoint `note`.

    Raises ValueError if the checkpoint of `size` entries is older than the step.
    """
    hashes = inclusion_proof(files.subtree(size), step.seq, size)
    extra = base64.b64encode(step.salt + step.event).decode()
    lines = [FORMAT, f"extra {extra}", f"index {step.seq}", *(base64.b64encode(each).decode() for each in hashes)]
    return "\n".join([*lines, "", note])
