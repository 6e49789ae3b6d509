"""A real nginx with deploy/nginx/sunwai.conf, on free ports and with a certificate of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
CONF = ROOT / "deploy" / "nginx" / "sunwai.conf"
NAME = "sunwai.example.org"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
WHOLE = """
daemon off;
worker_processes 1;
error_log {folder}/own.log crit;
pid {folder}/pid;
{user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {conf}
}}
"""


class Nginx:
    """One nginx in a folder. `hooks` are two ports, `console` is one."""

    def __init__(self, folder: Path, hooks: tuple[int, int], console: int) -> None:
        assert PROGRAM is not None
        self.folder, self.port, self.plain = folder, free_port(), free_port()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
             "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", folder / "key.pem", "-out", folder / "fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        conf = CONF.read_text("utf-8")
        for old, new in (
            ("127.0.0.1:8000", f"127.0.0.1:{hooks[0]}"),
            ("127.0.0.1:8001", f"127.0.0.1:{hooks[1]}"),
            ("127.0.0.1:8002", f"127.0.0.1:{console}"),
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("listen 80", f"listen 127.0.0.1:{self.plain}"),
            ("/etc/sunwai/tls", str(folder)),
            ("/var/log/nginx", str(folder)),
        ):
            assert old in conf, old
            conf = conf.replace(old, new)
        self._file = folder / "nginx.conf"
        self._file.write_text(WHOLE.format(folder=folder, conf=conf, user="user root;" if os.geteuid() == 0 else ""))
        self._process: subprocess.Popen[bytes] | None = None

    def check(self) -> str:
        """What `nginx -t` says; raises if it finds anything wrong."""
        command = [str(PROGRAM), "-t", "-c", str(self._file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            [str(PROGRAM), "-c", str(self._file)], stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it: the master, and if it is killed, its worker too, which would go on by itself."""
        if self._process:
            os.killpg(self._process.pid, number) if number == signal.SIGKILL else self._process.send_signal(number)
            self._process.wait(10)

    def trust(self) -> ssl.SSLContext:
        """A client's TLS that trusts its certificate."""
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, name: str = NAME
    ) -> tuple[int, bytes, HTTPResponse]:
        """An answer over TLS: status, body, and the response for its headers."""
        connection = HTTPSConnection(NAME, self.port, context=self.trust(), timeout=20)
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        connection.sock = self.trust().wrap_socket(raw, server_hostname=name)
        try:
            connection.request(method, path, body, {"Host": name, **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read(), response
        finally:
            connection.close()

    def logs(self) -> str:
        """Everything that it wrote."""
        return "\n".join(path.read_text("utf-8", "replace") for path in self.folder.glob("*.log"))


@contextlib.contextmanager
def running_nginx(folder: Path, hooks: tuple[int, int], console: int) -> Iterator[Nginx]:
    """It runs as long as the block."""
    nginx = Nginx(folder, hooks, console)
    nginx.check()
    nginx.start()
    try:
        yield nginx
    finally:
        nginx.stop()
