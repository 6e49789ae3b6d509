"""Whatever is done to a flow file, the checks report and never break."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks.analysis.catalogue import CHECKS
from flows.checks.analysis.room_profiles import PROFILES
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from tests.examples import examples
from tests.flows.fixtures import BAD, FILES, NEAR, whole
from tests.flows.library import check, shipped, shipped_files

MAIN = "complaints.yaml"
OF_FLOW = (MAIN, "texts.yaml", "keywords.yaml", "lists/group.csv", "lists/category.csv")
SCRIPTS = ("transcripts/track_by_number_en.yaml", "transcripts/file_sensitive_ur.yaml")
WORDS = (
    "",
    "null",
    "[]",
    "{}",
    "[a, {b: c}]",
    "{en: A}",
    "yes",
    "000",
    "-1",
    "1.5",
    "1e400",
    "2026-01-01",
    '"{"',
    "{a|9}",
    "\t",
)
CELL = st.sampled_from(WORDS) | st.text(max_size=12)


def survives(files: dict[str, str], main: str, room: str = "usual") -> None:
    """Check it against all there is to check it against."""
    used = frozenset({"category:mun01", "group:none", "none:", ""})
    problems = check(
        parse_flow(files, main), before=shipped(), used=used, room=PROFILES[room], scripts=transcripts_of(files)
    )
    assert all(problem.line >= 1 and problem.code in CHECKS and "\n" not in str(problem) for problem in problems)
    assert max(Counter(problems).values(), default=0) <= 1


def spoilt(data: st.DataObject, text: str) -> str:
    """A file with lines lost, swapped, doubled, and values put in the place of others."""
    lines = text.splitlines() or [""]
    for _ in range(data.draw(st.integers(1, 4))):
        at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        deed = data.draw(st.sampled_from(("lose", "swap", "double", "value", "cell", "letters", "indent")))
        if deed == "lose" and len(lines) > 1:
            del lines[at]
        elif deed == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        elif deed == "double":
            lines.insert(other, lines[at])
        elif deed == "value":
            head, colon, _ = lines[at].partition(":")
            lines[at] = f"{head}{colon or ':'} {data.draw(CELL)}"
        elif deed == "cell":
            cells = lines[at].split(",")
            cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(CELL)
            lines[at] = ",".join(cells)
        elif deed == "letters":
            cut = data.draw(st.integers(0, len(lines[at])))
            lines[at] = (
                lines[at][:cut] + data.draw(st.text(max_size=5)) + lines[at][cut + data.draw(st.integers(0, 3)) :]
            )
        else:
            lines[at] = " " * data.draw(st.integers(0, 8)) + lines[at].lstrip()
    return "\n".join(lines)


@settings(max_examples=examples(20), deadline=None)
@given(st.data())
def test_the_shipped_flow_may_be_spoilt_in_any_of_its_files(data: st.DataObject) -> None:
    every = shipped_files()
    files = {name: every[name] for name in (*OF_FLOW, *SCRIPTS, *(name for name in every if name.endswith(".csv")))}
    name = data.draw(st.sampled_from((MAIN, MAIN, *OF_FLOW, *SCRIPTS)))
    files[name] = spoilt(data, files[name])
    survives(files, MAIN, data.draw(st.sampled_from([*PROFILES])))


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_fixture_may_be_spoilt(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*BAD, *NEAR]))
    files = {**FILES, name: spoilt(data, whole(FILES[name]))}
    script = data.draw(st.sampled_from(["F901_call.yaml", "F901_call.bad.yaml"]))
    files[f"transcripts/{script}"] = spoilt(data, FILES[script])
    survives(files, name)


@settings(max_examples=examples(60), deadline=None)
@given(st.text(alphabet="abc:{}[]-,'\"\n \t#&*!|>%@`0é", max_size=80))
def test_any_text_may_be_given_as_a_flow_and_as_its_files(text: str) -> None:
    survives({"flow.yaml": text, "transcripts/a.yaml": text}, "flow.yaml")
    named = (
        "flow: t\nlists: {a: a.csv}\ntexts: t.yaml\nkeywords: k.yaml\ntranslations: h.yaml\nlanguages: {en: English}\n"
    )
    survives({"flow.yaml": named, "a.csv": text, "t.yaml": text, "k.yaml": text, "h.yaml": text}, "flow.yaml")
