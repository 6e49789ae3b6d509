"""Real Jasmin (from PyPI, in an environment of its own) with Debian's RabbitMQ and a Valkey, set up by its console."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.gateways.processes import NotRun, Programs, wait_for_port
from tests.servers import free_port

VERSION = "0.11.1"
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
HOME = Path(__file__).parents[2] / "build" / "jasmin"  # its environment is kept between runs
OLD_ENOUGH = ("python3.11", "python3.12", "python3.10")  # its falcon does not build on 3.13
PAGE = Path(__file__).parents[2] / "docs" / "operators" / "aggregators.md"
USER, PASSWORD = "sunwai", "abcdef12"  # at most 8 characters


def install() -> Path:
    """The Python that has Jasmin. Raises NotRun."""
    python = HOME / "bin" / "python"
    if (HOME / "installed").exists():
        return python
    found = next((path for name in OLD_ENOUGH if (path := shutil.which(name))), None)
    if found is None:
        raise NotRun(f"Jasmin {VERSION} needs one of {', '.join(OLD_ENOUGH)}: this is {sys.version.split()[0]}")
    for command in ([found, "-m", "venv", HOME], [python, "-m", "pip", "install", "-q", f"jasmin=={VERSION}"]):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            raise NotRun(f"jasmin=={VERSION} could not be installed: {(done.stderr or done.stdout).strip()[-300:]}")
    _mend()
    (HOME / "installed").touch()
    return python


def _mend() -> None:
    """Let Jasmin send delivery reports. As released, 0.11.1 sends none: https://github.com/jookies/jasmin/issues/1236."""
    [listeners] = (HOME / "lib").glob("python3*/site-packages/jasmin/managers/listeners.py")
    listeners.write_text(listeners.read_text("utf-8").replace("_pdu.response", "r.response"), encoding="utf-8")


def start(programs: Programs, smsc_port: int, hooks: str, redis_port: int) -> dict[str, str]:
    """Start RabbitMQ and Jasmin; the settings with which the service sends through it. Raises NotRun."""
    if not SERVER.exists():
        raise NotRun(f"{SERVER} is missing: apt-get install rabbitmq-server")
    python = install()
    print(f"Jasmin {VERSION}, with two lines mended: as released it sends no delivery reports (its issue 1236)")
    amqp = _rabbitmq(programs)
    ports = {name: free_port() for name in ("API", "CLI", "CLIENTS", "ROUTER", "SMPP", "SCRIPTS")}
    folder = programs.folder / "jasmin"
    for each in ("etc/jasmin/store", "etc/jasmin/resource", "var/log/jasmin", "run"):
        (folder / each).mkdir(parents=True)
    [spec] = (HOME / "lib").glob("python3*/site-packages/txamqp/specs/standard/amqp0-9-1.stripped.xml")
    environ = {
        "ROOT_PATH": str(folder),
        "AMQP_BROKER_SPEC": str(spec),
        "AMQP_BROKER_PORT": str(amqp),
        "REDIS_CLIENT_PORT": str(redis_port),
        "HTTP_API_PORT": str(ports["API"]),
        "HTTP_API_BIND": "127.0.0.1",
        "JCLI_PORT": str(ports["CLI"]),
        "JCLI_AUTHENTICATION": "false",
        "CLIENT_MANAGEMENT_PORT": str(ports["CLIENTS"]),
        "CLIENT_MANAGEMENT_BIND": "127.0.0.1",
        "ROUTER_PORT": str(ports["ROUTER"]),
        "ROUTER_BIND": "127.0.0.1",
        "SMPP_SERVER_PORT": str(ports["SMPP"]),
        "SMPP_SERVER_BIND": "127.0.0.1",
        "INTERCEPTOR_PORT": str(ports["SCRIPTS"]),
        "INTERCEPTOR_BIND": "127.0.0.1",
        "INTERCEPTOR_CLIENT_PORT": str(ports["SCRIPTS"]),
        "DELIVERSM_THROWER_RETRY_DELAY": "2",
        "DLR_THROWER_RETRY_DELAY": "2",
    }
    script = folder / "parts.py"
    script.write_text(_script(), encoding="utf-8")
    programs.start("interceptor", [python, "-m", "jasmin.bin.interceptord"], environ, folder)
    wait_for_port(ports["SCRIPTS"], "Jasmin's interceptor")
    switches = [
        "--enable-interceptor-client",
        "--enable-dlr-thrower",
        "--enable-dlr-lookup",
        "--enable-deliver-thrower",
    ]
    (folder / "etc" / "jasmin" / "jasmin.cfg").touch()
    programs.start("jasmin", [python, HOME / "bin" / "jasmind.py", *switches], environ, folder)
    wait_for_port(ports["CLI"], "Jasmin")
    _configure(ports["CLI"], smsc_port, hooks, script)
    wait_for_port(ports["API"], "Jasmin's HTTP API")
    return {
        "JASMIN_URL": f"http://127.0.0.1:{ports['API']}",
        "JASMIN_USERNAME": USER,
        "JASMIN_PASSWORD": PASSWORD,
        "JASMIN_SENDER": "8484",
    }


def _rabbitmq(programs: Programs) -> int:
    port = free_port()
    folder = programs.folder / "rabbitmq"
    folder.mkdir()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    environ = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"sunwai{os.getpid()}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }
    (folder / "plugins").write_text("[].\n")
    names = environ["ERL_EPMD_PORT"]  # Erlang's server of names: RabbitMQ would start one that outlives it
    programs.start("epmd", ["epmd", "-port", names, "-address", "127.0.0.1"], environ)
    wait_for_port(int(names), "epmd")
    programs.start("rabbitmq", [SERVER], environ)
    wait_for_port(port, "RabbitMQ", 120)
    return port


def _script() -> str:
    """The interceptor of docs/operators/aggregators.md, which leaves the parts of a long SMS to the service."""
    [found] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def _configure(port: int, smsc_port: int, hooks: str, script: Path) -> None:
    """A user, a connector to the SMSC, and the two routes, typed into Jasmin's console."""
    lines = f"""
group -a
gid sunwai
ok
user -a
username {USER}
password {PASSWORD}
gid sunwai
uid {USER}
ok
smppccm -a
cid telco
host 127.0.0.1
port {smsc_port}
username us
password them
bind transceiver
submit_throughput 0
ok
httpccm -a
cid sunwai
url {hooks}/sms
method POST
ok
mtrouter -a
type defaultroute
connector smppc(telco)
rate 0.0
ok
morouter -a
type defaultroute
connector http(sunwai)
ok
mointerceptor -a
type defaultinterceptor
script python3({script})
ok
persist
smppccm -1 telco
quit
"""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as console:
        console.settimeout(2)
        for line in lines.strip().splitlines():
            console.sendall(line.encode() + b"\r\n")
            time.sleep(0.15)
            try:
                console.recv(65536)
            except TimeoutError:
                continue
