"""The page of each code, and all codes. It says what docs/operators/checks.md says, also without a network."""

from functools import cache
from pathlib import Path

import msgspec
from flask import Blueprint, abort, render_template, request
from msgspec import Struct

from flows.checks.analysis.catalogue import CHECKS
from flows.checks.catalogue.catalogue_entry import Check
from gateway.console.messages.said_messages import show_message
from gateway.console.site.guard import needs

blueprint = Blueprint("help", __name__, url_prefix="/help")

EXAMPLES = Path(__file__).with_name("check_examples.json")
LONGEST_SEARCH = 60


class FoundProblem(Struct, frozen=True):
    """What a check said about an example: its place as `file:line`, the message, and how to correct it."""

    place: str
    message: str
    hint: str = ""


class CheckExample(Struct, frozen=True):
    """Files that have the problem of a code, and what the check said about them."""

    files: tuple[str, ...] = ()
    found: tuple[FoundProblem, ...] = ()


@cache
def read_examples(path: Path = EXAMPLES) -> dict[str, CheckExample]:
    """The example of each code, as `python -m gateway.development.checks_page` wrote them. Raises OSError."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, CheckExample])


@blueprint.get("")
@needs("look")
def index() -> str:
    """Every code with its meaning; `search` finds codes and words, in English or as they are shown."""
    wanted = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    words = wanted.casefold().split()
    found = {code: check for code, check in CHECKS.items() if all(word in _words_of(code, check) for word in words)}
    return render_template("console/help/index.html", checks=found, wanted=wanted)


def _words_of(code: str, check: Check) -> str:
    """What a search looks through: the words in English, and as the reader reads them."""
    said = (check.summary, check.about, *(show_message(each).striptags() for each in (check.summary, check.about)))
    return " ".join((code, *said)).casefold()


@blueprint.get("/<code>")
@needs("look")
def page(code: str) -> str:
    """What a code means, why it matters, an example, and how to correct it."""
    check = CHECKS.get(code.upper())
    if check is None:
        abort(404)
    codes = list(CHECKS)
    at = codes.index(code.upper())
    return render_template(
        "console/help/page.html",
        code=code.upper(),
        check=check,
        example=read_examples().get(code.upper(), CheckExample()),
        before=codes[at - 1] if at else "",
        after=codes[at + 1] if at + 1 < len(codes) else "",
    )
