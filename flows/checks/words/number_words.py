"""Numbers that are written as words, and words of time that say a number: "three", "teen", "تین", a week.

They only forgive: who writes "three days" in one language and "3 din" in another says the same.
"""

from collections.abc import Mapping

from flows.text.normalization import normalize_keyword

# Small numbers in languages that flows are written in. A word may mean something else too ("do" is give and two).
_WORDS = {
    0: "zero no none nothing nil sifar koi nahi kuch صفر کوئی کچھ नहीं शून्य sunya sifuri aucun cero",
    1: "one once first a an single aik ek ik ایک एक pehla pahla پہلا un une premier uno una primer um"
    " uma moja mmoja benn"
    " wahid واحد یو یک هڪ ਇੱਕ hal",
    2: "two twice second both couple do dono donon doosra دو دونوں دوسرا دو बार दो दुई deux dos ambos"
    " dois duas mbili wili ñaar"
    " naar ithnan اثنان دوه ٻه laba",
    3: "three thrice third teen tin tisra تین تیسرا तीन trois tres três tatu ñett nett thalatha ثلاثة درې ٽي saddex",
    4: "four fourth char chaar chautha چار चार quatre cuatro quatro nne ñeent neent arbaa أربعة څلور afar",
    5: "five fifth panch paanch پانچ पाँच पांच पाँचौं cinq cinco tano juróom juroom khamsa خمسة پنځه shan",
    6: "six sixth chhe chay che chha چھ چھے छह छः छ six seis sita sitta ستة شپږ lix half-dozen",
    7: "seven seventh saat sat سات सात sept siete sete saba sabaa سبعة اووه toddoba week weeks weekly"
    " hafta hafte haftay"
    " ہفتہ ہفتے हप्ता हफ्ता हफ्ते semaine semaines semana semanas wiki juma ayubés ayu-bés",
    8: "eight eighth aath aat آٹھ आठ huit ocho oito nane thamania ثمانية اته siddeed",
    9: "nine ninth nau no نو नौ neuf nueve nove tisa tisaa تسعة نهه sagaal",
    10: "ten tenth das دس दस dix diez dez kumi fukk ashara عشرة لس toban",
    11: "eleven gyarah gyara گیارہ ग्यारह एघार onze once kumi-na-moja",
    12: "twelve dozen barah bara bare بارہ बारह बाह्र douze doce doze noon midnight mahine months year"
    " saal sal سال مہینے",
    14: "fourteen fortnight choda chaudah چودہ चौध do-hafte quatorze catorce quinze",
    15: "fifteen pandrah pandra پندرہ पन्ध्र पंद्रह quinze quince fortnight quarter",
    20: "twenty bees bis بیس बीस vingt veinte vinte ishirini score",
    24: "twenty-four day days din raat roz chobis چوبیس दिन चौबीस jour jours día dia dias saa siku hour-round دن رات",
    30: "thirty tees tis تیس तीस trente treinta trinta thelathini month months mahina mahine mah ماہ"
    " مہینہ مہینے महिना महीना"
    " mois mes meses mês mwezi weer half-hour",
    40: "forty chalis چالیس चालीस quarante cuarenta",
    48: "forty-eight two-days do din دو",
    50: "fifty pachas پچاس पचास cinquante cincuenta hamsini",
    60: "sixty saath ساٹھ साठी साठ soixante sesenta hour ghanta ghante گھنٹہ گھنٹے minute heure hora saa sitini",
    90: "ninety nabbe نوے नब्बे three-months teen tin تین trimestre",
    100: "hundred sau so سو सय सौ cent cien mia percent all sab تمام",
    1000: "thousand hazar hazaar ہزار हजार mille mil elfu",
}


# Hours that a unit of time lasts, by its words.
_UNITS = {
    1: "hour hours hr hrs ghanta ghante ghanton گھنٹہ گھنٹے گھنٹوں घंटा घंटे घण्टा heure heures hora"
    " horas saa ساعة ساعات ساعت",
    24: "day days din dino dinon دن دنوں दिन jour jours día días dia dias siku fan يوم أيام ورځې ڏينهن",
    168: "week weeks hafta hafte hafton ہفتہ ہفتے ہفتوں हप्ता हफ्ता हफ्ते semaine semaines semana semanas wiki wikis"
    " أسبوع أسابيع",
    720: "month months mahina mahine mahinon maah ماہ مہینہ مہینے مہینوں महिना महीना महीने mois mes"
    " meses mês mwezi miezi"
    " شهر أشهر",
    8760: "year years saal sal سال برس वर्ष साल an ans année años año ano anos mwaka miaka سنة",
}


def _by_word(said: Mapping[int, str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, words in said.items():
        for word in words.split():
            for folded in normalize_keyword(word):
                found.setdefault(folded, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_NUMBERS = _by_word(_WORDS)
_HOURS = {word: min(hours) for word, hours in _by_word(_UNITS).items()}


def possible_numbers(folded: str) -> frozenset[int]:
    """The numbers that a normalized word may say: "three" and "teen" are 3, a week is 7."""
    return _NUMBERS.get(folded, frozenset())


def hours_of(folded: str) -> int:
    """The hours that a unit of time lasts, named by a normalized word; 0 for any other word."""
    return _HOURS.get(folded, 0)
