"""What a browser would send of a form on a page, read without one."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self._form, self._inside = form, False
        self.found: dict[str, str] = {}
        self._text = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self._form
        if tag == "option" and self._select and ("selected" in given or self._select not in self.found):
            self.found[self._select] = given.get("value", "\0")
        if not (self._inside or given.get("form") == self._form) or "disabled" in given or "name" not in given:
            return
        name = given["name"]
        if tag == "textarea":
            self._text, self.found[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.found[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._text:
            self.found[self._text] = self.found[self._text].removeprefix("\n")
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] += data
        elif self._select and self.found.get(self._select) == "\0":
            self.found[self._select] = data


def fields(page: str, form: str) -> dict[str, str]:
    """The fields of the form with this id, each with the value that counts; buttons are left out."""
    reader = _Fields(form)
    reader.feed(page)
    return reader.found
