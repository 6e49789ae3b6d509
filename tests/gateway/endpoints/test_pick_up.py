"""A web process in a life of its own takes up what another process publishes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from gateway.app import create_app
from gateway.flow_folder.files import read_flow
from sessions.publishing import publication, short_codes
from storage.connection.database import Database
from tests.gateway.operating import run
from tests.gateway.outside import HOOKS, HOP, SECRET, settings
from tests.keys import KEYS_FILE
from tests.servers import Valkey, free_port
from tests.sessions.filing import LIBRARY, NOW

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[3]
SOON = 2.0  # seconds from publishing to the first call answered by it
Dial = Callable[[str, str], str]


@pytest.fixture
def dial(database: Database, database_url: str, valkey: Valkey) -> Iterator[Dial]:
    """A call to a web process that was started once the shipped flow was published and routed."""
    files, main = read_flow(LIBRARY)
    publication.publish(database, NOW, files, main, publication.RevisionNote("test", "first"))
    short_codes.assign_code(database, "*8484#", "complaints")
    port = free_port()
    environ = {
        "WEBHOOK_SECRETS": SECRET,
        "AT_API_KEY": "key",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey.url,
    }
    environ["ENVIRONMENT"] = "development"  # the role of these databases owns them, which production refuses
    web = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "hooks", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environ, "LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL,
    )

    def call(session: str, text: str) -> str:
        form = HOP | {"sessionId": session, "text": text}
        return requests.post(f"http://127.0.0.1:{port}{HOOKS}/ussd", data=form, timeout=10).text

    deadline = time.monotonic() + 60
    while True:
        try:
            call("ATUid_0", "")
            break
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "the web process did not start"
            time.sleep(0.1)
    yield call
    web.terminate()
    assert web.wait(20) is not None


def test_another_process_publishes_and_new_calls_are_answered_by_it_within_two_seconds(
    dial: Dial, database_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    text = LIBRARY.read_text(encoding="utf-8").replace(
        'ask: {en: "Language / Zaban", any', 'ask: {en: "Zaban chunein", any'
    )
    files, main = read_flow(LIBRARY)
    for name, words in (files | {main: text}).items():
        if not name.startswith("transcripts/"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(words, encoding="utf-8")
    assert dial("ATUid_1", "").startswith("CON Language / Zaban")
    publisher = create_app(settings(database_url, valkey.url))
    said = run(publisher, "flows", "publish", tmp_path / main, "--message", "New", "--author", "S", "--base", "1")
    published = time.monotonic()
    publisher.close()
    assert "revision 2 is live now" in said.output
    calls = 1
    while not dial(f"ATUid_2_{calls}", "").startswith("CON Zaban chunein"):
        calls += 1
        assert time.monotonic() - published < SOON, "new calls still see the old words"
        time.sleep(0.02)
    assert dial("ATUid_1", "3").startswith("CON Complaint line")  # and a call in progress goes on


def test_answering_a_hop_cannot_read_a_flow_file() -> None:
    """What a web process runs in a request: the hop, the shelf, the engine. What was published is compiled."""
    code = (
        "import sys, sessions.ussd.hop, sessions.publishing.published_cache; "
        "print({each for each in sys.modules if each.startswith('flows.parsing.')})"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"


def test_a_hop_that_performs_no_action_needs_few_modules() -> None:
    """The door, the hop and one adapter; eight are encryption, one the driver's statements, one the line to Redis.

    Casework is handed in by whoever makes the process.
    """
    code = (
        "import sys, gateway.endpoints.ussd, sessions.ussd.hop; "
        "import gateway.aggregators.vendors.africastalking_callbacks; "
        "ours = [sys.modules[each].__file__ for each in sys.modules"
        " if each.partition('.')[0] in ('flows', 'storage', 'sessions', 'gateway')]; "
        "print(sum(not each.endswith('__init__.py') for each in ours))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) <= 111
