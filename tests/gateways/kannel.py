"""Real Kannel (Debian's package): bearerbox and smsbox, set up as docs/operators/aggregators.md says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.gateways.processes import NotRun, Programs, wait_for_port
from tests.servers import free_port

USER, PASSWORD = "sunwai", "password-of-a-test"
PAGE = Path(__file__).parents[2] / "docs" / "operators" / "aggregators.md"
BEARERBOX, SMSBOX = "/usr/sbin/bearerbox", "/usr/sbin/smsbox"


def start(programs: Programs, smsc_port: int, hooks: str, *, joins: bool = True) -> dict[str, str]:
    """Start Kannel; the settings with which the service sends through it. Raises NotRun.

    Unless it `joins` the parts of long SMS, they come singly.
    """
    for program in (BEARERBOX, SMSBOX):
        if not shutil.which(program):
            raise NotRun(f"{program} is missing: apt-get install kannel")
    admin, boxes, sends = free_port(), free_port(), free_port()
    folder = programs.folder / "kannel"
    folder.mkdir()
    services, users, core = (_from_page(group) for group in ("sms-service", "sendsms-user", "core"))
    if not joins:
        core = core.replace("sms-combine-concatenated-mo = true", "sms-combine-concatenated-mo = false")
    (folder / "kannel.conf").write_text(f"""
group = core
admin-port = {admin}
admin-password = {PASSWORD}
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "{folder}/core.log"
log-level = 0
store-type = spool
store-location = "{folder}/spool"
{core}

group = smsc
smsc = smpp
smsc-id = telco
host = 127.0.0.1
port = {smsc_port}
transceiver-mode = true
smsc-username = us
smsc-password = them
system-type = ""
interface-version = 34

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {sends}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 0
{_from_page("smsbox").replace("http-queue-delay = 30", "http-queue-delay = 2")}

group = sendsms-user
username = {USER}
password = {PASSWORD}
{users}

group = sms-service
{services.replace("https://sunwai.example.org/hooks/kannel/<secret>", hooks)}
""")
    (folder / "spool").mkdir()
    programs.start("bearerbox", [BEARERBOX, folder / "kannel.conf"], {})
    wait_for_port(boxes, "bearerbox")
    programs.start("smsbox", [SMSBOX, folder / "kannel.conf"], {})
    wait_for_port(sends, "smsbox")
    return {
        "KANNEL_URL": f"http://127.0.0.1:{sends}",
        "KANNEL_USERNAME": USER,
        "KANNEL_PASSWORD": PASSWORD,
        "KANNEL_SENDER": "8484",
    }


def _from_page(group: str) -> str:
    """What the page for operators says of a group, without what is different on each machine."""
    [found] = re.findall(rf"^group = {group}\n(.*?)(?=\n\n|\n```)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    local = ("username", "password", "bearerbox-host", "sendsms-port", "admin-", "smsbox-port", "#", "store-")
    return "\n".join(line for line in found.splitlines() if not line.startswith(local))
