"""The areas of the console: each module with views is imported here, once, and adds them to its area's blueprint."""

from __future__ import annotations

from flask import Blueprint

from gateway.console.access import account, invitation, openid, sign_in, users
from gateway.console.access.blueprint import blueprint as access
from gateway.console.editor import problems, screen_list, screen_page
from gateway.console.editor.blueprint import blueprint as editor
from gateway.console.files import file_list as file_pages
from gateway.console.files import file_page, zip_import
from gateway.console.files.blueprint import blueprint as files
from gateway.console.funnel import pages as funnel_pages
from gateway.console.funnel.blueprint import blueprint as funnel
from gateway.console.health import pages as health
from gateway.console.keywords import pages as keyword_pages
from gateway.console.keywords.blueprint import blueprint as keywords
from gateway.console.lists import csv_upload as list_incoming
from gateway.console.lists import new_list, row_actions
from gateway.console.lists import pages as list_pages
from gateway.console.lists.blueprint import blueprint as lists
from gateway.console.map import pages as map_pages
from gateway.console.phone.pages import blueprint as phone
from gateway.console.publishing import (
    codes,
    draft,
    flow_overview,
    home,
    problem_badge,
    publication,
    rebase,
    revisions,
    schedule,
)
from gateway.console.publishing.blueprint import blueprint as lifecycle
from gateway.console.site import error_pages
from gateway.console.translations import pages as translation_pages
from gateway.console.translations import workbook
from gateway.console.translations.blueprint import blueprint as words

VIEWS = (
    *(account, sign_in, invitation, openid, screen_list, screen_page, problems, zip_import, file_page, file_pages),
    *(
        funnel_pages,
        keyword_pages,
        schedule,
        codes,
        problem_badge,
        draft,
        flow_overview,
        home,
        publication,
        revisions,
        rebase,
    ),
    *(row_actions, new_list, list_incoming, list_pages, translation_pages, workbook),
)
AREAS: tuple[Blueprint, ...] = (
    *(access, users.blueprint, lifecycle, editor, map_pages.blueprint, phone, words, lists, keywords, files, funnel),
    *(health.blueprint, error_pages.blueprint),
)
