"""A screen with another id is the same screen, wherever it is named."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from flows.menu.model import Ask, Flow
from flows.parsing.flow import parse_flow
from flows.versions.path_meaning import means_the_same
from flows.versions.revision_diff import RENAMED, diff_revisions
from flows.versions.screen_renames import joined_renames, rename_screens, screen_renames
from tests.flows.library import shipped, shipped_files


def renamed(*names: tuple[str, str], words: tuple[str, str] = ("\0", "")) -> Flow:
    """The shipped flow with other ids for screens, and perhaps other words."""
    files = dict(shipped_files())
    head, text = files["complaints.yaml"].split("\nscreens:\n")
    for old, new in names:
        head = head.replace(f"start: {old}\n", f"start: {new}\n").replace(f"go: {old}}}", f"go: {new}}}")
        text = re.sub(rf"^  {old}:", f"  {new}:", text, flags=re.M)
        text = re.sub(rf"(\w+): {old}(?=[,}}])", rf"\1: {new}", text)
        text = re.sub(rf"^    (go|after_tries): {old}(?=\s)", rf"    \1: {new}", text, flags=re.M)
    files["complaints.yaml"] = f"{head}\nscreens:\n{text}".replace(*words, 1)
    flow = parse_flow(files, "complaints.yaml").flow
    assert flow is not None
    return flow


def test_a_renamed_screen_is_no_change_that_callers_notice() -> None:
    after = renamed(("menu", "main_menu"))
    assert after.home == "main_menu" and "menu" not in after.screens
    (change,) = diff_revisions(shipped(), after)
    assert (change.said, change.before, change.after, change.notices) == (RENAMED, "menu", "main_menu", "nobody")


@pytest.mark.parametrize(
    "names",
    [
        (("leaf", "problem"), ("danger", "in_peril"), ("group", "subject")),
        (("filed", "filed_now"), ("file", "file_it"), ("confirm", "check_it")),
        (("language", "tongue"),),
        (("plan", "planned"), ("part", "quarter"), ("where", "whereabouts")),
    ],
)
def test_several_renamed_at_once_are_each_found(names: tuple[tuple[str, str], ...]) -> None:
    assert screen_renames(shipped(), renamed(*names)) == dict(names)
    assert {change.said for change in diff_revisions(shipped(), renamed(*names))} == {RENAMED}


def test_back_and_forth_is_where_it_began() -> None:
    there = renamed(("menu", "main_menu"), ("group", "subject"))
    back = rename_screens(there, {"main_menu": "menu", "subject": "group"})
    assert diff_revisions(shipped(), back) == ()


def test_other_words_are_told_of_the_new_id_where_another_screen_was_renamed() -> None:
    after = renamed(("group", "subject"), words=("en: Track by number", "en: Follow by number"))
    said = [(change.where, change.said) for change in diff_revisions(shipped(), after)]
    assert said == [("menu option track", "wording changed"), ("subject", RENAMED)]


def test_a_screen_with_other_words_and_another_id_is_another_screen() -> None:
    after = renamed(("group", "subject"), words=('en: "What is it about?"', 'en: "About what?"'))
    assert screen_renames(shipped(), after) == {}
    assert {"screen removed", "new screen"} <= {change.said for change in diff_revisions(shipped(), after)}


def test_a_screen_that_leads_elsewhere_now_is_another_screen() -> None:
    flow = renamed(("group", "subject"))
    group = flow.screens["subject"]
    assert isinstance(group, Ask)
    elsewhere = replace(flow, screens={**flow.screens, "subject": replace(group, go="place")})
    assert screen_renames(shipped(), elsewhere) == {}


def test_screens_that_read_alike_are_told_apart_by_where_they_stand() -> None:
    twins = {"counted": "counted_one", "counted_already": "counted_two"}
    after = rename_screens(shipped(), twins)
    assert screen_renames(shipped(), after) == twins


def test_ids_of_several_publications_are_followed_to_the_last() -> None:
    assert joined_renames([{"a": "b"}, {"b": "c", "x": "y"}, {"c": "d"}]) == {"a": "d", "b": "d", "c": "d", "x": "y"}
    assert joined_renames([{"a": "b"}, {"b": "a"}]) == {"b": "a"}
    assert joined_renames([]) == {}


def test_a_code_dialled_with_its_choices_means_the_same_after_a_rename() -> None:
    after = renamed(("group", "subject"), ("leaf", "problem"))
    assert means_the_same(shipped(), after, {}, ["1", "1"], dialled=True)
