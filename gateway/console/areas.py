"""The areas of the console: each module with views is imported here, once, and adds them to its area's blueprint."""

from __future__ import annotations

from flask import Blueprint

from gateway.console import health, map, people, shell  # noqa: A004
from gateway.console.access import account, entering, joining, openid
from gateway.console.access.blueprint import blueprint as access
from gateway.console.editor import all_screens, one_screen, problems
from gateway.console.editor.blueprint import blueprint as editor
from gateway.console.files import incoming, one_file
from gateway.console.files import pages as file_pages
from gateway.console.files.blueprint import blueprint as files
from gateway.console.funnel import pages as funnel_pages
from gateway.console.funnel.blueprint import blueprint as funnel
from gateway.console.keywords import pages as keyword_pages
from gateway.console.keywords.blueprint import blueprint as keywords
from gateway.console.lifecycle import appointments, codes, counting, draft, flow, home, publish, revisions, update
from gateway.console.lifecycle.blueprint import blueprint as lifecycle
from gateway.console.lists import acts, beginning
from gateway.console.lists import incoming as list_incoming
from gateway.console.lists import pages as list_pages
from gateway.console.lists.blueprint import blueprint as lists
from gateway.console.phone.pages import blueprint as phone
from gateway.console.words import page, workbook
from gateway.console.words.blueprint import blueprint as words

VIEWS = (
    *(account, entering, joining, openid, all_screens, one_screen, problems, incoming, one_file, file_pages),
    *(funnel_pages, keyword_pages, appointments, codes, counting, draft, flow, home, publish, revisions, update),
    *(acts, beginning, list_incoming, list_pages, page, workbook),
)
AREAS: tuple[Blueprint, ...] = (
    *(access, people.blueprint, lifecycle, editor, map.blueprint, phone, words, lists, keywords, files, funnel),
    *(health.blueprint, shell.blueprint),
)
