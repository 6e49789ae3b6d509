"""`flask flows check`: its formats, what fails, the networks, and translations said to be right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.checks.analysis.catalogue import CHECKS
from gateway.cli.flows.check import check, confirm_file_translations
from gateway.terminal.findings_formats import COMPARED, FORMATS
from tests.flows.fixtures import whole
from tests.sessions.filing import LIBRARY

TINY = whole("""
screens:
  menu:
    ask: {en: Menu, ur: مینو}
    choose:
      on: {en: "Go on, 100%", ur: "آگے 100%", go: by}
      off: {en: Stop, ur: بند, go: bye}
  bye: {end: {en: Bye, ur: شکریہ}}
  lost: {end: {en: "Lost", ur: گم}}
""").replace("lists: {area: lists/area.csv, street: lists/street.csv}\n", "")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(check, [str(word) for word in words])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A flow with one error, `go: by`, and one warning, a screen that nothing leads to."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def sound(tiny: Path) -> None:
    """Nothing is wrong with it: a scripted call goes on each of its ways."""
    tiny.write_text(TINY.replace("go: by}", "go: lost}"), encoding="utf-8")
    folder = tiny.parent / "transcripts"
    folder.mkdir()
    for key, words in (("1", "Lost"), ("2", "Bye")):
        steps = f"  - {{see: Language, enter: '1'}}\n  - {{see: Menu, enter: '{key}'}}\n  - {{ends: {words}}}\n"
        (folder / f"{words}.yaml").write_text(f"test: {words}\nflow: tiny\nsteps:\n{steps}", encoding="utf-8")


def line_of(words: str) -> int:
    return next(at for at, line in enumerate(TINY.splitlines(), 1) if words in line)


def test_text_shows_the_gravest_first_and_says_whether_it_may_be_published(tiny: Path) -> None:
    lost = '  lost: {end: {en: "Lost", ur: گم}}\n'
    flow = TINY.replace(lost, "").replace("  menu:\n", f"{lost}  menu:\n")
    tiny.write_text(flow.replace("en: Menu", f"en: {'long words ' * 14}"), encoding="utf-8")
    lines = run(tiny).output.splitlines()
    places = [line.partition(": F")[0].rpartition(":")[2] for line in lines]
    assert lines[0] == "Errors: they block publishing"
    assert lines[1].startswith(f"{tiny.as_posix()}:{places[1]}: F101 menu: ")
    assert lines[2] == "Warnings: publishing requires a --reason"
    assert lines[3].startswith(f"{tiny.as_posix()}:{places[3]}: F102 lost: ") and int(places[3]) < int(places[1])
    assert lines[4] == "Notes"
    assert lines[5].startswith(f"{tiny.as_posix()}:{places[5]}: F907: ")
    assert lines[6].startswith(f"{tiny.as_posix()}:{places[6]}: F302 menu[en]: ")
    assert lines[7:] == [
        f"{tiny.as_posix()}: 1 error, 1 warning, 2 notes: it cannot be published until the errors are corrected."
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("go: bye}", "0 errors, 1 warning, 1 note: it can be published with a --reason for the warnings"),
        ("go: lost}", "0 errors, 0 warnings, 1 note: it can be published"),
    ],
)
def test_the_last_line_says_what_publishing_asks_for(tiny: Path, target: str, said: str) -> None:
    tiny.write_text(TINY.replace("go: by}", target), encoding="utf-8")
    assert run(tiny).output.splitlines()[-1] == f"{tiny.as_posix()}: {said} ({COMPARED})."


def test_a_name_in_a_flow_file_plays_no_tricks_on_a_terminal(tiny: Path) -> None:
    tiny.write_text(TINY.replace("  lost: {", '  "lo\\e[2Jst": {').replace("go: by}", "go: bye}"), encoding="utf-8")
    assert "F102 lo [2Jst: " in run(tiny).output


def test_sarif_writes_the_path_of_a_file_as_an_address(tiny: Path) -> None:
    folder = tiny.parent / "my line"
    folder.mkdir()
    log = json.loads(run(tiny.rename(folder / tiny.name), "--format", "sarif").output)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/my%20line/tiny.yaml")


def test_json_is_a_list_of_objects(tiny: Path) -> None:
    found = json.loads(run(tiny, "--format", "json").output)
    assert [(each["code"], each["line"]) for each in found if each["severity"] != "I"] == [
        ("F101", line_of("go: by}")),
        ("F102", line_of("lost:")),
    ]
    assert {"code", "severity", "file", "line", "screen", "language", "message", "hint"} == set(found[0])


def test_sarif_names_each_rule_once_and_each_place(tiny: Path) -> None:
    log = json.loads(run(tiny, "--format", "sarif").output)
    assert log["version"] == "2.1.0"
    (said,) = log["runs"]
    rules = said["tool"]["driver"]["rules"]
    assert sorted(rule["id"] for rule in rules) == ["F101", "F102", "F907"]
    first = next(each for each in said["results"] if each["level"] == "error")
    assert rules[first["ruleIndex"]]["shortDescription"]["text"] == CHECKS["F101"].summary
    assert (first["ruleId"], first["level"]) == ("F101", "error")
    assert rules[first["ruleIndex"]]["id"] == "F101"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == tiny.as_posix()
    assert place["region"]["startLine"] == line_of("go: by}")
    assert "did you mean 'bye'?" in first["message"]["text"]


def test_github_shows_each_finding_at_its_line(tiny: Path) -> None:
    lines = run(tiny, "--format", "github").output.splitlines()
    assert lines[0].startswith("::notice file=")
    assert lines[1].startswith(
        f"::error file={tiny.as_posix()},line={line_of('go: by}')},title=F101::menu: there is no"
    )
    assert lines[2].startswith("::warning file=")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_say_that_nothing_was_found(tiny: Path, form: str) -> None:
    sound(tiny)
    result = run(tiny, "--format", form, "--fail-on", "info")
    assert result.exit_code == 0, result.output
    assert result.output.strip()
    if form in ("json", "sarif"):
        json.loads(result.output)


@pytest.mark.parametrize(
    ("fail_on", "flow", "code"),
    [
        ("error", "go: by}", 1),
        ("error", "go: bye}", 0),
        ("warning", "go: bye}", 1),
        ("warning", "go: lost}", 0),
        ("info", "go: lost}", 1),  # a note that no scripted call reaches it
    ],
)
def test_what_is_grave_enough_fails(tiny: Path, fail_on: str, flow: str, code: int) -> None:
    tiny.write_text(TINY.replace("go: by}", flow), encoding="utf-8")
    assert run(tiny, "--fail-on", fail_on).exit_code == code


def test_a_note_fails_only_where_notes_do() -> None:
    assert run(LIBRARY, "--fail-on", "warning").exit_code == 0
    assert run(LIBRARY, "--fail-on", "info").exit_code == 1


def test_the_shipped_flow_is_sound_on_every_network(tmp_path: Path) -> None:
    for profile in ("usual", "wide", "latin", "strict"):
        result = run(LIBRARY, "--profile", profile, "--fail-on", "warning")
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("letters", "profile", "code"),
    [(150, "usual", ""), (170, "usual", "F303"), (170, "wide", ""), (170, "strict", "F301"), (190, "wide", "F301")],
)
def test_a_network_says_how_much_a_screen_holds(tiny: Path, letters: int, profile: str, code: str) -> None:
    flow = TINY.replace("go: by}", "go: lost}").replace('"Lost"', "l" * letters)
    tiny.write_text(flow, encoding="utf-8")
    found = json.loads(run(tiny, "--profile", profile, "--format", "json").output)
    assert [each["code"] for each in found if each["code"] != "F907"] == ([code] if code else [])


def test_an_older_copy_shows_what_people_lose(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY.parent, tmp_path / "line")
    flow = tmp_path / "line" / LIBRARY.name
    words = flow.read_text(encoding="utf-8")
    flow.write_text(words.replace("      track:    {en:", '      track:    {key: "7", en:'), encoding="utf-8")
    result = run(flow, "--before", LIBRARY, "--fail-on", "warning")
    assert result.exit_code == 1
    assert "F506 menu: track was 3 and is now 7" in result.output


def test_translations_said_to_be_right_are_stale_once_their_base_changes(tiny: Path) -> None:
    sound = TINY.replace("go: by}", "go: lost}").replace("title:", "translations: translations.yaml\ntitle:")
    hashes = tiny.with_name("translations.yaml")
    tiny.write_text(sound, encoding="utf-8")
    hashes.write_text("", encoding="utf-8")  # as a shell leaves it before the command runs
    result = CliRunner().invoke(confirm_file_translations, [str(tiny)])
    assert result.exit_code == 0, result.output
    assert f"Save this as {hashes}, and name it in {tiny}." in result.stderr
    hashes.write_text(result.stdout, encoding="utf-8")
    assert run(tiny, "--fail-on", "warning").exit_code == 0, run(tiny).output
    tiny.write_text(sound.replace("{en: Bye,", "{en: Good bye,"), encoding="utf-8")
    result = run(tiny, "--fail-on", "warning")
    assert result.exit_code == 1
    assert "F205 bye[ur]: the en text has changed" in result.output


@pytest.mark.parametrize("words", [("none.yaml",), ("--profile", "moon", "x.yaml"), ("--format", "pdf", "x.yaml")])
def test_a_check_that_cannot_be_made_ends_with_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_the_documents_say_what_the_checks_do() -> None:
    from gateway.console.help.pages import EXAMPLES
    from gateway.development.checks_page import help_examples, page
    from tests.flows.fixtures import example, first_of

    written = (LIBRARY.parents[2] / "docs" / "operators" / "checks.md").read_text(encoding="utf-8")
    made = page({code: example(first_of(code)) for code in CHECKS})
    assert written == made, "run: python -m gateway.development.checks_page > docs/operators/checks.md"
    assert EXAMPLES.read_bytes() == help_examples({code: example(first_of(code)) for code in CHECKS}), "run the same"
