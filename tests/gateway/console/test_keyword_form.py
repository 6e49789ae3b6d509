"""Keyword rules are changed in a form: keywords and rules added, removed and moved, and tried before they are saved."""

from __future__ import annotations

import re

from flows.editing.keyword_edits import rules_of
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.messages import inbound_sms
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_editor import draft, now
from tests.gateway.console.test_keywords_page import KEYWORDS, words_of
from tests.sessions.filing import file_one

__all__ = ["draft"]


def number_of(draft: Draft, intent: str) -> int:
    """The number of the first rule with an intent that has words to begin with."""
    rules = rules_of(draft.files[KEYWORDS])
    return next(at for at, rule in enumerate(rules, 1) if rule.intent == intent and rule.words)


def form_of(visitor: Visitor, draft: Draft, rule: int | str) -> dict[str, str]:
    """What the form of a rule sends if nobody touches it."""
    return fields(visitor.get(f"/console/drafts/{draft.id}/keywords?rule={rule}").text, "rule-form")


def test_a_keyword_in_two_languages_is_added_and_nothing_else_of_the_file_changes(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    sent = form_of(visitor, draft, number) | {"words_latin": "kya bana mera; kithe", "words_other": "کیا بنا میرا"}
    saved = visitor.post(f"/console/drafts/{draft.id}/keywords/rule", sent)
    assert saved.status_code == 303
    assert f"rule={number}#rule-{number}" in saved.headers["Location"]
    text, before = now(console, draft).files[KEYWORDS], draft.files[KEYWORDS]
    rule = rules_of(text)[number - 1]
    assert rule.words[-3:] == ("KYA BANA MERA", "KITHE", "کیا بنا میرا")
    gone = [line for line in before.splitlines() if line not in text.splitlines()]
    assert len(gone) <= 1  # the line that is longer now
    page = visitor.get(f"/console/drafts/{draft.id}/keywords?rule={number}").text
    assert 'value="words:KITHE"' in page


def test_a_change_is_tried_before_it_is_saved(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    sent = form_of(visitor, draft, number) | {"words_latin": "kithe", "texts": "kithe hai\nSTATUS", "do": "try"}
    page = visitor.post(f"/console/drafts/{draft.id}/keywords", sent)
    assert page.status_code == 200
    said = words_of(page.text.partition('class="readings"')[2])
    assert re.search(r"kithe hai Now: Not understood.* After this change: Gives the status", said), said
    assert "This change makes no difference." in said
    assert 'value="kithe"' in page.text
    assert now(console, draft).version == draft.version


def test_many_texts_to_try_stay_after_a_save_although_no_address_could_hold_them(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    texts = "\n".join(f"میرا مسئلہ {at} کب حل ہو گا" for at in range(40))
    sent = form_of(visitor, draft, number) | {"words_latin": "kithe", "texts": texts, "do": "save"}
    saved = visitor.post(f"/console/drafts/{draft.id}/keywords/rule", sent)
    assert saved.status_code == 200
    assert "Saved." in saved.text
    assert "میرا مسئلہ 39" in saved.text
    assert 'value="words:KITHE"' in saved.text
    assert "KITHE" in rules_of(now(console, draft).files[KEYWORDS])[number - 1].words


def test_keywords_are_removed_and_a_rule_is_added_moved_and_removed(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords"
    number = number_of(draft, "status")
    sent = form_of(visitor, draft, number) | {"remove": "words:STATUS"}
    assert visitor.post(f"{there}/rule", sent).status_code == 303
    assert "STATUS" not in rules_of(now(console, draft).files[KEYWORDS])[number - 1].words
    sent = form_of(visitor, draft, "new") | {"intent": "call_me", "words_latin": "phone karo", "to": "0"}
    assert visitor.post(f"{there}/rule", sent).status_code == 303
    rules = rules_of(now(console, draft).files[KEYWORDS])
    assert (rules[0].intent, rules[0].words) == ("call_me", ("PHONE KARO",))
    sent = form_of(visitor, draft, 1) | {"to": "2"}
    assert visitor.post(f"{there}/move", sent).status_code == 303
    assert rules_of(now(console, draft).files[KEYWORDS])[2].words == ("PHONE KARO",)
    assert visitor.confirm(f"{there}/remove", form_of(visitor, draft, 3)).status_code == 303
    left = rules_of(now(console, draft).files[KEYWORDS])
    assert left == tuple(rules[1:])


def test_a_rule_of_a_file_that_somebody_has_broken_meanwhile_stays(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, broken = visit("operator"), "- [oops\n"
    sent = form_of(visitor, draft, 3)
    edit = Edit("somebody", console.clock())
    draft_editing.change_draft(console.database, edit, draft.id, lambda each: {**each.files, KEYWORDS: broken})
    page = visitor.post(f"/console/drafts/{draft.id}/keywords/remove", sent)
    assert page.status_code == 422
    assert now(console, draft).files[KEYWORDS] == broken


def test_what_cannot_be_a_keyword_is_told_at_its_field_and_kept(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords/rule"
    for typed, why in (("!!!", "no letters or digits"), ("x" * 61, "longer than 60"), ("a " * 9, "more than 8 words")):
        page = visitor.post(there, form_of(visitor, draft, 4) | {"words_latin": typed})
        assert page.status_code == 422
        assert why in page.text
        assert f'value="{typed}"' in page.text
    page = visitor.post(there, form_of(visitor, draft, "new") | {"words_latin": "abc"})
    assert (page.status_code, "Choose what the rule does." in page.text) == (422, True)
    assert now(console, draft).version == draft.version


def test_a_finding_stands_in_the_form_of_its_rule(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    sent = form_of(visitor, draft, number) | {"words_latin": "SHIKAYAT", "do": "try"}
    page = visitor.post(f"/console/drafts/{draft.id}/keywords", sent).text
    assert "F703" in page or "F717" in page


def test_what_somebody_else_changed_is_not_overwritten(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    sent = form_of(visitor, draft, number) | {"words_latin": "kithe"}
    files = {**draft.files, KEYWORDS: draft.files[KEYWORDS].replace('"STATUS",', '"STATUSES",', 1)}
    edit = Edit("Sana", console.clock(), "x")
    assert isinstance(draft_editing.save_draft(console.database, edit, draft, files), Draft)
    refused = visitor.post(f"/console/drafts/{draft.id}/keywords/rule", sent)
    assert refused.status_code == 409
    assert "Sana has changed this rule" in refused.text
    assert 'value="kithe"' in refused.text
    again = fields(refused.text, "rule-form")
    assert visitor.post(f"/console/drafts/{draft.id}/keywords/rule", again).status_code == 303


def test_only_who_may_edit_gets_the_form(visit: Visit, draft: Draft) -> None:
    visitor, there = visit("translator"), f"/console/drafts/{draft.id}/keywords"
    page = visitor.get(f"{there}?rule=2").text
    assert "Save the rule" not in page
    assert visitor.post(f"{there}/rule", {"rule": "1"}).status_code == 403


def test_the_list_is_searched(visit: Visit, draft: Draft) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords"
    page = visitor.get(f"{there}?q=shukriya").text
    assert "SHUKRIYA" in page
    assert page.count('class="rule"') < 12
    assert "No rule has these letters." in visitor.get(f"{there}?q=qqqqqq").text


def test_the_texts_of_the_last_month_that_would_go_elsewhere_are_listed_without_numbers(
    console: Sunwai, visit: Visit, draft: Draft
) -> None:
    visitor, there = visit("operator"), f"/console/drafts/{draft.id}/keywords"
    with console.database.write.begin() as db:
        for at, text in enumerate(("KITHE hai 03001234567", "STATUS", "gutter band hai")):
            inbound_sms.add(
                db, aggregator="at", provider_id=f"k{at}", phone="+923001112223", short_code="8484", text=text,
                sent_at=None, now=console.clock(), state="done",
            )  # fmt: skip
    sent = form_of(visitor, draft, number_of(draft, "status")) | {"words_latin": "kithe"}
    assert visitor.post(f"{there}/rule", sent).status_code == 303
    page = visitor.get(f"{there}/compare").text
    assert "1 SMS would be understood differently" in page
    assert "KITHE hai" in page
    assert "####" in page
    assert "3001234567" not in page
    assert "3001112223" not in page
    counts = visit("translator").get(f"{there}/compare").text
    assert "1 SMS would be understood differently" in counts
    assert "KITHE" not in counts
    file_one(console.database, phone="+923001112223", private=True)
    hidden = visitor.get(f"{there}/compare").text
    assert "1 SMS would be understood differently" in hidden
    assert "KITHE" not in hidden and "the phone has a private or urgent complaint" in hidden


def test_check_and_save_come_back_to_the_rule_and_keep_the_search(console: Sunwai, visit: Visit, draft: Draft) -> None:
    visitor, number = visit("operator"), number_of(draft, "status")
    there = f"/console/drafts/{draft.id}/keywords?q=thanks"
    sent = form_of(visitor, draft, number) | {"words_latin": "kithe", "texts": "kithe\nhelp", "do": "try"}
    tried = visitor.post(there, sent).text
    assert f"{there}#rule-{number}" in tried
    assert "2 SMS were tried: 1 would be understood differently." in tried
    saved = visitor.post(f"/console/drafts/{draft.id}/keywords/rule?q=thanks", sent | {"do": "save"})
    assert "q=thanks" in saved.headers["Location"]
    assert saved.headers["Location"].endswith(f"#rule-{number}")
    assert re.search(
        rf'id="rule-{number}".*?role="status">Saved.</p>', visitor.get(saved.headers["Location"]).text, re.S
    )
