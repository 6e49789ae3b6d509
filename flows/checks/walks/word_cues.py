"""Words by which a text says that something was done, that it was not, or go back; and numbers to call."""

import re

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.checks.languages.known_lines import known_lines
from flows.checks.languages.known_lines import plain as digits_of
from flows.checks.words.closing_words import SHOWN, says_closed_of_it, says_of_complaint, says_open_of_it
from flows.checks.words.language_tags import word_pattern
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.menu.model import ANY_LANGUAGE, Template, Text, Variable
from flows.text.normalization import normalize_keyword

_NOTHING_FR = r"rien n['’]\w+(?: \w+)?"  # "rien n'est envoyé": with what was not done

# That what the caller asked for was done.
_DONE = word_pattern(
    *("filed", "booked", "registered", "submitted", "saved", "recorded", "received", "reported", "confirmed"),
    *("is sent", "was sent", "been sent", "sent to", "counted", "we have your", "successful(?:ly)?", "added to"),
    *("darj", "mehfooz", "mil gayi", "mil gai", "mil gaya", "bhej di", "bhej diya", "ho gai", "ho gayi", "ho gaya"),
    *("likh diya", "shamil", "درج", "محفوظ", "موصول", "مل گئی", "مل گیا", "بھیج دی", "بھیج دیا", "ہو گئی", "ہو گیا"),
    *("لکھ دیا", "شامل"),
    *("recibid[oa]", "registrad[oa]", "enviad[oa]", "guardad[oa]", "se (?:mand[oó]|envi[oó]|guard[oó]|registr[oó])"),
    *("enregistrée?", "envoyée?", "reçue?", r"\w*mepokelewa", r"\w*metumwa", r"\w*mehifadhiwa", r"\w*mesajiliwa"),
)
# That it was not.
_NOT_DONE = word_pattern(
    *("could not", "couldn't", "can ?not", "can't", "unable", "failed", "not available", "unavailable", "sorry"),
    *(r"(?:not|nothing|never|no \w+) (?:was |were |is |been |yet )?(?:sent|saved|filed|booked|registered|recorded)",),
    *("not finish", "try again", "try later", "in a few minutes", "went wrong", "nothing was lost"),
    *("nahi ho sak[ai]", "nahi hu[ai]", "kuch nahi", "nahi bheja", "mehfooz nahi", "nahi mil[ai]", "maazrat"),
    *("(?:thori|kuch) der baad", "baad mein", "dobara koshish", "mumkin nahi"),
    *("نہیں ہو سکا", "نہیں ہو سکی", "نہیں ہوا", "نہیں ہوئی", "کچھ نہیں", "ممکن نہیں", "بعد میں", "دیر بعد", "معذرت"),
    *("no se (?:pudo|mand[oó]|envi[oó]|guard[oó]|registr[oó])", "no (?:fue|es|est[aá]) \\w+", "en unos minutos"),
    *(
        "n'a pas",
        "pas été",
        _NOTHING_FR,
        "réessayez",
        "hakuna",
        r"haiku\w+",
        r"haija\w+",
        r"haja\w+",
        "baada ya dakika",
    ),
)
_NEGATED = word_pattern(
    *("could not", "couldn't", "can ?not", "can't", "unable", "failed", "not", "nothing", "never", "no", "unavailable"),
    *("nahi", "nahin", "kuch na", "mumkin", "نہیں", "ممکن"),
    *("pas été", "n'a pas", _NOTHING_FR, "hakuna", r"haiku\w+", r"haija\w+", r"hatuku\w+", r"haja\w+"),
)
# In Spanish, French and Swahili.
_KEPT = word_pattern("kept", "saved", "mehfooz", "محفوظ", "guardad[oa]s?", "conservée?s", r"\w*hifadhiwa")
_AGAIN = word_pattern(
    *("again", "later", "few minutes", "dobara", "phir se", "baad", "دوبارہ", "پھر", "بعد"),
)
# Choices that lead back on purpose.
_BACK = word_pattern(
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


def tells_success_of_complaint(parts: Template) -> bool:
    """True for a text that says so of the complaint: "Bring your registered card" does not."""
    return says_of_complaint(_DONE, _shown(parts))


def tells_storage(parts: Template) -> bool:
    """True for a text that says that something is kept."""
    return bool(_KEPT.search(plain(parts)))


def tells_closure(parts: Template, tag: str) -> bool:
    """True for a text that says, in its language, that a complaint is closed, and not that it is open."""
    return says_closed_of_it(said := _shown(parts), tag) and not says_open_of_it(said, tag)


def says_open(parts: Template, tag: str) -> bool:
    """True for a text that says, in its language, that a complaint is open, and not that it is closed."""
    return says_open_of_it(said := _shown(parts), tag) and not says_closed_of_it(said, tag)


def _shown(parts: Template) -> str:
    """The words of a text, with a mark for every variable."""
    return "".join(part if isinstance(part, str) else SHOWN for part in parts)


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
