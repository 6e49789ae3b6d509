"""What kind of message a text is when no keyword says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.menu.keyword_rule import Rule
from flows.understanding import message_kinds
from flows.understanding.intents import understand
from flows.understanding.keyword_index import drop_salutation
from flows.understanding.text_model import Prediction
from tests.examples import examples
from tests.flows.library import shipped

FLOW = shipped("by_text")
RULES = FLOW.keywords


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bijli nahi", {"bijli"}),
        ("salam sir, please help", set()),
        ("mera parosi raat ko shor karta hai", {"parosi", "raat", "shor", "karta"}),
        ("یہ میری گلی ہے", {"گلی"}),
        ("12 34 ... 5", set()),
    ],
)
def test_small_and_polite_words_and_digits_are_no_content(text: str, words: set[str]) -> None:
    assert message_kinds.content_words(text, RULES) - {"help"} == words


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("bijli nahi", True),
        ("no gas", True),
        ("پانی نہیں", True),
        ("xyzzy plugh", False),
        ("xyzzy plugh quux", True),
        ("salam sir aap kaise hain", False),
        ("", False),
    ],
)
def test_a_matter_names_its_kind_or_has_several_content_words(text: str, is_one: bool) -> None:
    assert message_kinds.is_matter(text, FLOW) is is_one


@pytest.mark.parametrize(("likely", "is_one"), [(0.5, True), (0.49, False)])
def test_the_model_makes_two_words_a_matter_and_never_a_matter_none(likely: float, is_one: bool) -> None:
    said = Prediction((("complaint", likely), ("other", 1 - likely)), (), 0.0, 0.0)
    assert message_kinds.is_matter("xyzzy plugh", FLOW, said) is is_one
    assert message_kinds.is_matter("bijli nahi", FLOW, said)
    assert not message_kinds.is_matter("xyzzy", FLOW, said)


@pytest.mark.parametrize(("likely", "is_one"), [(0.9, True), (0.89, False)])
def test_one_word_is_a_matter_where_the_model_is_sure(likely: float, is_one: bool) -> None:
    said = Prediction((("complaint", likely), ("other", 1 - likely)), (), 0.0, 0.0)
    assert message_kinds.is_matter("xyzzy", FLOW, said) is is_one
    assert not message_kinds.is_matter("salam sir", FLOW, said)


def test_of_two_weak_words_of_advertisements_the_first_rule_is_named() -> None:
    rules = (Rule("help", ("HELP",)), Rule("spam", (), alone=("SALE", "OFFER")), Rule("spam", ("LOTTERY",)))
    assert message_kinds.spam_rule("offer! big sale", rules) == (1, "SALE")
    assert message_kinds.spam_rule("sale sale", rules) is None
    assert message_kinds.spam_rule("offer, sale and lottery", rules) == (2, "LOTTERY")


@pytest.mark.parametrize(
    "text",
    [
        "Congratulations you have won Rs 500000, call 0301",
        "Instant loan up to 50000, apply today",
        "Buy 1 get 1 lawn suits flat 50 off sale",
        "ghar bethe 50000 kamao online",
        "مبارک ہو آپ کا انعام نکلا ہے",
        "0800 12345 par offer hasil karein",
    ],
)
def test_an_advertisement_is_spam_and_names_its_rule(text: str) -> None:
    taken = message_kinds.spam_rule(text, RULES)
    assert taken is not None
    assert RULES[taken[0]].intent == "spam"
    assert taken[1] in (*RULES[taken[0]].words, *RULES[taken[0]].alone)
    assert understand(text, RULES).kind == "spam"


@pytest.mark.parametrize(
    "text",
    [
        "They say you won a lottery and ask my mother for the OTP",
        "loan",
        "you have won ka fraud call aata hai roz",
        "bijli ka bill zyada hai",
        "انعام کے نام پر فراڈ",
        "",
    ],
)
def test_who_tells_of_a_fraud_or_says_one_such_word_sends_no_spam(text: str) -> None:
    assert message_kinds.spam_rule(text, RULES) is None
    assert understand(text, RULES).kind != "spam"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("meri shikayat ka kya bana 10 din ho gaye", True),
        ("Any progress on complaint 45? It has been 20 days", True),
        ("میری درخواست کہاں تک پہنچی ہے", True),
        ("kya bana", False),
        ("meri shikayat gutter ki hai", False),
        ("", False),
    ],
)
def test_a_sentence_that_names_a_complaint_and_asks_how_it_stands_asks_the_status(text: str, asks: bool) -> None:
    assert message_kinds.asks_status(text) is asks


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("shukria jnab bijli agai", True),
        ("Thank you so much, the transformer was fixed this morning", True),
        ("بہت شکریہ پانی آ گیا ہے", True),
        ("shukriya lekin pani phir band hai", False),
        ("thank you but not fixed", False),
        ("bijli agai", False),
        ("thanks for nothing transformer wires poles houses", False),
    ],
)
def test_thanks_tell_of_nothing_that_is_still_wrong(text: str, thanks: bool) -> None:
    assert message_kinds.gives_thanks(text) is thanks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Is this number free or will I be charged for each SMS?", True),
        ("kya is number pe gas ki shikayat bhi kr skte hn", True),
        ("اس نمبر پر شکایت کیسے درج کرتے ہیں", True),
        ("is number pe shikayat kaise karein, pani nahi", False),
        ("free", False),
        ("complaint " + "word " * 14 + "free", False),
    ],
)
def test_a_short_question_about_the_service_is_told_from_a_matter(text: str, asks: bool) -> None:
    assert message_kinds.asks_about_service(text) is asks


@pytest.mark.parametrize(
    ("text", "kind"),
    [("👍", "thanks"), ("🙏🙏", "thanks"), ("?", "help"), ("...", "unknown"), ("", "unknown"), ("😡?", "help")],
)
def test_a_picture_without_words_is_a_kindness_and_a_question_mark_asks_for_help(text: str, kind: str) -> None:
    assert understand(text, RULES).kind == kind


@pytest.mark.parametrize(
    "text", ["salam", "Assalam o alaikum sir", "good morning", "السلام علیکم جناب", "hello?", "AOA"]
)
def test_a_greeting_alone_is_one_and_with_a_problem_it_is_none(text: str) -> None:
    assert understand(text, RULES).kind == "greeting"
    assert understand(f"{text} hamari gali ka gutter band hai", RULES).kind == "unknown"


@pytest.mark.parametrize(
    "text", ["shukriya", "ok", "Thank you very much", "بہت شکریہ", "thanks sir", "acha ji", "mehrbani"]
)
def test_thanks_alone_are_thanks_and_with_a_problem_none(text: str) -> None:
    assert understand(text, RULES).kind == "thanks"
    assert understand(f"{text} lekin gutter phir band hai", RULES).kind == "unknown"


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=200))
def test_whatever_comes_has_a_kind_and_no_error(text: str) -> None:
    assert understand(text, RULES).kind
    for ask in (message_kinds.asks_status, message_kinds.gives_thanks, message_kinds.asks_about_service):
        assert ask(text) in (True, False)
    assert message_kinds.content_words(text, RULES) <= message_kinds.content_words(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kab theek hogi", "when"),
        ("when will it be fixed", "when"),
        ("kitne din aur lagenge bhai", "when"),
        ("کب تک ٹھیک ہوگا", "when"),
        ("koi nahi aya", "delay deny wrong"),
        ("3 din ho gaye koi nahi aaya", "delay deny wrong"),
        ("nobody came to check it", "delay deny"),
        ("still nothing has been done", "delay still deny wrong"),
        ("abhi tak nahi hua", "delay still deny wrong"),
        ("ab bhi waisa hi hai", "delay still deny"),
        ("ab bhi bijli ka bill zyada hai", "still deny"),
        ("abhi tak theek nahi", "delay still deny wrong"),
        ("ab bhi theek hai", ""),
        ("ab bhi transformer", "delay still deny"),
        ("ab bhi transformer toota", "still deny"),
        ("it is still working fine", "wrong"),
        ("ابھی تک کچھ نہیں ہوا", "delay still deny wrong"),
        ("jhoot bol rahe hain", "deny"),
        ("they are lying", "deny"),
        ("جھوٹ ہے", "deny"),
        ("masla hal ho gaya", "success wrong"),
        ("problem is solved now", "success wrong"),
        ("nali theek ho gayi shukriya", "success"),
        ("light aa gayi", "success"),
        ("thanks, power is back now", "success"),
        ("بجلی آ گئی", "success"),
        ("nali theek ho gayi?", ""),
        ("کب حل ہو گیا", "when"),
        ("hal ho gaya magar pani nahi", "wrong"),
        ("aadha theek ho gaya", ""),
        ("gutter ka pani ghar mein aa gaya", ""),
        ("bill zyada aa gaya", ""),
        ("hamari gali mein", "spot"),
        ("near the mosque in our street", "spot"),
        ("ہماری گلی میں", "spot"),
        ("gali mein a b c d e f", "spot"),
        ("gali mein a b c d e f g", ""),
        ("koi nahi aya " + "a " * 11, "delay deny wrong"),
        ("koi nahi aya " + "a " * 12, "wrong"),
        ("bijli nahi hai", "wrong"),
        ("xyzzy plugh", ""),
    ],
)
def test_what_people_write_about_a_case_without_naming_it(text: str, said: str) -> None:
    found = {
        "when": message_kinds.asks_when(text),
        "delay": message_kinds.tells_of_delay(text),
        "still": message_kinds.tells_of_still(text),
        "deny": message_kinds.denies(text),
        "success": message_kinds.tells_of_success(text),
        "spot": message_kinds.tells_spot(text),
        "wrong": message_kinds.tells_of_wrong(text),
    }
    assert {name for name, told in found.items() if told} == set(said.split())


@pytest.mark.parametrize(("more", "asks"), [(9, True), (10, False)])
def test_a_long_text_is_no_question_about_the_service(more: int, asks: bool) -> None:
    text = "kya yeh service free hai" + " sir" * more
    assert message_kinds.asks_about_service(text) is asks


def test_a_single_letter_says_nothing() -> None:
    assert message_kinds.content_words("x yz") == {"yz"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ho gaya?", "status"),
        ("theek hai؟", "status"),
        ("hal hua?", "status"),
        ("solved?", "status"),
        ("ho gaya", "yes"),
        ("haan?", "yes"),
        ("1?", "yes"),
        ("pehla", "digits"),
        ("دوسرا", "digits"),
        ("4)", "digits"),
        ("pehle pani aata tha", "unknown"),
        ("shikayat cancel kar do", "withdraw"),
        ("cancel my complaint", "withdraw"),
        ("cancel complaint", "withdraw"),
        ("meri shikayat khatam kar do", "withdraw"),
        ("shikayat khatam kar di gayi aur masla wahin hai", "new"),
        ("english me batao", "language"),
        ("اردو میں بتائیں", "language"),
        ("mujhe english nahi ati", "language"),
        ("change english to urdu", "language"),
        ("school mein english nahi parhate", "unknown"),
    ],
)
def test_everyday_words_that_ask_answer_or_take_back(text: str, kind: str) -> None:
    assert understand(text, RULES).kind == kind


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Salam sir, no water", "no water"),
        ("السلام علیکم پانی نہیں", "پانی نہیں"),
        ("sir ji bijli nahi hai", "bijli nahi hai"),
        ("asalam o alaikum janab mera masla", "mera masla"),
        ("salam", "salam"),
        ("bijli nahi, salam", "bijli nahi, salam"),
        ("", ""),
    ],
)
def test_a_text_without_its_greeting(text: str, rest: str) -> None:
    assert drop_salutation(text, RULES) == rest


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("bijli ka bill ghalat hai", True),
        ("gas, multan", True),
        ("khula manhole hai", True),
        ("gas ki shikayat kaise karun", False),
        ("shikayat kaise karun multan", False),
    ],
)
def test_a_kind_and_a_place_or_what_is_wrong_make_a_matter_of_a_question(text: str, is_one: bool) -> None:
    assert message_kinds.names_matter(text, FLOW) is is_one
