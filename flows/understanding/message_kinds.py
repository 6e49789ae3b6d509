"""What kind of message a text is when no keyword says it: a matter for a person, an advertisement, or neither."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.keyword_rule import POLITE, SPAM, Rule
from flows.menu.model import Flow
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district
from flows.understanding.text_model import COMPLAINT, Prediction

SEVERAL = 3  # content words of a matter that no keyword names
FEW = 2  # … where the model takes it for a complaint
LIKELY = 0.5  # the probability from which the model is asked about it
WEAK = 2  # words that advertisements use among others: so many different ones make one

# Words that only hold a sentence together: they say nothing about a matter. No native reader has checked them.
_FUNCTION = frozenset(
    normalize_keyword(
        "a an the this that these those it its he she they we i you me my our your his her their us them him"
        " is are was were am be been being has have had do does did done will would can could shall should may must"
        " of in on at to for from by with and or but if so as not no yes too very just also then there here now again"
        " what who how when where why which any some all please pls sir madam dear hello hi"
        " ka ke ki ko kay se sy say par pe pr per mein main me mn men ne nay aur ya bhi to tou hi na nahi ji jee g"
        " hai hain he h ho hun hoon hua hui hue gaya gayi gaye tha thi thay raha rahi rahe kar karo karein kiya kia"
        " yeh ye yah woh wo is us in un ye mera meri mere hamara hamari hamare aap ap apka apki apna apni apne hum ham"
        " mujhe hamein kya kia kyun koi kuch sab ab abhi tak phir jo jab agar lekin wala wali wale sahib saab bhai"
        " janab madam kab kahan kaise kitna"
        " کا کے کی کو میں سے پر نے اور یا بھی تو ہی نہ نہیں جی ہے ہیں ہو ہوں ہوا ہوئی گیا گئی تھا تھی رہا رہی رہے کر"
        " کرو کریں کیا یہ وہ اس ان میرا میری ہمارا ہماری آپ ہم مجھے ہمیں کیوں کوئی کچھ سب اب ابھی تک پھر جو جب اگر"
        " لیکن والا والی والے صاحب بھائی جناب کب کہاں کیسے"
    )
)
# Who writes these tells of an advertisement, and sends none.
_ABOUT_SPAM = frozenset(
    normalize_keyword(
        "fraud froud farad fraad scam dhoka dhokha dhokay jhoot jhoota fake shikayat complaint report loot looted thagi"
        " blackmail cheated cheat complain فراڈ دھوکہ دھوکا جھوٹ شکایت ٹھگی"
    )
)


def content_words(text: str, rules: Sequence[Rule] = ()) -> frozenset[str]:
    """The different words of a text that say something: no digits, no function words and no polite ones."""
    polite = _polite(tuple(rules))
    said = {word for word in normalize_keyword(text) if not word.isdecimal() and len(word) > 1}
    return frozenset(said - _FUNCTION - polite)


def is_matter(text: str, flow: Flow, prediction: Prediction | None = None) -> bool:
    """True for words that a person should read as a complaint: they name a kind of it, or there are several of them.

    Where the model takes them for a complaint, two are enough. What it thinks never makes a matter none.
    """
    found = category_and_district.category(text, flow)
    if found.code is not None or found.others:
        return True
    said = content_words(text, flow.keywords)
    likely = prediction is not None and prediction.kind_probability(COMPLAINT) >= LIKELY
    return len(said) >= (FEW if likely else SEVERAL)


def spam_rule(text: str, rules: Sequence[Rule]) -> tuple[int, str] | None:
    """The rule of the intent `spam` that takes a text for an advertisement, by position, and its keyword; or None.

    One of its `words` is enough, anywhere in the text; of those under `alone` there must be two. A text that tells of
    a fraud is none.
    """
    said = normalize_keyword(text)
    if not _ABOUT_SPAM.isdisjoint(said):
        return None
    found = [each for each in _spam_keywords(tuple(rules)) if _within(each.key, said)]
    sure = next((each for each in found if each.enough), None)
    taken = sure or (found[0] if len(found) >= WEAK else None)
    return (taken.rule, taken.keyword) if taken is not None else None


class _SpamKeyword(Struct, frozen=True):
    """Words of advertisements; `enough`: they need no others."""

    rule: int
    keyword: str
    key: tuple[str, ...]
    enough: bool


@lru_cache(maxsize=32)
def _spam_keywords(rules: tuple[Rule, ...]) -> tuple[_SpamKeyword, ...]:
    return tuple(
        _SpamKeyword(at, keyword, key, keyword in rule.words)
        for at, rule in enumerate(rules)
        if rule.intent == SPAM
        for keyword in (*rule.words, *rule.alone)
        if (key := normalize_keyword(keyword))
    )


def _within(key: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return any(said[at : at + len(key)] == key for at in range(len(said) - len(key) + 1))


@lru_cache(maxsize=32)
def _polite(rules: tuple[Rule, ...]) -> frozenset[str]:
    words = (word for rule in rules if rule.intent in POLITE for word in (*rule.words, *rule.alone, *rule.beside))
    return frozenset(folded for word in words for folded in normalize_keyword(word))
