"""A new kind of screen touches six files at most, its tests among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.recipes.worked_example import Additions, errors_of_mypy, follow, run

MODEL = "flows/menu/model.py"
TESTS = "tests/gateway/console/test_say_screen.py"
NOUN = (
    ("Screen = Ask | Do | End\n", "Screen = Ask | Do | End | Say\n"),
    (
        "class End(Struct,",
        'class Say(Struct, frozen=True, tag="say"):\n    """A screen that shows words, and goes on at any key."""\n\n'
        "    id: str\n    text: Text\n    go: str\n\n\nclass End(Struct,",
    ),
)


def before(line: str, case: str) -> tuple[str, str]:
    """A case of a `match` that stands before the line."""
    return line, case + line


LAST = "        case _:\n            assert_never(screen)\n"
HOME = (
    (
        "End, NameLookup, Option, Pick, Screen, Text, Variable\n",
        "End, NameLookup, Option, Pick, Say, Screen, Text, Variable\n",
    ),
    (
        "KINDS = (ASK, DO, END)\n",
        'SAY_KEYS = {"say": FileKey("text", "What callers read."), "go": file_keys.ASK["go"]}\n'
        'SAY = ScreenKind("say", "asks", "says", "said", SAY_KEYS)\nKINDS = (ASK, DO, SAY, END)\n',
    ),
    ("            return END\n", "            return END\n        case Say():\n            return SAY\n"),
    (
        "            return screen\n        case Do() | End():\n            return None\n",
        "            return screen\n        case Say():\n            return Ask(screen.id, screen.text, go=screen.go)\n"
        "        case Do() | End():\n            return None\n",
    ),
    (
        '                yield FlowText(("sms",), screen.sms, "sms")\n',
        '                yield FlowText(("sms",), screen.sms, "sms")\n'
        '        case Say():\n            yield FlowText(("say",), screen.text, "ask")\n',
    ),
    (
        "            return replace(screen, text={}, sms={} if screen.sms is not None else None)\n",
        "            return replace(screen, text={}, sms={} if screen.sms is not None else None)\n"
        "        case Say():\n            return replace(screen, text={})\n",
    ),
    (
        "        case Ask(text=text) | End(text=text):\n",
        "        case Ask(text=text) | Say(text=text) | End(text=text):\n",
    ),
    (
        '                yield target, ("then", outcome)\n',
        '                yield target, ("then", outcome)\n        case Say():\n            yield screen.go, ("go",)\n',
    ),
    (
        '                yield Way(go, ("then", outcome), manner, outcome, saves=saves_of(screen))\n',
        '                yield Way(go, ("then", outcome), manner, outcome, saves=saves_of(screen))\n'
        '        case Say():\n            yield Way(screen.go, ("go",), "typed", "any key")\n',
    ),
    (
        "            return screen.skip_if\n        case End():\n",
        "            return screen.skip_if\n        case Say() | End():\n",
    ),
    (
        "for part in parts if isinstance(part, Variable))\n        case End():\n",
        "for part in parts if isinstance(part, Variable))\n        case Say() | End():\n",
    ),
    (
        "            return (screen.save,) if screen.save else ()\n        case End():\n",
        "            return (screen.save,) if screen.save else ()\n        case Say() | End():\n",
    ),
)
REST: Additions = {
    "flows/menu/screen_kinds.py": HOME,
    "flows/parsing/screens.py": (
        ("    Screen,\n    Template,\n", "    Say,\n    Screen,\n    Template,\n"),
        ('"end": self._end}', '"end": self._end, "say": self._say}'),
        (
            "    def _end(self,",
            "    def _say(self, name: str, node: Node) -> Screen:\n"
            '        return Say(name, node.text(self.languages, "say"), node.word("go") or "")\n\n'
            "    def _end(self,",
        ),
    ),
    "flows/engine/engine.py": (
        ("    Row,\n    State,\n", "    Row,\n    Say,\n    State,\n"),
        (
            "        case Do() | End():\n            raise AssertionError",
            "        case Say():\n            return _take(flow, state, None, None, screen.go)\n"
            "        case Do() | End():\n            raise AssertionError",
        ),
        (
            "            case Do():\n                if not (skip",
            "            case Say():\n                return _shown(flow, replace(state, screen=screen_id, **FRESH))\n"
            "            case Do():\n                if not (skip",
        ),
    ),
}


@pytest.fixture
def example() -> str:
    return (ROOT / "tests/recipes/examples/say_screen.py").read_text(encoding="utf-8")


def test_a_kind_of_screen_touches_six_files(tmp_path: Path, example: str) -> None:
    touched = follow(tmp_path, {MODEL: NOUN, **REST}, {TESTS: example})
    assert len(touched) <= 6, touched
    run(tmp_path, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", TESTS)


@pytest.mark.long
def test_the_type_checker_names_what_a_new_noun_lacks(tmp_path: Path) -> None:
    follow(tmp_path, {MODEL: NOUN})
    assert errors_of_mypy(tmp_path, "flows") == ["flows/engine/engine.py", "flows/menu/screen_kinds.py"]
