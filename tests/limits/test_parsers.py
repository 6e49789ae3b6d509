"""Every place where the product reads JSON, YAML, CSV, zips, workbooks or arrays, with what bounds it there.

A new one fails here by name until somebody has said what bounds it.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLS = (
    *("json.loads", "json.load", "msgspec.json.decode", "YAML", "csv.reader", "csv.DictReader"),
    *(
        "zipfile.ZipFile",
        "load_workbook",
        "PoFileParser",
        "ast.literal_eval",
        "ElementTree.fromstring",
        "base64.b64decode",
    ),
)
OURS = "a file that ships, or that an operator names in a setting or on the command line"
DEVELOPMENT = "only a developer's machine runs it"
BOUNDS = {
    "flows/editing/list_csv_rows.py": "MOST_ROWS, MOST_COLUMNS, MOST_CELL",
    "flows/editing/yaml_edits.py": "MOST_PLAIN",
    "flows/model/npz_arrays.py": "MOST_BYTES, MOST_ARRAYS, MOST_HEADER",
    "flows/parsing/danger_file.py": OURS,
    "flows/parsing/keyword_rules.py": OURS,
    "flows/parsing/lists.py": "MOST_ROWS, MOST_COLUMNS, MOST_CELL, MOST_FLOW_CELLS",
    "flows/parsing/typed_yaml.py": OURS,
    "flows/parsing/yaml_bounds.py": "MOST_CHARACTERS, MOST_NODES and the others",
    "flows/preview/transcript_writer.py": "a scripted call that was read within MOST_SCRIPT_NODES",
    "flows/training/examples.py": OURS,
    "flows/understanding/text_model.py": "MOST_BYTES of an array",
    "flows/parsing/yaml_errors.py": "MOST_CHARACTERS, and MOST_NODES before a name is found twice",
    "gateway/aggregators/contract/send_answers.py": "MOST_ANSWERED of the HTTP client",
    "gateway/aggregators/descriptions/send_response_parser.py": "MOST_ANSWERED of the HTTP client",
    "gateway/console/help/pages.py": "the examples that ship",
    "gateway/console/access/openid_provider.py": "MOST_ANSWERED of the HTTP client",
    "gateway/console/map/layout.py": "what Graphviz says in SECONDS of a flow within its bounds",
    "gateway/console/site/saved_form.py": "MOST_ANONYMOUS_BYTES or MOST_FORM_BYTES of the request",
    "gateway/console/cookies/stranger_cookie.py": "LONGEST, and only what we sealed",
    "gateway/development/demodata/distributions.py": DEVELOPMENT,
    "gateway/development/processes/run_folder.py": DEVELOPMENT,
    "gateway/development/scenes/scene_player.py": DEVELOPMENT,
    "gateway/development/standin/faults.py": DEVELOPMENT,
    "gateway/development/standin/server.py": DEVELOPMENT,
    "gateway/exchange/archive.py": "LARGEST, MOST_ENTRIES",
    "gateway/exchange/po.py": "LARGEST, MOST_LINES, MOST_ENTRIES",
    "gateway/exchange/xlsx.py": "LARGEST, MOST_UNPACKED, MOST_RATIO, MOST_ENTRIES and the others",
    "gateway/http/bodies.py": "MOST_RAW, MOST_JSON_DEPTH, MOST_JSON_VALUES",
    "gateway/simulator/browser_calls.py": "MOST_ANONYMOUS_BYTES of the request, MOST_SCREENS",
    "gateway/simulator/phone.py": DEVELOPMENT,
    "flows/checks/data_files/office_rules.py": OURS,
    "sessions/cases/rules/first_words.py": OURS,
    "sessions/cases/rules/later_texts.py": OURS,
    "sessions/retention/erasure_journal.py": "LONGEST of a line",
    "sessions/staff/passkeys.py": "LONGEST_ANSWER",
    "storage/cases/case_custody.py": "a digest that we sealed ourselves",
    "storage/encryption/key_ring.py": "LONGEST",
    "storage/schema/sealed_columns.py": "what was sealed with our key, whose value was bounded when it was written",
    "storage/transparency/cosignature.py": "MOST_ANSWERED of the HTTP client, and 32 lines; or a setting",
    "storage/transparency/signed_note.py": "LARGEST, MOST_SIGNATURES",
}


def test_whatever_reads_a_format_is_named_here_with_its_bound() -> None:
    found = set()
    for room in ("flows", "storage", "sessions", "gateway"):
        for file in sorted((ROOT / room).rglob("*.py")):
            calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
            if any(ast.unparse(call.func) in CALLS for call in calls):
                found.add(str(file.relative_to(ROOT)))
    assert found == set(BOUNDS)
