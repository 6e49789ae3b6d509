"""F205 and F206: translations older than their base text, and words in another language than their tag says.

A flow may name a file of hashes, `translations: translations.yaml`: for each text and language the hash of the base
text as it was when it was translated; rows of lists are named `lists.category.mun01`. `stamped` writes that file.
Without one, F205 finds nothing. `flows/translation/translation_hashes.py` keeps it up to date from save to save.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping

from flows.checks.analysis.alphabets import LETTERS, NAMES, is_lost
from flows.checks.analysis.findings import CheckContext, Findings
from flows.checks.analysis.text_index import base_text, plain
from flows.checks.texts.blamed_language import changed_alone, written_as_other
from flows.engine.variables import base_language
from flows.menu.diagnostics import ParsedFlow, Path
from flows.menu.model import ANY_LANGUAGE, PLACE_LIST, Flow, Template
from flows.menu.screen_kinds import FlowText
from flows.text.languages import script_of

_LATIN_WORD = re.compile("[A-Za-z]*[a-z][A-Za-z]+")  # capitals only, as in SMS or CNIC, are said so in any language
_NOT_HEX = str.maketrans("0123456789", "ghijklmnop")  # eight letters: YAML can read them as nothing but a word


def check_translations(findings: Findings) -> None:
    """Report stale translations, untranslated texts and words in the wrong script."""
    for each in _texts(findings):
        _stale(findings, each)
        if ANY_LANGUAGE not in each.text:
            same = _same(findings, each) if each.role != "row" else set()
            for tag, parts in each.text.items():
                if tag not in same:
                    _script(findings, each.path, tag, plain(parts))
    _unknown(findings)


def digest(parts: Template) -> str:
    """The hash of a base text: eight letters that change whenever a word or variable of it does."""
    words = "".join(part if isinstance(part, str) else f"{{{part.name}|{part.cut or ''}}}" for part in parts)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8].translate(_NOT_HEX)


def build_hash_file(parsed: ParsedFlow, flow: Flow) -> str:
    """The file of hashes for a flow as it is now, which takes every translation to be up to date."""
    hashes: dict[str, dict[str, str]] = {}
    for each in _texts(Findings(parsed, flow, CheckContext())):
        base = base_text(flow, each.text)
        tags = [tag for tag in each.text if tag not in (base_language(flow), ANY_LANGUAGE)]
        if base is not None and tags:
            hashes[".".join(each.path)] = dict.fromkeys(tags, digest(base))
    return format_hash_file(hashes)


def format_hash_file(hashes: Mapping[str, Mapping[str, str]]) -> str:
    """The file of hashes: the path of a text with dots -> language -> hash."""
    lines = ["# Which base text each translation was made from. Written by `flask flows translated`, not by hand."]
    for path, known in hashes.items():
        lines.append(f"{path}: {{{', '.join(f'{tag}: {hashed}' for tag, hashed in known.items())}}}")
    return "\n".join(lines) + "\n"


def _texts(findings: Findings) -> Iterator[FlowText]:
    """Every text of the flow, and every row of its lists as one."""
    yield from findings.texts
    yield from (each for each in findings.row_texts if each.path[1] != PLACE_LIST)  # names, not texts


def _stale(findings: Findings, each: FlowText) -> None:
    if not findings.translated:
        return
    base = base_text(findings.flow, each.text)
    for tag, known in findings.translated.get(".".join(each.path), {}).items():
        if base is not None and tag in each.text and known != digest(base):
            origin = base_language(findings.flow)
            message = f"the {origin} text has changed since this was translated, so a caller may read something else"
            hint = "translate it again, then run flask flows translated FILE > translations.yaml in the folder of FILE"
            findings.add("F205", each.path, message, language=tag, hint=hint)


def _unknown(findings: Findings) -> None:
    if findings.translated:
        known = [".".join(each.path) for each in _texts(findings)]
        for path in sorted(set(findings.translated) - set(known)):
            message = f"the file of hashes has {path}, but there is no such text"
            hint = (
                findings.suggest(path, known)
                or "run flask flows translated FILE > translations.yaml in the folder of FILE"
            )
            findings.add("F205", ("translations",), message, hint=hint, severity="I")


def _same(findings: Findings, each: FlowText) -> set[str]:
    """The tags whose two words or more read as in another language: one borrowed word (Menu) is no fault."""
    told: set[str] = set()
    seen: dict[str, str] = {}
    for tag, parts in each.text.items():
        words = " ".join(plain(parts).casefold().split())
        if sum(any(letter.isalpha() for letter in word) for word in words.split()) < 2:
            continue
        other = seen.setdefault(words, tag)
        if other != tag:
            wrong = _at_fault(findings, each, other, tag)
            right = other if wrong == tag else tag
            chosen = findings.flow.languages.get(wrong, wrong)
            message = f"it is the text in {right}, so a caller who chose {chosen} reads {right}"
            hint = f"translate it into {wrong}, or write any_language: yes"
            findings.add("F206", each.path, message, language=wrong, hint=hint)
            told.add(wrong)
    return told


def _at_fault(findings: Findings, each: FlowText, first: str, second: str) -> str:
    """Which of two languages with the same words has the other's; where nothing tells, the second."""
    words = plain(each.text[second])
    changed = changed_alone(findings, each.path, each.text, first, second)
    return changed or written_as_other(findings.flow, words, first, second) or second


def _script(findings: Findings, path: Path, tag: str, words: str) -> None:
    if is_lost(tag, words):
        return  # reported already
    script = script_of(tag)
    if script == "Latn" and words.isascii():
        return  # most texts
    if script not in LETTERS:
        return  # of a script whose letters are not known here nothing can be said
    foreign = next((name for name, letters in LETTERS.items() if name != script and letters.search(words)), None)
    if foreign is None:
        return
    if not LETTERS[script].search(words):
        if foreign == "Latn" and not _LATIN_WORD.search(words):
            return
        message = f"it is written in {NAMES[foreign]} letters, which not every caller who chose {tag} can read"
    elif foreign == "Latn" and (word := _LATIN_WORD.search(words)):
        message = f"{word[0]!r} is in Latin letters among {NAMES[script]} ones, which not every caller can read"
    elif foreign != "Latn" and script == "Latn":
        message = f"there are {NAMES[foreign]} letters among Latin ones: a phone without them shows boxes"
    else:
        return
    findings.add("F206", path, message, language=tag, hint=f"write it in {NAMES[script]} letters")
