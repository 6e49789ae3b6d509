"""Where a scripted call that differs is told: at the line of the flow at fault, or at the script if that is wrong."""

import pytest

from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from tests.flows.library import check, shipped, shipped_files

MAIN = "complaints.yaml"
CALL = "transcripts/take_back_en.yaml"

# What is changed: the file, words before it, the old words and the new ones. The finding is at their line.
FAULTS = {
    "an option": (MAIN, "  followed: ", "go: bye", "go: menu"),
    "an outcome": (MAIN, "  withdraw:\n", "ok: withdrawn", "ok: kept"),
    "a condition": (
        MAIN,
        "  followed:  ",
        "skip_if: not complaint.listed = followed",
        "skip_if: complaint.listed = followed",
    ),
    "an option that is hidden": (MAIN, "      remind: {en: Remind", "when: complaint.open", "when: complaint.resolved"),
    "a question that is left out": (MAIN, "      take_back: {en: Cancel", "go: take_back", "go: withdraw"),
    "a limit": (MAIN, "  suggestion:\n", "length: 5-160", "length: 5-16"),
    "a text in one language": (MAIN, "  withdrawn: {end", "is cancelled and", "was cancelled and"),
    "the receipt": (MAIN, "  coming: {en:", "An SMS is coming", "You get an SMS"),
    "a row": ("lists/district.csv", "punjab,lahore", ",Lahore,Lahore,", ",Lahor,Lahore,"),
    "an argument": (MAIN, "  suggest:\n", "details: suggestion", "details: contact.district"),
}


def _told(files: dict[str, str], *, before: bool = False) -> list[Problem]:
    found = check(parse_flow(files, MAIN), scripts=transcripts_of(files), before=shipped() if before else None)
    return [problem for problem in found if problem.code == "F901"]


def _changed(file: str, near: str, old: str, new: str) -> tuple[dict[str, str], int]:
    """The shipped files with one change, behind some words, and the line of it."""
    files = dict(shipped_files())
    text = files[file]
    at = text.index(old, text.index(near))
    files[file] = text[:at] + new + text[at + len(old) :]
    return files, text.count("\n", 0, at) + 1


@pytest.mark.parametrize("before", [False, True], ids=["alone", "beside the live revision"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_script_that_differs_is_told_at_the_line_that_was_changed(
    fault: tuple[str, str, str, str], before: bool
) -> None:
    files, line = _changed(*fault)
    told = _told(files, before=before)
    assert (fault[0], line) in [(problem.file, problem.line) for problem in told], [*map(str, told)]
    assert len(told) <= 3  # languages at most: scripts that differ for one cause are one finding
    assert all("transcripts/" in problem.message for problem in told)


@pytest.mark.parametrize("before", [False, True], ids=["alone", "beside the live revision"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("1 Yes, cancel it", "1 Yes, stop it"), ("Your complaints:", "My complaints:"), ('enter: "4"', 'enter: "1"')],
)
def test_a_script_that_alone_expects_something_else_is_wrong_itself(old: str, new: str, before: bool) -> None:
    files, line = _changed(CALL, "", old, new)
    [problem] = _told(files, before=before)
    assert (problem.file, problem.hint) == (CALL, "correct the script")
    assert problem.line - line in (0, 1)  # what is typed shows at the next step


@pytest.mark.parametrize(("district", "told"), [("lahor", ["did you mean 'lahore'?"]), ("atlantis", [])])
def test_a_district_of_a_caller_that_is_misspelt_is_told_and_one_of_elsewhere_is_not(
    district: str, told: list[str]
) -> None:
    files, line = _changed(CALL, "", "district: lahore", f"district: {district}")
    found = check(parse_flow(files, MAIN), scripts=transcripts_of(files))
    unknown = [problem for problem in found if problem.code == "F906"]
    assert [problem.hint for problem in unknown] == told
    assert {(problem.file, problem.line) for problem in unknown} <= {(CALL, line)}


def test_scripts_that_all_dial_another_code_are_told_once_at_the_code_of_the_flow() -> None:
    files, line = _changed(MAIN, "", 'ussd: "*8484#"', 'ussd: "*8490#"')
    found = check(parse_flow(files, MAIN), scripts=transcripts_of(files))
    [problem] = [problem for problem in found if problem.code == "F906" and problem.file == MAIN]
    assert (problem.line, problem.hint) == (line, 'write ussd: "*8484#", or correct the calls')
