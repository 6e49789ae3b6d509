"""A small SMPP 3.4 SMSC: it takes one gateway's bind, delivers SMS of citizens, and reports on the texts it accepts.

The layout of each PDU is from the SMPP Protocol Specification v3.4, chapter 4.
"""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

BIND = {0x1, 0x2, 0x9}  # receiver, transmitter, transceiver
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x4, 0x5, 0x6, 0x15
RESPONSE = 0x80000000
OK, BAD_DESTINATION = 0x0, 0xB
HEADER, RECEIPT = 0x40, 0x04  # flags of esm_class
PAYLOAD = 0x0424  # the optional field with a text of any length
REFUSED, LOST = "923000000001", "923000000002"  # numbers whose texts the SMSC refuses, and reports as not delivered


@dataclass(frozen=True)
class Part:
    """One submit_sm: where it goes, in which coding, and its octets with their header still before them."""

    to: str
    sender: str
    coding: int
    esm: int
    octets: bytes

    @property
    def header(self) -> bytes:
        """The user data header, without the octet that says how long it is."""
        return self.octets[1 : 1 + self.octets[0]] if self.esm & HEADER else b""

    @property
    def words(self) -> bytes:
        """The octets without the header."""
        return self.octets[1 + self.octets[0] :] if self.esm & HEADER else self.octets


@dataclass
class Smsc:
    """Listens on `port`. `parts` are the texts that the gateway submitted, in order."""

    port: int
    parts: list[Part] = field(default_factory=list)
    bound: threading.Event = field(default_factory=threading.Event)
    answered: list[int] = field(default_factory=list)  # the status of each deliver_sm_resp

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._peer: socket.socket | None = None
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and hang up."""
        self._listener.close()
        if self._peer is not None:
            self._peer.close()

    def deliver(
        self,
        sender: str,
        octets: bytes,
        *,
        coding: int = 0,
        esm: int = 0,
        to: str = "8484",
        fields: Mapping[int, bytes] | None = None,
    ) -> None:
        """One deliver_sm to the gateway: an SMS of a citizen, or a part of one, with these optional fields."""
        numbers = b"\x01\x01%s\0\x01\x01%s\0" % (sender.encode(), to.encode())
        settings = bytes([esm, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0])
        long = len(octets) > 254
        inline = b"\0" if long else bytes([len(octets)]) + octets
        more = {**(fields or {}), **({PAYLOAD: octets} if long else {})}
        extra = b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in more.items())
        self._send(DELIVER, b"\0" + numbers + settings + inline + extra)

    def deliver_parts(
        self,
        sender: str,
        octets: bytes,
        size: int,
        *,
        coding: int = 0,
        wide: bool = False,
        backwards: bool = False,
        sar: bool = False,
    ) -> None:
        """A long SMS in parts of `size` octets; `wide`: a reference of 16 bits; `backwards`: the last part first.

        `sar`: what part it is stands in optional fields of SMPP and not in a header.
        """
        pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
        reference = next(self._numbers) % 250 + 1
        numbered = list(enumerate(pieces, 1))
        for number, piece in reversed(numbered) if backwards else numbered:
            ends = bytes([len(pieces), number])
            if sar:
                fields = {0x020C: bytes([0, reference]), 0x020E: ends[:1], 0x020F: ends[1:]}
                self.deliver(sender, piece, coding=coding, fields=fields)
                continue
            header = b"\x06\x08\x04\x01" + bytes([reference]) if wide else b"\x05\x00\x03" + bytes([reference])
            self.deliver(sender, header + ends + piece, coding=coding, esm=HEADER)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            try:
                while True:
                    length, command, status, sequence = struct.unpack(">4I", _exactly(peer, 16))
                    self._handle(peer, command, status, sequence, _exactly(peer, length - 16))
            except (OSError, EOFError):
                return

    def _handle(self, peer: socket.socket, command: int, status: int, sequence: int, body: bytes) -> None:
        if command in BIND:
            self._answer(peer, command, sequence, b"smsc\0")
            self._peer = peer
            self.bound.set()
        elif command == SUBMIT:
            self._submitted(peer, sequence, body)
        elif command == DELIVER | RESPONSE:
            self.answered.append(status)
        elif not command & RESPONSE:
            self._answer(peer, command, sequence)

    def _submitted(self, peer: socket.socket, sequence: int, body: bytes) -> None:
        part, wanted = _parse(body)
        if part.to == REFUSED:
            self._answer(peer, SUBMIT, sequence, b"", BAD_DESTINATION)
            return
        identifier = f"{next(self._numbers):x}"
        with self._lock:
            self.parts.append(part)
        self._answer(peer, SUBMIT, sequence, identifier.encode() + b"\0")
        if wanted:
            state, error = ("UNDELIV", "011") if part.to == LOST else ("DELIVRD", "000")
            words = (
                f"id:{identifier} sub:001 dlvrd:001 submit date:2606171200 done date:2606171201 stat:{state} "
                f"err:{error} text:"
            )
            threading.Timer(0.3, self.deliver, (part.to, words.encode()), {"esm": RECEIPT}).start()

    def _answer(self, peer: socket.socket, command: int, sequence: int, body: bytes = b"", status: int = OK) -> None:
        self._write(peer, command | RESPONSE, sequence, body, status)

    def _send(self, command: int, body: bytes) -> None:
        if self._peer is None:
            raise RuntimeError("no gateway is bound")
        self._write(self._peer, command, next(self._numbers), body, OK)

    def _write(self, peer: socket.socket, command: int, sequence: int, body: bytes, status: int) -> None:
        with self._lock:
            peer.sendall(struct.pack(">4I", 16 + len(body), command, status, sequence) + body)


def join(parts: Sequence[Part]) -> list[tuple[str, bytes, int]]:
    """The texts of parts: where each goes, its octets in the order of its parts, and in how many parts it came."""
    whole: dict[tuple[str, bytes], list[Part]] = {}
    for at, part in enumerate(parts):
        whole.setdefault((part.to, part.header[2:-2] or str(at).encode()), []).append(part)
    return [
        (to, b"".join(each.words for each in sorted(found, key=lambda one: one.header[-1:])), len(found))
        for (to, _), found in whole.items()
    ]


def wait_for(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it holds within that time."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def _exactly(peer: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        more = peer.recv(count - len(read))
        if not more:
            raise EOFError
        read += more
    return read


def _parse(body: bytes) -> tuple[Part, bool]:
    """A submit_sm, and whether a receipt is wanted."""
    _, rest = _text(body)
    sender, rest = _text(rest[2:])
    to, rest = _text(rest[2:])
    esm, rest = rest[0], rest[3:]
    for _ in range(2):  # when it shall be delivered, and until when
        _, rest = _text(rest)
    wanted, coding, length = rest[0], rest[2], rest[4]
    octets, rest = rest[5 : 5 + length], rest[5 + length :]
    while len(rest) >= 4:
        tag, size = struct.unpack(">HH", rest[:4])
        octets, rest = rest[4 : 4 + size] if tag == PAYLOAD else octets, rest[4 + size :]
    return Part(to, sender, coding, esm, octets), bool(wanted & 3)


def _text(body: bytes) -> tuple[str, bytes]:
    text, _, rest = body.partition(b"\0")
    return text.decode("latin-1"), rest
