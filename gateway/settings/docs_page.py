"""docs/operators/settings.md, written from the settings themselves."""

from collections.abc import Sequence
from dataclasses import Field
from typing import Any

from gateway.settings.values.fields import STANDIN

_HEAD = """# Settings

Settings are environment variables. A process reads them once, when it starts. An empty variable counts as not set. If
a value cannot be used, the process names the setting and does not start. `python -m gateway.settings` writes this page.

| Setting | Default | In development | What it is |
| --- | --- | --- | --- |
"""
_FOOT = """
A described aggregator (docs/operators/described-aggregators.md) has settings of its own, which begin with its name: the
description `telenor` needs `TELENOR_MSISDN`, `TELENOR_PASSWORD` and `TELENOR_MASK`. They are required if the aggregator
is in `AGGREGATORS`.
"""


def page_of(settings: Sequence[Field[Any]]) -> str:
    """The whole page."""
    return _HEAD + "".join(_line(each) for each in settings) + _FOOT


def _line(setting: Field[Any]) -> str:
    told = setting.metadata
    default = f"`{told['shown']}`" if told["shown"] else _shown(setting.default)
    developing = _shown(told["development"]) if told["development"] else "the same"
    return f"| `{setting.name.upper()}` | {default} | {developing} | {told['doc']} |\n"


def _shown(value: Any) -> str:
    """A default as written in the environment; "" for an empty one."""
    if not isinstance(value, str | int | tuple):
        return ""
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text.replace(STANDIN, 'STANDIN_URL')}`" if text else ""
