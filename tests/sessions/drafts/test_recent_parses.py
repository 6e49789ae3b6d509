"""The flow of a draft after a save: one changed screen is read by itself, and everything else as a whole."""

from __future__ import annotations

from flows.parsing.flow import parse_flow
from sessions.drafts.recent_parses import parse_draft
from storage.schema.tables import Draft
from tests.flows.library import shipped_files

MAIN = "complaints.yaml"
CHANGES = (
    ("New complaint", "Another complaint"),
    ("    save: category\n", "    save: category\n    tries: 2\n"),
    ("  menu:\n", "  menu:\n    # a remark\n"),
    ("  menu:\n", "  menu_too:\n"),
    ("    save: category\n", "# a remark at the left edge\n    save: category\n"),
    ("    save: category\n", "save: category\n"),
    ("\nsave: category\n", "\n    save: category\n"),
    ("start:", "# first\nstart:"),
    ("flow: complaints", "flow: [complaints"),
    ("flow: [complaints", "flow: complaints"),
)


def test_what_is_read_after_each_save_is_what_reading_everything_gives() -> None:
    files = shipped_files()
    for old, new in CHANGES:
        assert old in files[MAIN], old
        files = {**files, MAIN: files[MAIN].replace(old, new, 1)}
        found, whole = parse_draft(Draft(id=1, main=MAIN, files=files)), parse_flow(files, MAIN)
        assert found.flow == whole.flow, old
        assert found.places == whole.places, old
        assert list(map(str, found.problems)) == list(map(str, whole.problems)), old
        assert parse_draft(Draft(id=1, main=MAIN, files=files)) is found


def test_another_list_is_read_again() -> None:
    files = shipped_files()
    parse_draft(Draft(id=2, main=MAIN, files=files))
    files = {**files, "lists/province.csv": files["lists/province.csv"].replace("Punjab", "The Punjab")}
    flow = parse_draft(Draft(id=2, main=MAIN, files=files)).flow
    assert flow is not None
    assert flow.rows["province"]["punjab"].text["en"] == "The Punjab"
