"""The digits of a PIN: how one is read, which ones are too easy to guess, and where an SMS has one."""

import re

from flows.text.western_digits import western

SHORTEST, LONGEST = 4, 6  # digits
_DIGITS = rf"[0-9]{{{SHORTEST},{LONGEST}}}"
_PIN = re.compile(_DIGITS, re.ASCII)
_STEPS = "01234567890", "09876543210"  # 1234 and 4321 are what a guesser tries first
# "PIN 4826", "pin: 4826", "پن 4826", and a second one behind it where it is changed. Not "PIN code 54000", a place.
_TEXTED = re.compile(rf"(?:\bpin|پن|پِن)[ \t:.=#*-]{{0,4}}({_DIGITS})(?:[ \t,]+({_DIGITS}))?(?![0-9-])", re.IGNORECASE)
# The same in the raw body of a request, where a blank may be written as + or %20, and Urdu letters as escapes.
_RAW = re.compile(rb"(?i)((?:pin|%D9%BE%D9%86|\xd9\xbe\xd9\x86)(?:[ \t:.=#*+-]|%20){0,4})[0-9]{4,6}(?![0-9])")


def read_pin(typed: str) -> str | None:
    """The 4 to 6 digits of what was typed, in western digits; None if it is no PIN."""
    digits = western(typed).strip()
    return digits if _PIN.fullmatch(digits) else None


def is_easy(digits: str) -> bool:
    """True for a PIN that a guesser tries first: the same digit throughout, or digits in order."""
    return len(set(digits)) == 1 or any(digits in steps for steps in _STEPS)


def split_pins(text: str) -> tuple[str, tuple[str, ...]]:
    """An SMS without its PINs, and these in western digits: one, two where a PIN is changed, or none.

    What is left of an SMS that has nothing else is the word `PIN`.
    """
    read = western(text)  # each digit is one character in every script: places stay
    found = _TEXTED.search(read)
    if found is None:
        return text, ()
    left = " ".join((text[: found.start()].rstrip(), text[found.end() :].lstrip())).strip()
    return left or "PIN", tuple(digits for digits in found.groups() if digits)


def mask_raw(body: bytes) -> bytes:
    """The body of a request with the digits of a PIN, where one can be recognised, as asterisks."""
    return _RAW.sub(lambda match: match[1] + b"****", body)
