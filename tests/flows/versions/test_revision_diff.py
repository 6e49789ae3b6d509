"""What a caller would notice between two revisions."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.keyword_rule import Rule
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.text.working_days import WorkingDays
from flows.versions.change import Change, place_of
from flows.versions.revision_diff import diff_revisions
from tests.flows.library import shipped, shipped_files

MENU = "  track:    {en: Track by number, ur-Latn: Number se haal,    ur: نمبر سے حال,  go: track}"


def changed(*replaced: tuple[str, str], file: str = "complaints.yaml") -> Flow:
    """The shipped flow with words of one of its files replaced."""
    files = dict(shipped_files())
    for old, new in replaced:
        assert old in files[file], old
        files[file] = files[file].replace(old, new, 1)
    flow = parse_flow(files, "complaints.yaml").flow
    assert flow is not None
    return flow


def told(*replaced: tuple[str, str], file: str = "complaints.yaml") -> list[str]:
    return [str(each) for each in diff_revisions(shipped(), changed(*replaced, file=file))]


def test_the_same_flow_has_nothing_to_notice() -> None:
    assert diff_revisions(shipped(), shipped()) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'en: "What is it about?"',
            'en: "About what?"',
            "group[en]: question changed: 'What is it about?' -> 'About what?'",
        ),
        ("en: My complaints,", "en: Mine,", "menu option mine[en]: wording changed: 'My complaints' -> 'Mine'"),
        ('back: {key: "0",', 'back: {key: "9",', "key back: key changed: '0' -> '9' (F506)"),
        ("ur-Latn: Aur, ", "ur-Latn: Agla,", "key more[ur-Latn]: wording changed: 'Aur' -> 'Agla'"),
        ("go: track}", "go: suggestion}", "menu option track: next screen changed: 'track' -> 'suggestion'"),
        (
            "skip_if: not category.emergency",
            "skip_if: category.emergency",
            "danger: is skipped when: 'not category.emergency' -> 'category.emergency'",
        ),
        (
            'en: "Not on the list, try again."',
            'en: "No."',
            "error bad_choice[en]: wording changed: 'Not on the list, try again.' -> 'No.'",
        ),
        ("en: Start again,", "en: Anew,", "resume again[en]: wording changed: 'Start again' -> 'Anew'"),
        ('help: "15"', 'help: "1122"', "service: number help changed: '15' -> '1122'"),
        (
            "{ur-Latn: Roman Urdu, ur: اردو, en: English}",
            "{en: English, ur-Latn: Roman Urdu, ur: اردو}",
            "call: numbers of the languages changed: 'ur-Latn ur en' -> 'en ur-Latn ur' (F506)",
        ),
    ],
)
def test_a_change_of_the_flow_is_told_as_a_caller_notices_it(old: str, new: str, said: str) -> None:
    assert said in told((old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("complaints.yaml", "send: bhej; bhejo;", "send: bhej;", "alias of send: words: 'bhejo' -> 'none'"),
        (
            "complaints.yaml",
            'coming: {en: "An SMS is coming."',
            'coming: {en: "A text is coming."',
            "receipt coming[en]: wording changed: 'An SMS is coming.' -> 'A text is coming.'",
        ),
        ("helplines.yaml", '"1122"', '"1123"', "helpline rescue: the number: '1122' -> '1123'"),
        (
            "helplines.yaml",
            "name: {en: rescue,",
            "name: {en: help,",
            "helpline rescue[en]: wording changed: 'rescue' -> 'help'",
        ),
        ("danger.yaml", "NO: no without", "NO: no", "danger NO: words: 'without' -> 'none'"),
        (
            "danger.yaml",
            "    call: [police, rescue]\n",
            "    call: [rescue]\n",
            "danger cry: numbers to call: 'police rescue' -> 'rescue'",
        ),
    ],
)
def test_words_of_danger_helplines_and_what_is_typed_for_a_label_are_told_too(
    file: str, old: str, new: str, said: str
) -> None:
    files = {**shipped_files()}
    named = "danger: danger.yaml\nhelplines: helplines.yaml\n"
    files["complaints.yaml"] += named
    before = parse_flow(files, "complaints.yaml").flow
    files[file] = files[file].replace(old, new, 1)
    after = parse_flow(files, "complaints.yaml").flow
    assert before is not None and after is not None
    assert said in [str(each) for each in diff_revisions(before, after)]


def test_a_flow_with_words_of_danger_of_its_own_is_told_so() -> None:
    own = changed(("receipt:\n", "danger: danger.yaml\nreceipt:\n"))
    assert [str(each) for each in diff_revisions(shipped(), own)] == ["call: words of danger: 'nothing' -> 'its own'"]


def test_no_part_of_a_flow_changes_unnoticed() -> None:
    """Whoever publishes a revision sees here what another person wrote."""
    other = Helpline("1", {}), DangerLexicon(past=("x",)), (Rule("new", ("x",)),)
    values = {"helplines": {"x": other[0]}, "danger": other[1], "keywords": other[2], "ussd_languages": ("en",)}
    text = {"x": {"en": ("x",)}}
    values |= dict.fromkeys(("errors", "resume", "meant", "texts", "receipt"), text) | {"aliases": {"x": ("y",)}}
    values |= {"service": {"x": "1"}, "languages": {"en": "x"}, "screens": {}, "lists": {}}
    values |= {"calendar": WorkingDays(("mon",))}
    values |= {"keys": shipped().keys | {"more": replace(shipped().keys["more"], key="7")}}
    told_elsewhere = {"name", "title", "kinds"}  # a flow's own name, words for its authors, what screens save
    for name in set(Flow.__struct_fields__) - told_elsewhere:
        assert diff_revisions(shipped(), replace(shipped(), **{name: values.get(name, "other")})), name


def test_a_language_that_loses_its_screens_is_told() -> None:
    [change] = diff_revisions(shipped(), replace(shipped(), ussd_languages=("ur-Latn", "en")))
    assert str(change) == "call: screens are shown in: 'ur-Latn ur en' -> 'ur-Latn en'"


def test_an_option_put_in_between_renumbers_those_behind_it() -> None:
    new = "  urgent: {en: Urgent, ur-Latn: Fauri, ur: فوری, go: group}\n    " + MENU
    found = told((MENU, new))
    assert "menu: new option urgent: '3 Urgent'" in found
    assert "menu option track: number changed: '3' -> '4' (F506)" in found
    assert "menu option suggest: number changed: '4' -> '5' (F506)" in found


def test_an_option_whose_number_means_something_else_now_is_told_with_what_it_means() -> None:
    assert "menu: option track removed; 3 is suggest now: '3 Track by number' (F506)" in told((MENU, ""))


def test_an_option_that_goes_without_a_follower_renumbers_nobody() -> None:
    last = "      language: {en: Language,        ur-Latn: Zaban badlein,     ur: زبان,         go: change_language}\n"
    [change] = [each for each in diff_revisions(shipped(), changed((last, ""))) if each.where == "menu"]
    assert (change.said, change.code) == ("option language removed", "")


def test_screens_that_come_and_go_are_named_with_their_words() -> None:
    words = ('en: "What is it about?"', 'en: "About what?"')  # with the same ones it would only be renamed
    found = diff_revisions(shipped(), changed(("  group:\n", "  topic:\n"), ("go: group}", "go: topic}"), words))
    assert Change(("screens", "group"), "screen removed", before="What is it about?") in found
    assert Change(("screens", "topic"), "new screen", after="About what?") in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mun01,", "mun99,", "list category: row mun01 removed: 'No/low water'"),
        ("mun01,", "mun99,", "list category: new row mun99: 'No/low water'"),
        ("No/low water,", "No water,", "list category row mun01[en]: wording changed: 'No/low water' -> 'No water'"),
    ],
)
def test_rows_of_a_list_added_gone_and_reworded_are_told(old: str, new: str, said: str) -> None:
    assert said in told((old, new), file="lists/category.csv")


def test_rows_whose_number_on_a_screen_changed_are_told_once_a_screen() -> None:
    text = shipped_files()["lists/group.csv"]
    header, first, second, *_ = text.splitlines(keepends=True)
    found = told((header + first + second, header + second + first), file="lists/group.csv")
    code = first.split(",")[0]
    assert [each for each in found if "new numbers" in each] == [
        f"{screen}: 2 rows of group have new numbers, {code} among them: '1' -> '2' (F506)"
        for screen in ("group", "old_group")
    ]


def test_a_text_sent_by_sms_and_a_word_understood_are_told() -> None:
    files = shipped_files()
    line = next(line for line in files["texts.yaml"].splitlines() if "en:" in line and '"' in line)
    found = told((line, line.replace('"', '"New. ', 1)), file="texts.yaml")
    assert len(found) == 1
    assert found[0].startswith("SMS ")
    word = told(("HELP", "AID"), file="keywords.yaml")
    assert any(each.startswith("SMS word AID: asks for: 'nothing' -> 'help'") for each in word)
    polite = told(("KIJIYE", "KIJYE"), file="keywords.yaml")
    assert any(each.startswith("SMS word KIJYE: asks for: 'nothing' -> 'beside help'") for each in polite)


def test_a_screen_of_another_kind_is_told() -> None:
    files = shipped_files()["complaints.yaml"]
    start = files.index("  change_language:")
    ask = files[start : files.index("\n\n", start)]
    end = "  change_language:\n    end: {en: Bye, ur-Latn: Bye, ur: خدا حافظ}"
    assert "change_language: asked before and ended the call now: 'Language / Zaban' -> 'Bye'" in told((ask, end))


def test_what_a_screen_takes_and_what_an_action_leads_to_are_told() -> None:
    found = told(("length: 5-160", "length: 12-160"), ("else: try_later", "else: menu"))
    assert any(": accepts: 'text of " in each for each in found)
    assert any(": after any other answer goes to: " in each for each in found)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("complaints.yaml", "en: My complaints,", "en: Mine,"),
        ("complaints.yaml", 'en: "What is it about?"', 'en: "About what?"'),
        ("complaints.yaml", 'back: {key: "0",', 'back: {key: "9",'),
        ("complaints.yaml", "en: Start again,", "en: Anew,"),
        ("complaints.yaml", 'help: "15"', 'help: "1122"'),
        ("lists/category.csv", "No/low water,", "No water,"),
        ("keywords.yaml", "UNSUBSCRIBE", "UNSUBSCRIBED"),
        ("texts.yaml", 'en: "', 'en: "New. '),
    ],
)
def test_a_change_stands_in_the_file_and_line_where_it_was_made(file: str, old: str, new: str) -> None:
    before = parse_flow(shipped_files(), "complaints.yaml")
    text = shipped_files()[file]
    after = parse_flow({**shipped_files(), file: text.replace(old, new, 1)}, "complaints.yaml")
    assert before.flow is not None and after.flow is not None
    line = text[: text.index(old)].count("\n") + 1
    found = [place_of(each, after) or place_of(each, before) for each in diff_revisions(before.flow, after.flow)]
    assert set(found) == {(file, line)}


@pytest.mark.parametrize(("file", "begins"), [("complaints.yaml", "      mine:"), ("lists/category.csv", "mun,mun01,")])
def test_an_option_or_a_row_that_came_or_went_has_a_place_on_the_side_that_has_it(file: str, begins: str) -> None:
    text = shipped_files()[file]
    line = text[: text.index(begins)].count("\n") + 1
    less = "".join(each for at, each in enumerate(text.splitlines(keepends=True), 1) if at != line)
    having = parse_flow(shipped_files(), "complaints.yaml")
    lacking = parse_flow({**shipped_files(), file: less}, "complaints.yaml")
    assert having.flow is not None and lacking.flow is not None
    both = [*diff_revisions(having.flow, lacking.flow), *diff_revisions(lacking.flow, having.flow)]
    found = [change for change in both if change.inside]
    assert len(found) == 2  # gone, and new
    assert {place_of(each, having) for each in found} == {(file, line)}
    assert {place_of(each, lacking) for each in found} == {None}
