"""Links from the codes in a line of words to their pages of help."""

import re

from flask import url_for
from markupsafe import Markup

from flows.checks.analysis.catalogue import CHECKS

_CODE = re.compile(r"\b[DF][0-9]{3}\b")


def link_codes(line: str) -> Markup:
    """A line with each code of a check as a link to its page. All else in the line stays text."""
    made, at = Markup(), 0
    for found in _CODE.finditer(line):
        if found[0] in CHECKS:
            link = Markup('<a href="{}">{}</a>').format(url_for("console.help.page", code=found[0]), found[0])
            made, at = made + line[at : found.start()] + link, found.end()
    return made + line[at:]
