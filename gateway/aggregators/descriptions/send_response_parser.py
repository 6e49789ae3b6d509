"""Parses the body of an answer (JSON, XML, a form or plain words) into a tree that a description can address."""

import re
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

import msgspec

DEEPEST = 20
_BETWEEN = re.compile(r"[\s:|,;=]+")


def tree(kind: str, body: bytes) -> Any:
    """The tree of a body; None if the body is not of this kind."""
    try:
        if kind == "json":
            return msgspec.json.decode(body)
        if kind == "xml":
            return _xml(body)
        text = body.decode().strip()
        return _words(text) if kind == "text" else dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, expat.ExpatError, ValueError, LookupError):
        return None


def _words(text: str) -> dict[str, str]:
    """`all` is the whole text; its words have numbers from 1. Spaces and the characters `: | , ; =` separate them."""
    words = [word for word in _BETWEEN.split(text, 50) if word]
    return {"all": text} | {str(number): word for number, word in enumerate(words, 1)}


class _Reading:
    """Builds maps from elements: text by name, and a list if a name is repeated. Attributes are ignored."""

    def __init__(self) -> None:
        self.open: list[tuple[str, dict[str, Any], list[str]]] = [("", {}, [])]

    def start(self, name: str, _attributes: object) -> None:
        if len(self.open) > DEEPEST:
            raise ValueError("too deep")
        self.open.append((name.rpartition(":")[2], {}, []))

    def text(self, data: str) -> None:
        self.open[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, inside, words = self.open.pop()
        value: Any = inside or "".join(words).strip()
        around = self.open[-1][1]
        if name in around:
            earlier = around[name]
            around[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            around[name] = value

    def refuse(self, *_given: object) -> None:
        raise ValueError("a document type may unfold without end")


def _xml(body: bytes) -> Any:
    """What is inside the outermost element."""
    reading, parser = _Reading(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reading.text, reading.refuse
    parser.Parse(body, True)
    (whole,) = reading.open[0][1].values()
    return whole if isinstance(whole, dict) else {"all": whole}
