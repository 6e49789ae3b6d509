"""`python -m tests.recordings`: write every recording anew; git shows what is different."""

from __future__ import annotations

import tempfile
import time
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from tests.recordings.recorder import GOLDEN, KINDS, Studio, write
from tests.servers import Valkey


def main() -> None:
    """All of them, one after the other. What is logged is of no use here."""
    with tempfile.TemporaryDirectory(prefix="sunwai-recordings-") as folder, redirect_stderr(StringIO()):
        valkey = Valkey(Path(folder))
        try:
            for kind, record in KINDS.items():
                began = time.monotonic()
                studio = Studio(Path(tempfile.mkdtemp(dir=folder)), valkey)
                for name, text in record(studio).items():
                    write(GOLDEN / name, text)
                print(f"{kind}: {time.monotonic() - began:.1f} s")
        finally:
            valkey.stop()


if __name__ == "__main__":
    main()
