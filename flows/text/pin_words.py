"""SMS that are only about a PIN and have no digits of one: that it is to stay (`PIN NO`), or how PINs work."""

from typing import Literal

from flows.text.normalization import normalize_keyword

PinMatter = Literal["stays", "how", ""]


def _words(words: str) -> frozenset[str]:
    return frozenset(normalize_keyword(words))


_PIN = _words("pin پن")
_NO = _words("no nahi na mat not stop cancel roko rokein rok نہیں نہ مت روکو روکیں روک")
_TOGETHER = {"pinno": ("pin", "no"), "nopin": ("no", "pin"), "pinnahi": ("pin", "nahi"), "pinmat": ("pin", "mat")}
# Beside both of these they leave "no removal" what it is.
_REMOVAL = _words(
    "do don t dont remove removed reset delete change the my of this phone is please plz pls sir ji hatao "
    "hatana hataen hatain hatayen hatayein hataiye hataya hata mitao badlo karo karein karna kar mera meri "
    "apna apni ka ki ko is yeh ye hai phone mobile ہٹاؤ ہٹانا ہٹائیں ہٹایا ہٹا مٹاؤ بدلو کرو کریں کرنا میرا "
    "میری اپنا کا کی کو اس یہ ہے فون موبائل جی"
)
_QUESTIONS = _words(
    "what how where why forgot forgotten lost know need want set new old code number help yes ok i a for on a "
    "which kya kaise kese kahan kyun bhool bhul bhula gaya gayi gai gya yaad maloom pata chahiye lagao lagana "
    "lagayen lagayein laga banao banana naya nayi purana haan han hoon hun main mujhe mein dena do dein bhejo "
    "batao batayein sms کیا کیسے کہاں کیوں بھول گیا گئی یاد معلوم پتا پتہ چاہیے لگاؤ لگانا لگائیں نیا پرانا "
    "کوڈ نمبر ہاں ہوں میں مجھے دو دیں بتاؤ بتائیں"
)
_NEW, _NUMBER = _words("new naya nayi نیا نئی"), _words("number نمبر sim سم")


def pin_matter(text: str) -> PinMatter:
    """What an SMS asks that has PIN in it and no word of anything else; "" for every other SMS.

    "PIN yaad nahi" does not ask that it stays, and "PIN no 4826" means the number of one.
    """
    said = [word for each in normalize_keyword(text) for word in _TOGETHER.get(each, (each,))]
    words = {word for word in said if not word.isdigit()}
    has_digits = len(words) < len(set(said))
    if _PIN.isdisjoint(words) or (not _NEW.isdisjoint(words) and not _NUMBER.isdisjoint(words)):
        return ""  # a new number is another matter
    if not has_digits and not _NO.isdisjoint(words) and words <= _PIN | _NO | _REMOVAL:
        return "stays"
    return "how" if words <= _PIN | _NO | _REMOVAL | _QUESTIONS else ""
