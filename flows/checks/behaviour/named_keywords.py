"""F711: keywords that texts tell people to send, and that no rule takes, or a rule takes for something else."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.checks.behaviour.question_keys import words_of
from flows.checks.words.sending_words import NOUNS, SentWord, sent_words
from flows.delivery.message_policy import DISCREET, STAFF
from flows.engine.sms_channel import is_texted
from flows.engine.variables import base_language
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import Ask
from flows.text.normalization import normalize_keyword
from flows.understanding.keyword_index import Index, index

# What some texts are there to offer.
_WANTED = {
    **dict.fromkeys(("closed_confirmed", "closed_unanswered"), "reopen"),
    "refusal_accepted": "appeal",
    "stop_ok": "start",
    "start_ok": "stop",
    "suggest_how": "suggest",
    "language_ok": "language",
}
_CAPITALS = re.compile(r"(?<![\w{*#-])[A-Z]{2,}(?:[A-Z]|(?=[^\w]|$))")


class _Untaken(Struct, frozen=True):
    """A keyword that a text names and no rule takes; `sure` if it can be nothing else than a keyword."""

    keyword: str
    path: Path
    language: str
    sure: bool


def check_named_keywords(findings: Findings) -> None:
    """Report words that a text names as a keyword and that mean nothing, or not the same in all languages."""
    flow = findings.flow
    if any(findings.knows_lost(name) for name in ("keywords", "texts")) or findings.knows("F000"):
        return
    rules = flow.keywords or findings.around.keywords
    names = _names(findings)
    known = {officer: index(rules, officer=officer) for officer in (False, True)} if rules else {}
    untaken: dict[str, list[_Untaken]] = {}
    in_sms = is_texted(flow)
    for each in findings.texts:
        officer = each.path[0] == "texts" and (each.path[-1] in STAFF or "officer_" in each.path[-1])
        words = {tag: words_of(template) for tag, template in each.text.items()}
        screen = each.on_screen and not in_sms
        named = {tag: [*_named(findings, said, tag, names, screen=screen)] for tag, said in words.items()}
        if not any(named.values()):
            continue
        if not known:
            _in_one_language(findings, each.path, named)
            continue
        for found in _untaken(each.path, named, known[officer]):
            untaken.setdefault(found.keyword, []).append(found)
        meant = _meant(words, named, known[officer])
        _otherwise(findings, each.path, meant)
        told = names | {found.word.casefold() for others in named.values() for found in others}
        _instead(findings, each.path, words, meant, known[officer], told)
    for keyword, uses in untaken.items():
        if flow.keywords and len({use.path for use in uses}) > 1 and (place := _rule_of(findings, keyword)):
            said = f"{len({use.path for use in uses})} texts say to send {keyword}, and no keyword rule takes it"
            findings.add("F711", place, said, hint=f"add {keyword} to the words of the rule")
            continue
        for use in (each for each in uses if not _is_answer(findings, each)):
            _tell(findings, use, [entry.keyword for entry in known[False].entries.values()])


def _tell(findings: Findings, use: _Untaken, spelt: list[str]) -> None:
    own = bool(findings.flow.keywords)
    what = "no keyword rule" if own else "no keyword of this service"
    said = f"the text says to send {use.keyword}, and {what} takes it: it is not understood"
    hint = findings.suggest(use.keyword, spelt) or "name a keyword, or add this one to its rule"
    severity: Severity = "E" if use.sure and own else "W"
    findings.add("F711", use.path, said, language=use.language, hint=hint, severity=severity)


def _is_answer(findings: Findings, use: _Untaken) -> bool:
    """True for a word of a choice or a row of the screen whose text names it: "Reply WATER or POWER"."""
    screen = findings.flow.screens.get(use.path[1]) if use.path[0] == "screens" else None
    if not isinstance(screen, Ask):
        return False
    pick, flow, said = screen.pick, findings.flow, use.keyword.casefold()
    lists = [pick.list, *([pick.typed.list] if pick.typed is not None else [])] if pick is not None else []
    rows = [row for name in lists for row in flow.lists.get(name, ())]
    findings.spend(len(rows) // 4)
    labels = [each for row in rows for each in (row.code, *row.text.values(), *row.aliases)]
    labels += [each for option in screen.options for each in (option.code, *map(plain, option.text.values()))]
    codes = {*(row.code for row in rows), *(option.code for option in screen.options)}
    labels += [alias for code, aliases in flow.aliases.items() if code in codes for alias in aliases]
    return any(said in label.casefold() for label in labels)


def _rule_of(findings: Findings, keyword: str) -> Path:
    """The place of the rule that lost this keyword: it has the name of its intent, or a misspelt one."""
    spelt = {word: (str(at), word) for at, rule in enumerate(findings.flow.keywords) for word in rule.words}
    if slip := findings.near(keyword, spelt, alike=80):
        return ("keywords", *spelt[slip])
    rules = [(len(rule.words), str(at), rule) for at, rule in enumerate(findings.flow.keywords)]
    own = max(((size, at) for size, at, rule in rules if rule.intent == keyword.lower()), default=None)
    if own is None:
        return ()
    words = findings.flow.keywords[int(own[1])].words
    return ("keywords", own[1], *words[:1])


def _names(findings: Findings) -> frozenset[str]:
    """Words in capitals that are names: those of offices, places and subjects, and those that texts only speak of."""
    rows = [row for rows in findings.flow.lists.values() for row in rows]
    said = [findings.flow.title, *(word for row in rows for word in (*row.text.values(), row.columns.get("name", "")))]
    return frozenset(word.lower() for word in _CAPITALS.findall("\n".join(said)))


def _named(findings: Findings, words: str, tag: str, names: frozenset[str], *, screen: bool) -> Iterator[SentWord]:
    """The words that a text says are to be sent to this service; on a screen to its number, as one types there too."""
    if words.isupper():
        return
    own = {findings.flow.service.get("sms", ""), findings.around.service.get("sms", ""), "{sms}", ""}
    own -= {""} if screen else set()
    for each in sent_words(words, tag):
        if each.word.casefold() not in names and each.number in own:
            yield each


def _untaken(path: Path, named: Mapping[str, list[SentWord]], known: Index) -> Iterator[_Untaken]:
    for tag, found in named.items():
        for each in found:
            if normalize_keyword(each.word) not in known.entries:
                yield _Untaken(each.word, path, tag, each.sure)


def _meant(said: Mapping[str, str], named: Mapping[str, list[SentWord]], known: Index) -> dict[str, dict[str, str]]:
    """Language -> intent -> keyword, of all keywords that a text speaks of: "SMS is off (STOP)"."""
    meant: dict[str, dict[str, str]] = {}
    for tag, words in said.items():
        spoken = [] if words.isupper() else _CAPITALS.findall(words)
        for word in (*(each.word for each in named[tag]), *spoken):
            if entry := known.entries.get(normalize_keyword(word)):
                meant.setdefault(tag, {}).setdefault(entry.intent, word)
    return meant


def _instead(
    findings: Findings,
    path: Path,
    said: Mapping[str, str],
    meant: Mapping[str, Mapping[str, str]],
    known: Index,
    names: frozenset[str],
) -> None:
    """A word in capitals that no rule takes, in the one language that has none where the others have a keyword."""
    for tag, words in said.items():
        others = [{*meant[each]} for each in said if each != tag and each in meant]  # in some scripts none is seen
        lost = set.intersection(*others) - {*meant.get(tag, {})} if others else set()
        if not lost or words.isupper():
            continue
        beside = {word for each, other in said.items() if each != tag for word in _CAPITALS.findall(other)}
        strange = [word for word in _CAPITALS.findall(words) if word not in beside and word.casefold() not in names]
        strange = [word for word in strange if normalize_keyword(word) not in known.entries]
        strange = [word for word in strange if word.casefold() not in NOUNS]
        if strange:
            text = (
                f"it says {strange[0]}, which no keyword rule takes, "
                f"where the other languages name a keyword for {min(lost)}"
            )
            hint = f"name a keyword of the rule {min(lost)}, or add {strange[0]} to it"
            findings.add("F711", path, text, language=tag, hint=hint, severity="W")


def _in_one_language(findings: Findings, path: Path, named: Mapping[str, list[SentWord]]) -> None:
    """Where nobody knows the keywords: a word that one language alone names, where all others name the same one."""
    for tag, found in named.items():
        others = [{each.word for each in other} for each, other in named.items() if each != tag]
        shared = set.intersection(*others) if others else set()
        own = {each.word for each in found}
        if len(named) > 2 and own and shared and not own & shared:
            said = f"it says to send {min(own)}, and all other languages say {min(shared)}"
            findings.add("F711", path, said, language=tag, hint=f"write {min(shared)}", severity="W")


def _otherwise(findings: Findings, path: Path, meant: dict[str, dict[str, str]]) -> None:
    """A keyword that asks for something else than those of the other languages."""
    shared = [intent for found in meant.values() for intent in found]
    wanted = _WANTED.get(path[-1].removeprefix(DISCREET)) if path[0] == "texts" else None
    for language, found in meant.items():
        if wanted in found or (len(meant) == 2 and not wanted and language == base_language(findings.flow)):
            continue  # of two, the other one is wrong
        others = {intent for each, other in meant.items() if each != language for intent in other}
        odd = [intent for intent in found if intent not in others]
        lost = [intent for intent in others if intent not in found and shared.count(intent) == len(meant) - 1]
        if wanted and wanted not in found:
            named = next(iter(found.values()))
            said = f"{named} does not ask for {wanted}, and this text is there to offer that"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {wanted}")
        elif odd and lost:
            said = f"{found[odd[0]]} asks for {odd[0]}, and the other languages name a keyword for {lost[0]}"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {lost[0]}")
        elif lost and any(len(other) == len(found) and lost[0] in other for other in meant.values()):
            said = f"it names {next(iter(found.values()))} and no keyword for {lost[0]}, as all other languages do"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {lost[0]}")
