"""The blueprint of the console: `register` joins the areas under `/console` and guards every view of them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from flask import Blueprint, request

from gateway.console.access.reauthentication import reauthentication_page as proof
from gateway.console.access.sign_in import sign_in_page
from gateway.console.area_blueprints import AREAS
from gateway.console.site import error_pages, guard, headers, i18n
from gateway.console.site.session_interface import PREFIX, ConsoleSessionInterface
from sessions.staff.sealed_secrets import derive_key

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai


def register(app: Sunwai) -> None:
    """Open the console. Every view below `/console` passes the guard; nothing else of the application does."""
    key = app.settings.console_key
    app.secret_key = base64.urlsafe_b64encode(derive_key(key, "forms")).decode()
    app.session_interface = ConsoleSessionInterface()
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard asks, of the console's forms only
        WTF_CSRF_TIME_LIMIT=None,  # a token is as good as its session
        WTF_CSRF_SSL_STRICT=False,  # the guard looks at Origin itself
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
    )
    guard.PROTECTION.init_app(app)
    app.extensions[guard.PAGES] = guard.Pages(sign_in=sign_in_page, proof=proof)
    console = Blueprint(
        "console", "gateway.console", url_prefix=PREFIX, template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    console.before_request(_roomy)
    console.before_request(guard.check)
    console.after_request(headers.add_security_headers)
    error_pages.register_error_pages(console)
    for area in AREAS:
        console.register_blueprint(area)
    app.register_blueprint(console)
    i18n.register(app)
    app.jinja_env.globals.update(csrf=guard.csrf, may=guard.may, person=guard.current_person)


def _roomy() -> None:
    """A flow's files and workbooks are larger than what aggregators may send."""
    request.max_content_length = 8 * 1024 * 1024
