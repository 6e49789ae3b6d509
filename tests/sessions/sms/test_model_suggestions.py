"""What a model suggests is asked about by SMS, in the sender's language, and without a model nothing changes."""

from __future__ import annotations

import pytest

from flows.understanding.text_model import Prediction, TextModel
from storage.connection.database import Database
from tests.flows.library import shipped_model
from tests.flows.understanding.models import model
from tests.sessions.texter import SARA, Post

SURE = {"complaint": 127, "mun01": 127, "danger": -127, "money": -127}
TORN = {"complaint": 127, "mun01": 127, "nrg01": 127, "danger": -127, "money": -127}
BRIBED = {"complaint": 127, "nrg01": 127, "danger": -127, "money": 127}


def post(database: Database, read: TextModel | None) -> Post:
    return Post(database, model=read)


def says(made: Post, words: str) -> str:
    reply = made.text(words)
    assert reply is not None
    return reply.body


@pytest.mark.parametrize(
    ("words", "yes", "district", "named"),
    [
        ("matka khali rehta roz", "haan", "lahore", "Pani band"),
        ("our pitcher stays empty these weeks", "yes", "lahore", "No/low water"),
        ("مٹکا خالی رہتا روز", "ہاں", "لاہور", "پانی بند"),
    ],
)
def test_one_suggestion_is_asked_about_with_yes_and_no(
    database: Database, words: str, yes: str, district: str, named: str
) -> None:
    made = post(database, model({words: SURE}, calm=True))
    assert named in says(made, words)
    (case,) = made.complaints(SARA)
    assert (case.category, case.office) == (None, "triage")  # kept for a person while the question is open
    says(made, yes)
    says(made, district)
    (case,) = made.complaints(SARA)
    assert (case.category, case.district, case.details) == ("mun01", "lahore", words)


def test_who_says_no_to_a_suggestion_is_asked_as_if_there_were_none(database: Database) -> None:
    made = post(database, model({"matka khali rehta roz": SURE}, calm=True))
    says(made, "matka khali rehta roz")
    assert "Bijli band" in says(made, "nahi")
    says(made, "bijli band")
    says(made, "lahore")
    (case,) = made.complaints(SARA)
    assert case.category == "nrg01"


def test_several_suggestions_are_offered_with_something_else(database: Database) -> None:
    words = "matka lalten dono band"
    made = post(database, model({words: TORN}, calm=True))
    asked = says(made, words)
    assert all(name in asked for name in ("1 ", "2 ", "Pani band", "Bijli band", "Kuch aur"))
    says(made, "1")
    says(made, "lahore")
    (case,) = made.complaints(SARA)
    assert case.category in ("mun01", "nrg01")


def test_where_the_model_suspects_a_bribe_the_oversight_office_is_offered_first(database: Database) -> None:
    words = "meter wale bhai ka taqaza barhta ja raha"
    made = post(database, model({words: BRIBED}, calm=True))
    assert "1 Rishwat" in says(made, words)
    says(made, "1")
    says(made, "lahore")
    (case,) = made.complaints(SARA)
    assert (case.category, case.private) == ("cor01", True)


def test_without_a_model_texts_are_answered_by_keywords_alone(database: Database) -> None:
    made = post(database, None)
    assert "Gutter" in says(made, "SHIKAYAT gutter band hai Lahore")
    (case,) = made.complaints(SARA)
    assert (case.category, case.district) == ("mun03", "lahore")


@pytest.mark.parametrize("read", [True, False], ids=["model", "no model"])
@pytest.mark.parametrize(
    "words",
    [
        "السلام علیکم ہمارے محلے میں تین دن سے پانی نہیں آ رہا",
        "salam pani nahi aa raha lahore",
        "asalam alaikum janab mera masla ye hai k hmary mohaly ka transformer jal gya hai 4 din ho gye vehari",
        "hello sir gali mein kachra para hai sargodha",
        "sir ji bijli nahi hai attock",
        "Hello sir, no water in our street since Monday, G-9 Islamabad",
        "Salam, there is no electricity in our village since 3 days, Chakwal",
        "السلام علیکم پولیس ایف آئی آر درج نہیں کر رہی، ملتان",
        "khula manhole hai koi bhi gir sakta hai lahore",
        "kya aap meri madad kar sakte hain pani nahi aa raha multan",
        "kaise shikayat karun bijli ka bill ghalat hai, okara",
        "shikayat kaise darj hoti hai? hamare gaon ka school band hai, thatta",
    ],
)
def test_a_greeting_or_a_question_beside_a_complaint_never_hides_it(database: Database, words: str, read: bool) -> None:
    made = post(database, shipped_model() if read else None)
    made.text(words)
    (case,) = made.complaints(SARA)
    assert case.details == words


class Counted(TextModel):
    """The model that ships, which notes each text that it reads."""

    def __init__(self) -> None:
        self.__dict__.update(shipped_model().__dict__)
        self.read: list[str] = []

    def predict(self, text: str) -> Prediction:
        self.read.append(text)
        return super().predict(text)


@pytest.mark.parametrize(
    "words", ["matka khali rehta roz", "pani nahi aa raha", "aag lagi hai", "bijli ka bill kab", "ok"]
)
def test_however_many_rules_ask_about_the_words_of_an_sms_the_model_reads_them_once(
    database: Database, words: str
) -> None:
    counted = Counted()
    post(database, counted).text(words)
    assert counted.read.count(words) == 1 == len(set(counted.read))
