"""F714 to F716: keywords that are everyday words of complaints, names in lists, or a letter away from STOP or a cry."""

from collections.abc import Collection, Mapping, Sequence

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.menu.danger_rules import DangerLexicon
from flows.menu.diagnostics import Severity
from flows.menu.keyword_rule import EMERGENCY, FIRST, OFFICERS, POLITE, SPAM, Rule
from flows.text.normalization import normalize_keyword
from flows.understanding.danger_detection import find_danger
from flows.understanding.intents import INTENTS

FEW, MANY = 3, 12  # sentences that would go elsewhere: from so many on it is a warning, and an error
# These file what follows as a complaint or suggestion, so nothing is lost.
_FILING = frozenset({"new", "suggest"})
STOP = "stop"
LISTS = ("district", "category")
SHORTEST = 4  # letters of a word of which a letter may be wrong
_QUOTED = 60
# Of the words that ship: each is danger by itself.
_CRIES = frozenset(map(normalize_keyword, ("bachao", "bachaao", "aag", "aag lag gai", "fire", "khoon", "بچاؤ", "آگ")))


def check_keyword_clashes(findings: Findings) -> None:
    """Report keywords that take texts of people who mean something else."""
    flow = findings.flow
    rules = [
        (at, rule)
        for at, rule in enumerate(flow.keywords)
        if rule.intent in INTENTS and rule.intent not in (*OFFICERS, SPAM, EMERGENCY)
    ]
    # The sentences are of people in Pakistan: elsewhere they prove nothing.
    measured = bool(flow.languages.keys() & {"ur", "ur-Latn"})
    spelt = {word.casefold() for _, rule in rules for word in (*rule.words, *rule.alone)}
    names = _names(findings, spelt) if rules else {}
    stops = {
        word: rule.intent
        for _, rule in rules
        if rule.intent == STOP
        for word in rule.words
        if len(word) >= SHORTEST and word.isalpha()
    }
    _unmeant_stops(findings, rules)
    for at, rule in rules:
        if measured and rule.intent not in _FILING:
            _everyday(findings, at, rule)
        for word in (*rule.words, *rule.alone):
            key = normalize_keyword(word)
            path = ("keywords", str(at), word)
            if (listed := names.get(key)) and rule.intent not in (*_FILING, "language_name"):
                said = f"{word!r} is a name or keyword of {listed}: who writes it about that is taken for {rule.intent}"
                findings.add("F715", path, said, hint="use another word")
            _nearly(findings, path, word, rule.intent, stops)


def _unmeant_stops(findings: Findings, rules: Sequence[tuple[int, Rule]]) -> None:
    """Words that stop all texts, and that choices of the flow have for something else: "Cancel the truck"."""
    flow = findings.flow
    spoken = {
        (tag, *normalize_keyword(word))
        for reply in ("stop_ok", "start_ok", "help")
        for tag, parts in flow.texts.get(reply, {}).items()
        for word in plain(parts).split()
    }
    options = [
        (tag, plain(parts).casefold())
        for each in (findings.texts if spoken else ())
        if each.role == "option"
        for tag, parts in each.text.items()
    ]
    for at, rule in rules:
        for word in rule.words[1:] if rule.intent == STOP else ():
            key = normalize_keyword(word)
            used = [
                (tag, shown)
                for tag, shown in (options if len(key) == 1 and len(word) >= SHORTEST else ())
                if word.casefold() in shown and key[0] in normalize_keyword(shown)
            ]
            if used and not any((tag, *key) in spoken for tag, _ in used):
                shown = used[0][1]
                said = f"{word!r} stops all texts, and {shown[:30]!r} is a choice: who means that reads nothing more"
                findings.add("F715", ("keywords", str(at), word), said, hint="move it to the rule that it means")


def _everyday(findings: Findings, at: int, rule: Rule) -> None:
    """How many sentences of people, which are complaints today, would begin with the keyword."""
    for word in rule.words:
        _, example = findings.around.first_words.get(" ".join(normalize_keyword(word)), (0, ""))
        count = _begins(findings, word)
        if count >= FEW:
            quoted = example if len(example) <= _QUOTED else example[:_QUOTED] + "…"
            said = (
                f"{word!r} begins {count} of the complaints that people wrote for us: each would be {rule.intent}, "
                f"such as “{quoted}”"
            )
            severity: Severity = "E" if count >= MANY else "W"
            hint = "let it count only alone, or use a word that begins no complaint"
            findings.add("F714", ("keywords", str(at), word), said, hint=hint, severity=severity)


def _begins(findings: Findings, word: str) -> int:
    """How many sentences of people begin with a keyword."""
    return findings.around.first_words.get(" ".join(normalize_keyword(word)), (0, ""))[0]


def _names(findings: Findings, spelt: Collection[str]) -> Mapping[tuple[str, ...], str]:
    """The names and keywords of the lists of districts and categories, as they are compared."""
    found: dict[tuple[str, ...], str] = {}
    for name in LISTS:
        for row in findings.flow.lists.get(name, ()):
            subjects = row.columns.get("keywords", "").split(";")
            subjects = [word for word in subjects if word.casefold() in spelt and _begins(findings, word) >= MANY]
            for words in (*row.text.values(), *row.aliases, *subjects):
                if len(words) > 1 and words.casefold() in spelt and (key := normalize_keyword(words)):
                    found.setdefault(key, f"{name} {row.code}")
    return found


def _nearly(findings: Findings, path: tuple[str, ...], word: str, intent: str, stops: Mapping[str, str]) -> None:
    """A slip of the thumb makes STOP of it, or it is a cry for help and never read as a keyword."""
    if intent not in (*FIRST, *POLITE) and len(word) >= SHORTEST:
        for stop, means in stops.items():
            if abs(len(stop) - len(word)) <= 1 and word != stop and _one_letter(word, stop):
                said = f"{word!r} is one letter from {stop!r}: a slip of the thumb means {means} instead of {intent}"
                findings.add("F716", path, said, hint="use another word")
                return
    lexicon = findings.flow.danger
    cry = normalize_keyword(word) in _CRIES or (lexicon is not None and _cry(lexicon, word))
    if cry and intent not in POLITE:
        said = f"{word!r} is a cry for help: who sends it is told whom to call, and is never taken for {intent}"
        findings.add("F716", path, said, hint="use another word")


def _cry(lexicon: DangerLexicon, word: str) -> bool:
    return find_danger(word, lexicon, ()) is not None


def _one_letter(word: str, other: str) -> bool:
    """True if one letter more, less or otherwise makes one of the other."""
    if len(word) == len(other):
        return sum(a != b for a, b in zip(word, other, strict=True)) == 1
    short, long = sorted((word, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
