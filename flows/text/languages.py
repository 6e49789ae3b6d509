"""What Unicode's CLDR knows about a language by its tag (BCP 47): script, direction and months."""

import re
from functools import lru_cache

from babel import Locale, localedata
from babel.core import get_global

LATIN = "Latn"
# Codes, numbers and dates, which keep their own order inside words from right to left.
CODES = re.compile(r"[*#]?[+0-9][0-9*#:/.+-]*[0-9#]")
_MONTHS_OF = "en"  # where CLDR has no months for a language in this script
_NO_MONTHS = "M01"  # what CLDR has in place of a first month that nobody translated


@lru_cache(maxsize=128)
def script_of(tag: str) -> str:
    """The script of a language as its four-letter code: `Arab` for `ur`, `Latn` for `ur-Latn` and unknown languages."""
    language, *subtags = tag.split("-")
    named = [part.title() for part in subtags if len(part) == 4 and part.isalpha()]
    known, aliases = get_global("likely_subtags"), get_global("language_aliases")
    likely = known.get(language, known.get(aliases.get(language, ""), "")).split("_")
    return named[0] if named else likely[1] if len(likely) > 1 else LATIN


@lru_cache(maxsize=128)
def is_right_to_left(tag: str) -> bool:
    """True for a language whose script runs from right to left."""
    usual = get_global("likely_subtags").get(f"und_{script_of(tag)}", "en")
    return Locale.parse(usual.partition("_")[0]).text_direction == "rtl"


@lru_cache(maxsize=128)
def months(tag: str) -> tuple[str, ...]:
    """The twelve months as a date abbreviates them: "Jun", "جون". English where CLDR does not know the language."""
    language = tag.partition("-")[0]
    for name, of in ((tag.replace("-", "_"), tag), (language, language)):
        if localedata.exists(name) and script_of(of) == script_of(tag):
            found = tuple(Locale.parse(name).months["format"]["abbreviated"][number] for number in range(1, 13))
            return months(_MONTHS_OF) if found[0] == _NO_MONTHS else found
    return months(_MONTHS_OF)
