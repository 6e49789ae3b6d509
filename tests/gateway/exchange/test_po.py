"""PO files for translators: written, changed as their tools change them, and read again."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

import pytest

from gateway.cli.flows.exchange import export
from gateway.exchange.po import PoEntry, language_tag, read_po
from gateway.flow_folder.files import FlowFileError
from tests.gateway.exchange.exchanging import FLOWS, bytes_of, copied, run, taken

PAYLOADS = Path(__file__).parent / "po_files"
NEEDS_WORK = {"poedit": {"screens.danger.ask"}, "weblate": {"screens.danger.bad_choice"}, "msgcat": set[str]()}


def written(flow: Path, language: str = "ur-Latn") -> Path:
    """A flow's PO file, beside its folder."""
    out = flow.parent.parent / "out.po"
    done = run(export, flow, "--po", out, "--language", language, "--force")
    assert done.exit_code == 0, done.output
    return out


def entry(text: str, place: str) -> str:
    """The lines of an entry."""
    return next(each for each in text.split("\n\n") if f'msgctxt "{place}"' in each)


def translated(out: Path, place: str, words: str, **more: str) -> None:
    """Write a translation, as a translator does; `source` changes the msgid, `flags` adds flags."""
    text = out.read_text(encoding="utf-8")
    old = entry(text, place)
    new = old[: old.index("msgstr ")] + f'msgstr "{words}"'
    if "flags" in more:
        new = new.replace("msgctxt", f"#, {more['flags']}\nmsgctxt", 1)
    if "source" in more:
        new = re.sub(r"msgid .*?(?=msgstr)", f'msgid "{more["source"]}"\n', new, flags=re.DOTALL)
    out.write_text(text.replace(old, new) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("language", ["ur", "ur-Latn"])
def test_a_file_that_nobody_changed_changes_nothing(tmp_path: Path, name: str, language: str) -> None:
    flow = copied(tmp_path, name)
    before = bytes_of(flow.parent)
    result = taken(flow, written(flow, language))
    assert result.exit_code == 0, result.output
    assert "no differences" in result.output
    assert bytes_of(flow.parent) == before


def test_an_entry_says_where_it_is_shown_how_long_it_may_be_and_its_variables(tmp_path: Path) -> None:
    text = written(copied(tmp_path), "ur").read_text(encoding="utf-8")
    said = entry(text, "screens.filed.end")
    assert "#. screens: filed end" in said
    assert "#. variables: {category}, {complaint." in said
    assert re.search(r"#\. at most \d+ characters with the longest values of its variables; now \d+", said)
    assert "Language: ur\\n" in text
    assert "Language: ur_Latn\\n" in written(copied(tmp_path / "b")).read_text(encoding="utf-8")


def test_an_urdu_text_of_digits_has_the_room_of_urdu_letters(tmp_path: Path) -> None:
    text = written(copied(tmp_path), "ur").read_text(encoding="utf-8")
    asked = entry(text, "screens.menu.ask")
    assert 'msgstr "8484"' in asked
    assert "at most 66 characters with the longest values of its variables; now 4" in asked


def test_new_words_are_taken_and_told(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    out = written(flow)
    translated(out, "screens.menu.ask", "Nayi line")
    look = taken(flow, out, "--dry-run")
    assert "-> 'Nayi line'" in look.output
    assert "Would change" in look.output
    assert "Changed" in taken(flow, out).output
    assert "Nayi line" in flow.read_text(encoding="utf-8")


def test_a_changed_source_and_what_is_fuzzy_stay_unless_asked_for(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    out = written(flow)
    translated(out, "screens.menu.ask", "Nayi line", source="Another menu")
    translated(out, "screens.group.ask", "Shayad yeh", flags="fuzzy")
    result = taken(flow, out)
    assert "its source text has changed since the export" in result.output
    assert "marked as fuzzy in the PO file" in result.output
    assert "Nayi line" not in flow.read_text(encoding="utf-8")
    taken(flow, out, "--overwrite")
    assert "Nayi line" in flow.read_text(encoding="utf-8")


def test_words_that_were_changed_in_the_file_after_the_export_stay(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    out = written(flow)
    later = out.with_name("later.po")
    later.write_bytes(out.read_bytes())
    translated(out, "screens.menu.ask", "Pehle wala")
    assert taken(flow, out).exit_code == 0
    translated(later, "screens.menu.ask", "Purana")
    assert "changed here since the export" in taken(flow, later).output
    assert "Pehle wala" in flow.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{complaint.nmber}", "entry screens.filed.end, line "),
        ("{complaint.number", "entry screens.filed.end, line "),
    ],
)
def test_a_broken_placeholder_is_told_at_its_entry_and_nothing_is_changed(
    tmp_path: Path, words: str, said: str
) -> None:
    flow = copied(tmp_path)
    before, out = bytes_of(flow.parent), written(flow)
    translated(out, "screens.filed.end", words)
    translated(out, "screens.menu.ask", "Nayi line")
    result = taken(flow, out)
    assert result.exit_code == 1
    assert said in result.output
    assert bytes_of(flow.parent) == before


def test_another_language_and_another_flow_are_told(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    out = written(flow, "ur")
    text = out.read_text(encoding="utf-8")
    for old, new, said in (
        ("Language: ur", "Language: fr", "says Language: fr, and it must be one of ur-Latn, ur"),
        ("Language: ur", "Language: en", "says Language: en"),
        ("X-Sunwai-Flow: complaints", "X-Sunwai-Flow: survey", "a PO file of survey, not of complaints"),
    ):
        out.write_text(text.replace(old, new), encoding="utf-8")
        result = taken(flow, out)
        assert (result.exit_code, said in result.output) == (2, True), result.output


def test_the_command_asks_for_the_language(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    result = run(export, flow, "--po", tmp_path / "x.po")
    assert (result.exit_code, "--language, one of ur-Latn, ur" in result.output) == (2, True), result.output
    assert run(export, flow, "--po", tmp_path / "x.txt", "--language", "ur").exit_code == 2
    assert run(export, flow).exit_code == 2


@pytest.mark.parametrize(
    ("said", "tag"),
    [("ur_PK", "ur"), ("ur", "ur"), ("ur_Latn", "ur-Latn"), ("ur@latin", "ur-Latn"), ("ur_Latn_PK", "ur-Latn"),
     ("UR-latn", "ur-Latn"), ("fr", ""), ("", "")],
)  # fmt: skip
def test_tools_write_the_language_in_their_own_way(said: str, tag: str) -> None:
    assert language_tag(said, ("en", "ur-Latn", "ur")) == tag


def payload(name: str) -> dict[str, PoEntry]:
    """A file as a tool saved it, by the places of its texts. All are of one export, `exported.po.gz`.

    In Poedit 3.6 a person typed two translations, one of them with quotation marks on two lines, and said of a third
    that it needs work. The same was done with the library by which Weblate writes (translate-toolkit 3.20.4).
    `msgcat` of gettext 0.23.1 wrote the file anew.
    """
    read = read_po(gzip.decompress((PAYLOADS / f"{name}.po.gz").read_bytes()), name)
    assert language_tag(read.language, ("en", "ur-Latn", "ur")) == "ur"
    assert read.flow == "complaints"
    return {each.place: each for each in read.entries}


def words_of(entries: dict[str, PoEntry]) -> dict[str, tuple[str, str, str]]:
    return {place: (each.source, each.words, each.exported) for place, each in entries.items()}


@pytest.mark.parametrize("name", ["poedit", "weblate", "msgcat"])
def test_files_that_real_tools_saved_differ_from_the_export_in_what_was_typed_alone(name: str) -> None:
    exported, saved = payload("exported"), payload(name)
    before, after = words_of(exported), words_of(saved)
    typed = {place: words for place, (_, words, _) in after.items() if words != before[place][1]}
    wanted = {
        "screens.group.ask": "مسئلہ کس بارے میں ہے؟",
        "screens.district.bad_answer": 'پتہ "نہیں" ملا\nپھر لکھیں',
    }
    assert typed == ({} if name == "msgcat" else wanted)
    assert {place: (each[0], each[2]) for place, each in after.items()} == {
        place: (each[0], each[2]) for place, each in before.items()
    }
    assert {place for place, each in saved.items() if each.fuzzy} == NEEDS_WORK[name]


def test_entries_that_a_tool_has_put_aside_and_earlier_source_texts_are_left_out(tmp_path: Path) -> None:
    out = written(copied(tmp_path), "ur")
    aside = '#~ msgctxt "screens.gone.ask"\n#~ msgid "Gone"\n#~ msgstr "gaya"\n'
    text = out.read_text(encoding="utf-8").replace("msgctxt", '#| msgid "Earlier"\nmsgctxt', 1)
    before, after = (read_po(each.encode(), "x.po").entries for each in (out.read_text("utf-8"), f"{text}\n{aside}"))
    assert [(each.place, each.source, each.words) for each in before] == [
        (each.place, each.source, each.words) for each in after
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "there are no entries in it"),
        (b"\xff\xfe\x00m", "it is not in UTF-8"),
        (b'msgid "a"\nmsgstr "b"\nrubbish\n', "not readable as PO"),
        (b'msgstr "b"\n', "there are no entries in it"),
        (b'msgid ""\nmsgstr ""\n', "there are no entries in it"),
        (b'msgid "x"\n' * 20_002, "more than 20,000 entries"),
        (b"#" * 4_000_001, "more than 4,000,000 bytes"),
    ],
)
def test_what_is_no_po_file_is_told_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(FlowFileError, match=re.escape(said)):
        read_po(data, "x.po")


def test_many_headers_cost_no_more_than_as_many_entries() -> None:
    said = 'msgid ""\nmsgstr ""\n\n' * 5_000 + "".join(
        f'msgctxt "{n}"\nmsgid "a"\nmsgstr "b"\n\n' for n in range(5_000)
    )
    before = time.process_time()
    assert len(read_po(said.encode(), "x.po").entries) == 5_000
    assert time.process_time() - before < 3  # seconds: each entry compared with each header took a quarter of a minute


def test_an_entry_with_plural_forms_or_twice_or_without_a_place_is_told(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    out = written(flow)
    text = out.read_text(encoding="utf-8")
    more = (
        '\nmsgctxt "screens.menu.ask"\nmsgid "again"\nmsgstr "phir"\n\nmsgid "nowhere"\nmsgstr "kahin"\n\n'
        'msgctxt "lists.category.mun01"\nmsgid "one"\nmsgid_plural "many"\nmsgstr[0] "ek"\nmsgstr[1] "do"\n'
    )
    out.write_text(text + more, encoding="utf-8")
    said = taken(flow, out).output
    assert "entry screens.menu.ask, line" in said
    assert "keep one of them" in said
    assert "it has no msgctxt" in said
    assert "it has plural forms" in said
