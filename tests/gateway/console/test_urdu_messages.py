"""Messages of the checks and refusals in Urdu: each has its words, and its values stand isolated."""

import re
from collections.abc import Sequence

import pytest
from markupsafe import Markup

from flows.checks.analysis.catalogue import CHECKS
from gateway.console.help.pages import read_examples
from gateway.console.messages import said_messages
from gateway.console.messages.template import Template, names_of
from gateway.console.site import i18n
from gateway.development.extract_messages import complete, update_message_catalogue
from gateway.development.message_templates import catalogue_sentences, message_templates
from tests.flows.planting import FAULTS, Fault, planted
from tests.gateway.console.conftest import Visit

ISOLATED = re.compile(r"<(bdi|code)[^>]*>.*?</\1>", re.DOTALL)
MESSAGES = [
    (code, words)
    for code, example in read_examples().items()
    for found in example.found
    for words in (found.message, found.hint)
    if words
]


def shown(words: str) -> Markup:
    return said_messages.translate(words, "ur")


def test_every_message_has_its_words_in_every_language() -> None:
    for language in i18n.LANGUAGES:
        if language != "en":
            left = [str(each.id) for each in update_message_catalogue(language) if each.id and not complete(each)]
            assert not left, f"run python -m gateway.development.extract_messages and translate: {left[:20]}"


def test_a_translation_of_a_message_has_no_other_values() -> None:
    for template, translation in said_messages.templates_of("ur"):
        assert names_of(translation) <= names_of(template.words.replace("`", "")), template.words


def english(words: str) -> bool:
    """True if a message has no translation, or its translation has Latin letters outside an isolate."""
    return "<bdi lang" in shown(words) or re.search("[A-Za-z]", ISOLATED.sub("", shown(words))) is not None


def test_what_the_checks_say_of_each_example_is_in_urdu() -> None:
    assert [each for each in MESSAGES if english(each[1])] == []


@pytest.mark.parametrize("faults", [FAULTS[::6], pytest.param(FAULTS, marks=pytest.mark.long)], ids=["some", "all"])
def test_what_the_checks_say_of_planted_faults_is_in_urdu(faults: Sequence[Fault]) -> None:
    said = {words for fault in faults for each in planted(fault)[0] for words in (each.message, each.hint) if words}
    assert sorted(filter(english, said)) == []


def test_titles_and_explanations_of_the_codes_are_in_urdu() -> None:
    for check in CHECKS.values():
        for words in (check.summary, check.about):
            assert not re.search("[A-Za-z]", ISOLATED.sub("", shown(words))), words
            assert "<bdi lang" not in shown(words), words


@pytest.mark.parametrize(
    ("message", "urdu"),
    [
        ("there is no screen 'x<b>y', so the call would be cut off here", "اسکرین <bdi>x&lt;b&gt;y</bdi> موجود نہیں"),
        ("step 3 (bye): expected 'Goodbye', the caller saw 'Bye'", "<bdi>Goodbye</bdi> ہونا چاہیے تھا"),
        ('write key: "2", or add new choices at the end', '<code dir="ltr">key: &#34;2&#34;</code> لکھیں'),
        ("There is somebody with that name already. Give another name, or make a new invitation below.", "اس نام کا"),
    ],
)
def test_values_are_put_into_the_translation_escaped_and_isolated(message: str, urdu: str) -> None:
    assert urdu in shown(message)


def test_words_of_a_flow_that_look_like_a_message_stay_as_they_are() -> None:
    assert "<bdi>use another word</bdi>" in shown("a caller would read 'use another word'")


def test_a_message_without_a_translation_is_english_and_says_so() -> None:
    assert shown("quite unknown <b>") == '<bdi lang="en" dir="ltr">quite unknown &lt;b&gt;</bdi>'


def test_what_is_said_in_urdu_already_stays() -> None:
    assert shown("فائل SMS نہیں") == "فائل SMS نہیں"


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("it costs 2 SMS; 3 more", {"single": "2", "beside": " SMS; 3 more"}),
        ("it costs 160; 2 more texts", {"single": "160", "beside": "; 2 more texts"}),
    ],
)
def test_of_two_values_side_by_side_the_first_is_a_word(message: str, values: dict[str, str]) -> None:
    read = Template.parse("it costs {single}{beside}").read(message)
    assert read is not None
    assert {name: value.words for name, value in read.items()} == values


def test_a_message_that_is_glued_to_another_is_not_taken_for_its_value() -> None:
    said = shown("it does not say 30, which the other languages say: who chose English would be told something else")
    assert said.startswith("اس میں <bdi>30</bdi> نہیں، جو دوسری زبانوں میں ہے: <bdi>English</bdi>")


def test_a_long_message_is_read_back_in_no_time() -> None:
    template = Template.parse("{a} is {b} of {c}: {d!r} and {e}")
    assert template.read(" is of : and " * 150) is None


def test_a_message_with_the_words_of_many_others_is_read_in_a_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    templates = said_messages.templates_of("ur")

    def counted(tongue: str) -> Sequence[tuple[Template, str]]:
        read.append(tongue)
        return templates

    monkeypatch.setattr(said_messages, "templates_of", counted)
    glued = " is ".join(template.words.replace("{", "(").replace("}", ": ") for template, _ in templates[::40])
    for start in range(0, 10_000, 500):
        read.clear()
        shown(glued[start : start + 900])
        assert len(read) <= said_messages.MOST_PARTS


def test_every_template_can_be_read() -> None:
    for words in (*message_templates(), *catalogue_sentences()):
        assert Template.parse(words).words == words


def test_codes_are_found_by_their_words_in_urdu(visit: Visit) -> None:
    visitor = visit("operator")
    visitor.post("/console/language", {"language": "ur", "next": "/console/"})
    assert ">F101<" in visitor.get("/console/help?search=اگلی اسکرین").text
    assert ">F101<" in visitor.get("/console/help?search=next screen").text


def test_the_page_of_a_code_shows_an_urdu_reader_no_english_sentence(visit: Visit) -> None:
    visitor = visit("operator")
    visitor.post("/console/language", {"language": "ur", "next": "/console/"})
    page = visitor.get("/console/help/F101")
    assert "اگلی اسکرین موجود نہیں" in page.text
    assert 'lang="en"' not in re.sub(r"<pre.*?</pre>", "", page.text, flags=re.DOTALL).partition("<main")[2]
