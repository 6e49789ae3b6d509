"""Phone numbers as E.164 and nothing else: `+`, the calling code, the rest, ASCII digits, no spaces.

phonenumbers takes about 50 µs for a number, so mobile numbers of the countries we serve are matched by a pattern from
its tables, and its results for others are cached.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

_SHAPE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_WRITTEN = re.compile(r"\s*\+?[\d\s().-]+")
_REMEMBERED = 4096  # cached results; bounded so that a flood of numbers does not fill the memory


class Phones:
    """Reads callers' numbers, and decides which may be texted.

    `codes` are calling codes ("92"): their mobile numbers are read fast, and only they are ever texted.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self._texted = tuple(f"+{code}" for code in codes)
        self._mobile = re.compile("|".join(_mobile(code) for code in codes) or r"(?!)", re.ASCII)

    def read(self, raw: str) -> str | None:
        """The number as E.164; None for anything that cannot be a complete mobile number of some country.

        One leading space is read as a plus sign, because an unescaped `+` becomes a space in a form.
        """
        phone = "+" + raw[1:] if raw.startswith(" ") else raw
        if self._mobile.fullmatch(phone) or (_SHAPE.fullmatch(phone) and _possible(phone)):
            return phone
        return None

    def may_be_texted(self, phone: str) -> bool:
        """False for foreign numbers: a forged call must not make us pay for texts abroad."""
        return phone.startswith(self._texted)


def _mobile(code: str) -> str:
    """A pattern of the mobile numbers of every country that has this calling code."""
    patterns = []
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()):
        metadata = PhoneMetadata.metadata_for_region(region)
        if metadata is not None and metadata.mobile is not None and metadata.mobile.national_number_pattern:
            patterns.append(metadata.mobile.national_number_pattern)
    return rf"\+{code}(?:{'|'.join(patterns)})" if patterns else r"(?!)"


@lru_cache(maxsize=_REMEMBERED)
def _possible(phone: str) -> bool:
    """Whether the length fits a mobile number of its country. Not `is_valid_number`: tables lag behind new ranges."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    return (
        phonenumbers.is_possible_number_for_type(number, phonenumbers.PhoneNumberType.MOBILE)
        and phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone
    )


def parse_national_number(raw: str, country: str) -> str | None:
    """A number in the notation of a country (two letters) as E.164; None if it is not a mobile number."""
    if not _WRITTEN.fullmatch(raw):  # phonenumbers would also read letters, and ignore an extension
        return None
    try:
        phone = phonenumbers.format_number(phonenumbers.parse(raw, country), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return None
    return phone if _possible(phone) else None
