"""What aics-witness 0.1.0 signed of checkpoints of ours is read as signed, and nothing else is.

`cosigned.json` holds the keys and four notes as they were answered, beneath our own signature.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.transparency.cosignature import WitnessKey, cosigned_at, has_cosigned, parse_witness_key
from storage.transparency.signed_note import NoteError, parse_checkpoint, parse_verify_key

SAID = json.loads((Path(__file__).parent / "cosigned.json").read_text(encoding="utf-8"))
WITNESS, LOG = parse_witness_key(SAID["witness"]), parse_verify_key(SAID["log"])
NOTES: list[str] = SAID["notes"]


@pytest.mark.parametrize("note", NOTES, ids=range(len(NOTES)))
def test_a_note_that_another_implementation_signed_is_signed(note: str) -> None:
    assert has_cosigned(note, WITNESS)
    assert parse_checkpoint(note, [LOG]).size > 0
    assert cosigned_at(note.splitlines()[-1], note, WITNESS) > 1_790_000_000


def test_a_signature_is_of_one_checkpoint_one_time_and_one_witness() -> None:
    first, second = NOTES[:2]
    line = first.splitlines()[-1]
    swapped = "\n".join([*second.splitlines()[:-1], line, ""])
    assert not has_cosigned(swapped, WITNESS)
    with pytest.raises(NoteError, match="is wrong"):
        cosigned_at(line, second, WITNESS)
    assert not has_cosigned(first, WitnessKey(WITNESS.name, WITNESS.id, LOG.public))
    assert not has_cosigned(first, WitnessKey("another", WITNESS.id, WITNESS.public))
    assert not has_cosigned(first.replace(line, line[:-8] + "AAAAAAA="), WITNESS)
