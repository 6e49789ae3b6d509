"""How languages say that a word is to be sent: "send HELP to 8484", "HELP likh kar 8484 par bhejein".

By the first part of a language's tag; English words count everywhere, because everybody writes "send" and "SMS". A
language that is not here has its keywords compared with those of the other languages only.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from flows.checks.words.language_tags import language_of
from flows.text.normalization import LETTERS

# Verbs before the word, in languages that put them there.
_VERBS = {
    "en": "send sending text sms reply replying write type answer respond",
    "fr": "envoyez envoyer envoie répondez répondre réponds écrivez tapez textez",
    "es": "envíe envíen envía envia envie enviar mande manda mandar escriba escribe escribir responda responde"
    " responder conteste texto teclee",
    "pt": "envie enviar envia mande mandar escreva escrever digite responda responder",
    "sw": "tuma tumeni kutuma utume andika jibu",
    "ha": "aika aiko rubuta turo amsa",
    "wo": "yónnee yonnee yónnéel bindal bind tontul",
    "so": "dir qor jawaab",
    "ar": "أرسل ارسل أرسلوا ارسلوا إرسال اكتب اكتبوا أجب رد",
    "id": "kirim ketik balas tulis",
    "ms": "hantar taip balas tulis",
    "tl": "i-text itext ipadala magpadala isulat i-type mag-text magtext i-reply sagutin",
    "ru": "отправьте отправить пришлите напишите ответьте",
    "de": "senden sende schicken schreiben antworten",
    "yo": "fi kọ tẹ dáhùn",
    "zu": "thumela bhala phendula",
    "rw": "ohereza andika subiza",
    "lg": "weereza wandiika ddamu",
    "om": "ergi barreessi",
    "mg": "alefaso soraty valio",
    "ht": "voye ekri reponn",
}
# Verbs behind it.
_LAST = {
    "ur": "bhej bhejein bhejen bhejo bhejiye bhejne likh likhein likhen likho likhiye jawab"
    " بھیجیں بھیجو بھیجیے بھیج لکھ لکھیں لکھو لکھیے جواب",
    "hi": "bhej bhejein bhejen bhejo likh likhein likhen likho jawab भेजें भेजिए भेजो भेज लिख लिखें लिखिए लिखकर टाइप जवाब",
    "ne": "pathaunuhos lekhnuhos पठाउनुहोस् पठाउनुस् लेख्नुहोस् लेखेर लेखी",
    "pa": "bhejo likho likh ਭੇਜੋ ਲਿਖੋ ਲਿਖ بھیجو لکھو لکھ",
    "bn": "pathan likhun পাঠান লিখুন লিখে টাইপ",
    "sd": "موڪليو لکو لکي",
    "ps": "ولیږئ وليږئ لیږئ ولیکئ وليکئ واستوئ",
    "fa": "بفرستید بنویسید ارسال",
    "tr": "gönderin gönder yollayın yazın yazıp yazarak cevaplayın",
    "am": "ይላኩ ላኩ ላክ ብለው ይጻፉ ጽፈው",
    "ti": "ስደዱ ለኣኹ",
    "ta": "அனுப்பவும் அனுப்புங்கள் என",
    "si": "යවන්න එවන්න ලියා",
    "my": "ပို့ပါ ရိုက်ပါ",
}
# What may stand between the verb and the word. Behind "to" stands whom one writes to, unless the verb comes last.
_BETWEEN = {
    "en": "the word keyword with just only back by or and no it sms",
    "fr": "le la mot mot-clé par avec juste ou et sms",
    "es": "la palabra clave con solo o y e u por sms mensaje",
    "pt": "a palavra com só ou e por sms",
    "sw": "neno tu au na ya sms",
    "ha": "kalmar da ko sms",
    "wo": "baat bi ak walla wala",
    "so": "ereyga oo ama iyo",
    "ar": "كلمة الكلمة أو و برسالة",
    "id": "kata dengan atau dan sms",
    "tl": "ang salitang o at ng na",
    "ur": "ka ko par pe per se ya aur kar ke ki saath sms lafz کا کو پر سے یا اور کر کے کی ساتھ لفظ",
    "hi": "ko par se ya aur kar ke को पर से या और कर के शब्द",
    "ne": "मा लाई र वा भनेर",
    "pa": "ਨੂੰ ਤੇ ਜਾਂ ਕੇ نوں تے یا کے",
    "bn": "ta te এ তে বা এবং করে নম্বরে",
    "sd": "تي يا ۽ کي ڪري",
    "ps": "ته یا او په",
    "fa": "را به یا و",
    "tr": "ya da veya ve yaz diye sms",
    "am": "ወደ ወይም ብለው እና",
}
# What the sender does with it, behind the word: "HELP to", "OUI si".
_AFTER = {
    "en": "to for if when and or with at on by then now followed as",
    "fr": "au à pour si et ou suivi avec puis par",
    "es": "al a para si y o seguido con por",
    "pt": "para ao se e ou seguido com",
    "sw": "kwa au na ili kama kisha",
    "ha": "zuwa ga ko da don idan",
    "wo": "ci walla ak ngir su",
    "ar": "إلى الى على أو ثم مع إذا",
    "id": "ke atau dan untuk jika",
    "tl": "sa o at para kung",
    "ru": "на или и если",
    "de": "an oder und wenn um",
}
NOUNS = frozenset({"sms", "ussd", "ok", "id", "pin", "url", "web", "www", "tv", "am", "pm"})  # in every language
_PART = re.compile(rf"\{{[^}}]*\}}|\d+|{LETTERS}(?:['’ʼ-]?(?:\d+|{LETTERS}))*|[\"“”«»']|[.?!۔؟।:;,،()/\n]")
_OF_A_CASE = ("{ref}", "{code}", "{complaint.number}")  # what follows a keyword alone
_WHOLE = frozenset(".?!۔؟।;\n()")  # ends of what belongs together
_QUOTES = frozenset("\"“”«»'")
_CANDIDATE = re.compile(r"[A-Z]{2}|[\"“«'][^\W\d_]")  # most texts have none
MOST_BETWEEN = 5  # words between a verb and what is sent
_LETTERS = re.compile(rf"(?=..){LETTERS}")


class SentWord(Struct, frozen=True):
    """A word that a text says is to be sent. `sure`: nothing else can be meant; `number` is where to, or ""."""

    word: str
    sure: bool
    number: str = ""


def sent_words(said: str, tag: str) -> Iterator[SentWord]:
    """The words in capitals or quotes that a text tells its readers to send."""
    if not _CANDIDATE.search(said):
        return
    lists = _lists(tag)
    parts = _PART.findall(said)
    for at, part in enumerate(parts):
        quoted = 0 < at < len(parts) - 1 and parts[at - 1] in _QUOTES and parts[at + 1] in _QUOTES
        if not (_is_capital(part) or (quoted and _LETTERS.fullmatch(part))) or part.casefold() in NOUNS:
            continue
        before, after = parts[: at - quoted], parts[at + 1 + quoted :]
        follows = after[0] if after else ""
        ends = follows in _WHOLE or follows in (",", "،", "", "/") or follows.startswith("{") or follows.isdigit()
        if _reaches(reversed(before), lists.verbs, lists.between, colon=True):
            if ends or quoted or follows.casefold() in lists.after:
                yield SentWord(
                    part, follows.startswith("{") or quoted or _number(after, lists) != "", _number(after, lists)
                )
        elif _reaches(iter(after), lists.last, lists.between, colon=False) or (
            follows in _OF_A_CASE and _has_verb(parts, at, lists)
        ):
            yield SentWord(part, True, _number(after, lists))


class _Lists(Struct, frozen=True):
    verbs: frozenset[str]
    last: frozenset[str]
    between: frozenset[str]
    after: frozenset[str]


def _lists(tag: str) -> _Lists:
    return _BY_TAG.get(language_of(tag)) or _BY_TAG["en"]


def _is_capital(part: str) -> bool:
    return len(part) > 1 and part.isupper() and part.isalpha()


def _has_verb(parts: list[str], at: int, lists: _Lists) -> bool:
    """True if the sentence of a word says to send something."""
    start = max((place for place in range(at) if parts[place] in _WHOLE), default=0)
    end = next((place for place in range(at, len(parts)) if parts[place] in _WHOLE), len(parts))
    return any(part.casefold() in lists.verbs | lists.last for part in parts[start:end])


def _reaches(parts: Iterator[str], verbs: frozenset[str], between: frozenset[str], *, colon: bool) -> bool:
    """True if a verb stands this way, with nothing between but small words, numbers, and other words to send."""
    if not verbs:
        return False
    passed = 0
    for part in parts:
        folded = part.casefold()
        if folded in verbs and (folded == "sms" or not _is_capital(part)):
            return True
        if part in _WHOLE or (part == ":" and (not colon or passed)):
            return False
        small = folded in between or part.isdigit() or part.startswith("{") or _is_capital(part)
        if not (small or part in _QUOTES or part in ",،/:"):
            return False
        passed += part not in _QUOTES
        if passed > MOST_BETWEEN:
            return False
    return False


def _number(after: list[str], lists: _Lists) -> str:
    """The number that a word is sent to, or the variable that holds it; "" if none follows."""
    for part in after[:MOST_BETWEEN]:
        if part in ("{sms}",) or (part.isdigit() and len(part) > 2):
            return part
        if not (part.startswith("{") or part in _QUOTES or part.casefold() in lists.between | lists.after | lists.last):
            return ""
    return ""


def _split(table: dict[str, str], tag: str) -> frozenset[str]:
    """The words of a language, and the English ones."""
    return frozenset(f"{table.get(tag, '')} {table['en']}".casefold().split())


_BY_TAG = {
    tag: _Lists(
        _split(_VERBS, tag),
        frozenset(_LAST.get(tag, "").casefold().split()),
        _split(_BETWEEN, tag),
        _split(_AFTER, tag),
    )
    for tag in {*_VERBS, *_LAST}
}
