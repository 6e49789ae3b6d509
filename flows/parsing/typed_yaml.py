"""A YAML file read into a struct: every field is checked, and what is wrong is said in one sentence."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Read = TypeVar("Read")


def read_typed_yaml(text: str, into: type[Read], amend: Callable[[dict[str, Any]], None] = lambda _: None) -> Read:
    """The map in a YAML text as a struct; `amend` may rewrite the map first. ValueError says what is wrong."""
    try:
        raw = YAML(typ="safe", pure=True).load(text)
        if not isinstance(raw, dict):
            raise ValueError("it is empty, or not a map of names and values")  # noqa: TRY004 - about the file
        amend(raw)
        return msgspec.convert(raw, into)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"it is no YAML{where}: {getattr(error, 'problem', None) or 'look at it'}") from None
    except (RecursionError, OverflowError, AttributeError, TypeError, KeyError, NotImplementedError):
        raise ValueError(
            "it is no YAML: it is nested too deeply, or has a name, number or day that cannot be"
        ) from None
    except msgspec.ValidationError as error:
        said = str(error).replace("Invalid RFC3339 encoded date", "A day is written like 2026-03-21")
        raise ValueError(said.replace(" `$.", " `")) from None
