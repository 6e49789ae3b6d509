"""What pages of lists tell: what a row still lacks, where it went, what a file would spoil, what other flows have."""

from __future__ import annotations

import re
from html import unescape

import pytest

from gateway.endpoints.application import Sunwai
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted, files_of
from tests.gateway.console.test_lists import CATEGORY, NEW, address, typed, uploaded

DISTRICT = "lists/district.csv"


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    return drafted(console)


def test_a_row_that_lacks_something_is_kept_and_what_it_lacks_is_named(
    visit: Visit, console: Sunwai, draft: Draft
) -> None:
    visitor = visit()
    form = NEW | {"cell-ur": "", "cell-group": "", "cell-days": "seven", "cell-emergency": "maybe"}
    page = unescape(visitor.post(address(draft, act="/rows"), form, follow_redirects=True).text)
    assert "mun07" in files_of(console, draft)[CATEGORY]
    told = re.search(r"notice warn[^>]*>\s*<p>(Row mun07 is saved. It still needs attention: [^<]*)", page)
    assert told, page[:3000]
    for words in (
        "no words in اردو",
        "no group of categories, so no caller is offered it",
        "days “seven” is not a",
        "not “maybe”",
    ):
        assert words in told[1]
    assert page.count("Needs attention:") == 1
    assert "It still needs attention" not in unescape(
        visitor.get(typed(visitor, draft, "mun01", en="No water").location).text
    )


def test_a_new_row_with_the_words_of_a_retired_one_leads_to_it(visit: Visit, draft: Draft) -> None:
    visitor = visit()
    visitor.post(address(draft, act="/rows"), NEW)
    visitor.post(address(draft, act="/retire"), {"code": "mun07"})
    visitor.post(address(draft, act="/rows"), NEW | {"cell-code": "mun08"})
    problems = unescape(visitor.get(f"/console/drafts/{draft.id}/problems").text)
    assert "'mun07' reads 'Stray dogs' too" in problems
    assert "a caller cannot tell them apart" not in problems
    page = unescape(visitor.get(address(draft) + "?row=mun08").text)
    assert re.search(r'href="[^"]*row=mun07#row-mun07">mun07 is the same and was retired: offer it again', page)


def test_one_is_led_to_the_row_wherever_it_stands(visit: Visit, draft: Draft) -> None:
    visitor = visit()
    answer = visitor.post(address(draft, act="/rows?page=1"), NEW)
    assert answer.location.endswith("?row=mun07#row-mun07")
    assert 'id="row-mun07"' in visitor.get(answer.location).text
    hidden = visitor.post(address(draft, act="/retire?show=offered&search=dogs"), {"code": "mun07"})
    assert 'id="row-mun07"' in visitor.get(hidden.location).text


def test_columns_are_explained_and_yes_is_ticked(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor = visit()
    page = visitor.get(address(draft) + "?edit=mun01").text
    assert "Working days until an answer is due" in page
    assert re.search(r'type="checkbox" id="shared-mun01" name="cell-shared" value="yes"', page)
    before = files_of(console, draft)[CATEGORY]
    seen = dict(re.findall(r'name="(seen-[^"]*)" value="([^"]*)"', page))
    form = {"old": "mun01", **seen, "cell-shared": ["", "yes"], "cell-sensitive": ""}
    assert visitor.post(address(draft, act="/rows"), form).status_code == 303
    after = files_of(console, draft)[CATEGORY]
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1].replace(",yes,", ",,") == changed[0][0]


def test_a_file_that_lost_its_letters_is_refused_and_wrong_codes_are_told(visit: Visit, draft: Draft) -> None:
    visitor = visit()
    lost = visitor.get(address(draft, "district", ".csv")).data.decode("utf-8-sig")
    lost = "".join(letter if letter.isascii() else "?" for letter in lost)
    refused = uploaded(visitor, draft, lost, "district")
    assert refused.status_code == 422
    assert "Apply the changes" not in refused.text
    assert "CSV UTF-8" in refused.text
    looked = unescape(uploaded(visitor, draft, "code,province\nlahore,punjb\n", "district").text)
    assert "province “punjb” is not one that callers can choose" in looked
    assert "Apply the changes" in looked


def test_other_live_flows_with_another_list_of_this_name_are_named(visit: Visit, draft: Draft) -> None:
    visitor, told = visit(), "Other live flows have their own list category"
    assert told not in visitor.get(address(draft)).text
    assert "their own list" not in visitor.get(address(draft, "district")).text  # that of power_cut is quite another
    visitor.post(address(draft, act="/rows"), NEW)
    page = visitor.get(address(draft)).text
    assert told in page
    for flow in ("by_text", "power_cut"):
        assert re.search(rf'<li><a href="/console/flows/{flow}">.*Only here: <span class="mono">mun07</span>', page)


def test_a_new_list_is_begun_without_rows_and_gets_its_first(visit: Visit, console: Sunwai, draft: Draft) -> None:
    visitor, at, before = visit(), f"/console/drafts/{draft.id}/lists", files_of(console, draft)
    for form, said in (
        ({"name": "Animal"}, "Use lower-case"),
        ({"name": "category"}, "There is already a list with this name"),
        ({"name": "animal", "columns": "My office"}, "“My” cannot be the name"),
    ):
        refused = visitor.post(at, form)
        assert refused.status_code == 422
        assert said in refused.text
        assert f'value="{form["name"]}"' in refused.text
    assert files_of(console, draft) == before
    answer = visitor.post(at, {"name": "animal", "columns": "office"})
    assert answer.location.endswith("/lists/animal?add=yes#new-row")
    assert "A new row" in visitor.get(answer.location).text
    row = {
        "old": "",
        "cell-code": "dog",
        "cell-en": "Dog",
        "cell-ur-Latn": "Kutta",
        "cell-ur": "کتا",
        "cell-office": "lg",
    }
    assert visitor.post(address(draft, "animal", "/rows"), row).status_code == 303
    after = files_of(console, draft)
    assert after["lists/animal.csv"] == "code,ur-Latn,ur,en,aliases,office\ndog,Kutta,کتا,Dog,,lg\n"
    assert after["complaints.yaml"].replace("  animal: lists/animal.csv\n", "") == before["complaints.yaml"]
    assert visit("translator").post(at, {"name": "bird"}).status_code == 403
