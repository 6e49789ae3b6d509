"""Which SMS of the last month a draft's keyword rules would understand differently from the live ones."""

from collections import Counter
from collections.abc import Mapping

from flask import render_template, request
from msgspec import Struct

from flows.engine.language_detection import detect_language
from flows.preview.moved_texts import find_moved_texts, mask_numbers
from gateway.console.keywords.draft_rules import load_rules
from gateway.console.keywords.labels import meaning
from gateway.console.keywords.pages import scripts_of
from gateway.console.keywords.rule_table import is_latin
from gateway.console.site.area_blueprints import keywords as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import may, needs, note, sunwai
from gateway.console.site.requested_draft import draft_or_404
from sessions.messages import recent_texts

MOST_SHOWN = 50  # SMS on a page


class Shift(Struct, frozen=True):
    """How many SMS would be understood as something else: what they are now, and what they would be."""

    before: str
    after: str
    count: int


@blueprint.get("/drafts/<int:draft_id>/keywords/compare")
@needs("look")
def compare(draft_id: int) -> str:
    """Counts for everybody, and the words, without numbers, for those who may read texts."""
    draft = draft_or_404(draft_id)
    rules, live, app = load_rules(draft), flow_in(live_of(draft.flow)), sunwai()
    context: Mapping[str, object] = {}
    if rules.flow is not None and live is not None and live.keywords:
        found = recent_texts.read_recent_texts(app.database, app.clock())
        moved = find_moved_texts(found.texts, live.keywords, rules.rules)
        start = _start(len(moved))
        shown = []
        if may("edit") and moved:
            note("list_exported", "text")
            page = moved[start : start + MOST_SHOWN]
            shown = [
                (_words(found, each.at), found.received[each.at], *map(meaning, (each.before, each.after)))
                for each in page
            ]
        counts = Counter((each.before, each.after) for each in moved)
        context = {
            "tried": len(found.texts),
            "capped": found.capped,
            "moved": len(moved),
            "shifts": [Shift(meaning(was), meaning(now), many) for (was, now), many in counts.most_common()],
            "shown": shown,
            "start": start,
            "following": start + MOST_SHOWN if start + MOST_SHOWN < len(moved) else 0,
            "page_size": MOST_SHOWN,
        }
    flow = rules.flow
    return render_template(
        "console/keywords/compare.html",
        draft=draft,
        tab="keywords",
        flow=flow,
        live=live,
        days=recent_texts.DAYS,
        most=recent_texts.MOST,
        is_latin=is_latin,
        language_of=lambda words: detect_language(words, flow) if flow else "",
        letters=scripts_of(flow) if flow else {},
        **context,
    )


def _words(found: recent_texts.RecentTexts, at: int) -> str:
    """What an SMS says, without numbers; "" for one that nobody is shown."""
    return "" if found.guarded[at] else mask_numbers(found.texts[at].text)


def _start(count: int) -> int:
    """The first SMS of the page that `?from=` asks for."""
    asked = request.args.get("from", "")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return start if start < count else 0
