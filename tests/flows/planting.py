"""Faults planted in the shipped complaint flow, one at a time, each with the code and line it must be found at."""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from flows.checks.analysis.room_profiles import PROFILES
from flows.menu.diagnostics import Problem
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from tests.flows.library import check, shipped, shipped_files

MAIN, TEXTS, KEYWORDS = "complaints.yaml", "texts.yaml", "keywords.yaml"
GROUP, CATEGORY, DISTRICT = "lists/group.csv", "lists/category.csv", "lists/district.csv"
OFFICE = "lists/office.csv"
SCRIPT = "transcripts/track_by_number_en.yaml"


class Fault(Struct, frozen=True):
    """`old` becomes `new`, once, in `file`; `code` must be found on the line where `at` (else `new`) then stands.

    `found` is the file where it shows, if another. `before` compares with the flow as it ships, `used` is a code that
    complaints have, `network` a profile, `played` a script.
    """

    code: str
    old: str
    new: str
    at: str = ""
    file: str = MAIN
    found: str = ""
    before: bool = False
    used: str = ""
    network: str = "usual"
    played: str = ""

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.new.split())[:40]}"


FAULTS = (
    # ---- It cannot be read, or says something unknown ----
    Fault("F000", "  call_now:\n    end:\n", "  call_now:\n\tend:\n", at="\tend:"),
    Fault("F000", "    save: group\n", "    save: group\n    save: grp\n", at="    save: grp"),
    Fault("F000", "kasur,Kasur,Kasur", "kasur,Kasur,Kasur,Kasur", file=DISTRICT),
    Fault("F001", "    skip_if: contact.language ", "    skipif: contact.language "),
    Fault("F001", "  words_added: {end:", "  words_added: {do: opt_out, end:"),
    # ---- Where it leads ----
    Fault("F101", "go: leaf\n", "go: laef\n"),
    Fault("F101", "missing: not_found, too_many", "missing: not_fond, too_many"),
    Fault("F102", "go: suggestion}", "go: track}", at="  suggestion:\n"),
    Fault("F103", "    save: number\n    go: find\n", "    save: number\n", at="  track:\n"),
    Fault("F103", "ur: نئی شکایت,    go: group}", "ur: نئی شکایت}"),
    Fault("F104", "    answer: tracking_number\n", "    # \n", at="  old_number:\n"),
    Fault("F105", "go: suggest\n", "go: suggestion\n", at="  suggestion:\n"),
    Fault("F106", "none: none_yet, else: try_later}", "none: none_yet, else: my}", at="  my:\n"),
    Fault(
        "F107",
        "    save: suggestion\n    go: suggest\n",
        "    save: suggestion\n    go: s1\n"
        + "".join(f"  s{n}: {{ask: {{en: A, ur-Latn: B, ur: ب}}, answer: text, go: s{n + 1}}}\n" for n in range(1, 7))
        + "  s7: {ask: {en: A, ur-Latn: B, ur: ب}, answer: text, go: suggest}\n",
        at="    do: file_suggestion",
    ),
    # ---- Words ----
    Fault("F201", "ur-Latn: Number se haal,    ", ""),
    Fault("F201", '  ur: "{ref}: نئی اطلاع ہے۔ حال: {ussd}"\n', "", at='  en: "{ref}: there is news', file=TEXTS),
    Fault("F203", "{contact.province}: chunein", "{contact.provnce}: chunein"),
    Fault("F204", '"{category}، {contact.district}\\n{plan.office}، {plan.due} تک"', '"{category}، {plan.office}"'),
    Fault("F206", "ur: کال کرنی ہے", "ur: call karni hai"),
    Fault("F206", "multan,Multan,Multan,ملتان", "multan,Multan,Multan,?????", file=DISTRICT),
    Fault("F206", 'ur-Latn: "Thora aur likhein."', 'ur-Latn: "Please write a little more."'),
    # ---- Room ----
    Fault("F301", "Nothing was sent. Dial {ussd} again.", "Nothing was sent. " * 8 + "Dial {ussd} again."),
    Fault("F302", 'en: "In danger? Call', f'en: "{"In danger? " * 12}Call', at='      en: "In danger?'),
    Fault("F303", 'en: "This call is over. Please', f'en: "{"This call is over. " * 7}Please'),
    Fault(
        "F304",
        '  en: "{cat}, {district}: complaint',
        '  en: "Dear citizen of Pakistan, {cat}, {district}: complaint',
        file=TEXTS,
    ),
    Fault("F305", "Nothing was lost. Please dial", "Nothing was lost – please dial"),
    Fault("F305", "edu,School & college", "edu,School’s & college", file=GROUP),
    Fault("F306", "{note|60} To see it dial {ussd}.", "{note} To see it dial {ussd} now or any day.", file=TEXTS),
    Fault("F307", "Please write a little more.", "Please write  a little more."),
    Fault("F307", "Shukriya. 8484", "Shukriya 😀 8484"),
    Fault("F308", "service: {ussd:", "ussd_languages: [en, ur-Latn]\nservice: {ussd:", at='  bad_choice: {en: "Not on'),
    # ---- Variables and actions ----
    Fault("F401", "{complaint.office}\\nDue", "{complaint.ofice}\\nDue"),
    Fault("F401", "where: group = group", "where: group = grup"),
    Fault("F402", "    do: plan_complaint", "    do: plan_complant"),
    Fault("F402", "with: {number: number}", "with: {nmber: number}"),
    Fault(
        "F403",
        "missing: not_found, too_many: too_many_pins, else: try_later}\n\n  # 9 is for who",
        "missing: not_found}\n\n  # 9 is for who",
        at="    do: add_details",
    ),
    Fault("F404", "too_soon: reminded_already", "to_soon: reminded_already"),
    Fault("F405", "then: {ok: suggested, danger", "then: {danger"),
    Fault(
        "F406",
        "go: my}",
        "go: status}",
        at=", {complaint.district}\\n{complaint.status}, {complaint.office}\\nDue",
    ),
    Fault("F407", "    save: suggestion\n", "    save: idea\n"),
    Fault("F408", "  place:\n", "  place:\n    skip_if: contact.district\n", at="    skip_if: contact.district\n"),
    Fault("F409", "go: remind, when: complaint.open}", "go: remind, when: complaint.status = opn}"),
    Fault("F409", "    skip_if: category.sensitive ", "    skip_if: category > 3 "),
    Fault("F409", "    skip_if: not category.emergency", "    skip_if: category.emergency and not category.emergency"),
    Fault("F410", 'en: "{category}, {contact.district}\\nTo:', 'en: "{details}, {contact.district}\\nTo:'),
    # ---- Numbers and choices ----
    Fault("F501", "      track:    {en:", '      track:    {key: "1", en:'),
    Fault("F502", "      suggest:  {en:", '      suggest:  {key: "0", en:'),
    Fault("F503", 'hide:   {en: "Send, hide my name"', "hide:   {en: Send"),
    Fault(
        "F504",
        "      change: {en: Change, ur-Latn: Badlein, ur: بدلیں,  go: group}\n",
        "",
        at="      send:   {en: Send,   ur-Latn: Bhejein, ur: بھیجیں, go: file_private}",
    ),
    Fault("F505", ", type_name: yes}", "}", at='    ask: {en: "{contact.province}: choose'),
    Fault(
        "F506",
        "      track:    {en:",
        "      ask:      {en: Ask, ur-Latn: Poochein, ur: پوچھیں, go: track}\n      track:    {en:",
        at="      track:    {en:",
        before=True,
    ),
    Fault(
        "F507",
        "  none_yet:\n",
        "  pick:\n    ask: {en: A, ur-Latn: B, ur: ب}\n    choose:\n"
        "      a: {en: A, ur-Latn: A, ur: ا, go: bye, when: contact.district}\n"
        "      b: {en: B, ur-Latn: B, ur: ب, go: bye, when: contact.province}\n  none_yet:\n",
        at="    choose:\n      a:",
    ),
    # ---- Lists ----
    Fault("F601", "multan,Multan,Multan,ملتان", "multan,Multan,Multan,", file=DISTRICT),
    Fault("F602", "mun,mun02,", "mun,mun01,", file=CATEGORY),
    Fault("F603", "  office: lists/office.csv", "  office: lists/ofice.csv"),
    Fault("F603", ",water,lahore", ",watr,lahore", at="wasa_lahore", file=OFFICE),
    Fault("F603", ",water,lahore", ",water,lahor", at="wasa_lahore", file=OFFICE),
    Fault("F612", ",water,quetta", ",water,quetta;lahore", at="wasa_quetta", file=OFFICE),
    Fault("F612", "پانی بند,water,7", "پانی بند,wasa_lahore,7", at="mun,mun01", file=CATEGORY),
    Fault(
        "F604",
        "edu,School & college",
        "dead,Nothing,Kuch nahi,کچھ نہیں,\nedu,School & college",
        file=GROUP,
        found=MAIN,
        at="    choose_from: {list: category, where",
    ),
    Fault("F605", "mun,mun02,", "mun,mun99,", file=CATEGORY, before=True, used="category:mun02"),
    # ---- What is typed ----
    Fault("F701", "    length: 5-160\n", "    length: 5-160\n    tries: 9\n", at="    tries: 9"),
    Fault("F001", '  too_many:\n    en: "Too', '  too_much:\n    en: "Too'),
    Fault("F702", "    length: 5-160\n", "    length: 160-5\n"),
    Fault("F702", "    length: 5-160\n", "    length: 120-160\n"),
    Fault("F703", '["HELP", "INFO", "MADAD", "مدد"]', '["HELP", "INFO", "STOP", "مدد"]', file=KEYWORDS),
    Fault("F703", '["STATUS", "STAT"', '["482719304", "STAT"', file=KEYWORDS),
    Fault("F704", "go: change_language}", "go: track}", at="    skip_if: contact.language "),
    # ---- Ids, scripts, what was before ----
    Fault("F801", 'home: {key: "000",', "home: {key: 000,"),
    Fault("F802", "call_now:\n", "Call_now:\n"),
    Fault("F901", "go: find\n", "go: bye\n", played=SCRIPT),
    Fault("F902", "    do: find_complaint", "    do: add_details", before=True),
    Fault(
        "F902",
        "mun,mun02,Dirty water,Ganda pani,گندا پانی",
        "mun,mun02,Street lights,Batti band,بتی بند",
        file=CATEGORY,
        before=True,
    ),
)


@cache
def planted(fault: Fault) -> tuple[tuple[Problem, ...], tuple[str, int]]:
    """Everything found in the flow with a fault, and the file and line where its code must be among it."""
    files = dict(shipped_files())
    assert files[fault.file].count(fault.old) >= 1, fault.old
    start = files[fault.file].index(fault.old)
    spoilt = files[fault.file].replace(fault.old, fault.new, 1)
    files[fault.file] = spoilt
    shown = fault.found or fault.file
    at = files[shown].index(fault.at) if fault.at else start
    problems = check(
        parse_flow(files, MAIN),
        before=shipped() if fault.before else None,
        used=frozenset({fault.used} - {""}),
        room=PROFILES[fault.network],
        scripts=[parse_transcript(fault.played, files[fault.played])] if fault.played else [],
    )
    return problems, (shown, files[shown].count("\n", 0, at) + 1)
