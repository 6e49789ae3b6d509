"""The phone of the console: a call that the form carries, drawn beside an editor or on its own page, and kept."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import render_template_string

from flows.cases import escalation_clock
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from flows.preview.transcripts import difference
from flows.translation.length_meter import length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit, NewDraft
from sessions.publishing import revision_history
from storage.cases import contacts
from storage.people import staff
from storage.schema.tables import Draft
from tests.flows.library import shipped, shipped_files
from tests.gateway.console.conftest import Visit, Visitor


@pytest.fixture
def draft(console: Sunwai) -> Draft:
    return draft_editing.start_draft(
        console.database, Edit("Sara", console.clock()), NewDraft("complaints", 1, "complaints.yaml", shipped_files())
    )


def glass(page: str) -> str:
    """The words on the phone's screen."""
    found = re.search(r'<div class="phone-words[^>]*>(.*?)</div>', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def call(*inputs: str, do: str = "apply", **more: str) -> dict[str, object]:
    return {"phone-input": list(inputs), "phone-do": do, **{f"phone-{name}": value for name, value in more.items()}}


def test_a_call_is_played_by_a_plain_form(visit: Visit, draft: Draft) -> None:
    someone, at = visit("translator"), f"/console/drafts/{draft.id}/phone"
    assert "2 اردو" in glass(someone.get(at).text)
    page = someone.post(at, call(do="send", typed="3")).text
    assert glass(page).startswith("Complaint line 8484\n1 New complaint")
    assert re.search(r'name="phone-input" value="3"', page)
    assert glass(someone.post(at, call("3", do="undo")).text).startswith("Language / Zaban")
    assert "Your last call was cut off" not in someone.post(at, call("3", "1", do="drop")).text


def test_keys_settings_and_what_happens_to_a_call_need_no_script(visit: Visit, draft: Draft) -> None:
    someone, at = visit(), f"/console/drafts/{draft.id}/phone"
    pressed = someone.post(at, call(do="key-1", typed="0")).text
    assert 'value="01"' in pressed
    known = {"language": "en", "caller": "known"}
    cut = someone.post(at, call("1", "1", "1", "1", do="timeout", **known)).text
    assert "nothing was typed in time" in cut
    again = someone.post(at, call("1", "1", "1", "1", "!timeout", do="dial", **known)).text
    assert glass(again).startswith("Your last call was cut off")
    urdu = someone.post(at, call("1", language="ur", caller="known")).text
    assert 'lang="ur" dir="rtl"' in urdu
    old = someone.post(at, call("1", language="ur", caller="known", network="latin")).text
    assert glass(old).startswith("Masla kya hai")
    refused = someone.post(at, call("1", "1", "1", "1", "1", "1", **known, **{"act-file_complaint": "repeat"})).text
    assert glass(refused).startswith("You already filed this today")


def test_a_call_begins_on_any_screen_and_says_what_was_filled_in(visit: Visit, draft: Draft) -> None:
    page = visit().post(f"/console/drafts/{draft.id}/phone", call(language="en", at="confirm")).text
    assert glass(page).startswith("No/low water, ")
    assert "plan.office" in page


def test_what_is_typed_stays_text(visit: Visit, draft: Draft) -> None:
    evil = "<script>alert(1)</script>"
    page = (
        visit().post(f"/console/drafts/{draft.id}/phone", call(evil, do="send", typed='"><img src=x onerror=1>')).text
    )
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_words_of_a_flow_stay_text(visit: Visit, console: Sunwai) -> None:
    files = dict(shipped_files())
    files["complaints.yaml"] = files["complaints.yaml"].replace("What is it about?", "<img src=x onerror=alert(1)>")
    files["lists/group.csv"] = files["lists/group.csv"].replace("Water & sanitation", "</div><script>alert(1)</script>")
    evil = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft("complaints", 1, "complaints.yaml", files)
    )
    page = visit().post(f"/console/drafts/{evil.id}/phone", call("3", "1")).text
    assert glass(page).startswith("<img src=x onerror=alert(1)>\n1 </div><script>alert(1)</script>")
    assert "<img" not in page
    assert "<script>" not in page


def test_odd_fields_are_passed_over(visit: Visit, draft: Draft) -> None:
    odd = call("\x01", "1" * 5000, do="key-x", language="xx", network="moon", caller="?", at="gone")
    page = visit().post(f"/console/drafts/{draft.id}/phone", {**odd, "phone-act-sing": "x", "phone-act-remind": "?"})
    assert page.status_code == 200
    many = visit().post(f"/console/drafts/{draft.id}/phone", call(*["1"] * 300, do="send", typed="2"))
    assert many.status_code == 200


def test_a_flow_that_cannot_be_read_draws_a_phone_without_a_signal(visit: Visit, console: Sunwai) -> None:
    broken = draft_editing.start_draft(
        console.database, Edit("Sara", console.clock()), NewDraft("complaints", 1, "a.yaml", {"a.yaml": "flow: ["})
    )
    page = visit().post(f"/console/drafts/{broken.id}/phone", call("1", language="ur")).text
    assert "The flow cannot be read at the moment" in page
    assert 'name="phone-input" value="1"' in page
    assert 'name="phone-language" value="ur"' in page


def test_htmx_gets_the_phone_and_nothing_around_it(visit: Visit, draft: Draft) -> None:
    part = (
        visit()
        .post(f"/console/drafts/{draft.id}/phone", call(do="send", typed="3"), headers={"HX-Request": "true"})
        .text
    )
    assert "<html" not in part
    assert glass(part).startswith("Complaint line 8484")
    assert re.search(r'id="record-call" hx-swap-oob="true">\s*<input[^>]+name="phone-input" value="3"', part)


def keep(someone: Visitor, draft: Draft, name: str, *inputs: str, **more: str) -> tuple[int, str]:
    answer = someone.post(
        f"/console/drafts/{draft.id}/phone/keep", call(*inputs, **more) | {"name": name}, follow_redirects=True
    )
    return answer.status_code, answer.text


def test_a_call_is_kept_as_a_scripted_call_that_goes_as_written(visit: Visit, console: Sunwai, draft: Draft) -> None:
    someone = visit("operator", name="Sara")
    status, page = keep(
        someone, draft, "Twice on one day", "1", "1", "1", "1", "1", "1",
        language="en", caller="known", **{"act-file_complaint": "repeat"},
    )  # fmt: skip
    assert status == 200
    assert "The call is kept" in page
    now = draft_editing.find_draft(console.database, draft.id)
    assert now is not None
    text = now.files["transcripts/twice_on_one_day.yaml"]
    said = parse_transcript("a.yaml", text).said
    assert said["act"] == {"file_complaint": "repeat"}
    assert said["caller"]["district"] == "lahore"
    assert difference(shipped(), said) is None
    assert now.changed_by == "Sara"
    gone = someone.confirm(
        f"/console/drafts/{draft.id}/phone/delete", {"file": "transcripts/twice_on_one_day.yaml"}, follow_redirects=True
    )
    assert "is deleted from this draft" in gone.text
    after = draft_editing.find_draft(console.database, draft.id)
    assert after is not None
    assert after.files == draft.files


@pytest.mark.parametrize(
    ("name", "inputs", "more", "said"),
    [
        ("", ("3",), {}, "Give the call a name first."),
        ("اردو", ("3",), {}, "needs some Latin letters"),
        ("Remind en", ("3",), {}, "There is already a call with this name"),
        ("A", ("3", "!drop", "!dial"), {}, "one call without an interruption"),
        ("A", (), {"at": "confirm"}, "begins at the first screen"),
        ("A", ("1",), {"language": "ur", "caller": "known", "network": "latin"}, "This network showed different words"),
        ("n" * 81, ("3",), {}, "The name is too long"),
    ],
)
def test_what_cannot_be_a_scripted_call_is_refused_and_nothing_is_lost(
    visit: Visit, draft: Draft, name: str, inputs: tuple[str, ...], more: dict[str, str], said: str
) -> None:
    status, page = keep(visit(), draft, name, *inputs, **more)
    assert status == 422
    assert said in unescape(page)
    assert f'value="{name}"' in page
    assert page.count('name="phone-input"') >= len(inputs)


def test_a_call_with_a_break_is_told_before_that_it_cannot_be_kept(visit: Visit, draft: Draft) -> None:
    someone, at = visit(), f"/console/drafts/{draft.id}/phone"
    told = "was interrupted and cannot be kept"
    assert told not in someone.post(at, call("3")).text
    assert told in someone.post(at, call("3", do="timeout")).text
    for act in ("keep", "delete", "update"):  # a form's address, opened again
        assert someone.get(f"{at}/{act}").location.endswith(at)


def test_a_signed_out_phone_says_so_above_the_page(visit: Visit, draft: Draft) -> None:
    answer = visit("").post(f"/console/drafts/{draft.id}/phone", call(), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("#trouble", ".notice")
    assert 'class="notice' in answer.text


def test_a_call_by_sms_is_kept_with_its_first_text(visit: Visit, console: Sunwai) -> None:
    texted = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft("by_text", 0, "by_text.yaml", shipped_files())
    )
    page = (
        visit()
        .post(f"/console/drafts/{texted.id}/phone", call("gutter band hai", do="send", typed="multan", language="en"))
        .text
    )
    assert "Sewer/manhole, Multan: complaint" in page
    keep(visit(), texted, "Gutter in Multan", "gutter band hai", "multan", language="en")
    now = draft_editing.find_draft(console.database, texted.id)
    assert now is not None
    said = parse_transcript("a.yaml", now.files["transcripts/gutter_in_multan.yaml"]).said
    assert (said["text"], len(said["steps"])) == ("gutter band hai", 2)


def test_scripted_calls_are_listed_with_how_they_go_and_what_they_reach(visit: Visit, console: Sunwai) -> None:
    files = {**shipped_files(), "transcripts/odd.yaml": "test: Odd\nflow: complaints\nsteps: 3\n"}
    files["complaints.yaml"] = files["complaints.yaml"].replace("What is it about?", "What troubles you?")
    changed = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft("complaints", 1, "complaints.yaml", files)
    )
    page = unescape(visit("translator").get(f"/console/drafts/{changed.id}/phone").text)
    assert "It cannot be played" in page
    assert re.search(r"expected 'What is it about[^']*', the caller saw 'What troubles you", page)
    assert re.search(r"of \d+ screens, \d+ of \d+ options", page)
    assert "/phone/delete" not in page  # a translator changes words only


def test_a_translator_keeps_and_deletes_no_calls(visit: Visit, draft: Draft) -> None:
    someone = visit("translator")
    assert keep(someone, draft, "Mine", "3")[0] == 403
    assert (
        someone.post(f"/console/drafts/{draft.id}/phone/delete", {"file": "transcripts/remind_en.yaml"}).status_code
        == 403
    )


def test_only_scripted_calls_can_be_deleted(visit: Visit, draft: Draft) -> None:
    answer = visit().post(f"/console/drafts/{draft.id}/phone/delete", {"file": "complaints.yaml"})
    assert answer.status_code == 400


def test_the_live_flow_can_be_called_too(visit: Visit, console: Sunwai) -> None:
    assert revision_history.find_revision(console.database, "complaints") is not None
    someone = visit("translator")
    page = someone.post("/console/flows/complaints/phone", call(do="send", typed="3")).text
    assert glass(page).startswith("Complaint line")
    assert "which is live" in page
    assert "Keep this call" not in page
    assert someone.get("/console/flows/nowhere/phone").status_code == 404
    for flow in ("by_text", "power_cut", "survey"):
        assert someone.get(f"/console/flows/{flow}/phone").status_code == 200


def test_a_scripted_call_is_played_on_the_phone_and_brought_up_to_date(visit: Visit, console: Sunwai) -> None:
    files = dict(shipped_files())
    files["complaints.yaml"] = files["complaints.yaml"].replace("What is it about?", "What troubles you?")
    changed = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft("complaints", 1, "complaints.yaml", files)
    )
    someone, file = visit(), "transcripts/already_filed_en.yaml"
    played = someone.get(f"/console/drafts/{changed.id}/phone?call={file}").text
    assert glass(played).startswith("You already filed this today")
    someone.post(f"/console/drafts/{changed.id}/phone/update", {"file": file})
    now = draft_editing.find_draft(console.database, changed.id)
    assert now is not None
    assert "What troubles you" in now.files[file]
    assert {name for name in files if now.files[name] != files[name]} == {file}


def test_a_scripted_call_that_would_do_something_else_is_not_updated_on_the_phone(
    visit: Visit, console: Sunwai
) -> None:
    files = dict(shipped_files())
    line = next(each for each in files["complaints.yaml"].splitlines(keepends=True) if "      new:" in each)
    files["complaints.yaml"] = files["complaints.yaml"].replace(line, "")
    changed = draft_editing.start_draft(
        console.database, Edit("S", console.clock()), NewDraft("complaints", 1, "complaints.yaml", files)
    )
    someone, file = visit(), "transcripts/already_filed_en.yaml"
    answer = someone.post(f"/console/drafts/{changed.id}/phone/update", {"file": file})
    assert answer.headers["Location"].endswith(f"/console/drafts/{changed.id}#calls")
    now = draft_editing.find_draft(console.database, changed.id)
    assert now is not None
    assert now.files == files


def test_choices_may_be_dialled_at_once_and_an_empty_answer_is_no_input(visit: Visit, draft: Draft) -> None:
    someone, at = visit(), f"/console/drafts/{draft.id}/phone"
    assert glass(someone.post(at, call(dial="*8484*1#")).text).startswith("Language")  # a new caller is asked it first
    assert glass(someone.post(at, call("3", dial="*8484*1#")).text).startswith("What is it about?")
    empty = someone.post(at, call("3", do="send", typed="")).text
    assert empty.count('name="phone-input"') == 2  # of the phone, and of the form that keeps the call
    typed = someone.post(at, call("3", do="send", typed="!drop")).text
    assert "not accepted" in typed


def test_a_gauge_says_in_words_what_its_bar_shows(console: Sunwai) -> None:
    ruler = Ruler(shipped())
    page = '{% import "console/phone/parts.html" as phones %}{{ phones.meter("English", g) }}'
    with console.test_request_context("/console/"):
        ask = TranslatableText("screens", ("menu", "ask"), "complaints.yaml", ("screens", "menu", "ask"), {}, "screen")
        said = [
            " ".join(
                unescape(
                    re.sub(r"<[^>]+>", "", render_template_string(page, g=length_meter(ruler, ask, words, "en")))
                ).split()
            )
            for words in ("Water", "Water’s " * 3, "What " * 50)
        ]
    assert said[0] == "English: 5 of 156 characters, GSM-7 fits"
    assert "’ makes it UCS-2: 70 letters a screen instead of 160. Write instead: ’ → '" in said[1]
    assert said[2] == "English: 250 of 156 characters, GSM-7 2 pages"


FILING = ("1", "1", "1", "1", "1", "1")  # water in Lahore, by somebody who complained before


def plain(page: str) -> str:
    """The words of a page without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_filing_on_the_phone_shows_what_the_real_rules_send(visit: Visit, console: Sunwai, draft: Draft) -> None:
    someone, at = visit(), f"/console/drafts/{draft.id}/phone"
    told = plain(someone.post(at, call(*FILING, language="en", caller="known")).text)
    hours = console.policy.calendars.of("punjab", urgent=False)
    due = escalation_clock.first_due(console.policy.life, hours, console.clock(), 7)
    assert f"Office: WASA Lahore. Answer by {due.day} {due:%b}." in told
    assert "Tracking numbers, codes and earlier complaints are examples" in told
    assert "SMS to the officer WASA Lahore · English · GSM-7" in told
    assert "1 part nobody there has a phone New 482-719-300 No/low water, Lahore" in told


def test_an_officer_with_a_phone_is_texted_in_their_language(visit: Visit, console: Sunwai, draft: Draft) -> None:
    with console.database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923009998887", console.clock())
        contact.language = "ur-Latn"
        now = console.clock()
        assert staff.add(db, now, name="Rashid", role="officer", office="water-lahore", contact_id=contact.id)
    told = plain(visit().post(f"/console/drafts/{draft.id}/phone", call(*FILING, language="ur", caller="known")).text)
    assert "SMS to the officer WASA Lahore · Roman Urdu · GSM-7" in told
    assert "nobody there has a phone" not in told
    assert "SMS to the caller · اردو · UCS-2" in told


def test_words_of_danger_have_their_outcome_without_anybody_choosing_it(visit: Visit, draft: Draft) -> None:
    inputs = ("1", "1", "1", "1", "2", "aag lagi hai")
    page = visit().post(f"/console/drafts/{draft.id}/phone", call(*inputs, language="en", caller="known")).text
    assert "1122" in glass(page)


def test_codes_keep_their_order_in_words_from_right_to_left(visit: Visit, draft: Draft) -> None:
    page = visit().post(f"/console/drafts/{draft.id}/phone", call(*FILING, language="ur", caller="known")).text
    assert '<bdi dir="ltr">482-719-300</bdi>' in page
    assert '<bdi dir="ltr">*8484#</bdi>' in page


def test_a_kept_call_checks_what_was_ticked_and_no_office_or_day(visit: Visit, console: Sunwai, draft: Draft) -> None:
    someone, known = visit(), {"language": "en", "caller": "known"}
    keep(someone, draft, "Usual", *FILING, **known)
    ticked = call(*FILING, **known) | {"name": "Every screen", "checks": "yes", "check": [*"0123456", "sms"]}
    someone.post(f"/console/drafts/{draft.id}/phone/keep", ticked)
    now = draft_editing.find_draft(console.database, draft.id)
    assert now is not None
    usual, every = (
        parse_transcript(name, now.files[f"transcripts/{name}.yaml"]).said for name in ("usual", "every_screen")
    )
    assert [step.get("see", step.get("ends")) for step in usual["steps"]] == [*[""] * 6, "No/low water, Lahore"]
    assert usual["steps"][-1]["stored"] == {"category": "mun01", "district": "lahore", "private": "no"}
    assert "sms" not in usual["steps"][-1]
    assert all(step.get("see", step.get("ends")) for step in every["steps"])
    assert "sms" in every["steps"][-1]
    assert "stored" not in every["steps"][-1]
    files = dict(shipped_files())
    files["lists/office.csv"] = files["lists/office.csv"].replace("Water office", "Aab").replace("WASA Lahore", "Jal")
    renamed = parse_flow(files, "complaints.yaml").flow
    assert renamed is not None
    assert difference(renamed, usual) is None
    assert difference(renamed, every) is None


def test_a_recorded_call_is_kept_in_a_new_draft_in_the_same_act(visit: Visit, console: Sunwai) -> None:
    someone, translator = visit(name="Sara"), visit("translator")
    new = NewDraft("complaints", 1, "complaints.yaml", shipped_files())
    other = draft_editing.start_draft(console.database, Edit("Omar", console.clock()), new)
    address = "/console/flows/complaints/phone/recorded"
    query = "phone-input=3&phone-input=1&phone-caller=new&phone-name=Water+in+Multan"
    page = someone.get(f"{address}?{query}").text
    assert '<button class="button primary">Start a draft of what is live and keep the call in it</button>' in page
    assert f"Draft {other.id} of Omar" in page
    assert "<button" not in translator.get(f"{address}?{query}").text.partition("<main")[2]
    form = {"phone-input": ["3", "1"], "phone-caller": "new", "phone-name": "", "query": query}
    refused = someone.post(address, form)
    assert (refused.status_code, "Give the call a name first." in refused.text) == (422, True)
    assert refused.text.count('<input type="hidden" name="phone-input"') == 2
    assert len(draft_editing.list_open_drafts(console.database)) == 1
    done = someone.post(address, {**form, "phone-name": "Water in Multan"})
    assert done.status_code == 303, done.text
    mine = draft_editing.list_open_drafts(console.database)[0]
    assert (mine.started_by, mine.id != other.id) == ("Sara", True)
    assert "transcripts/water_in_multan.yaml" in mine.files
    assert f"/drafts/{mine.id}/phone" in done.headers["Location"]
    assert "Play it in my draft" in someone.get(f"{address}?{query}").text


def test_a_call_that_was_recorded_elsewhere_is_played_in_a_draft(visit: Visit, console: Sunwai) -> None:
    someone = visit(name="Sara")
    query = "phone-input=3&phone-input=1&phone-caller=new&phone-name=Water+in+Multan"
    address = f"/console/flows/complaints/phone/recorded?{query}"
    assert "Start a draft of what is live and keep the call in it" in someone.get(address).text
    new = NewDraft("complaints", 1, "complaints.yaml", shipped_files())
    first = draft_editing.start_draft(console.database, Edit("Sara", console.clock()), new)
    answer = someone.get(address)
    assert answer.status_code == 303
    page = someone.get(answer.location).text
    assert glass(page).startswith("What is it about?")
    assert 'value="Water in Multan"' in page
    draft_editing.start_draft(console.database, Edit("Omar", console.clock()), new)
    assert f'href="/console/drafts/{first.id}/phone?phone-input=3' in someone.get(address).text
