"""Pictures of the console: `python -m tests.browser.screenshots [DATABASE FILE [FOLDER]]`.

The database is one that `make demo-data` filled (by default that of `make run`); a copy of it is looked at. The folder
is that of the documentation's pictures unless another is given. No worker runs here, and the page of health says so.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.loader import load_config
from storage.menus import drafts
from storage.migrations.runner import migrate
from tests.browser.conftest import CHROMIUM
from tests.gateway.console.conftest import arrive
from tests.keys import KEYS_FILE
from tests.servers import Valkey

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MOST = 200_000  # bytes of one picture
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("flows", "/console/", {}),
    ("flows-small", "/console/", {"viewport": PHONE}),
    ("draft", "/console/drafts/{draft}", {}),
    ("editor", "/console/drafts/{draft}/screens/menu", {}),
    ("editor-dark", "/console/drafts/{draft}/screens/menu", {"color_scheme": "dark"}),
    ("map", "/console/flows/complaints/map?counts=90", {}),
    ("words", "/console/drafts/{draft}/words", {}),
    ("list", "/console/drafts/{draft}/lists/category", {}),
    ("phone", "/console/drafts/{draft}/phone", {}),
    ("problems", "/console/drafts/{draft}/problems", {}),
    ("funnel", "/console/flows/complaints/funnel?period=90", {}),
    ("funnel-urdu", "/console/flows/complaints/funnel?period=90", {"urdu": True}),
    ("keywords", "/console/drafts/{draft}/keywords", {}),
    ("files", "/console/drafts/{draft}/files", {}),
    ("screens", "/console/drafts/{draft}/screens", {}),
    ("publish", "/console/drafts/{draft}/publish", {}),
    ("people", "/console/people", {}),
    ("health", "/console/health", {}),
    ("editor-small", "/console/drafts/{draft}/screens/menu", {"viewport": PHONE}),
    ("funnel-small", "/console/flows/complaints/funnel?period=90", {"viewport": PHONE}),
    ("revisions", "/console/flows/complaints/revisions", {}),
    ("sign-in", "/console/sign-in", {"nobody": True}),
    ("editor-urdu-small", "/console/drafts/{draft}/screens/menu", {"urdu": True, "viewport": PHONE}),
)


def main() -> None:
    """Write every picture, and say how large each is."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "var/sunwai.db")
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else PICTURES
    folder = Path(tempfile.mkdtemp())
    shutil.copy(source, folder / "sunwai.db")
    valkey = Valkey(folder)
    where = {
        "ENVIRONMENT": "development",
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": f"sqlite:///{folder}/sunwai.db",
        "REDIS_URL": valkey.url,
    }
    app = create_app(load_config(where))
    migrate(app.database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, address, how in SHOTS:
                picture = pictures / f"console-{name}.png"
                _take(app, browser, f"http://127.0.0.1:{server.port}", address, picture, dict(how))
    finally:
        server.shutdown()
        app.close()
        valkey.stop()
        shutil.rmtree(folder)


def _take(app: Sunwai, browser: Browser, url: str, address: str, picture: Path, how: dict[str, Any]) -> None:
    urdu, nobody = how.pop("urdu", False), how.pop("nobody", False)
    context = browser.new_context(base_url=url, **({"viewport": WIDE} | how))
    if not nobody:
        visitor = arrive(app, "admin", "Ayesha Khan")
        context.add_cookies([{"name": "sunwai", "value": visitor.cookie(), "url": url}])
    page = context.new_page()
    path = address.format(draft=_draft(app))
    page.goto(path)
    if urdu:
        page.click(".tongue button[value=ur]")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=picture, animations="disabled")
    size = picture.stat().st_size
    print(f"{picture.name}: {size // 1000} kB" + (" TOO LARGE" if size > MOST else ""))
    context.close()


def _draft(app: Sunwai) -> int:
    """A draft of the complaints flow that is worked on."""
    with app.database.read() as db:
        return drafts.list_open_drafts(db, "complaints")[-1].id


if __name__ == "__main__":
    main()
