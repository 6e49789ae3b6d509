"""What a spreadsheet does to a list is told once, with the way to save it."""

from __future__ import annotations

import re
import time

from flows.checks.analysis.alphabets import is_lost
from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from tests.flows.library import check, shipped, shipped_files

MAIN, CATEGORY, DISTRICT = "complaints.yaml", "lists/category.csv", "lists/district.csv"
URDU = re.compile("[\u0600-\u06ff]")


def spoilt(file: str, text: str, used: str = "category:mun02") -> list[Problem]:
    """Errors and warnings of the shipped flow with another text in a list, against what is live.

    Without lengths: other names may be longer than those that ship.
    """
    files = {**shipped_files(), file: text}
    found = check(parse_flow(files, MAIN), before=shipped(), used=frozenset({used}))
    return [each for each in found if each.severity != "I" and each.code != "F303"]


def test_a_column_that_excel_turned_into_question_marks_blocks_publishing_with_one_line() -> None:
    [problem] = spoilt(DISTRICT, URDU.sub("?", shipped_files()[DISTRICT]))
    assert (problem.code, problem.severity, problem.file, problem.line) == ("F206", "E", DISTRICT, 2)
    assert "a caller would read ?????" in problem.message
    assert "more" in problem.message
    assert "CSV UTF-8" in problem.hint


def test_a_column_read_octet_by_octet_blocks_publishing_too() -> None:
    text = re.sub("[\u0600-\u06ff]+", lambda words: words[0].encode().decode("latin-1"), shipped_files()[DISTRICT])
    [problem] = spoilt(DISTRICT, text)
    assert (problem.code, problem.severity, problem.line) == ("F206", "E", 2)


def test_lost_letters_of_a_text_and_of_the_name_of_a_language_block_publishing() -> None:
    text = shipped_files()[MAIN].replace("کم لکھیں", "?? ????", 1).replace("ur: اردو", 'ur: "????"', 1)
    found = [each for each in spoilt(MAIN, text) if each.code == "F206"]
    assert [(each.severity, each.language) for each in found] == [("E", "ur"), ("E", "ur")]
    assert all("UTF-8" in each.hint for each in found)


def test_one_question_mark_behind_urdu_words_is_none_that_was_lost() -> None:
    text = shipped_files()[MAIN].replace("کم لکھیں", "کم لکھیں?", 1)
    assert spoilt(MAIN, text) == []


def test_question_marks_behind_urdu_words_are_said_on_purpose() -> None:
    assert not is_lost("ur", "کیا آپ کو یقین ہے??? ہاں")
    assert is_lost("ur", "کیا ??? ہے")
    assert is_lost("ur", "?? 15 ???")


def test_many_marks_with_blanks_between_them_are_looked_at_at_once() -> None:
    begun = time.process_time()
    assert not is_lost("ur", "? " * 100_000 + "x")
    assert time.process_time() - begun < 2  # square time took a minute


def test_semicolons_are_told_once_and_nothing_that_follows() -> None:
    for file in (CATEGORY, DISTRICT, "lists/group.csv"):
        [problem] = spoilt(file, shipped_files()[file].replace(",", ";"))
        assert (problem.code, problem.file, problem.line) == ("F000", file, 1)
        assert "semicolons" in problem.message


def test_a_row_typed_behind_a_last_line_without_an_end_is_told_as_two_rows() -> None:
    text = shipped_files()[CATEGORY].rstrip("\n") + "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n"
    [problem] = spoilt(CATEGORY, text)
    assert problem.line == text.count("\n")
    assert "this line has two rows" in problem.message
    assert "start a new line before 'mun,mun07" in problem.hint


def test_a_row_with_a_cell_too_many_or_too_few_is_told_what_commas_do() -> None:
    [many] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("Dirty water", "Dirty, bad water", 1))
    [few] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("Dirty water,", "", 1))
    assert many.line == few.line == 3
    assert "quotes" in many.hint
    assert "comma" in few.hint


def test_a_code_that_was_renamed_is_told_at_the_row_that_has_its_words() -> None:
    [problem] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("mun,mun02,", "mun,lake,", 1))
    assert (problem.code, problem.file, problem.line) == ("F605", CATEGORY, 3)
    assert "write mun02 instead" in problem.hint


def test_keywords_whose_letters_are_lost_block_publishing_with_one_line() -> None:
    file = shipped_files()["keywords.yaml"]
    first = next(at for at, line in enumerate(file.splitlines(), 1) if URDU.search(line))
    [problem] = spoilt("keywords.yaml", URDU.sub("?", file))
    assert (problem.code, problem.severity, problem.line) == ("F206", "E", first)
    assert "replaces a word that people write" in problem.message
    assert "UTF-8" in problem.hint


def test_a_file_of_texts_whose_letters_are_lost_is_told_once_at_its_first_text() -> None:
    texts = shipped_files()["texts.yaml"]
    first = next(at for at, line in enumerate(texts.splitlines(), 1) if URDU.search(line))
    for left in ("?", "\ufffd"):
        [problem] = spoilt("texts.yaml", URDU.sub(left, texts))
        assert (problem.code, problem.severity, problem.line) == ("F206", "E", first)
        assert "more" in problem.message


def test_of_letters_that_are_lost_nothing_more_is_said() -> None:
    words = "ابھی ممکن نہیں۔ کچھ ضائع نہیں ہوا"
    text = shipped_files()[MAIN].replace(words, words.encode().decode("cp1252", "replace"), 1)
    [problem] = spoilt(MAIN, text)
    line = shipped_files()[MAIN].split(words)[0].count("\n") + 1
    assert (problem.code, problem.line) == ("F206", line)
    [plain] = spoilt(MAIN, shipped_files()[MAIN].replace("Too long, write", "Too long\ufffd write", 1))
    assert (plain.code, plain.language) == ("F206", "en")


def test_an_alias_whose_letters_are_lost_is_told_without_a_language() -> None:
    [problem] = spoilt(DISTRICT, shipped_files()[DISTRICT].replace("lhr;lahor", "lhr;????", 1))
    assert (problem.code, problem.severity, problem.language, problem.line) == ("F206", "E", "", 2)


def test_a_quote_that_is_not_closed_is_told_at_its_row_also_where_rows_are_joined_in_silence() -> None:
    group = shipped_files()["lists/group.csv"]
    open_quote = '"Pani, safai'
    joined = group.replace('"Pani, safai"', open_quote, 1).replace('"Bijli, gas"', 'Bijli, gas"', 1)
    [silent] = spoilt("lists/group.csv", joined)
    [told] = spoilt("lists/group.csv", group.replace('"Pani, safai"', open_quote, 1))
    [last] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("Dirty water", '"Dirty water', 1))
    assert (silent.line, told.line, last.line) == (2, 2, 3)
    assert {each.code for each in (silent, told, last)} == {"F000"}
    assert all("is not closed" in each.message and each.hint for each in (silent, told, last))


def test_words_behind_a_closed_quote_are_told_at_their_row() -> None:
    text = shipped_files()[CATEGORY].replace('"Gutter, sewer"', '"Gutter "sewer", x"', 1)
    [problem] = spoilt(CATEGORY, text)
    assert (problem.code, problem.line) == ("F000", 4)
    assert "words after the closing quote" in problem.message


def test_semicolons_in_one_row_and_the_first_line_of_excel_are_told() -> None:
    row = shipped_files()[CATEGORY].replace("mun,mun02,Dirty water,", "mun;mun02;Dirty water;", 1)
    [problem] = spoilt(CATEGORY, row)
    assert problem.line == 3
    assert "semicolons instead of commas" in problem.message
    [first] = spoilt(CATEGORY, "sep=,\n" + shipped_files()[CATEGORY])
    assert (first.line, first.hint) == (1, "remove it")


def test_a_column_that_is_misspelt_is_told_with_its_name() -> None:
    [code] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("group,code,", "group,cod,", 1))
    [missing] = spoilt(CATEGORY, shipped_files()[CATEGORY].partition("\n")[2])
    assert code.hint == "write 'code' instead of 'cod'"
    assert "first line must name the columns" in missing.hint


def test_a_fault_that_many_rows_have_is_told_once() -> None:
    longer = shipped_files()[CATEGORY].replace("emergency_check,", "emergency_check,more,", 1)
    [cells] = spoilt(CATEGORY, longer)
    assert (cells.code, cells.line) == ("F000", 2)
    assert "the same is true of 77 more rows" in cells.message
    codes = spoilt(CATEGORY, shipped_files()[CATEGORY].replace("mun,mun", "mun,"))
    assert [(each.code, each.line) for each in codes] == [("F802", 2), ("F605", 3)]


def test_a_row_that_is_gone_is_told_where_it_stood_and_nothing_of_the_numbers_behind_it() -> None:
    row = next(line for line in shipped_files()[CATEGORY].splitlines(keepends=True) if ",mun02," in line)
    [problem] = spoilt(CATEGORY, shipped_files()[CATEGORY].replace(row, "", 1))
    assert (problem.code, problem.line) == ("F605", 3)
    assert "keep the row mun02" in problem.hint


def test_a_code_that_was_renamed_with_its_words_mended_is_told_at_its_row() -> None:
    [problem] = spoilt(
        CATEGORY, shipped_files()[CATEGORY].replace("mun,mun02,Dirty water", "mun,mun99,Dirty waters", 1)
    )
    assert (problem.code, problem.line) == ("F605", 3)
    assert "write mun02 instead" in problem.hint
