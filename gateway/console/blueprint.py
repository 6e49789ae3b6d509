"""The blueprint of the console: `register` joins the areas under `/console` and guards every view of them."""

from __future__ import annotations

import base64
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from gateway import console as pages
from gateway.console.access.reauthentication import reauthentication_page as proof
from gateway.console.access.sign_in import sign_in_page
from gateway.console.cookies.session_interface import PREFIX, ConsoleSessionInterface
from gateway.console.diff import diff_view
from gateway.console.help.code_links import link_codes
from gateway.console.messages import said_messages
from gateway.console.site import error_pages, guard, i18n, sentence_words, titles
from sessions.staff.sealed_secrets import derive_key

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

_ONLY_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def register(app: Sunwai) -> None:
    """Add the console. Every view below `/console` passes the guard; nothing else in the application does."""
    key = app.settings.console_key
    app.secret_key = base64.urlsafe_b64encode(derive_key(key, "forms")).decode()
    app.session_interface = ConsoleSessionInterface()
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard checks it, for forms of the console only
        WTF_CSRF_TIME_LIMIT=None,  # a token is valid as long as its session
        WTF_CSRF_SSL_STRICT=False,  # the guard checks Origin itself
    )
    guard.PROTECTION.init_app(app)
    app.extensions[guard.PAGES] = guard.Pages(sign_in=sign_in_page, proof=proof)
    console = Blueprint(
        "console", "gateway.console", url_prefix=PREFIX, template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    console.before_request(guard.check)
    console.after_request(_add_security_headers)
    error_pages.register_error_pages(console)
    for area in find_areas():
        console.register_blueprint(area)
    app.register_blueprint(console)
    i18n.register(app)
    sentence_words.register(app)
    said_messages.register(app)
    app.jinja_env.globals["link_codes"] = link_codes
    app.jinja_env.globals.update(
        csrf=guard.csrf, may=guard.may, person=guard.current_person, query_of_page=diff_view.query_of_page,
        screen_title=titles.screen_title, list_title=titles.list_title, flow_title=titles.flow_title,
        column_title=titles.column_title,
        live_title=titles.live_title, draft_title=titles.draft_title, language_order=titles.language_order,
    )  # fmt: skip


def find_areas() -> tuple[Blueprint, ...]:
    """The blueprint of every area, after every module in this folder has been imported and has added its views."""
    names = sorted(each.name for each in walk_packages(pages.__path__, f"{pages.__name__}."))
    found = (getattr(import_module(name), "blueprint", None) for name in names)
    return tuple(dict.fromkeys(each for each in found if isinstance(each, Blueprint)))


def _add_security_headers(response: Response) -> Response:
    """The same response with what the console's pages need beyond gateway/http/security_headers.py."""
    headers = response.headers
    headers["Content-Security-Policy"] = _ONLY_OURS
    headers["Referrer-Policy"] = "same-origin"  # with no-referrer browsers send forms with `Origin: null`
    if request.endpoint == "console.static" and response.status_code < 400:
        headers["Cache-Control"] = "public, max-age=3600"
    else:
        headers["Cache-Control"] = "no-store"
    return response
