"""The tables of a flow's files as JSON Schemas (draft 2020-12), by which editors complete and mark what is typed.

A schema knows keys and what each takes. Whether screens, lists and words fit together is for the checks.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flows.engine.answer_kinds import KINDS
from flows.menu import file_keys
from flows.menu.action_spec import ActionSpec
from flows.menu.actions import ACTIONS
from flows.menu.declared_names import ANSWER_WORDS, ERROR_WORDS, SERVICE_WORDS
from flows.menu.file_keys import TAKES, FileKey
from flows.menu.keyword_rule import ABOUT, EMERGENCY
from flows.menu.screen_kinds import KINDS as SCREEN_KINDS
from flows.menu.screen_kinds import ScreenKind

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TAG = "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"  # of a language, BCP 47
CODE = "^[a-z][a-z0-9_]*$"
TEXT = {"$ref": "#/$defs/text"}
SCALAR = {"type": ["string", "number", "boolean"]}
WORD = {"type": ["string", "number"]}
YES_NO = {"enum": ["yes", "no", "true", "false", True, False]}
# What a key takes, as a schema. Those that a map decides ("map", "rows") are in `_map`.
FORMS: Mapping[str, Schema] = {
    "text": TEXT,
    "word": WORD,
    "code": {"type": "string", "pattern": CODE},
    "screen": {"type": "string"},
    "variable": {"type": "string"},
    "list": {"type": "string"},
    "where": {"type": "string", "pattern": "^.+=.+$"},
    "condition": {"type": ["string", "boolean"]},
    "yes_no": YES_NO,
    "tries": {"type": ["integer", "string"], "pattern": "^[1-5]$", "minimum": 1, "maximum": 5},
    "key": {"type": "string"},
    "range": {"type": "string", "pattern": "^ *[0-9]+ *- *[0-9]+ *$"},
    "days": {
        "type": "string",
        "pattern": "^ *(-?[0-9]+|[a-z]+) *(-|–|…|\\.\\.+|to) *(-?[0-9]+|[a-z]+) *$",
    },
    "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "answer": {"enum": [*KINDS]},
    "action": {"enum": [name for name, spec in ACTIONS.items() if not spec.built_in]},
    "file": {"type": "string"},
    "channel": {"enum": ["ussd", "sms"]},
    "languages": {"type": "object", "propertyNames": {"pattern": TAG}, "additionalProperties": WORD},
    "tags": {"type": "array", "items": {"type": "string", "pattern": TAG}},
    "files": {"type": "object", "additionalProperties": {"type": "string"}},
    "words": {"type": "array", "items": WORD},
    "aliases": {"type": "object", "additionalProperties": WORD},
    "anything": {},
}


def flow_schema() -> Schema:
    """The schema of a flow file."""
    screens = {"type": "object", "propertyNames": {"pattern": CODE}, "additionalProperties": {"$ref": "#/$defs/screen"}}
    maps: dict[str, Schema] = {
        "service": _names(SERVICE_WORDS, WORD, more=WORD),
        "keys": _names(file_keys.KEYS, _object(file_keys.KEY, {}, tags=True)),
        "errors": _names(ERROR_WORDS, TEXT),
        "resume": _names(file_keys.RESUME, TEXT),
        "meant": _names(file_keys.MEANT, TEXT),
        "receipt": _names(file_keys.RECEIPT, TEXT),
        "screens": screens,
    }
    return _whole("A flow of Sunwai", _object(file_keys.FLOW, maps)) | {
        "$defs": {"text": _text(), "screen": {"oneOf": [_screen(kind) for kind in SCREEN_KINDS]}}
    }


def keywords_schema() -> Schema:
    """The schema of the file of keywords."""
    rule = _object(file_keys.KEYWORD_RULE, {})
    rule["properties"]["intent"]["examples"] = [*ABOUT, EMERGENCY]
    return _whole("Keywords of a flow of Sunwai", {"type": "array", "items": rule})


def texts_schema() -> Schema:
    """The schema of the file of texts."""
    body = {"type": "object", "additionalProperties": TEXT}
    return _whole("Texts of a flow of Sunwai", body) | {"$defs": {"text": _text()}}


def script_schema() -> Schema:
    """The schema of a scripted call."""
    step = _object(file_keys.STEP, {})
    for name in ("see", "enter", "ends", "sms"):
        step["properties"][name] |= {"type": ["string", "number"]}
    step["properties"]["stored"] |= {"type": ["object", "string", "boolean"]}
    maps: dict[str, Schema] = {
        "steps": {"type": "array", "items": step},
        "caller": {"type": "object"},
        "act": {"type": "object"},
    }
    body = _object(file_keys.SCRIPT, maps)
    return _whole("A scripted call of Sunwai", body | {"additionalProperties": True})


SCHEMAS = {"flow": flow_schema, "keywords": keywords_schema, "texts": texts_schema, "script": script_schema}


def _whole(title: str, body: Schema) -> Schema:
    version = max(file_keys.VERSIONS)
    return {"$schema": DRAFT, "title": title, "description": f"Format {version}. Reference: reference.md", **body}


def _screen(kind: ScreenKind) -> Schema:
    """A screen of one kind: it has the word of that kind, and none of another."""
    maps: dict[str, Schema] = {
        "choose": {"type": "object", "propertyNames": {"pattern": CODE}, "additionalProperties": _option()},
        "or_type": _object(file_keys.OR_TYPE, {}),
        "with": {"type": "object", "additionalProperties": SCALAR},
        "then": {"type": "object", "additionalProperties": {"type": "string"}, "required": ["else"]},
    }
    keys = {**kind.keys, **(file_keys.BOUNDS if "answer" in kind.keys else {})}
    body = _object(keys, maps)
    if "answer" in kind.keys:
        body["properties"] |= {
            name: {**TEXT, "description": f"Shown for {said}."} for name, said in ANSWER_WORDS.items()
        }
    if kind.word == "do":
        body["allOf"] = [_with_action(name, spec) for name, spec in ACTIONS.items() if not spec.built_in]
    return body


def _with_action(name: str, spec: ActionSpec) -> Schema:
    """What a screen with this action has: its arguments, and its outcomes beside `else`."""
    given = {argument: {**SCALAR, "description": takes.about} for argument, takes in spec.arguments.items()}
    required = [argument for argument, takes in spec.arguments.items() if takes.required]
    outcomes = {outcome: {"type": "string", "description": said} for outcome, said in spec.outcomes.items()}
    outcomes["else"] = {"type": "string", "description": "Every other outcome, and failing."}
    has = {
        "with": {"properties": given, "additionalProperties": False, "required": required},
        "then": {"properties": outcomes, "additionalProperties": False},
    }
    needs = {"required": ["with"]} if required else {}
    return {"if": {"properties": {"do": {"const": name}}}, "then": {"properties": has, **needs}}


def _option() -> Schema:
    return _object(file_keys.OPTION, {}, tags=True)


def _text() -> Schema:
    """A text: a line for each language, or words that serve all of them."""
    by_language = _object(file_keys.TEXT, {}, tags=True)
    return {"anyOf": [by_language, WORD], "examples": [file_keys.WRITTEN["text"]]}


def _names(names: Mapping[str, str], value: Schema, *, more: Schema | None = None) -> Schema:
    """A map that has these names, each with such a value; `more` is the value of any other name."""
    named = {name: {**value, "description": said} for name, said in names.items()}
    return {"type": "object", "properties": named, "additionalProperties": False if more is None else more}


def _object(keys: Mapping[str, FileKey], maps: Mapping[str, Schema], *, tags: bool = False) -> Schema:
    """A map with these keys and no other; with `tags`, words by the tags of languages besides.

    A key that takes a map has its schema in `maps`, or may have anything.
    """
    properties = {name: _value(name, key, maps) for name, key in keys.items()}
    body: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if tags:
        body |= {"additionalProperties": True, "propertyNames": {"anyOf": [{"enum": [*keys]}, {"pattern": TAG}]}}
    required = _required(keys)
    return body | ({"required": required} if required else {})


def _required(keys: Mapping[str, FileKey]) -> Collection[str]:
    return [name for name, key in keys.items() if key.required]


def _value(name: str, key: FileKey, maps: Mapping[str, Schema]) -> Schema:
    form = maps.get(name, {}) if key.takes in ("map", "rows") else FORMS[key.takes]
    if key.takes == "rows":
        form = {"anyOf": [{"type": "string"}, _object(file_keys.CHOOSE_FROM, {})]}
    takes = "" if key.takes == "map" else f" Takes {TAKES[key.takes]}."
    return {**form, "description": f"{key.about}{takes}"}
