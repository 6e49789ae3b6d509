"""Words by which a text says that something was done, that it was not, or go back; and numbers to call."""

import re
from collections.abc import Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.checks.languages.known_lines import known_lines
from flows.checks.languages.known_lines import plain as digits_of
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.menu.model import ANY_LANGUAGE, Template, Text, Variable
from flows.text.normalization import normalize_keyword


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


# That what the caller asked for was done.
_DONE = _any(
    *("filed", "booked", "registered", "submitted", "saved", "recorded", "received", "reported", "confirmed"),
    *("is sent", "was sent", "been sent", "sent to", "counted", "we have your", "successful(?:ly)?", "added to"),
    *("darj", "mehfooz", "mil gayi", "mil gai", "mil gaya", "bhej di", "bhej diya", "ho gai", "ho gayi", "ho gaya"),
    *("likh diya", "shamil", "درج", "محفوظ", "موصول", "مل گئی", "مل گیا", "بھیج دی", "بھیج دیا", "ہو گئی", "ہو گیا"),
    *("لکھ دیا", "شامل"),
    *("recibid[oa]", "registrad[oa]", "enviad[oa]", "guardad[oa]", "se (?:mand[oó]|envi[oó]|guard[oó]|registr[oó])"),
    *("enregistrée?", "envoyée?", "reçue?", r"\w*mepokelewa", r"\w*metumwa", r"\w*mehifadhiwa", r"\w*mesajiliwa"),
)
# That it was not.
_NOT_DONE = _any(
    *("could not", "couldn't", "can ?not", "can't", "unable", "failed", "not available", "unavailable", "sorry"),
    *(r"(?:not|nothing|never|no \w+) (?:was |were |is |been |yet )?(?:sent|saved|filed|booked|registered|recorded)",),
    *("not finish", "try again", "try later", "in a few minutes", "went wrong", "nothing was lost"),
    *("nahi ho sak[ai]", "nahi hu[ai]", "kuch nahi", "nahi bheja", "mehfooz nahi", "nahi mil[ai]", "maazrat"),
    *("(?:thori|kuch) der baad", "baad mein", "dobara koshish", "mumkin nahi"),
    *("نہیں ہو سکا", "نہیں ہو سکی", "نہیں ہوا", "نہیں ہوئی", "کچھ نہیں", "ممکن نہیں", "بعد میں", "دیر بعد", "معذرت"),
    *("no se (?:pudo|mand[oó]|envi[oó]|guard[oó]|registr[oó])", "no (?:fue|es|est[aá]) \\w+", "en unos minutos"),
    *("n'a pas", "pas été", "rien n'", "réessayez", "hakuna", r"haiku\w+", r"haija\w+", r"haja\w+", "baada ya dakika"),
)
_NEGATED = _any(
    *("could not", "couldn't", "can ?not", "can't", "unable", "failed", "not", "nothing", "never", "no", "unavailable"),
    *("nahi", "nahin", "kuch na", "mumkin", "نہیں", "ممکن"),
    *("pas été", "n'a pas", "rien n'", "hakuna", r"haiku\w+", r"haija\w+", r"hatuku\w+", r"haja\w+"),
)
# In Spanish, French and Swahili.
_KEPT = _any("kept", "saved", "mehfooz", "محفوظ", "guardad[oa]s?", "conservée?s", r"\w*hifadhiwa")
# That a complaint is closed, that it is open, and what it is called; by the first part of a language's tag.
_CLOSED = {
    "en": _any("closed", "cancelled", "withdrawn"),
    "ur": _any("band", "wapis", "بند", "واپس"),
    "es": _any("cerrad[oa]", "cancelad[oa]"),
    "fr": _any("fermée?", "clôturée?", "cloturee?", "annulée?", "annulee?"),
    "pt": _any("fechad[oa]", "encerrad[oa]", "cancelad[oa]"),
    "sw": _any(r"\w*mefungwa", r"\w*meghairiwa"),
    "ha": _any("an rufe"),
    "id": _any("ditutup", "dibatalkan"),
    "fil": _any("sarado", "isinara", "kinansela"),
}
_OPEN = {
    "en": _any("open", "reopened"),
    "ur": _any("khuli", "khul gayi", "khul gai", "کھلی", "کھل گئی", "کھلا"),
    "es": _any("abiert[oa]", "reabiert[oa]", "se (?:re)?abri[oó]"),
    "fr": _any("(?:r|ré)?ouverte?"),
    "pt": _any("(?:re)?abert[oa]"),
    "sw": _any(r"\w*mefunguliwa", "wazi"),
    "ha": _any("bude"),
    "id": _any("dibuka", "terbuka"),
    "fil": _any("bukas", "binuksan"),
}
_COMPLAINT = _any(
    *("complaint", "report", "case", "request", "it", "shikayat", "darkhwast", "شکایت", "درخواست", "queja", "reporte"),
    *("caso", "solicitud", "reclamo", "plainte", "signalement", "dossier", "demande", "queixa", "pedido", "reclamação"),
    *(
        "malalamiko",
        "lalamiko",
        "ripoti",
        "ombi",
        "korafi",
        "korafin\\w*",
        "laporan",
        "pengaduan",
        "reklamo",
        "sumbong",
    ),
)
_CLAUSE = re.compile(r"[.!?;,\n۔؟،।]")
_SHOWN = "\u2026"  # stands for a variable
_AGAIN = _any(
    *("again", "later", "few minutes", "dobara", "phir se", "baad", "دوبارہ", "پھر", "بعد"),
)
# Choices that lead back on purpose.
_BACK = _any(
    *(
        "change",
        "back",
        "again",
        "another",
        "other",
        "edit",
        "correct it",
        "no",
        "not",
        "menu",
        "main",
        "wrong",
        "more",
    ),
    *("new", "next", "retry", "start over", "add", "different", "badl\\w*", "wapis", "dobara", "nahi", "doosr[ai]"),
    *("phir", "naya", "nayi", "aur", "بدل\\w*", "واپس", "دوبارہ", "نہیں", "دوسر\\w*", "نئی", "نیا", "اور"),
)
LANGUAGES = frozenset({"en", "ur", "es", "fr", "sw"})
_PHONE = re.compile(r"\+?[\d-]{2,15}")
OWN_WORDS = ("ussd", "sms", "line")  # of the service: codes and numbers of its own, which nobody in danger calls


def is_judged(tag: str) -> bool:
    """True for a language whose words are known here; texts in others are not judged by words that they borrowed."""
    return tag == ANY_LANGUAGE or tag.partition("-")[0] in LANGUAGES


def tells_success(parts: Template) -> bool:
    """True for a text that says that something was done, and nothing else of it."""
    words = plain(parts)
    return bool(_DONE.search(words)) and not _NOT_DONE.search(words)


def tells_plain_success(parts: Template) -> bool:
    """The same where a text also says to try again: nothing in it is negated."""
    words = plain(parts)
    return bool(_DONE.search(words)) and not _NEGATED.search(words)


def tells_storage(parts: Template) -> bool:
    """True for a text that says that something is kept."""
    return bool(_KEPT.search(plain(parts)))


def tells_closure(parts: Template, tag: str) -> bool:
    """True for a text that says, in its language, that a complaint is closed, and not that it is open."""
    return _says_of_it(_CLOSED, parts, tag) and not _says_of_it(_OPEN, parts, tag)


def says_open(parts: Template, tag: str) -> bool:
    """True for a text that says, in its language, that a complaint is open, and not that it is closed."""
    return _says_of_it(_OPEN, parts, tag) and not _says_of_it(_CLOSED, parts, tag)


def _says_of_it(known: Mapping[str, re.Pattern[str]], parts: Template, tag: str) -> bool:
    """True if a clause says so of the complaint: it shows its number or names it, or has no other subject."""
    pattern = known.get(tag.partition("-")[0].lower())
    said = "".join(part if isinstance(part, str) else _SHOWN for part in parts)
    for clause in _CLAUSE.split(said) if pattern is not None else ():
        found = pattern.search(clause) if pattern is not None else None
        if found and (_SHOWN in clause or _COMPLAINT.search(clause) or not clause[: found.start()].strip()):
            return True
    return False


def tells_failure(parts: Template) -> bool:
    """True for a text that says that something was not done, and nothing else of it."""
    words = plain(parts)
    found = _NOT_DONE.search(words)
    return bool(found) and not _DONE.search(_NOT_DONE.sub(" ", words))


def says_again(parts: Template) -> bool:
    """True for a text that tells the caller to try again."""
    return bool(_AGAIN.search(plain(parts)))


def leads_back(code: str, text: Text) -> bool:
    """True for an option whose code or label says that it leads back, or begins something anew."""
    return any(_BACK.search(words) for words in (code.replace("_", " "), *(plain(parts) for parts in text.values())))


class CalledLines:
    """The numbers that callers of a flow in danger are told to call: its own helplines, or those that ship for it."""

    def __init__(self, findings: Findings) -> None:
        self._flow = findings.flow
        lines = known_lines(self._flow, self._flow.service, findings.around.helplines)
        self._names = {digits: lines.names.get(digits, frozenset()) for digits in lines.official}
        self._own = {digits_of(self._flow.service.get(name, "")).strip("*#") for name in OWN_WORDS}
        self._service = {digits_of(number) for number in self._flow.service.values()} - self._own - {""}

    def are_named(self, text: Text) -> bool:
        """True for a text that says in one of its languages whom to call: a number, or a variable that holds one."""
        return any(self._is_named(parts, tag) for tag, parts in text.items())

    def _is_named(self, parts: Template, tag: str) -> bool:
        names = [part.name for part in parts if isinstance(part, Variable) and part.name not in OWN_WORDS]
        if any(name == "help" or name.endswith(".call") or self._is_number(name) for name in names):
            return True
        said = words_of(parts, {})
        return any(self._is_line(number, said) for number in numbers_in(said, tag) if number.digits not in self._own)

    def _is_number(self, name: str) -> bool:
        return bool(_PHONE.fullmatch(self._flow.service.get(name, "")))

    def _is_line(self, number: SaidNumber, said: str) -> bool:
        """A number that is to be called; one that merely is that of a helpline stands beside its name."""
        if number.called or number.digits in self._service:
            return not {"*", "#"} & {*number.shown}
        return number.digits in self._names and bool(self._names[number.digits] & {*normalize_keyword(said)})
