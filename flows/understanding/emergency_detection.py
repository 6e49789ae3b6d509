"""Cries for help in the words of an SMS: fire, shots, suicide, abduction, a husband who beats, "save me".

They are answered before anything else. Words are compared by their sound, so misspellings count too. A word that also
has a harmless meaning ("goli" is a bullet and a pill) counts alone or next to certain words. No native reader has
checked these.
"""

from collections.abc import Sequence

from flows.menu.keyword_rule import EMERGENCY, Rule
from flows.text import phonetics
from flows.text.normalization import normalize_keyword, words


def _sounds(said: str) -> frozenset[str]:
    return frozenset(phonetics.sound(word.folded) for word in words(said))


# Anywhere in a text.
_ALWAYS = _sounds(
    "bachao bachaow bachaw bchao bachalo bachaen bachayen bachain"
    " khudkushi khudkashi khudkhushi khudkusi khudkishi suicide suicid"
    " agwa aghwa ighwa agva aghva ighva agwah aghwah kidnap kidnapped kidnapping abducted abduction"
    " بچاؤ بچائو بچاو بچالو خودکشی اغوا اغواء"
)
# If the rest of the text is small words.
_ALONE = _sounds("aag fire goli golian goliyan firing آگ گولی گولیاں فائرنگ")
_SMALL = _sounds("hai hain ho gayi gaya ji please help madad yahan jaldi mujhe ہے ہیں جی مدد")
# One of the first and one of the second, at most so many words apart.
_TOGETHER = tuple(
    (_sounds(first), _sounds(second), within)
    for first, second, within in (
        ("aag agg", "lag lagi lagee lagai lagayi lgi lg lagne laggi phail bharak bharki", 8),
        ("fire", "caught broke house home shop on burning spreading lagi lag", 8),
        ("goli golian goliyan goliya", "chal chali chala chalai chalayi chalne chl", 3),
        ("goli golian goliyan goliya", "mari maari maar mar lagi lag", 8),
        ("kill", "myself", 3),
        ("marna mrna", "chahta chahti chahte chahiye chaahta", 3),
        ("khud", "kushi khushi kashi", 1),
        ("want", "die", 2),
        ("zehar zehr zeher poison", "khana kha khaya pi piya drank", 8),
        ("آگ", "لگ لگی لگائی لگا", 8),
        ("گولی گولیاں", "چل چلی چلا چلائی مار ماری لگی چلیں", 8),
        ("خود", "کشی", 1),
        ("مرنا", "چاہتا چاہتی", 3),
    )
)
_NOT = _sounds("nahi nahin nhi nai nae na not نہیں نہ")
_PILLS = _sounds("goli golian goliyan goliya گولی گولیاں")
_FOR = _sounds(
    "dawai dawa davai bukhar dard sar neend polio khansi sugar bp machar machhar chuha chuhe دوائی دوا بخار درد"
)
_OF = _sounds("ki mar maar کی")  # "bukhar ki goli", "chuhe mar goli"
_PEOPLE = _sounds(
    "bhai behan behen beta bete beti bacha bache bachay bachi larka larke larki aurat walid walida abu abbu ami"
    " ammi baap"
    " shohar biwi khawand dost mujhe hamen hamein humein usay usko brother sister son daughter child girl boy man"
    " بھائی بہن بیٹا بیٹے بیٹی بچہ بچے بچی لڑکا لڑکے لڑکی عورت والد شوہر بیوی مجھے"
)
_THINGS = _sounds(
    "meter motor transformer taar kachra kachre koora kura kooda malba saman gari gaari bike motorcycle samaan"
    " میٹر موٹر ٹرانسفارمر کچرا کوڑا ملبہ گاڑی"
)
_LIFTED = _sounds("utha uthaa uta اٹھا")
_TAKEN = _sounds("lia liya lya li le kar kr لیا لی لے کر")
_HUSBAND = _sounds("shohar shauhar shoher shohur shohr shouhar khawand khavand khawind husband شوہر خاوند")
_BEATS = _sounds(
    "mar maar mara maara marta maarta mrta marte maarte marti peetta pitta peeta peetata piti pitai beats beat beating"
    " hits hit hitting مار مارا مارتا مارتے مارا پیٹتا پٹائی"
)
_DIED = _sounds("gaya gayi gaye gai gae chuka گیا گئے گئی")  # "mar gaya" is died


def is_emergency(text: str, rules: Sequence[Rule] = ()) -> bool:
    """True if somebody's life may be in danger now.

    A flow adds words in keyword rules of the intent `emergency`: `words` count anywhere, `alone` as the whole text.
    """
    own = [rule for rule in rules if rule.intent == EMERGENCY]
    if own and _is_of_rules(normalize_keyword(text), own):
        return True
    said = [phonetics.sound(word.folded) for word in words(text)]
    heard = frozenset(said)
    alone = bool(heard & _ALONE) and heard <= _ALONE | _SMALL
    together = any(_near(said, *each) for each in _TOGETHER)
    return alone or together or bool(heard & _ALWAYS) or _taken_away(said) or _beaten(said)


def _is_of_rules(said: tuple[str, ...], rules: Sequence[Rule]) -> bool:
    anywhere = [normalize_keyword(keyword) for rule in rules for keyword in rule.words]
    within = any(said[at : at + len(key)] == key for key in anywhere if key for at in range(len(said)))
    return within or any(said == normalize_keyword(keyword) for rule in rules for keyword in rule.alone)


def _near(said: list[str], first: frozenset[str], second: frozenset[str], within: int) -> bool:
    """Words of both are near each other and not denied: "koi aag nahi lagi" is."""
    begins = [at for at, word in enumerate(said) if word in first and not _is_pill(said, at)]
    ends = [at for at, word in enumerate(said) if word in second and _NOT.isdisjoint(said[max(at - 1, 0) : at])]
    return any(0 < abs(end - begin) <= within for begin in begins for end in ends)


def _is_pill(said: list[str], at: int) -> bool:
    """ "goli" after what the pill is for."""
    what = said[max(at - 2, 0) : at]
    if said[at] not in _PILLS or not what:
        return False
    return what[-1] in _FOR or (len(what) == 2 and what[0] in _FOR and what[1] in _OF)


def _taken_away(said: list[str]) -> bool:
    """Somebody, not a meter, was "utha liya" (taken away)."""
    for at, word in enumerate(said):
        if (
            word in _LIFTED
            and _THINGS.isdisjoint(said[max(at - 1, 0) : at])
            and _TAKEN.intersection(said[at + 1 : at + 2])
        ):
            others = frozenset(said[:at] + said[at + 2 :])
            return bool(others & _PEOPLE) or others <= _TAKEN | _SMALL
    return False


def _beaten(said: list[str]) -> bool:
    """A husband who beats, not one who died."""
    if _HUSBAND.isdisjoint(said):
        return False
    return any(word in _BEATS and not _DIED.intersection(said[at + 1 : at + 2]) for at, word in enumerate(said))
