"""A misspelt name is told once, where it is misspelt, and what only follows from it is left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from tests.flows.library import check, shipped, shipped_files

MAIN = "complaints.yaml"
LEAF = shipped_files()[MAIN].partition("\n  leaf:")[2].partition("\n\n")[0]


def new(old: str, words: str, *, file: str = MAIN, every: bool = False, live: bool = False) -> list[Problem]:
    """Errors and warnings that a change of the shipped flow brings."""
    files = dict(shipped_files())
    assert old in files[file]
    files[file] = files[file].replace(old, words, -1 if every else 1)
    return grave(check(parse_flow(files, MAIN), before=shipped() if live else None))


def grave(problems: Sequence[Problem]) -> list[Problem]:
    return [each for each in problems if each.severity != "I"]


def line(of: str, file: str = MAIN) -> int:
    return shipped_files()[file].partition(of)[0].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "words", "code", "meant"),
    [
        ("    save: group\n", "    sve: group\n", "F001", "did you mean 'save'?"),
        ("    save: group\n", "    save: gruop\n", "F401", "write 'group' instead of 'gruop'"),
        ("  group:\n    ask", "  gruop:\n    ask", "F101", "call it 'group'"),
        ("  group:\n    ask", "  group:\n    aks", "F001", "did you mean 'ask' instead of 'aks'?"),
        ("go: leaf\n", "go: laef\n", "F101", "did you mean 'leaf'?"),
        ("    go: find\n", "    goo: find\n", "F001", "did you mean 'go'?"),
        ("with: {number: number}", "wth: {number: number}", "F001", "did you mean 'with'?"),
        ("  too_long: {en", "  too_lnog: {en", "F001", "did you mean 'too_long'?"),
        ("  bad_choice: {en", "  bad_chioce: {en", "F001", "did you mean 'bad_choice'?"),
        ('en: "Too many wrong tries. Nothing was sent. Dial {ussd}', 'en: "Dial {usd}', "F401", "did you mean 'ussd'?"),
        (
            "choose_from: {list: category, where",
            "choose_from: {list: categry, where",
            "F603",
            "did you mean 'category'?",
        ),
        ("choose_from: {list: mine, show", "choose_from: {list: mien, show", "F603", "did you mean 'mine'?"),
        ("or_type: {list: district, save", "or_type: {list: district, sve", "F001", "did you mean 'save'?"),
        ("then: {ok: settled, joined", "thne: {ok: settled, joined", "F001", "did you mean 'then'?"),
        (
            "then: {ok: settled, joined: followed, missing: not_found, too_many: too_many_numbers, else",
            "then: {ok: settled, joined: followed, missing: not_found, too_many: too_many_numbers, esle",
            "F001",
            "did you mean 'else'?",
        ),
        ("joined: followed, missing", "joined: followed, mising", "F404", "did you mean 'missing'?"),
        ("then: {ok: filed, danger", "then: {okk: filed, danger", "F404", "did you mean 'ok'?"),
        (
            "with: {category: category, district: contact.district, details: details, language: contact.language}",
            "with: {catgory: category, district: contact.district, details: details, language: contact.language}",
            "F402",
            "did you mean 'category'?",
        ),
        (
            "      track:    {en: Track by number, ur-Latn",
            "      track:    {en: Track by number, ur-latn",
            "F001",
            "did you mean 'ur-Latn'?",
        ),
        ("      suggest:  {en: Suggestion, ", "      suggest:  {en Suggestion, ", "F001", "write 'en: Suggestion'"),
        ("      suggest:  {en: Suggestion, ", "      suggest:  {en:Suggestion, ", "F001", "write 'en: Suggestion'"),
        ("languages: {ur-Latn:", "languages: {ur-Latin:", "F001", "write 'ur-Latn' instead of 'ur-Latin'"),
        ("languages: {ur", "langauges: {ur", "F001", "did you mean 'languages'?"),
        ("lists:\n  group", "lsts:\n  group", "F001", "did you mean 'lists'?"),
        ("errors:\n  bad_choice", "erors:\n  bad_choice", "F001", "did you mean 'errors'?"),
        ("screens:\n", "screns:\n", "F001", "did you mean 'screens'?"),
        ("service: {ussd:", "service: {usd:", "F001", "did you mean 'ussd'?"),
        ("  go_on: {en", "  goon: {en", "F001", "did you mean 'go_on'?"),
        ("  category: lists/category.csv", "  categry: lists/category.csv", "F603", "did you mean 'categry'?"),
        ("    save: contact.district\n", "    save: contact.distrct\n", "F401", "did you mean 'contact.district'?"),
        ("{ussd} ملائیں", "{usd} ملائیں", "F203", "did you mean 'ussd'?"),
    ],
)
def test_a_misspelt_word_is_the_only_thing_told_and_on_its_line(old: str, words: str, code: str, meant: str) -> None:
    [problem] = new(old, words)
    assert problem.code == code
    assert problem.hint == meant
    place = old.lstrip("\n")
    assert problem.line == line("choose_from: {list: category" if "category.csv" in place else place)


def test_a_variable_that_only_the_base_text_has_is_misspelt_there() -> None:
    problems = new('en: "{category}, {contact.district}\\nTo:', 'en: "{category}, {contact.province}\\nTo:')
    [problem] = [each for each in problems if each.code == "F203"]
    assert problem.language == "en"
    assert problem.hint == "did you mean 'contact.district'?"


@pytest.mark.parametrize("live", [False, True])
def test_a_screen_that_was_deleted_is_told_once_and_stands_for_no_other(live: bool) -> None:
    [problem] = new("\n  leaf:" + LEAF, "", live=live)
    assert problem.code == "F101"
    assert "did you mean" not in problem.hint
    assert ("live revision" in problem.hint) is live


def test_a_screen_that_is_missing_is_not_said_to_be_the_one_that_goes_there() -> None:
    screens = "screens:\n  leave: {ask: {en: A}, answer: text, go: leaf}\n  b: {end: {en: B}}\n"
    text = "flow: t\nlanguages: {en: English}\n" + screens
    [problem] = [each for each in check(parse_flow({"t.yaml": text}, "t.yaml")) if each.code == "F101"]
    assert "leave" not in problem.hint


def test_a_word_under_errors_that_is_like_none_is_told_once() -> None:
    [problem] = new("  busy:\n", "  xyz:\n")
    assert (problem.code, problem.severity, problem.line) == ("F001", "E", line("  busy:\n"))
    assert problem.message == "unknown word 'xyz': no caller would ever read this"


def test_a_misspelt_intent_of_a_keyword_is_told_as_such() -> None:
    [problem] = new("intent: help", "intent: hlp", file="keywords.yaml")
    assert problem.hint == "did you mean 'help'?"


def test_a_word_of_the_service_that_a_text_uses_is_no_slip_of_the_pen() -> None:
    files = dict(shipped_files())
    files[MAIN] = files[MAIN].replace(', help: "15"}', ', helpline: "118", ussd_code: "*99#"}', 1)
    files[MAIN] = files[MAIN].replace("Type the 9 digits of your number:", "{ussd_code|9} {helpline} Number:", 1)
    parsed = parse_flow(files, MAIN)
    assert parsed.flow is not None
    assert parsed.flow.service == {"ussd": "*8484#", "sms": "8484", "helpline": "118", "ussd_code": "*99#"}
    assert not [each for each in parsed.problems if each.code == "F001"]


def test_other_things_kept_of_a_contact_are_no_slips_of_the_pen() -> None:
    assert not [
        each for each in new("    save: group\n", "    save: contact.street\n") if "contact.district" in each.hint
    ]


def test_a_sharp_sign_that_makes_words_a_comment_is_told_where_the_words_are_missing() -> None:
    [problem] = new('      en: "Type the 9 digits of your number:"', "      en: #Type the 9 digits")
    assert (problem.code, problem.language) == ("F201", "en")
    assert "in quotes" in problem.hint


def test_a_quote_without_a_partner_is_told_where_a_caller_would_read_it() -> None:
    [yaml] = new('      en: "Type the 9 digits of your number:"', '      en: Type the 9 digits of your number:"')
    [cell] = new("Dirty water", 'Dirty water"', file="lists/category.csv")
    assert yaml.code == cell.code == "F307"
    assert "no partner" in yaml.message


@pytest.mark.parametrize(
    ("file", "old", "words"),
    [
        (MAIN, 'en: "Too long, write less."', 'en: "Don’t write so much."'),
        ("texts.yaml", "{ref}: there is news.", "{ref}: there’s news."),
        ("lists/group.csv", "School & college", "School’s & college"),
    ],
)
def test_a_curly_quote_in_english_words_is_named_with_the_straight_one(file: str, old: str, words: str) -> None:
    [problem] = new(old, words, file=file)
    assert (problem.code, problem.file, problem.language) == ("F305", file, "en")
    assert "'’' leaves a screen 70 characters" in problem.message
    assert problem.hint == """write "'" for '’'"""


def test_screens_that_only_an_unreachable_one_leads_to_are_told_with_it() -> None:
    [problem] = [each for each in new("go: suggestion}", "go: bye}") if each.code == "F102"]
    assert problem.line == line("  suggestion:\n")
    assert "nor to the screens after it: suggest, suggested, already_suggested" in problem.message


def test_calls_that_go_elsewhere_from_one_menu_are_one_finding() -> None:
    files = dict(shipped_files())
    zero = "      zero: {en: Zero, ur-Latn: Sifr, ur: صفر, go: bye}\n      new:      {en: New complaint"
    files[MAIN] = files[MAIN].replace("      new:      {en: New complaint", zero, 1)
    [problem] = [each for each in check(parse_flow(files, MAIN), scripts=transcripts_of(files)) if each.code == "F901"]
    chosen = files[MAIN].index("      new:      {en: New complaint")  # by the first of them, which typed 2
    at = files[MAIN][:chosen].count("\n") + 1
    assert (problem.file, problem.line, problem.screen) == (MAIN, at, "menu")
    assert " scripted calls differ because of this; the first is transcripts/" in problem.message
