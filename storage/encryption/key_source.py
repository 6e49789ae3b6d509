"""Where the key ring comes from: a file that only its owner may read, or a command."""

import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from storage.encryption.key_ring import LONGEST, KeyRing, UnusableKeys, parse_key_ring

LOOK_AGAIN = 1.0  # seconds after which a changed file is noticed
COMMAND_WITHIN = 10.0  # seconds that a command may take
COMMAND_AGAIN = 60.0  # seconds between two runs of a command: key management services bill each one
REFUSED_AGAIN = 30.0  # seconds after which a ring that was refused is looked at again, if its file is still the same

Accept = Callable[[KeyRing], None]


class KeySource:
    """The key ring that is in force. Thread-safe.

    A source that cannot say whether it has changed is read again every `again` seconds beside the calls; 0: never.
    """

    def __init__(
        self, read: Callable[[], KeyRing], version: Callable[[], object] = lambda: None, *, again: float = 0.0
    ) -> None:
        self._read, self._version, self._again, self._lock = read, version, again, threading.Lock()
        self._ring: KeyRing | None = None
        self._seen: object = None
        self._refused: object = None
        self._looked = self._asked = 0.0
        self._accept: Accept | None = None

    @property
    def ring(self) -> KeyRing:
        """The ring, read when it is first asked for. Looks at most once a second whether it has changed.

        One that cannot be used, because its file is just being copied or is another database's, does not replace the
        ring that was read.
        """
        found = self._ring
        if found is None:
            return self.reread()
        now = time.monotonic()
        if now - self._looked > (self._again or LOOK_AGAIN):
            self._looked = now
            if self._again:
                threading.Thread(target=self.look_again, name="key ring", daemon=True).start()
                return found
            seen = self._version()
            if seen is not None and not self._is_known(seen):
                with suppress(UnusableKeys):  # the log, the next start, and `sunwai keys check`, say what is wrong
                    return self.reread()
        return found

    def check_changes(self, accept: Accept) -> None:
        """Call `accept` with each ring that differs from the one in force, before it comes into force.

        Where it raises UnusableKeys, the ring in force stays. It must not ask this source for a ring.
        """
        self._accept = accept

    def look_again(self) -> KeyRing:
        """The ring, read again because something names a key that is not on it, if it can have changed.

        A file is read if it was changed, a command runs at most once in COMMAND_AGAIN seconds: a value that was altered
        may name a key that there never was. Raises UnusableKeys only where no ring is in force.
        """
        with self._lock:
            if self._ring is None:
                return self._take()
            seen = self._version()
            if self._is_known(seen) or time.monotonic() - self._asked < self._again:
                return self._ring
            with suppress(UnusableKeys):
                return self._take()
            return self._ring

    def reread(self) -> KeyRing:
        """Read it again now. Raises UnusableKeys, and then the ring in force stays."""
        with self._lock:
            return self._take()

    def _is_known(self, seen: object) -> bool:
        if seen is None:
            return False
        return seen == self._seen or (seen == self._refused and time.monotonic() - self._asked < REFUSED_AGAIN)

    def _take(self) -> KeyRing:
        """Under the lock."""
        seen, self._asked = self._version(), time.monotonic()
        self._looked = self._asked
        found = self._read()
        if self._ring is not None and self._accept is not None and found.keys != self._ring.keys:
            self._refused = seen
            self._accept(found)
        self._ring, self._seen, self._refused = found, seen, None
        return found


def from_ring(ring: KeyRing) -> KeySource:
    """A source that never changes."""
    return KeySource(lambda: ring)


def without_keys(why: str) -> KeySource:
    """A source that has no ring: whoever asks for it gets UnusableKeys with these words."""

    def refuse() -> KeyRing:
        raise UnusableKeys(why)

    return KeySource(refuse)


def from_file(path: Path) -> KeySource:
    """The ring in a file. Raises UnusableKeys if it is missing, can be read by others, or is no key ring."""
    return KeySource(lambda: read_key_file(path), lambda: _stamp(path))


def from_command(command: str, environment: Mapping[str, str] | None = None) -> KeySource:
    """The ring that a command prints: of a key management service, for one. Raises UnusableKeys.

    It runs again each minute beside the calls. `environment` is what it gets, by default that of this process.
    """
    return KeySource(lambda: _run(command, environment), again=COMMAND_AGAIN)


def read_key_file(path: Path) -> KeyRing:
    """The ring in a file. Raises UnusableKeys with what is wrong and how to mend it."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise UnusableKeys(f"Others may read KEYS_FILE {path} (mode {mode:04o}): run `chmod 600 {path}`.")
            text = file.read(LONGEST + 1)
    except FileNotFoundError:
        raise UnusableKeys(
            f"There is no key file {path} (KEYS_FILE). `sunwai keys init` makes one for a new database; for one that "
            "has been used, put its own key file back: without it nothing in it can be read."
        ) from None
    except OSError as error:
        raise UnusableKeys(f"KEYS_FILE {path} cannot be read: {error.strerror}.") from None
    return _parse(text, f"KEYS_FILE {path}")


def _run(command: str, environment: Mapping[str, str] | None) -> KeyRing:
    """What it prints is never shown, nor what it says of an error: either may hold a key."""
    # Its group is killed when it takes too long: a pipe may be held open by what it started.
    with subprocess.Popen(  # noqa: S603 - the operator's own command
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None  # noqa: S101 - PIPE
        late = threading.Timer(COMMAND_WITHIN, _end, [child.pid])
        late.start()
        try:
            text = child.stdout.read(LONGEST + 1)
            if len(text) > LONGEST:
                _end(child.pid)
            child.wait()
        finally:
            late.cancel()
    if len(text) <= LONGEST and child.returncode == -signal.SIGKILL:
        raise UnusableKeys(f"KEYS_COMMAND did not end within {COMMAND_WITHIN:.0f} s: run it by hand to see why.")
    if len(text) <= LONGEST and child.returncode:
        raise UnusableKeys(f"KEYS_COMMAND failed with exit code {child.returncode}: run it by hand to see why.")
    return _parse(text, "what KEYS_COMMAND printed")


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _parse(text: bytes, where: str) -> KeyRing:
    try:
        return parse_key_ring(text.decode())
    except UnicodeDecodeError:
        raise UnusableKeys(f"{where} is not text.") from None
    except UnusableKeys as error:
        raise UnusableKeys(f"{error} ({where})") from None


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None  # the ring that was read stays in force
    return found.st_mtime_ns, found.st_size, found.st_ino
