"""Asks before an act that harms somebody or cannot be undone: a page says what will happen, and its button does it.

The page works without script: it is the answer to the form, and holds the form again with a mark of what it showed. If
that has changed by the time the button is pressed, the page is shown again, with what is true now.
"""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

from flask import Response, render_template, request
from msgspec import Struct

from gateway.console.site import saved_form

P = ParamSpec("P")
T = TypeVar("T")

SURE = "sure"  # the field that says that somebody has seen the page, and which
_ASKS = "console_asks"


class Fact(Struct, frozen=True):
    """A line of the page: what it is about, and its value, which may be in any script."""

    label: str
    value: str


class Question(Struct, frozen=True):
    """What a page says before an act: a title that ends in a question mark, sentences, and the two ways on.

    `shown` is what the answer depends on, as texts and numbers: whoever answered something else is asked again.
    """

    title: str
    words: Sequence[str]
    button: str
    back: str  # the address to which nothing that was done leads
    shown: Sequence[str | int]
    facts: Sequence[Fact] = ()


def ask_first(about: Callable[P, Question | None]) -> Callable[[Callable[P, T]], Callable[P, T | Response]]:
    """The view acts only after its question was answered. Put this below `needs`.

    `about` gets what the view gets. None means that there is nothing to ask: the form does no harm, or cannot be done,
    and the view says so.
    """

    def declared(view: Callable[P, T]) -> Callable[P, T | Response]:
        @wraps(view)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T | Response:
            question = about(*args, **kwargs)
            if question is None or request.form.get(SURE, "") == _mark(question):
                return view(*args, **kwargs)
            return _page(question)

        setattr(asked, _ASKS, True)
        return asked

    return declared


def asks_first(view: Any) -> bool:
    """True for a view with a question."""
    return bool(getattr(view, _ASKS, False))


def _page(question: Question) -> Response:
    """The question; 409 for somebody who answered it when something else was true."""
    changed = SURE in request.form
    fields = [each for each in saved_form.without_secrets(request.form.items(multi=True)) if each[0] != SURE]
    words = render_template(
        "console/questions/page.html", question=question, mark=_mark(question), fields=fields, changed=changed
    )
    return Response(words, 409 if changed else 200, mimetype="text/html")


def _mark(question: Question) -> str:
    """A digest of where the form goes and of what the page shows."""
    shown = json.dumps([request.path, *question.shown], ensure_ascii=False)
    return sha256(shown.encode()).hexdigest()[:32]
