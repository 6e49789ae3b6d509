"""F201, F203, F204: words that a caller of some language would miss."""

from collections import Counter

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.needed_values import is_of_danger, need_of
from flows.checks.analysis.text_index import base_text, variables
from flows.checks.dataflow.variables_and_actions import may_use
from flows.checks.texts.blamed_language import earlier_text
from flows.checks.words.text_numbers import numbers_in, words_of
from flows.engine.variables import base_language, needs_ucs2
from flows.menu.declared_names import SERVICE_WORDS
from flows.menu.diagnostics import Severity
from flows.menu.model import ANY_LANGUAGE, Template
from flows.menu.screen_kinds import FlowText


def check_missing_texts(findings: Findings) -> None:
    """Report texts missing in a language, and translations whose variables differ from the base text's."""
    for each in findings.texts:
        if _complete(findings, each):
            _compare(findings, each)


def _complete(findings: Findings, each: FlowText) -> bool:
    """True when there is something to compare."""
    flow, text = findings.flow, each.text
    what = {"option": "this choice", "key": "this key", "sms": "the SMS"}.get(each.role, "this text")
    if not text:
        screen = each.path[1] if each.path[0] == "screens" else ""
        if not findings.knows("F201", screen=screen):
            hint = f"write it in {', '.join(flow.languages)}"
            findings.add("F201", each.path, f"{what} has no words, so a caller would read nothing", hint=hint)
        return False
    if ANY_LANGUAGE in text:
        return False
    for tag, own_name in flow.languages.items():
        needed = not each.on_screen or not flow.ussd_languages or tag in flow.ussd_languages
        if needed and tag not in text:
            said_instead = f"a caller who chose {own_name} would read another language"
            hint = f"add {tag}: …"
            if findings.stands(*each.path, tag):
                hint = f"write the words after {tag}: and put them in quotes if they begin with #"
            findings.add("F201", each.path, f"{what} has no words in {tag}: {said_instead}", language=tag, hint=hint)
    return True


def _compare(findings: Findings, each: FlowText) -> None:
    base = base_text(findings.flow, each.text)
    if base is None:
        return
    tag_of_base = base_language(findings.flow)
    expected = set(variables(base))
    others = [set(variables(parts)) for tag, parts in each.text.items() if tag != tag_of_base]
    slips = _slips(findings, each, expected, others)
    for name, meant in slips.items():
        message = f"only {tag_of_base} has {{{name}}}, and the others have {{{meant}}}: a caller may read nothing here"
        if may_use(findings, each, name):  # otherwise F401 reports it
            findings.add("F203", each.path, message, language=tag_of_base, hint=f"did you mean {meant!r}?")
    expected = {slips.get(name, name) for name in expected}
    expected |= _lost_in_base(findings, each, expected, others)
    for tag, parts in each.text.items():
        used = {slips.get(name, name) for name in variables(parts)}
        for name in sorted(used - expected):
            hint = findings.suggest(name, expected)
            if not hint and may_use(findings, each, name):
                hint = f"add {{{name}}} to the {tag_of_base} text, or remove it here"
            hint = hint or f"use the variables of the {tag_of_base} text"
            said_so = f"{tag} has {{{name}}}, but {tag_of_base} does not: a caller may read nothing here"
            findings.add("F203", each.path, said_so, language=tag, hint=hint)
        # A misspelt variable is reported once, not also as one that is left out.
        if used <= expected:
            for name in sorted(expected - used):
                _tell_left_out(findings, each, tag, name)


def _tell_left_out(findings: Findings, each: FlowText, tag: str, name: str) -> None:
    """A note where a script with little room leaves a variable out; graver for what callers need."""
    if _says_itself(findings, each.text[tag], tag, name):
        return
    severity, lost = left_out_severity(findings, each, tag, name)
    instead = _instead(findings, each, tag)
    said = f"it leaves out {{{name}}} of the {base_language(findings.flow)} text"
    if instead and severity != "I":
        said = f"it says {instead[0]} in place of {{{name}}}"
    if severity != "I":
        told = f"who chose {findings.flow.languages.get(tag, tag)} {lost}"
        said = f"{said}: {told}"
    hint = "" if severity == "I" else f"write {{{name}}} there, or leave it out in every language"
    findings.add("F204", each.path, said, language=tag, severity=severity, hint=hint)


_LOST = {
    "call": "is not told whom to call",
    "number": "cannot ask for the complaint again without its number",
    "due": "is not told by when an answer comes",
    "office": "is not told which office has it",
}


def left_out_severity(findings: Findings, each: FlowText, tag: str, name: str) -> tuple[Severity, str]:
    """How grave it is that a translation leaves out a variable of its base text, and what its callers miss.

    What the variable holds decides. Whom to call is an error where people are in danger, and where no other number
    stands in its place. It is a warning elsewhere, and so are a tracking number, a day on which an answer is due and
    an office. Anything else may be left out where the script has little room.
    """
    parts = each.text[tag]
    need = need_of(findings, each, name)
    if need == "call":
        if _says_itself(findings, parts, tag, name):
            return "I", ""
        alone = not _says_number_to_call(findings, each, tag)
        lost = _LOST[need] if alone else "is not told of this number"
        return "E" if alone or is_of_danger(findings, each.path) else "W", lost
    numbered = any(need_of(findings, each, other) == "number" for other in variables(parts))
    if need and not (need == "office" and numbered):  # with its number, callers look up which office has it
        return "W", _LOST[need]
    no_reason = name not in SERVICE_WORDS and not needs_ucs2(findings.flow, tag)
    instead = name not in SERVICE_WORDS and bool(_instead(findings, each, tag))
    return "W" if no_reason or instead else "I", "is told something else"


def _instead(findings: Findings, each: FlowText, tag: str) -> list[str]:
    """The variables and numbers of a translation that its base text does not have as often."""
    base = base_text(findings.flow, each.text) or ()
    own, theirs = Counter(variables(each.text[tag])), Counter(variables(base))
    instead = [f"{{{other}}}" for other in own if own[other] > theirs[other]]
    return instead + sorted(_numbers(each.text[tag], tag) - _numbers(base, base_language(findings.flow)))


def _says_itself(findings: Findings, parts: Template, tag: str, name: str) -> bool:
    """True where the number that a word of the service stands for is written out."""
    value = findings.around.service.get(name) or findings.flow.service.get(name, "")
    return bool(value) and value in {number.digits for number in numbers_in(words_of(parts, {}), tag)}


def _says_number_to_call(findings: Findings, each: FlowText, tag: str) -> bool:
    """True where a number stands, or another variable that says whom to call."""
    parts = each.text[tag]
    said = words_of(parts, {})
    return any(number.called or number.digits.isdecimal() for number in numbers_in(said, tag)) or any(
        need_of(findings, each, name) == "call" for name in variables(parts)
    )


def _numbers(parts: Template, tag: str) -> set[str]:
    return {number.shown for number in numbers_in(words_of(parts, {}), tag)}


def _lost_in_base(findings: Findings, each: FlowText, expected: set[str], others: list[set[str]]) -> set[str]:
    """Variables that the base text alone lacks: all the others have them, or they had them before and so had it."""
    base = base_language(findings.flow)
    shared = set.intersection(*others) - expected if others else set()
    if not shared:
        return set()
    was = set(variables(base_text(findings.flow, earlier_text(findings.around.before, each.path)) or ()))
    lost = {name for name in shared if (len(others) > 1 or name in was) and may_use(findings, each, name)}
    for name in sorted(lost):
        having = "every other language" if len(others) > 1 else "the other language"
        message = f"{base} lacks {{{name}}}, which {having} shows: who reads {base} is not told"
        findings.add("F203", each.path, message, language=base, hint=f"add {{{name}}} to the {base} text")
    return lost


def _slips(findings: Findings, each: FlowText, expected: set[str], others: list[set[str]]) -> dict[str, str]:
    """Variables misspelt in the base text, with the name they were meant to be: the one that all the others have.

    With a single translation it is one against one, and the variable that nothing saves is the misspelt one.
    """
    shared = set.intersection(*others) - expected if others else set()
    slips: dict[str, str] = {}
    for name in sorted(expected - set().union(*others)):
        meant = findings.near(name, sorted(shared - set(slips.values())))
        known = may_use(findings, each, meant) if meant else False
        if known and (len(others) > 1 or not may_use(findings, each, name)):
            slips[name] = meant
    return slips
