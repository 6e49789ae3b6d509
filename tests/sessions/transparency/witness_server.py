"""A witness in a process of its own, by C2SP tlog-witness and tlog-cosignature; started with KEY-SEED LOG-KEY.

It prints its port and its public key. It remembers one size and one root, signs what follows from them, and can be told
by the path to be slow (`/slow`), down (`/down`), forged (`/forged`) or to answer nonsense (`/odd`).
"""

from __future__ import annotations

import base64
import hashlib
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.transparency.merkle_tree import ProofError, verify_consistency
from storage.transparency.signed_note import NoteError, parse_checkpoint, parse_verify_key

NAME = "witness.example.net"
SEEN: list[tuple[int, bytes]] = [(0, b"")]
REQUESTS: list[int] = []


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the process is asked by its answers."""

    def answer(self, status: int, body: bytes = b"", kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        how, _, path = self.path[1:].rpartition("/")
        if path != "add-checkpoint" or how == "down":
            return self.answer(503 if how == "down" else 404)
        if how == "slow":
            time.sleep(20)  # longer than anybody waits: it is this process that is slow
        if how == "odd":
            return self.answer(409, b"-7\n", "text/x.tlog.size")
        head, _, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        assert first.startswith("old ")
        assert len(lines) <= 63
        try:
            said = parse_checkpoint(note, [LOG])
        except NoteError:
            return self.answer(403)
        old, (size, root) = int(first[4:]), SEEN[-1]
        if old > said.size:
            return self.answer(400)
        if old != size:
            return self.answer(409, f"{size}\n".encode(), "text/x.tlog.size")
        try:
            if old:
                proof = [base64.b64decode(line, validate=True) for line in lines]
                verify_consistency(old, said.size, proof, root, said.root)
        except ProofError:
            return self.answer(422)
        SEEN.append((said.size, said.root))
        at, text = 1_780_000_000, note.rpartition("\n\n")[0] + "\n"
        signature = KEY.sign(f"cosignature/v1\ntime {at + (how == 'forged')}\n{text}".encode())
        line = base64.b64encode(KEY_ID + at.to_bytes(8, "big") + signature).decode()
        return self.answer(200, f"\u2014 {NAME} {line}\n".encode())


if __name__ == "__main__":
    KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[1]))
    LOG = parse_verify_key(sys.argv[2])
    PUBLIC = b"\x04" + KEY.public_key().public_bytes_raw()
    KEY_ID = hashlib.sha256(f"{NAME}\n".encode() + PUBLIC).digest()[:4]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, f"{NAME}+{KEY_ID.hex()}+{base64.b64encode(PUBLIC).decode()}", flush=True)
    server.serve_forever()
