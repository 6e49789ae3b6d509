"""A flow is copied, its draft is looked at, asked about, dropped and taken up again."""

from __future__ import annotations

import re

from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor


def begun(visitor: Visitor, flow: str = "survey", **form: str) -> Draft:
    """The draft of a copy that was just begun."""
    answer = visitor.post(f"/console/flows/{flow}/copy", form)
    assert answer.status_code == 303, answer.text
    return draft_at(visitor, answer.headers["Location"])


def draft_at(visitor: Visitor, address: str) -> Draft:
    found = re.search(r"/console/drafts/(\d+)", address)
    assert found, address
    draft = draft_editing.find_draft(visitor.app.database, int(found[1]))
    assert draft is not None
    return draft


def saved(visitor: Visitor, draft: Draft, old: str, new: str, file: str = "", who: str = "") -> Draft:
    """The draft with some words of a file exchanged for others, as somebody saved it."""
    file = file or draft.main
    assert old in draft.files[file]
    done = draft_editing.change_draft(
        visitor.app.database,
        Edit(who or visitor.name, visitor.app.clock(), f"{file}: {new[:20]}"),
        draft.id,
        lambda there: there.files | {file: there.files[file].replace(old, new, 1)},
    )
    assert isinstance(done, Draft)
    return done


def test_the_first_page_shows_each_flow_with_its_code_and_revision(visit: Visit) -> None:
    page = visit("translator").get("/console/").text
    assert "Citizen complaint line 8484" in page
    assert "*8484#" in page
    assert "revision 1" in page
    assert "Edit a copy" not in page
    assert "Translate a copy" in page


def test_a_translator_starts_a_draft_of_the_words_and_is_not_offered_what_others_do(visit: Visit) -> None:
    translator = visit("translator", name="Tariq")
    page = translator.get("/console/flows/survey").text
    assert '<button class="button primary">Translate a copy</button>' in page
    assert ("roll back" in page, ">Change<" in page) == (False, False)
    done = translator.post("/console/flows/survey/words")
    assert done.status_code == 303
    words = done.headers["Location"]
    assert words.endswith("/words")
    draft = draft_at(translator, words.removesuffix("/words"))
    assert (draft.started_by, draft.base, draft.flow) == ("Tariq", 1, "survey")
    assert translator.post("/console/flows/survey/words").headers["Location"] == words
    assert "Start my own draft" in visit("translator").post("/console/flows/survey/words").text
    assert translator.post("/console/flows/nothing/words").status_code == 404
    page = visit("publisher").get("/console/flows/survey").text
    assert ("roll back" in page, ">Change<" in page) == (True, True)


def test_a_copy_is_a_draft_of_what_is_live_and_callers_notice_nothing(visit: Visit) -> None:
    operator = visit("operator", name="Sara")
    draft = begun(operator)
    assert (draft.flow, draft.base, draft.state, draft.started_by) == ("survey", 1, "open", "Sara")
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert "Nothing yet: the files are those of revision 1." in page
    assert "copied from revision 1" in page
    assert 'action="/console/flows/survey/copy"' in operator.get("/console/").text  # and another may be begun


def test_who_copies_a_flow_and_has_a_draft_of_it_is_offered_that_one_first(visit: Visit) -> None:
    operator = visit("operator")
    first = begun(operator)
    offered = operator.post("/console/flows/survey/copy")
    assert offered.status_code == 200
    assert f'<a class="button primary" href="/console/drafts/{first.id}">' in offered.text
    assert f"Continue with my draft {first.id}</a>" in offered.text
    assert begun(operator, anyway="yes").id != first.id


def test_a_draft_of_somebody_else_is_never_the_first_choice_and_says_what_a_change_ends(visit: Visit) -> None:
    sara, omar = visit("operator", name="Sara"), visit("operator", name="Omar")
    first = begun(sara)
    sara.post(f"/console/drafts/{first.id}/review", {"message": "Shorter menu"})
    offered = omar.post("/console/flows/survey/copy").text
    assert '<button class="button primary">Start my own draft</button>' in offered
    assert f"Draft {first.id} of Sara" in offered
    ends = "Sara asked for a review of this draft. A change ends the review."
    assert ends in offered
    assert "You asked for a review of this draft. A change ends" in sara.post("/console/flows/survey/copy").text
    for page in ("screens", "screens/rating", "words", "lists", "files"):
        assert ends in omar.get(f"/console/drafts/{first.id}/{page}").text, page
    assert ends not in omar.get(f"/console/drafts/{begun(omar, anyway='yes').id}/screens").text


def test_who_asked_for_a_review_takes_it_back_and_others_return_it(visit: Visit) -> None:
    sara, publisher = visit("publisher", name="Sara"), visit("publisher")
    draft = begun(sara)
    sara.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter menu"})
    there = f"/console/drafts/{draft.id}"
    page = sara.get(there).text
    assert ("Take it back" in page, "Return it for changes" in page) == (True, False)
    page = publisher.get(there).text
    assert ("Take it back" in page, "Return it for changes" in page) == (False, True)
    assert "asks you to review" not in sara.get("/console/").text
    sara.post(f"{there}/discard-review")
    assert "You took the draft back" in sara.get(there).text


def test_a_draft_is_checked_when_it_is_opened_and_not_for_the_first_page(visit: Visit) -> None:
    operator = visit("operator", name="Sara")
    draft = saved(operator, begun(operator), "go: rating", "go: somewhere_else")
    page = operator.get("/console/").text
    assert "open it to check" in page
    assert f'hx-get="/console/drafts/{draft.id}/problems/count/badge"' in page
    assert "has errors to fix" not in page
    badge = operator.get(f"/console/drafts/{draft.id}/problems/count/badge").text
    assert re.search(r'class="badge bad">\d+ error', badge)
    page = operator.get("/console/").text
    assert "open it to check" not in page
    assert f"Your draft {draft.id} of Rate a service has errors to fix before it can be published" in page


def test_a_new_flow_from_one_that_ships_has_a_name_of_its_own_everywhere(visit: Visit) -> None:
    operator = visit("operator")
    refused = operator.post("/console/copy", {"template": "survey", "name": "Water line"})
    assert refused.status_code == 422
    assert 'value="Water line"' in refused.text
    taken = operator.post("/console/copy", {"template": "survey", "name": "complaints"})
    assert "A flow named complaints exists already" in taken.text
    done = operator.post("/console/copy", {"template": "survey", "name": "water_survey"})
    draft = draft_at(operator, done.headers["Location"])
    assert (draft.flow, draft.base) == ("water_survey", 0)
    assert "flow: water_survey" in draft.files[draft.main]
    scripts = [text for name, text in draft.files.items() if name.startswith("transcripts/")]
    assert scripts
    assert all("flow: water_survey" in text for text in scripts)
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert "A new flow" in page
    assert operator.get("/console/flows/water_survey").status_code == 200


def test_an_earlier_revision_can_be_the_beginning_of_another_flow(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator, number="1", name="line_two", **{"as": "new"})
    assert (draft.flow, draft.base) == ("line_two", 0)
    nameless = operator.post("/console/flows/survey/copy", {"number": "1", "as": "new"})
    assert nameless.status_code == 422
    assert "A new flow needs its own name." in nameless.text
    missing = operator.post("/console/flows/survey/copy", {"number": "99"})
    assert missing.status_code == 422


def test_a_draft_shows_each_word_that_callers_will_read_otherwise(visit: Visit) -> None:
    operator = visit("operator")
    draft = saved(operator, begun(operator), "en: Start again,", "en: Start <b>anew</b>,")
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert '<del><span class="sr">removed: </span>again</del>' in page
    assert "&lt;b&gt;anew&lt;/b&gt;</ins>" in page
    assert "<b>anew" not in page
    assert "scripted calls pass" in page


def test_scripted_calls_are_brought_up_to_what_callers_see_now(visit: Visit) -> None:
    operator = visit("operator")
    draft = saved(operator, begun(operator), 'en: "Which service did you use?"', 'en: "What did you use?"')
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert "Check whether callers should see" in page
    done = operator.post(f"/console/drafts/{draft.id}/calls")
    assert done.status_code == 303
    assert "All 33 pass" in operator.get(f"/console/drafts/{draft.id}").text


SEND = "      send:  {en: Send,              ur-Latn: Bhejein,             ur: بھیجیں,       go: save_rating}\n"
WORDS = '      words: {en: "Add a few words", ur-Latn: "Kuch lafz likhein", ur: چند لفظ لکھیں, go: words}\n'


def test_calls_follow_an_option_that_moved_and_whoever_publishes_is_told(visit: Visit) -> None:
    operator = visit("operator")
    draft = saved(operator, begun(operator), SEND + WORDS, WORDS + SEND)
    there = f"/console/drafts/{draft.id}"
    page = operator.get(there).text
    assert "other keys lead to the same choices" in page
    assert "would no longer file anything" not in page
    assert operator.post(f"{there}/calls").status_code == 303
    page = operator.get(there).text
    assert "They do what they did before." in page
    assert "All 33 pass" in page
    kept, before = draft_at(operator, there).files, draft.files
    changed = [name for name in kept if kept[name] != before[name]]
    assert changed
    assert all(kept[name].count("stored:") == before[name].count("stored:") for name in changed)
    assert (
        f"{len(changed)} calls type other keys for the same choices." in visit("publisher").get(f"{there}/publish").text
    )


def test_calls_whose_option_is_gone_are_updated_only_if_that_is_meant(visit: Visit) -> None:
    operator, publisher = visit("operator"), visit("publisher")
    draft = saved(operator, begun(operator), SEND, "")
    there = f"/console/drafts/{draft.id}"
    page = operator.get(there).text
    assert "the choice is gone; they would no longer file anything." in page
    assert "No longer offered:" in page
    assert "<bdi>Send (" in page
    assert operator.post(f"{there}/calls").status_code == 303
    kept = draft_at(operator, there).files
    assert operator.post(f"{there}/calls", {"group": "nothing of the kind"}).status_code == 303
    assert draft_at(operator, there).files == kept
    assert "Update the calls and publish now" not in publisher.get(f"{there}/publish").text
    assert operator.post(f"{there}/calls", {"group": "unfiled gone"}).status_code == 303
    page = operator.get(there).text
    assert "no longer do what they did before" in page
    assert "scripted calls updated that now do something else" in page
    page = publisher.get(f"{there}/publish").text
    assert "Scripted calls changed in this draft" in page
    assert "calls file nothing any more." in page


def test_who_asks_for_a_look_says_what_changed_and_who_publishes_sees_it_first(visit: Visit) -> None:
    operator, publisher = visit("operator", name="Sara"), visit("publisher")
    draft = begun(operator)
    silent = operator.post(f"/console/drafts/{draft.id}/review", {"message": "  "})
    assert silent.status_code == 422
    assert "Say in one sentence what the draft changes" in silent.text
    operator.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter menu"})
    assert re.search("Sara asks you to review a draft of [^:]+: Shorter menu", publisher.get("/console/").text)
    publisher.post(f"/console/drafts/{draft.id}/discard-review", {"remark": "Urdu first"})
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert "back to work: Urdu first" in page
    assert draft_at(operator, f"/console/drafts/{draft.id}").state == "open"


def test_a_dropped_draft_is_read_only_and_can_be_taken_up_again(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator)
    operator.post(f"/console/drafts/{draft.id}/drop")
    page = operator.get(f"/console/drafts/{draft.id}").text
    assert "This draft was dropped" in page
    refused = operator.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter menu"})
    assert refused.status_code == 409
    assert "1 dropped draft" in operator.get("/console/").text
    operator.post(f"/console/drafts/{draft.id}/take-up")
    assert draft_at(operator, f"/console/drafts/{draft.id}").state == "open"


def test_a_translator_neither_begins_nor_drops_a_draft(visit: Visit) -> None:
    draft, translator = begun(visit("operator")), visit("translator")
    for path in ("/console/flows/survey/copy", "/console/copy", f"/console/drafts/{draft.id}/drop",
                 f"/console/drafts/{draft.id}/publish", f"/console/drafts/{draft.id}/calls"):  # fmt: skip
        assert translator.post(path).status_code == 403


def test_drafts_and_flows_that_are_not_there_are_not_found(visit: Visit) -> None:
    operator = visit("operator")
    for path in ("drafts/77", "drafts/99999999999999999999", "flows/nothing", "flows/nothing/revisions",
                 "flows/complaints/revisions/9", "flows/complaints/compare?from=1&to=99999999999999"):  # fmt: skip
        assert operator.get(f"/console/{path}").status_code == 404, path


def test_the_files_of_a_draft_can_be_kept(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator)
    answer = operator.get(f"/console/drafts/{draft.id}/files.zip")
    assert answer.mimetype == "application/zip"
    assert answer.data[:2] == b"PK"


def test_who_changes_a_draft_under_review_is_told_that_the_review_ended(visit: Visit) -> None:
    operator = visit("operator")
    draft = begun(operator)
    operator.post(f"/console/drafts/{draft.id}/review", {"message": "Shorter menu"})
    assert draft_at(operator, f"/console/drafts/{draft.id}").state == "review"
    ended = "The draft is no longer ready for review"
    there = f"/console/drafts/{draft.id}"
    assert ended not in operator.get(f"{there}/words").text
    form = {
        "seen": draft_editing.content_hash(draft.files[draft.main]),
        "text": draft.files[draft.main] + "# one more\n",
    }
    assert operator.post(f"{there}/files/{draft.main}", form).status_code == 303
    assert draft_at(operator, there).state == "open"
    assert ended in operator.get(there).text
    assert ended not in operator.get(there).text
    operator.post(f"{there}/review", {"message": "Shorter menu"})
    operator.post(f"{there}/discard-review", {"remark": ""})
    assert ended not in operator.get(there).text


def test_a_draft_with_errors_goes_to_review_only_when_that_is_meant(visit: Visit) -> None:
    operator = visit("operator")
    draft = saved(operator, begun(operator), "go: rating", "go: nowhere")
    address = f"/console/drafts/{draft.id}/review"
    refused = operator.post(address, {"message": "Half done"})
    assert refused.status_code == 422
    assert "block" in refused.text
    assert re.search(r">\s*Half done</textarea>", refused.text)
    assert operator.post(address, {"message": "Half done", "anyway": "yes"}).status_code == 303
    assert "It cannot be published until its errors are fixed." in operator.get(f"/console/drafts/{draft.id}").text


def test_every_page_of_a_draft_has_the_same_count_of_problems(visit: Visit) -> None:
    operator = visit("operator")
    draft = saved(operator, begun(operator), "go: rating", "go: nowhere_else")
    there = f"/console/drafts/{draft.id}"
    page = operator.get(f"{there}/files").text  # not looked through yet: the number comes afterwards
    assert f'hx-get="{there}/problems/count"' in page
    [count] = re.findall(r'class="count">(\d+)<', operator.get(f"{there}/problems/count").text)
    for path in ("", "/screens", "/screens/rating", "/map", "/words", "/lists", "/phone", "/files", "/problems"):
        assert re.findall(r'class="count">(\d+)<', operator.get(there + path).text) == [count], path


def test_a_new_flow_begins_as_what_is_live_with_a_title_of_its_own(visit: Visit) -> None:
    publisher = visit("publisher")
    draft = saved(publisher, begun(publisher), "en: Start again,", "en: Start anew,")
    assert publisher.post(f"/console/drafts/{draft.id}/publish", {"message": "Words"}).status_code == 303
    page = publisher.get("/console/").text
    assert "the live revision</option>" in page
    form = {"template": "survey", "name": "water_survey", "title": "Water: how was it?"}
    again = publisher.post("/console/copy", form | {"name": "Water"})
    assert 'value="Water: how was it?"' in again.text
    made = draft_at(publisher, publisher.post("/console/copy", form).headers["Location"])
    assert "en: Start anew," in made.files[made.main]
    assert "Water: how was it?" in publisher.get(f"/console/drafts/{made.id}").text
    form = {"as": "new", "number": "1", "name": "other_survey", "title": "Other"}
    made = draft_at(publisher, publisher.post("/console/flows/survey/copy", form).headers["Location"])
    assert "title: Other" in made.files[made.main]
    assert "en: Start again," in made.files[made.main]
