"""A new kind of typed answer is one entry of a registry: two files, its tests among them."""

from __future__ import annotations

from pathlib import Path

from tests.house.tree import ROOT
from tests.recipes.worked_example import Additions, follow, run

TESTS = "tests/flows/engine/test_cnic_answer.py"
KIND: Additions = {
    "flows/engine/answer_kinds.py": (
        (
            "KINDS = {\n",
            "def _read_cnic(answer: Answer, typed: str) -> ParsedAnswer:  # noqa: ARG001 - every kind is read alike\n"
            '    digits = western(typed).replace("-", "").strip()\n'
            "    found = len(digits) == 13 and digits.isascii() and digits.isdigit()\n"
            '    return ParsedAnswer(digits) if found else ParsedAnswer(problem="bad_answer")\n\n\n'
            "KINDS = {\n"
            '    "cnic": AnswerKind(\n'
            '        _read_cnic, ("bad_answer",),\n'
            '        lambda answer: ResultField(13, sample="3520212345671"),  # noqa: ARG005\n'
            "    ),\n",
        ),
    ),
}


def test_a_kind_of_answer_touches_four_files_at_most(tmp_path: Path) -> None:
    example = (ROOT / "tests/recipes/examples/cnic_answer.py").read_text(encoding="utf-8")
    touched = follow(tmp_path, KIND, {TESTS: example})
    assert len(touched) <= 4, touched
    run(tmp_path, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", TESTS)
    run(tmp_path, "ruff", "check", *KIND)
