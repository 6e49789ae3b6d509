"""Every bound of docs/operators/limits.md: its value, its message, and that whatever exceeds it costs next to nothing.

A bound without a trial, a trial without a row, and a figure on the page that the code does not have fail by name.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.limits import callbacks, checks, exchanged, findings, flow_files, requests
from tests.limits.cost import cost
from tests.limits.table import Bound, bounds

# Loops of tests/limits/cost.py, of some 15 ms each: what an input at its bound, or beyond, may cost.
MOST_COST = 12.0
MOST_COST_OF_FILES = 250.0  # for what parses a whole file: all scripted calls of a flow take 200, a workbook 150
HUNDREDFOLD = 100
CUT = "–"  # the message of a bound beyond which nothing is refused: what exceeds it is not read

Trial = Callable[[int], str]  # the size of an input -> the message, "" if it is taken

_FORMS = "gateway/http/forms.py"
_DIFF = "gateway/console/diff/diff_view.py"
_LINKS = "gateway/console/editor/problem_links.py"
_LIST = "flows/parsing/lists.py"
_PO = "gateway/exchange/po.py"
_XLSX = "gateway/exchange/xlsx.py"
_ZIP = "gateway/exchange/archive.py"
_YAML = "flows/parsing/yaml_bounds.py"
_REQUESTS = "gateway/http/request_bounds.py"
_CONDITIONS = "flows/menu/conditions.py"
_KEYWORDS = "flows/parsing/keyword_rules.py"
_SCRIPTS = "flows/parsing/transcript_file.py"
_SUGGESTIONS = "flows/menu/diagnostics.py"
_PROBLEMS = "flows/parsing/yaml_document.py"
_LANGUAGES = "flows/parsing/flow.py"
_STEPS = "flows/checks/analysis/findings.py"
_WORDS = "flows/versions/word_diff.py"
_PAIRS = "flows/versions/sequence_diff.py"
TRIALS: dict[tuple[str, str], Trial] = {
    (_REQUESTS, "MOST_ANONYMOUS_BYTES"): requests.anonymous_bytes,
    (_REQUESTS, "MOST_ANONYMOUS_FIELDS"): requests.anonymous_fields,
    (_REQUESTS, "MOST_FORM_BYTES"): requests.form_bytes,
    (_REQUESTS, "MOST_FORM_FIELDS"): requests.form_fields,
    (_REQUESTS, "MOST_UPLOAD_BYTES"): requests.upload_bytes,
    (_REQUESTS, "MOST_NAME_LETTERS"): requests.name_letters,
    (_REQUESTS, "MOST_ADDRESS_BYTES"): requests.address_bytes,
    (_REQUESTS, "MOST_COOKIE_BYTES"): requests.cookie_bytes,
    (_FORMS, "MOST_BYTES"): callbacks.form_bytes,
    (_FORMS, "MOST_FIELDS"): callbacks.form_fields,
    (_FORMS, "MOST_RAW"): callbacks.body_bytes,
    ("gateway/http/bodies.py", "MOST_JSON_DEPTH"): callbacks.json_depth,
    ("gateway/http/bodies.py", "MOST_JSON_VALUES"): callbacks.json_values,
    ("flows/text/normalization.py", "MOST_LETTERS"): callbacks.letters,
    (_YAML, "MOST_CHARACTERS"): flow_files.characters,
    (_YAML, "MOST_NODES"): flow_files.nodes,
    (_YAML, "MOST_SCREEN_NODES"): flow_files.screen_nodes,
    (_YAML, "MOST_KEYS"): flow_files.keys,
    (_YAML, "MOST_DEEP"): flow_files.levels,
    (_YAML, "MOST_SCALAR"): flow_files.scalar,
    (_YAML, "MOST_FLOW_NODES"): flow_files.flow_nodes,
    (_YAML, "MOST_DIGITS"): flow_files.digits,
    (_LANGUAGES, "MOST_LANGUAGES"): checks.languages,
    (_CONDITIONS, "LONGEST"): checks.condition_letters,
    (_CONDITIONS, "MOST_TERMS"): checks.condition_terms,
    (_CONDITIONS, "MOST_NOTS"): checks.condition_nots,
    (_KEYWORDS, "MOST_KEYWORDS"): checks.keywords,
    (_KEYWORDS, "LONGEST_KEYWORD"): checks.keyword_letters,
    (_KEYWORDS, "MOST_KEYWORD_WORDS"): checks.keyword_words,
    (_SCRIPTS, "MOST_SCRIPT_NODES"): checks.script_nodes,
    (_SCRIPTS, "MOST_SCRIPTS_NODES"): checks.scripts_nodes,
    (_LIST, "MOST_FLOW_CELLS"): checks.cells,
    (_PROBLEMS, "MOST_PROBLEMS"): checks.problems,
    (_STEPS, "MOST_STEPS"): checks.steps,
    (_SUGGESTIONS, "MOST_COMPARED"): checks.compared,
    (_SUGGESTIONS, "LONGEST_NAME"): checks.name_letters,
    (_WORDS, "MOST_WORDS"): checks.words,
    (_PAIRS, "MOST_PAIRS"): checks.pairs,
    (_PO, "LARGEST"): exchanged.po_bytes,
    (_PO, "MOST_ENTRIES"): exchanged.po_entries,
    (_PO, "MOST_LINES"): exchanged.po_lines,
    (_XLSX, "LARGEST"): exchanged.workbook_bytes,
    (_XLSX, "MOST_UNPACKED"): exchanged.unpacked,
    (_XLSX, "MOST_RATIO"): exchanged.ratio,
    (_XLSX, "MOST_ENTRIES"): exchanged.entries,
    (_XLSX, "MOST_ELEMENTS"): exchanged.elements,
    (_XLSX, "MOST_SHEETS"): exchanged.sheets,
    (_XLSX, "MOST_ROWS"): exchanged.rows,
    (_XLSX, "MOST_COLUMNS"): exchanged.columns,
    (_XLSX, "MOST_CELLS"): exchanged.cells,
    (_ZIP, "LARGEST"): exchanged.zip_bytes,
    (_ZIP, "MOST_ENTRIES"): exchanged.zip_entries,
    ("gateway/exchange/lists_csv.py", "LARGEST"): exchanged.csv_bytes,
    (_LIST, "MOST_ROWS"): exchanged.list_rows,
    (_LIST, "MOST_COLUMNS"): exchanged.list_columns,
    (_LIST, "MOST_CELL"): exchanged.list_cell,
    (_LINKS, "MOST_SHOWN"): findings.shown,
    (_DIFF, "MOST_OF_GROUP"): findings.changes_of_group,
    (_DIFF, "MOST_CHANGES"): findings.changes,
}

PARSERS = {
    *(_YAML, _DIFF, _LINKS, _XLSX, _PO, _ZIP, _LIST, _LANGUAGES, _KEYWORDS, _SCRIPTS, _SUGGESTIONS, _PROBLEMS, _STEPS),
    *(_WORDS, _PAIRS),
}


def test_every_bound_of_the_page_is_tried_and_every_trial_is_on_the_page() -> None:
    assert {(bound.file, bound.name) for bound in bounds()} == set(TRIALS)


@pytest.mark.parametrize("bound", bounds(), ids=lambda bound: f"{bound.file}-{bound.name}")
def test_a_bound_is_what_the_page_says_and_exceeding_it_is_told_at_a_bounded_cost(bound: Bound) -> None:
    assert bound.value() == bound.limit, f"{bound.file}: {bound.name}"
    tried = TRIALS[bound.file, bound.name]
    for size, refused in ((bound.limit, False), (bound.limit + 1, True), (bound.limit * HUNDREDFOLD, True)):
        loops, said = cost(lambda size=size: tried(size))  # type: ignore[misc]  # mypy cannot type the default
        assert bool(said) == (refused and bound.message != CUT), (size, said)
        if said:
            others = [each.message for each in bounds() if size > bound.limit + 1]  # a bound met earlier
            assert any(message in said for message in (bound.message, *others)), said
        most = MOST_COST_OF_FILES if bound.file in PARSERS else MOST_COST
        assert loops <= most, f"{size:,}: {loops:.1f} loops"
