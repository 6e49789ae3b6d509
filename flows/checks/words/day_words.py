"""The days of the week that a text names, in its own language: those of CLDR, and Roman Urdu as it is written."""

from collections.abc import Sequence
from functools import lru_cache

from babel import Locale, localedata

from flows.checks.words.language_tags import language_of, whole_words
from flows.checks.words.number_words import hours_of
from flows.text.languages import script_of

# By the day of the week, Monday first, for languages whose CLDR names are in another script or written otherwise.
_WRITTEN = {
    "ur": (
        *("peer pir somwar", "mangal mangalwar", "budh budhwar", "jumerat jumeraat jumayrat jumarat"),
        *("juma jumma jummah jumah", "sanichar", "itwar itvar aitwar atwar"),
    ),
    "hi": (
        *("somwar somvar", "mangalwar mangalvar", "budhwar budhvar", "guruwar guruvar", "shukrawar shukravar"),
        *("shaniwar shanivar", "raviwar ravivar"),
    ),
    "ha": ("", "", "", "", "jumma juma jummaa", "", ""),
}
# A word that is a day of the week and something else as well: it is no day that another language would have to name.
_DOUBTFUL = {"ur": {"ہفتہ": 5, "ہفتے": 5, "hafta": 5, "haftay": 5, "پیر": 0, "peer": 0, "pir": 0}}
_SHORT = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}


@lru_cache(maxsize=64)
def _days(tag: str) -> dict[str, int]:
    """Each name of one word with its day."""
    language = language_of(tag)
    written = enumerate(_WRITTEN.get(language, ()))
    found = {word: day for day, names in written for name in names.split() for word in whole_words(name)}
    for code in (tag.partition("-")[0], language):
        if localedata.exists(code) and script_of(code) == script_of(tag):
            names = Locale.parse(code).days["format"]["wide"]
            words = {name: whole_words(names[name]) for name in range(7)}
            last = {day: word[-1] for day, word in words.items() if word}
            found |= {word: day for day, word in last.items() if [*last.values()].count(word) == 1}
    return found | {f"{word}s": day for word, day in found.items()} | _DOUBTFUL.get(language, {})


@lru_cache(maxsize=64)
def _all_days(tag: str) -> frozenset[str]:
    return frozenset({*_days(tag), *(_SHORT if language_of(tag) == "en" else ())})


_NO_DAYS = (frozenset[int](), frozenset[int]())


def days_in(said: str, folded: Sequence[str], tag: str) -> tuple[frozenset[int], frozenset[int]]:
    """The days of the week that a text names, Monday 0, and those that it may name by words that mean more.

    `folded` are its words as `whole_words` has them.
    """
    known = _days(tag)
    if _all_days(tag).isdisjoint(folded):
        return _NO_DAYS
    doubtful = _DOUBTFUL.get(language_of(tag), {})
    sure, maybe = set[int](), set[int]()
    for word in folded:
        if (day := doubtful.get(word)) is not None:
            maybe.add(day)
        elif (day := known.get(word)) is not None:
            sure.add(day)
    if language_of(tag) == "en" and not _SHORT.keys().isdisjoint(folded):
        for written in said.replace("-", " ").replace("–", " ").split():
            if written[:1].isupper() and (day := _SHORT.get(written.strip(".,:;()").lower())) is not None:
                sure.add(day)
    return frozenset(sure), frozenset(maybe)


# A period as seen from today (one over, the one that runs, one to come) and days beside today. Words that mean two of
# them, such as kal, are not here.
_LAST = {
    "en": "last previous",
    "ur": "pichle pichla pichli pichlay guzishta guzre پچھلے پچھلا پچھلی گزشتہ گذشتہ",
    "hi": "pichle pichla pichli पिछले पिछला पिछली गत",
    "ne": "गत अघिल्लो पोहोर",
    "bn": "গত আগের",
    "fr": "dernier dernière précédent précédente passé passée",
    "es": "pasado pasada último anterior",
    "pt": "passado passada último anterior",
    "sw": "uliopita iliyopita lililopita",
    "ha": "jiya gabata",
    "wo": "weesu",
    "tl": "nakaraang nakaraan noong",
    "id": "lalu kemarin",
    "ar": "الماضي الماضية السابق",
    "fa": "گذشته قبل",
    "qu": "qayna qaynunka",
}
_THIS = {
    "en": "this current",
    "ur": "is iss mojooda اس موجودہ",
    "hi": "is इस वर्तमान",
    "ne": "यो यस चालु",
    "bn": "এই চলতি",
    "fr": "ce cette cours",
    "es": "este esta actual",
    "pt": "este esta atual",
    "sw": "huu hii hili",
    "ha": "wannan",
    "wo": "bii wii",
    "tl": "ngayong kasalukuyang itong",
    "id": "ini",
    "ar": "هذا هذه الحالي",
    "fa": "این جاری",
    "qu": "kay kunan",
}
_NEXT = {
    "en": "next coming",
    "ur": "agle agla agli aglay aainda اگلے اگلا اگلی آئندہ",
    "hi": "agle agla agli अगले अगला अगली आगामी",
    "ne": "अर्को आउँदो आगामी",
    "bn": "আগামী পরের",
    "fr": "prochain prochaine suivant suivante",
    "es": "próximo próxima siguiente",
    "pt": "próximo próxima seguinte",
    "sw": "ujao ijayo lijalo",
    "ha": "gobe",
    "wo": "topp",
    "tl": "susunod",
    "id": "depan berikutnya",
    "ar": "القادم القادمة المقبل",
    "fa": "آینده بعد",
    "qu": "hamuq qatiq",
}
_PERIODS = tuple({tag: frozenset(whole_words(said)) for tag, said in each.items()} for each in (_LAST, _THIS, _NEXT))
_ANY_PERIOD = {tag: frozenset().union(*(each.get(tag, frozenset()) for each in _PERIODS)) for tag in _THIS}
PERIOD_NAMES = ("the last one", "this one", "the next one")


def period_in(folded: Sequence[str], tag: str) -> int:
    """Which day, week, month or year a text speaks of: 0 for one that is over, 1 for this, 2 for the next; else -1.

    A word counts directly before or behind a unit of time: "last month", "le mois dernier". Two of them are none.
    """
    language, found = language_of(tag), set[int]()
    if _ANY_PERIOD.get(language, frozenset()).isdisjoint(folded):
        return -1
    for at, word in enumerate(folded):
        if hours_of(word, tag) > 1:
            beside = {*folded[max(0, at - 1) : at], *folded[at + 1 : at + 2]}
            found |= {number for number, words in enumerate(_PERIODS) if beside & words.get(language, frozenset())}
    return found.pop() if len(found) == 1 else -1


def day_names(days: frozenset[int]) -> str:
    """Days of the week as an operator reads them."""
    names = Locale.parse("en").days["format"]["wide"]
    return ", ".join(names[day] for day in sorted(days))
