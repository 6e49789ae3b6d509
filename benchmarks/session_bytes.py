"""`python -m benchmarks.session_bytes`: what a live session takes in Redis after each hop of a call, by MEMORY USAGE.

A caller, in this process, walks from the dial to the receipt in each language of the shipped flow, behind another who
walked that way: what their sessions have in common is packed for both. The value is
what the server wrote; beside it stands what the session is as msgpack, encrypted but not shortened.
"""

from __future__ import annotations

import argparse
import io
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import mean
from urllib.parse import urlencode

import redis
from sqlalchemy import update

from benchmarks import ground, servers
from benchmarks.results import keep_results
from benchmarks.walks import FIRST_PHONE, NETWORK, SERVICE_CODE, TO_FILED
from gateway.app import create_app
from gateway.endpoints.application import Side, Sunwai
from gateway.settings.loader import load_config
from sessions.ussd.session_store import SINCE
from storage.schema.tables import Contact
from tests.keys import KEYS_FILE

LANGUAGES = ("en", "ur-Latn", "ur")
GOAL = 500  # bytes of a call in progress
HEAD = 38  # bytes of mark, key id, nonce and tag


def hop(app: Sunwai, path: str, session: str, phone: str, text: str) -> bytes:
    """The answer to one hop."""
    form = {
        "sessionId": session,
        "serviceCode": SERVICE_CODE,
        "phoneNumber": phone,
        "networkCode": NETWORK,
        "text": text,
    }
    body = urlencode(form).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    return b"".join(app(environ, lambda *_: None))


def walked(app: Sunwai, path: str, client: redis.Redis, number: int) -> Iterator[tuple[int, int, int, bool]]:
    """After each hop: bytes in Redis, bytes of the value, bytes of the value if it were whole, and whether it ended."""
    typed: list[str] = []
    phone, session = f"+{FIRST_PHONE + number}", f"ATUid_{secrets.token_hex(16)}"
    key = app.session_keys.name("africastalking", session, phone, SERVICE_CODE).key
    for step in TO_FILED.steps:
        typed += [step.typed] if step.typed is not None else []
        answer = hop(app, path, session, phone, "*".join(typed))
        app.store.seconds_left(key.encode())  # waits for what nobody waited for
        value = client.get(key)
        assert isinstance(value, bytes)
        whole = app.session_keys.read(key, value) or b""
        yield int(client.memory_usage(key)), len(value), len(whole) + HEAD, answer.startswith(b"END")


def main() -> int:
    """0 if every call in progress takes less than the goal."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.session_bytes", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keep", action="store_true", help="write the figures to results.json")
    chosen = parser.parse_args()
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(servers.valkey(folder))
        environ = {
            "ENVIRONMENT": "development",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": ground.lay_database(folder, 2 * len(LANGUAGES)),
            "REDIS_URL": f"unix://{store.socket}",
            "WEBHOOK_SECRETS": secret,
            "LOG_LEVEL": "WARNING",
        }
        app = create_app(load_config(environ), sides=(Side.HOOKS,))
        stack.callback(app.close)
        with app.database.write.begin() as db:
            for at, language in enumerate(2 * LANGUAGES, 1):
                db.execute(update(Contact).where(Contact.id == at).values(language=language))
        client = stack.enter_context(redis.Redis(unix_socket_path=store.socket))
        client.set(SINCE, 1)  # it has been running for long
        path, found = f"/hooks/africastalking/{secret}/ussd", {}
        for number, language in enumerate(LANGUAGES):
            for who in (number, number + len(LANGUAGES)):
                found[language] = list(walked(app, path, client, who))
            print(
                f"{language}: bytes in Redis (value; whole) "
                + ", ".join(f"{a} ({b}; {c})" for a, b, c, _ in found[language])
            )
    live = [taken for each in found.values() for taken, _, _, ended in each if not ended]
    met = "met" if max(live) <= GOAL else "MISSED"
    print(f"a call in progress: {mean(live):.0f} on average, {max(live)} at most; goal {GOAL}: {met}")
    if chosen.keep:
        keep_results("session_bytes", {"average": round(mean(live)), "most": max(live), "hops": found})
    return int(max(live) > GOAL)


if __name__ == "__main__":
    raise SystemExit(main())
