"""What the server answers as a hop: a request as WSGI has it, or a form whose head is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from gateway.http.errors import TOO_BUSY
from gateway.server import wsgi_call
from gateway.server.wsgi_call import HttpAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class HopRequest(Protocol):
    """A whole request for the next screen of a call."""

    def answer(self, date: bytes, *, keep: bool) -> bytes:
        """The whole answer, ready to send; never raises. `date` and `keep` as `wsgi_call.call` has them."""
        ...

    def refuse(self, date: bytes, *, keep: bool) -> bytes:
        """The answer that says that there are too many."""
        ...

    def begins_call(self) -> bool:
        """True for the first hop of a call, as far as it tells."""
        ...


class FormHandler(Protocol):
    """What an application does with forms that come under one head, of which it needs to see nothing more."""

    def answer(self, form: bytes) -> HttpAnswer:
        """The answer to a form, as it came."""
        ...

    def refuse(self, form: bytes) -> HttpAnswer:
        """The answer that says that there are too many."""
        ...

    def begins_call(self, form: bytes) -> bool:
        """True for the first hop of a call, as far as it tells."""
        ...


class FormHop:
    """A form, and what handles it: WSGI's environment would cost as much as a tenth of the hop."""

    __slots__ = ("_form", "_handler")

    def __init__(self, handler: FormHandler, form: bytes) -> None:
        self._handler, self._form = handler, form

    def answer(self, date: bytes, *, keep: bool) -> bytes:
        """The answer to it."""
        return wsgi_call.form_answer(self._handler.answer, self._form, date, keep=keep)

    def refuse(self, date: bytes, *, keep: bool) -> bytes:
        """The answer that says that there are too many."""
        return wsgi_call.form_answer(self._handler.refuse, self._form, date, keep=keep)

    def begins_call(self) -> bool:
        """Whether the form begins a call."""
        return self._handler.begins_call(self._form)


class WsgiHop:
    """A request for the application, as it is; `begins_call` is asked about its environment."""

    __slots__ = ("_app", "_begins_call", "_environ")

    def __init__(
        self, app: WSGIApplication, environ: dict[str, Any], begins_call: Callable[[dict[str, Any]], bool]
    ) -> None:
        self._app, self._environ, self._begins_call = app, environ, begins_call

    def answer(self, date: bytes, *, keep: bool) -> bytes:
        """The application's answer."""
        return wsgi_call.call(self._app, self._environ, date, keep=keep)

    def refuse(self, date: bytes, *, keep: bool) -> bytes:
        """The application's answer to a request with TOO_BUSY: as the aggregator wants to hear it."""
        self._environ[TOO_BUSY] = True
        return wsgi_call.call(self._app, self._environ, date, keep=keep)

    def begins_call(self) -> bool:
        """What the application says of it."""
        return self._begins_call(self._environ)
