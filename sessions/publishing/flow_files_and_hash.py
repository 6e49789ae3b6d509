"""A flow's own files among those of a folder, their hash, and the flow that they define."""

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache

import msgspec

from flows.editing.yaml_nodes import Source
from flows.menu.file_keys import FLOW
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.preview.transcript_coverage import transcripts_for
from storage.schema.tables import Revision


def select_flow_files(
    files: Mapping[str, str], main: str, flow: str, named: Collection[str] | None = None
) -> dict[str, str]:
    """The files of a folder that belong to this flow: those that its main file names, and its scripted calls.

    `named` are the files that it names, if it has been parsed; otherwise it is read for them and must be valid YAML: a
    file in a comment, or a longer name that ends with it, does not count.
    """
    own = {main, *(_named(files[main], main) if named is None else named)}
    own |= {script.file for script in transcripts_for(files, flow)}
    return {name: text for name, text in files.items() if name in own}


def _named(text: str, main: str) -> set[str | None]:
    source = Source(text, main)
    keys = (name for name, key in FLOW.items() if key.takes == "file")
    return {source.words((key,)) for key in keys} | {source.words(("lists", key)) for key in source.keys(("lists",))}


def digest_of(files: Mapping[str, str], main: str) -> str:
    """SHA-256, in hexadecimal, of a flow's files with their names."""
    return hashlib.sha256(msgspec.msgpack.encode([main, sorted(files.items())])).hexdigest()


def main_of(revision: Revision) -> str | None:
    """The name of a revision's main file: the one with which its files match its hash. None if they are damaged."""
    tops = [name for name in revision.source if name.endswith((".yaml", ".yml"))]
    return next((name for name in tops if digest_of(revision.source, name) == revision.digest), None)


def flow_of(revision: Revision) -> Flow | None:
    """The flow of a revision, parsed from its files if another release compiled it. None if those are damaged."""
    try:
        return _decode(revision.compiled)
    except msgspec.DecodeError:
        main = main_of(revision)
        return parse_flow(revision.source, main).flow if main else None


@lru_cache(maxsize=8)
def _decode(compiled: bytes) -> Flow:
    """A compiled flow: pages and checks compare with the live ones again and again."""
    return msgspec.msgpack.decode(compiled, type=Flow)
