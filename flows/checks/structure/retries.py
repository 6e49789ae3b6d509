"""F701 and F702: what a caller reads after a wrong entry, and answers that nobody can give."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.engine.answer_kinds import KINDS, MOST_DIGITS, kind_of
from flows.engine.sms_channel import is_texted
from flows.engine.variables import needs_ucs2
from flows.menu.diagnostics import Path
from flows.menu.file_keys import BOUNDS
from flows.menu.model import Ask
from flows.parsing.screens import LINE_ERRORS

MOST_TRIES = 5
MOST_TYPED = {False: 182, True: 80}  # letters a phone lets a caller type: 160 octets, GSM-7 or (True) UCS-2
FIRST_WORDS = "bad_answer"  # said where nothing closer fits


def check_retries(findings: Findings) -> None:
    """Report wrong entries that are not answered, and ranges that no entry meets."""
    for screen in findings.flow.asks:
        path = findings.path(screen.id)
        _count(findings, path, screen)
        _ranges(findings, path, screen)
    _retries(findings)


def wrongs(screen: Ask) -> Iterator[str]:
    """The keys in `errors` of everything that can be wrong with an entry on this screen."""
    if screen.answer is None or screen.pick is not None:
        yield "bad_choice"
    if screen.pick is not None and (screen.pick.type_name or screen.pick.typed):
        yield "bad_answer"
    elif screen.answer is not None:
        yield from kind_of(screen.answer).errors


def _retries(findings: Findings) -> None:
    flow = findings.flow
    at = ("errors", next(iter(flow.errors), ""))
    silent = sorted(
        {
            key
            for screen in flow.asks
            for key in wrongs(screen)
            if not any(known in (*screen.errors, *flow.errors) for known in (key, FIRST_WORDS))
        }
    )
    misspelt = [name for name in flow.errors if name not in LINE_ERRORS]  # reported with the right names
    silent = [key for key in silent if not findings.near(key, misspelt)]
    if silent:
        missing = ", ".join(silent)
        words = f"a wrong entry shows the same screen again without an explanation: errors has no {missing}"
        findings.add("F701", at, words, hint=f"add errors: {{{silent[0]}: …}}", severity="W")
    last_words = {"too_many", findings.near("too_many", misspelt)} & set(flow.errors)
    if any(screen.after_tries is None for screen in flow.asks) and not last_words:
        words = "the caller reads an empty screen after the last try: errors has no too_many"
        findings.add("F701", at, words, hint="add errors: {too_many: …}", severity="W")


def _count(findings: Findings, path: Path, screen: Ask) -> None:
    if screen.tries > MOST_TRIES:
        message = f"a caller may try {screen.tries} times, but the network ends the call before that"
        findings.add("F701", (*path, "tries"), message, hint=f"write tries: {MOST_TRIES} or fewer", severity="W")
    elif screen.tries == 1 and not is_texted(findings.flow):
        message = "one mistake ends the call, without a second try"
        findings.add("F701", (*path, "tries"), message, hint="write tries: 3, or remove tries", severity="W")


def _ranges(findings: Findings, path: Path, screen: Ask) -> None:
    kind = screen.answer.kind if screen.answer is not None else "a choice"
    for word in BOUNDS:
        fitting = [name for name, each in KINDS.items() if word in (each.bounds, *each.more)]
        if findings.stands(*path, word) and kind not in fitting and not findings.knows("F001", screen=path[1]):
            message = f"{word} has no effect on {kind}: every answer is taken"
            hint = f"use it with answer: {' or '.join(fitting)}"
            findings.add("F702", (*path, word), message, hint=hint, severity="W")
    if screen.answer is None:
        return
    wide = [tag for tag in findings.flow.languages if needs_ucs2(findings.flow, tag)]
    most = MOST_TYPED[bool(wide)]
    if kind_of(screen.answer).bounds == "length" and screen.answer.shortest > most:
        whose = f"in {wide[0]} a phone" if wide else "a phone"
        message = f"no caller can write {screen.answer.shortest} characters: {whose} sends {most} at most"
        findings.add("F702", (*path, "length"), message, hint="ask for fewer characters, such as 10-160")
    low = screen.answer.between[0] if screen.answer.between else 0
    if kind_of(screen.answer).bounds == "between" and len(str(low)) > MOST_DIGITS:
        message = f"no caller can type a number of {len(str(low))} digits: {MOST_DIGITS} are the most"
        findings.add("F702", (*path, "between"), message, hint="ask for it as text")
