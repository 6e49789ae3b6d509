"""Pashto added to copies of shipped flows, as a translator would: one more language in their files, and no code.

What is in PASHTO is Pashto. Everything else is the Urdu text in Pashto spelling, which is as long as the Urdu and has
the letters of Pashto; nobody would publish it.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from ruamel.yaml import YAML

from tests.flows.library import shipped_files

TAG, NAME = "ps", "پښتو"
PASHTO = {"بجلی بند": "برق نشته"}
# Small words and letters that Urdu has and Pashto does not.
_WORDS = {"ہے": "ده", "ہیں": "دي", "کی": "د", "کا": "د", "کے": "د", "میں": "کې", "اور": "او", "نہیں": "نه", "سے": "له"}
_LETTERS = str.maketrans("ٹڈڑےہگکیھ", "ټډړېهګکيه")


def spelt(urdu: str) -> str:
    """Words in Pashto spelling, no longer than they were, and never the same."""
    words = [_WORDS.get(word, word) for word in urdu.split(" ")]
    spelling = " ".join(words).translate(_LETTERS).replace("ن", "ڼ", 1)
    return PASHTO.get(urdu) or (spelling if spelling != urdu else spelling.replace("ا", "آ", 1))


def pashto_files(main: str) -> dict[str, str]:
    """The files of the library with Pashto in `main`, in the texts by SMS and in every list."""
    files = dict(shipped_files())
    for name in (main, "texts.yaml"):
        files[name] = _flow(files[name])
    for name in [name for name in files if name.startswith("lists/")]:
        files[name] = _list(files[name])
    files["keywords.yaml"] += f'- intent: language_name\n  words: ["{NAME}"]\n'
    files["keywords.yaml"] += '- intent: emergency\n  words: ["اور ولګېد", "مرسته وکړئ"]\n'
    return {name: text for name, text in files.items() if not name.startswith("transcripts/")}


def _flow(text: str) -> str:
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 4096, True
    data = yaml.load(text)
    _add(data)
    data.get("aliases", {}).pop(TAG, None)  # who types urdu does not mean Pashto
    if "languages" in data:
        data["languages"][TAG] = NAME
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def _add(node: Any) -> None:
    for value in list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else ():
        _add(value)
    if isinstance(node, dict) and isinstance(node.get("ur"), str):
        node[TAG] = spelt(node["ur"])


def _list(text: str) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    written = io.StringIO()
    table = csv.DictWriter(written, [*rows[0], TAG], lineterminator="\n")
    table.writeheader()
    table.writerows({**row, TAG: spelt(row["ur"])} for row in rows)
    return written.getvalue()
