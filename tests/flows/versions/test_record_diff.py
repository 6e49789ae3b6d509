"""What officers or the record would notice between two revisions, though callers read the same."""

from __future__ import annotations

import pytest

from flows.parsing.flow import parse_flow
from flows.versions.revision_diff import diff_revisions
from tests.flows.library import shipped
from tests.flows.versions.test_revision_diff import changed


def recorded(*replaced: tuple[str, str], file: str = "complaints.yaml") -> list[str]:
    found = diff_revisions(shipped(), changed(*replaced, file=file))
    return [str(each) for each in found if each.notices == "record"]


def test_a_filing_that_loses_its_privacy_is_told_as_what_follows_from_it() -> None:
    hidden = "details: details, private: yes}"
    found = recorded((hidden, hidden.replace(", private: yes", "")))
    assert len(found) == 1
    assert "the caller's name is no longer hidden (the office reads it, and texts name the subject)" in found[0]
    assert found[0].endswith(": 'yes' -> 'no'")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("emergency", "is no longer an emergency (it waits for working hours"),
        (
            "sensitive",
            "is no longer sensitive (the office reads the name, and texts name the subject): 'yes' -> 'no'",
        ),
    ],
)
def test_a_flag_that_a_row_loses_is_told_as_what_follows_from_it(column: str, said: str) -> None:
    rows = shipped().lists["category"]
    lost = next(each for each in rows if each.columns.get(column) == "yes")
    line = next(line for line in category_file().splitlines(keepends=True) if f",{lost.code}," in line)
    at = category_file().split("\n", 1)[0].split(",").index(column)
    cells = cells_of(line)
    cells[at] = ""
    [found] = recorded((line, ",".join(cells)), file="lists/category.csv")
    assert found.startswith(f"list category row {lost.code}: {said}")


def test_the_office_and_the_days_of_a_row_are_told() -> None:
    found = recorded(("پانی بند,water,7,", "پانی بند,lg,9,"), file="lists/category.csv")
    assert found == [
        "list category row mun01: goes to the office: 'water' -> 'lg'",
        "list category row mun01: is due after so many working days: '7' -> '9'",
    ]


def test_what_is_filed_where_is_told_with_values_and_variables_as_they_stand() -> None:
    found = recorded(("with: {category: category, district:", 'with: {category: "mun01", district:'))
    assert any(each.endswith(": is filed under: '{category}' -> 'mun01'") for each in found)


def test_a_text_to_officers_that_is_gone_is_told() -> None:
    found = recorded(("officer_new:\n", "officer_newest:\n"), file="texts.yaml")
    assert any(each.startswith("SMS officer_new[en]: is no longer sent") for each in found)


def test_callers_are_told_of_none_of_it() -> None:
    found = diff_revisions(shipped(), changed(("پانی بند,water,7,", "پانی بند,lg,9,"), file="lists/category.csv"))
    assert [each for each in found if each.notices == "caller"] == []


def test_an_option_that_leads_to_a_filing_with_the_name_shown_is_told() -> None:
    flow = """flow: tiny
languages: {en: English}
screens:
  ask:
    ask: {en: Send?}
    choose:
      hide: {en: Hidden, go: hidden}
      open: {en: Open, go: open}
  hidden: {do: file_complaint, with: {category: "a", district: "b", private: yes}, then: {ok: end, else: end}}
  open: {do: file_complaint, with: {category: "a", district: "b"}, then: {ok: end, else: end}}
  end: {end: {en: Bye}}
"""
    before = parse_flow({"a.yaml": flow}, "a.yaml").flow
    after = parse_flow({"a.yaml": flow.replace("go: hidden", "go: open")}, "a.yaml").flow
    assert before is not None and after is not None
    [found] = [each for each in diff_revisions(before, after) if each.notices == "record"]
    assert str(found).startswith("ask option hide: the caller's name is no longer hidden")


def category_file() -> str:
    from tests.flows.library import shipped_files

    return shipped_files()["lists/category.csv"]


def cells_of(line: str) -> list[str]:
    """The cells of a row as they are written, quotes included."""
    cells, quoted = [""], False
    for letter in line:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            cells.append("")
        else:
            cells[-1] += letter
    return cells
