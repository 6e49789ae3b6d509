"""The keys that a text lists with what each is for: "1 Yes 2 No", "1. Haan, 2. Nahi", "yes = 1, no = 2"."""

import re

from flows.checks.words.text_numbers import DIGIT
from flows.checks.words.typing_words import range_pattern
from flows.text.western_digits import western

# Texts of the life cycle that ask, and the keys that answer them.
KEYS: dict[str, str] = {
    **dict.fromkeys(("resolved_pending", "reminder_confirm"), "123"),
    **dict.fromkeys(("refused_pending", "reminder_refused", "recheck", "join_ask"), "12"),
    **dict.fromkeys(("withdraw_ask", "done_ask", "refused_sure", "dropped"), "2"),
    "resolved_sure": "23",
}

_KEY = re.compile(r"(?<![\w*#.,…-])(\d{1,2}|…)(?![\w*#%]|[.,]\d)")
_END = re.compile(r"[?!۔؟।\n]|\.(?=\s|$)")
_LETTER = re.compile(r"[^\W\d_]")
# What stands between a key and its words.
_JOIN = re.compile(
    r"^[\s.):=\-–—/>]*(?:(?:for|to|if|pour|para|si|kwa|ngir|ke liye|کے لیے|के लिए|का लागि)\b)?\s*", re.IGNORECASE
)
_GIVEN = re.compile(r"(?<![\w*#.,…-])(\d{1,2}|…)(?=\s*=)")  # "1 = very bad": nothing else is a key beside it
_APART = re.compile(r"\s[-–]\s")  # "Haan 1 - 2 Nahi" are two keys
MOST_KEYS = 12
UNKNOWN = "…"  # a key that only a variable holds


def key_labels(said: str, tag: str) -> dict[str, str]:
    """Each key that a text of a language lists with its words; {} for a text that lists fewer than two.

    The words are those behind a key, or those before it where nothing stands behind the last one.
    """
    if not DIGIT.search(said):
        return {}
    plain = range_pattern(tag).sub(lambda found: found[0] if _APART.search(found[0]) else " ", western(said))
    given = list(_GIVEN.finditer(plain))
    keys = (given if len(given) > 1 else list(_KEY.finditer(plain)))[: MOST_KEYS + 1]
    if not 2 <= len(keys) <= MOST_KEYS:
        return {}
    behind = [plain[key.end() : after.start()] for key, after in zip(keys, [*keys[1:], None], strict=True) if after]
    behind.append(plain[keys[-1].end() :])
    found = {key[1]: _first(words) for key, words in zip(keys, behind, strict=True)}
    if not _LETTER.search(found[keys[-1][1]]):
        before = [plain[: keys[0].start()], *behind[:-1]]
        found = {key[1]: _last(words) for key, words in zip(keys, before, strict=True)}
    return found if sum(bool(_LETTER.search(label)) for label in found.values()) > 1 else {}


def _first(words: str) -> str:
    """What follows a key, up to the end of its sentence."""
    joined = _JOIN.sub("", words)
    return _END.split(joined, maxsplit=1)[0].strip(" ,;،(")


def _last(words: str) -> str:
    """What stands before a key, from the last comma on."""
    cut = re.split(r"[,;،?!۔؟।\n]|\.\s", words.rstrip(" =:(-–—"))
    return _JOIN.sub("", cut[-1]).strip()
