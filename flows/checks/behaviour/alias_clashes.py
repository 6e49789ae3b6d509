"""F508 and F509: words typed for a choice that mean another choice too, or that nobody's choice ever hears."""

from collections.abc import Iterator, Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.structure.option_clashes import are_apart
from flows.checks.words.answer_words import Polarity, polarity
from flows.checks.words.key_codes import misplaced_labels, stems
from flows.engine.answer_kinds import is_free
from flows.engine.label_lookup import LONGEST, fold, label_clause
from flows.menu.diagnostics import Severity
from flows.menu.model import LANGUAGES_LIST, PLACE_LIST, Ask, Option, Row, Text

MOST_ROWS = 40  # of a list that are compared with the options beside it
_MEANT: tuple[Polarity, Polarity] = ("yes", "no")  # what every flow asks when it is not sure of an entry


def check_alias_clashes(findings: Findings) -> None:
    """Report aliases that belong to two choices of a screen, deny their choice, or are never looked at."""
    flow = findings.flow
    _row_aliases(findings)
    if not flow.aliases:
        return
    words = {code: {fold(alias): alias for alias in aliases} for code, aliases in flow.aliases.items()}
    told: set[tuple[str, str]] = set()
    _between_yes_and_no(findings, words, told)
    _misplaced(findings, {code: flow.resume[code] for code in words.keys() & flow.resume.keys()})
    for screen in flow.asks:
        if not is_free(screen.answer):
            _clashes(findings, screen, words, told)
            _misplaced(findings, {each.code: each.text for each in screen.options if each.code in words})
    unread = findings.gone or findings.broken or findings.knows("F001") or findings.knows("F603")
    offered = {*flow.aliases} if unread else _codes(findings)  # what could not be read may have the code
    for code, aliases in words.items():
        _contrary(findings, code, aliases, told)
        _unheard(findings, code, aliases, offered)


def _row_aliases(findings: Findings) -> None:
    """An alias that two rows have, and that is a word of the name of one of them alone: it was copied to the other."""
    for name, rows in findings.flow.lists.items():
        if name == PLACE_LIST or name in findings.broken:  # two places may well have one name
            continue
        having: dict[str, list[Row]] = {}
        for row in rows:
            for alias in dict.fromkeys(row.aliases):
                if "?" in alias:  # its letters were lost: F206 tells of that
                    continue
                having.setdefault(alias.casefold(), []).append(row)
        findings.spend(len(rows) // 4)
        for alias, both in having.items():
            named = [row for row in both if alias in _named(row)] if len(both) == 2 else []
            if len(named) == 1:
                (copied,) = (row for row in both if row is not named[0])
                said = f"{alias!r} is an alias of {copied.code!r} and of {named[0].code!r}, whose name it is"
                path = ("lists", name, copied.code)
                hint = f"leave it with {named[0].code}"
                findings.add("F508", path, f"{said}: callers get the wrong one", hint=hint, severity="W")


def _named(row: Row) -> set[str]:
    """The words of the name of a row in all languages, and each name whole."""
    return {part for said in row.text.values() for part in (said.casefold(), *said.casefold().split())}


def _clashes(findings: Findings, screen: Ask, words: dict[str, dict[str, str]], told: set[tuple[str, str]]) -> None:
    """Two choices of a screen that one word names: the caller is asked again, or gets the wrong one."""
    choices: list[Option | Row] = [*screen.options, *_rows(findings, screen)]
    if len(choices) < 2 or not any(each.code in words for each in choices):
        return
    findings.spend(len(choices) * 4)
    whole: dict[str, Option | Row] = {}
    short: dict[str, list[Option | Row]] = {}
    for each in choices:
        for label in _labels(each):
            whole.setdefault(fold(label), each)
            short.setdefault(fold(label_clause(label)), []).append(each)
        for alias in words.get(each.code, ()):
            short.setdefault(alias, []).append(each)
    for each in choices:
        for alias, shown in words.get(each.code, {}).items():
            other = next((one for one in short[alias] if one.code != each.code and not _apart(one, each)), None)
            if other is None or (each.code, alias) in told or (other.code, alias) in told:
                continue
            told.add((each.code, alias))
            wins = whole.get(alias)
            if wins is each:
                continue
            if wins is not None:
                said = f"{shown!r} is the label of {wins.code!r} on {screen.id}: nobody gets {each.code!r} by it there"
                severity: Severity = "W"
            else:
                said = (
                    f"{shown!r} means {each.code!r} and {other.code!r} on {screen.id}: who types it is not understood"
                )
                # The first part of a label alone: the caller is asked again, which is no great harm.
                severity = "E" if alias in words.get(other.code, ()) else "W"
            _tell(findings, "F508", each.code, other.code, shown, said, severity)


def _misplaced(findings: Findings, labels: Mapping[str, Text]) -> None:
    """The words of a choice that say what another one beside it is called: the two have each other's."""
    if len(labels) < 2:
        return
    typed = {code: " ".join(findings.flow.aliases[code]) for code in sorted(labels)}
    called = {code: stems(f"{code} {' '.join(_plain(text))}") for code, text in labels.items()}
    for code, other in misplaced_labels(typed, called):
        said = f"the aliases of {code!r} say what {other!r} is: who types one of them gets {code}"
        if all(each.message != said for each in findings.of("F508")):
            findings.add("F508", ("aliases", code), said, hint=f"move them to {other!r}", severity="W")


def _between_yes_and_no(findings: Findings, words: dict[str, dict[str, str]], told: set[tuple[str, str]]) -> None:
    """ "Did you mean …?" is answered with yes or no on any screen."""
    yes, no = (words.get(code, {}) for code in _MEANT)
    for alias in yes.keys() & no.keys():
        if not {("yes", alias), ("no", alias)} & told:
            told.add(("yes", alias))
            said = f"{yes[alias]!r} means 'yes' and 'no': who types it gets yes, or is not understood"
            _tell(findings, "F508", "yes", "no", yes[alias], said, "E")


def _tell(findings: Findings, code: str, choice: str, other: str, alias: str, said: str, severity: Severity) -> None:
    """The line is that of the choice whose words deny it, of the two."""
    tags = findings.flow.languages
    denied = {"yes": "no", "no": "yes"}.get(choice)
    at = choice if other not in findings.flow.aliases or _says(alias, tags) in (denied, None) else other
    hint = f"leave {alias!r} with the choice that it names"
    findings.add(code, ("aliases", at), said, hint=hint, severity=severity)


def _contrary(findings: Findings, code: str, aliases: dict[str, str], told: set[tuple[str, str]]) -> None:
    """A word for no beside words for yes, or under the code yes."""
    tags = findings.flow.languages
    said = {alias: meant for alias, shown in aliases.items() if (meant := _says(shown, tags))}
    usual: Polarity | None = code if code in _MEANT else None
    if usual is None and len({*said.values()}) > 1:
        yes = sum(meant == "yes" for meant in said.values())
        usual = "yes" if yes * 2 > len(said) else "no"
    for alias, meant in said.items():
        if usual is not None and meant != usual and (code, alias) not in told:
            told.add((code, alias))
            words = f"{aliases[alias]!r} says {meant}, and it is an alias of {code!r}, which means {usual}"
            hint = "move it to the choice that says so, or remove it"
            findings.add("F508", ("aliases", code), f"{words}: callers get the opposite", hint=hint, severity="W")


def _says(alias: str, tags: dict[str, str]) -> Polarity | None:
    """Yes or no, if the alias is so in a language of the flow, and in none of them the opposite."""
    said = {meant for tag in tags if (meant := polarity(alias, tag))}
    return said.pop() if len(said) == 1 and len(alias.split()) < 3 else None


def _unheard(findings: Findings, code: str, aliases: dict[str, str], offered: set[str]) -> None:
    if code not in offered:
        said = f"no choice and no row has the code {code!r}: its aliases are never looked at"
        hint = findings.suggest(code, offered) or "write the code of a choice, or remove the line"
        findings.add("F509", ("aliases", code), said, hint=hint)
        return
    for alias, shown in aliases.items():
        if not alias or alias.isdigit() or len(shown) > LONGEST:
            why = "a number is a key" if alias.isdigit() else "it has no letters" if not alias else "it is too long"
            said = f"the alias {shown[:30]!r} of {code!r} is never looked at: {why}"
            findings.add("F509", ("aliases", code), said, hint="write a word that people type for it")


def _codes(findings: Findings) -> set[str]:
    """The codes of everything that can be chosen."""
    flow = findings.flow
    codes = {*_MEANT, *flow.resume, *flow.languages}
    for screen in flow.asks:
        codes |= {option.code for option in screen.options}
        if screen.pick is not None:
            codes |= {*flow.rows.get(screen.pick.list, ())}
    return codes


def _rows(findings: Findings, screen: Ask) -> tuple[Row, ...]:
    """The rows that stand beside each other on a screen, if they are always the same and not too many."""
    pick, flow = screen.pick, findings.flow
    if pick is None or pick.where is not None:
        return ()
    if pick.list == LANGUAGES_LIST:
        return tuple(Row(tag, {tag: name}) for tag, name in flow.languages.items())
    rows = flow.lists.get(pick.list, ())
    return rows if len(rows) <= MOST_ROWS else ()


def _labels(each: Option | Row) -> Iterator[str]:
    if isinstance(each, Row):
        yield from (*each.text.values(), *each.aliases)
        return
    yield from _plain(each.text)


def _plain(text: Text) -> Iterator[str]:
    """The words of a label in each language; those with a variable are another for every caller."""
    for parts in text.values():
        if all(isinstance(part, str) for part in parts):
            yield "".join(map(str, parts))


def _apart(one: Option | Row, other: Option | Row) -> bool:
    return isinstance(one, Option) and isinstance(other, Option) and are_apart(one, other)
