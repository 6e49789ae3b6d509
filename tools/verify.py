#!/usr/bin/env python3
"""Checks the transparency log of a Sunwai service from its files alone: no database, no Sunwai, no network.

    python3 verify.py FOLDER --key KEY [--earlier CHECKPOINT]
    python3 verify.py --proof FILE [--proof FILE ...] [--code CODE] --key KEY

FOLDER is a copy of the log's files (`checkpoint` and `tile/`). KEY is the public key, from paper or from somebody else
than who runs the service: name+hex+base64. With --earlier, a checkpoint of last week or last year, it also checks that
nothing that was signed then has been changed or removed since. With --proof it checks one step of a case, from the
file that the service gave its citizen; with all proofs of a case and --code, that the code that was texted to its
citizen (7KQM-2X9D-PT4V) is of these steps.

It needs Python 3.9 or newer and the package `cryptography`. It exits with 0 if everything is right, else with 1 and a
line that says what is wrong. Standards: RFC 6962 (section 2.1), C2SP tlog-tiles, signed-note, tlog-checkpoint and
tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
LARGEST = {"checkpoint": 16_384, "proof": 1 << 20, "tile": WIDTH * (65_535 + 2)}  # bytes of a file
Key = tuple[str, bytes, bytes]  # name, id, Ed25519
Checkpoint = tuple[int, bytes]  # size, root


class Wrong(Exception):
    """What is wrong, in one line."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("not base64: " + text[:40]) from None


def unhash(text: str) -> bytes:
    found = unbase64(text)
    if len(found) != 32:
        raise Wrong("no hash: " + text[:60])
    return found


def number_in(text: str) -> int:
    """A number as it is written without signs, spaces and leading zeros, -1 for all else."""
    right = text.isascii() and text.isdigit() and len(text) <= 16 and (text == "0" or text[0] != "0")
    return int(text) if right else -1


def read(path: Path, kind: str) -> bytes:
    if not path.is_file():
        raise Wrong(f"there is no file {path}")
    with path.open("rb") as file:
        data = file.read(LARGEST[kind] + 1)
    if len(data) > LARGEST[kind]:
        raise Wrong(f"{path} is too large for a {kind}")
    return data


def read_text(path: Path, kind: str) -> str:
    try:
        return read(path, kind).decode()
    except UnicodeDecodeError:
        raise Wrong(f"{path} is no text") from None


# --- the checkpoint: three lines that say name, size and root, an empty line, and signatures


def parse_key(text: str) -> Key:
    """The name, the id and the Ed25519 key in name+hex+base64."""
    parts = text.strip().split("+", 2)
    data = unbase64(parts[2]) if len(parts) == 3 else b""
    if len(data) != 33 or data[0] != 1:
        raise Wrong("the key must look like name+1a2b3c4d+AZ...")
    key_id = sha256(parts[0].encode() + b"\n" + data)[:4]
    if key_id.hex() != parts[1]:
        raise Wrong("the key was mistyped: its parts do not belong together")
    return parts[0], key_id, data[1:]


def check_witness(note: str, text: str) -> str:
    """When a witness signed this checkpoint, as words: it saw one history of the log only. Raises Wrong."""
    parts = text.strip().split("+", 2)
    data = unbase64(parts[2]) if len(parts) == 3 else b""
    if len(data) != 33 or data[0] != 4 or sha256(parts[0].encode() + b"\n" + data)[:4].hex() != parts[1]:
        raise Wrong("the key of a witness must look like name+1a2b3c4d+BE...")
    said, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        if line.startswith(f"\u2014 {parts[0]} ") and unbase64(line.rpartition(" ")[2])[:4].hex() == parts[1]:
            signature = unbase64(line.rpartition(" ")[2])
            at = int.from_bytes(signature[4:12], "big")
            try:
                Ed25519PublicKey.from_public_bytes(data[1:]).verify(
                    signature[12:], f"cosignature/v1\ntime {at}\n{said}\n".encode()
                )
            except InvalidSignature:
                raise Wrong(f"the signature of {parts[0]} is wrong") from None
            when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=at)
            return f"{parts[0]} saw it at {when:%Y-%m-%d %H:%M} UTC"
    raise Wrong(f"{parts[0]} has not signed this checkpoint")


def parse_checkpoint(note: str, key: Key) -> Checkpoint:
    """The size and the root that `key` signed."""
    name, key_id, public = key
    text, separator, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3 or lines[0] != name:
        raise Wrong("this is no checkpoint of " + name)
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        signer, _, value = rest.partition(" ")
        signature = unbase64(value)
        if mark == "\u2014" and signer == name and signature[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], (text + "\n").encode())
            except InvalidSignature:
                raise Wrong("the signature is wrong: the checkpoint was changed") from None
            size = number_in(lines[1])
            if size < 0:
                raise Wrong("the checkpoint has no size")
            return size, unhash(lines[2])
    raise Wrong("there is no signature of " + name)


# --- the files: entries in bundles of 256, each with its length before it


def tile_path(number: int) -> str:
    text = f"{number:03}"
    text = text.zfill(-(-len(text) // 3) * 3)
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def read_bundle(folder: Path, kind: str, number: int, width: int) -> bytes:
    path = folder / "tile" / kind / tile_path(number)
    for name in (path, Path(f"{path}.p") / str(width), path):
        if name.is_file():
            return read(name, "tile")
    raise Wrong(f"the file {path} is missing")


def entries_of(folder: Path, size: int) -> Iterator[bytes]:
    """Every entry, in order."""
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        data, at = read_bundle(folder, "entries", number, width), 0
        found: list[bytes] = []
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            found.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        if at != len(data) or len(found) < width:
            raise Wrong(f"bundle {number} of entries is cut off")
        yield from found[:width]


class Tree:
    """The hashes of complete subtrees from the left; its root is that over all leaves so far."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        level = 0
        while self.parts and self.parts[-1][0] == level:
            leaf = node_hash(self.parts.pop()[1], leaf)
            level += 1
        self.parts.append((level, leaf))

    def root(self) -> bytes:
        if not self.parts:
            return sha256(b"")
        found = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            found = node_hash(left, found)
        return found


def check_folder(folder: Path, key: Key, earlier: Checkpoint | None) -> int:
    """The size of a log whose files are right. Raises Wrong and names the first bad entry where there is one."""
    size, root = parse_checkpoint(read_text(folder / "checkpoint", "checkpoint"), key)
    old_size, old_root = earlier if earlier else (0, sha256(b""))
    if old_size > size:
        raise Wrong(f"the earlier checkpoint has {old_size} entries and this one {size}: entries were removed")
    tree, tile = Tree(), b""
    for index, entry in enumerate(entries_of(folder, size)):
        if index == old_size and tree.root() != old_root:
            raise Wrong(f"an entry before {old_size} is not what was signed earlier")
        lines = entry.split(b"\n")
        if len(lines) != 5 or lines[0] != b"sunwai-audit/v1" or lines[4] or not entry.isascii():
            raise Wrong(f"entry {index} is malformed")
        unhash(lines[3].decode())
        leaf = leaf_hash(entry)
        number, at = divmod(index, WIDTH)
        if at == 0:
            tile = read_bundle(folder, "0", number, min(WIDTH, size - index))
        if tile[at * 32 : at * 32 + 32] != leaf:
            raise Wrong(f"entry {index} is not the one whose hash is in the tree")
        tree.add(leaf)
    if old_size == size and tree.root() != old_root:
        raise Wrong("the two checkpoints have one size and different roots: somebody signed two histories")
    if tree.root() != root:
        raise Wrong("the entries do not lead to the root that was signed")
    return size


# --- a proof of one step


class Step(NamedTuple):
    """What a proof proves: a step of the case `number`, its place in the log, and its hash there."""

    number: str
    place: int
    leaf: bytes
    said: str


def check_proof(text: str, key: Key) -> Step:
    """What a proof says. Raises Wrong."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra "):
        raise Wrong("this is no proof of a step")
    size, root = parse_checkpoint(note, key)
    extra = unbase64(lines[1][6:])
    index = number_in(lines[2][6:]) if lines[2].startswith("index ") else -1
    if not 0 <= index < size:
        raise Wrong("the proof names no entry of the log")
    salt, event = extra[:32], extra[32:]
    fields = fields_of(event)
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=number_in(fields[9]))
    digest = base64.b64encode(sha256(salt + event))
    entry = b"\n".join([b"sunwai-audit/v1", b"case", when.date().isoformat().encode(), digest, b""])
    leaf = leaf_hash(entry)
    at, last, found = index, size - 1, leaf
    for line in lines[3:]:
        step = unhash(line)
        if last == 0:
            raise Wrong("the proof is too long")
        if at % 2 or at == last:
            found = node_hash(step, found)
            while at % 2 == 0:
                at, last = at // 2, last // 2
        else:
            found = node_hash(found, step)
        at, last = at // 2, last // 2
    if last or found != root:
        raise Wrong("the proof does not lead to the root that was signed")
    _, _, number, version, act, _, role, _, status = fields[:9]
    by = f" by {role}" if role else ""
    said = f"step {version} of {number}: {act}{by}, then {status}, {when:%Y-%m-%d %H:%M} UTC (entry {index} of {size})"
    return Step(number, index, leaf, said)


# --- the code of a case: 60 bits over the hashes of its steps, as it was texted to its citizen

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def case_code(leaves: list[bytes]) -> str:
    """The code over these hashes, in the order of the log."""
    found = int.from_bytes(sha256(b"sunwai-case-code/v1\n" + b"".join(leaves))[:8], "big") >> 4
    letters = "".join(LETTERS[found >> 5 * at & 31] for at in reversed(range(12)))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def check_code(steps: list[Step], given: str) -> str:
    """What a code stands for, as words. Raises Wrong if it is of other steps than these."""
    code = "".join(given.upper().replace("-", "").split())
    if len(code) != 12 or not set(code) <= set(LETTERS):
        raise Wrong("the code must look like 7KQM-2X9D-PT4V")
    if len({step.number for step in steps}) != 1:
        raise Wrong("the proofs are of more than one case")
    leaves = [step.leaf for step in sorted({step.place: step for step in steps}.values(), key=lambda step: step.place)]
    for count in range(len(leaves), 0, -1):
        if case_code(leaves[:count]).replace("-", "") == code:
            return f"the code is of the first {count} of these {len(leaves)} steps of {steps[0].number}"
    raise Wrong("the code is of other steps: a proof is missing, or a step was changed since it was sent")


def fields_of(event: bytes) -> list[str]:
    """The fields of a step: id, complaint, number, version, act, actor, role, staff, status and time.

    The digest of its words is left out.
    """
    magic = b"sunwai-history-row/v1\n"
    if not event.startswith(magic):
        raise Wrong("the proof is of something else than a step")
    at = len(magic)
    found: list[bytes] = []
    while at < len(event):
        length = int.from_bytes(event[at : at + 4], "big")
        found.append(event[at + 4 : at + 4 + length])
        at += 4 + length
    if at != len(event) or len(found) != 11 or number_in(found[9].decode(errors="replace")) < 0:
        raise Wrong("the step in the proof is malformed")
    return [field.decode(errors="replace") for field in found[:10]]


def say(line: str) -> None:
    """Print it with nothing in it that a terminal would take for a command or cannot show."""
    print("".join(each if " " <= each <= "~" else ascii(each)[1:-1] for each in line))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a copy of the log's files")
    parser.add_argument("--key", required=True, help="the public key of the log: name+hex+base64")
    parser.add_argument("--earlier", metavar="FILE", type=Path, help="an earlier checkpoint of the same log")
    parser.add_argument(
        "--proof",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a proof of one step; as often as needed",
    )
    parser.add_argument("--witness", metavar="KEY", action="append", default=[], help="who must have signed it too")
    parser.add_argument("--code", help="the code that was texted to the citizen; with the proofs of all steps")
    asked = parser.parse_args()
    if not asked.folder and not asked.proof:
        parser.error("name the folder of the log, or a proof with --proof")
    if asked.code is not None and not asked.proof:
        parser.error("a code is checked with the proofs of its case: --proof")
    try:
        key = parse_key(asked.key)
        steps = [check_proof(read_text(path, "proof"), key) for path in asked.proof]
        for step in steps:
            say("Right: " + step.said)
        if asked.code is not None:
            say("Right: " + check_code(steps, asked.code))
        if asked.folder:
            then = parse_checkpoint(read_text(asked.earlier, "checkpoint"), key) if asked.earlier else None
            size = check_folder(asked.folder, key, then)
            say(f"Right: {size} entries of {key[0]}, as they were signed")
            note = read_text(asked.folder / "checkpoint", "checkpoint")
            for witness in asked.witness:
                say("Right: " + check_witness(note, witness))
    except (Wrong, OSError, ValueError, OverflowError) as error:
        say(f"Wrong: {error}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
