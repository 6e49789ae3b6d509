"""F411: callers who were told that their name stays hidden, and whose complaint is filed like any other."""

from collections.abc import Iterator
from functools import cached_property

from flows.checks.analysis.findings import Findings
from flows.checks.protection.filing_ways import (
    HIDDEN,
    PRIVATE,
    FilingSearch,
    FirstFilings,
    Known,
    files,
    is_private,
    last_screens,
    ways_on,
)
from flows.checks.protection.hidden_words import is_word_of_hiding, offers_to_hide, promises_to_hide, takes_back
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, Option
from flows.menu.screen_kinds import Way, option_saves, ways_of

REPEAT = "repeat"  # what was filed before is told of, and may have been filed in another way


def check_private_filings(findings: Findings) -> None:
    """Report promises to hide a caller that the filing after them does not keep."""
    filings = [screen for screen in findings.flow.actions if files(screen)]
    if filings:
        _Promises(findings, filings).check()


class _Promises:
    """The promises of a flow that callers stay hidden, and what is filed after them."""

    def __init__(self, findings: Findings, filings: list[Do]) -> None:
        self.findings, self.flow, self.filings = findings, findings.flow, filings
        self.earlier = findings.earlier
        self.private = {screen.id for screen in filings if is_private(screen, {}) is not False}
        self.usual = {str(way.go) for ask in self.flow.asks for way in ways_of(ask) if not _is_promised(ask, way)}
        self.decides = {screen.arguments.get(PRIVATE, "") for screen in filings}  # the answers that hide, or do not
        self.told: set[tuple[str, Path]] = set()

    def check(self) -> None:
        """Look at each promise of a screen or an option, and at what is said after each public filing."""
        for ask in self.flow.asks:
            if language := promises_to_hide(ask.text):
                for way, known in ways_on(self.flow, ask, {}):
                    if not (isinstance(way.of, Option) and takes_back(way.of.text)) and way.manner != "passed":
                        self._follow(ask, way, known, f"screen {ask.id}", language)
            for way in ways_of(ask):
                if isinstance(way.of, Option):
                    self._offered(ask, way, way.of)
        for filing in self.filings:
            if is_private(filing, {}) is False:
                self._look_behind(filing)
                self._look_at_name(filing)

    def _offered(self, ask: Ask, way: Way, option: Option) -> None:
        """A choice that promises it in its words; in a language that nobody here reads, by its code alone."""
        saved = option_saves(ask)
        known = {saved: option.code} if saved else {}
        who = f"the choice {option.code} of {ask.id}"
        if language := offers_to_hide(option):
            self._follow(ask, way, known, who, language)
        elif is_word_of_hiding(option.code) and not takes_back(option.text) and saved not in self.decides:
            found = self._first(ask, way, known)
            if found.public and not found.private:
                said = f"{who} is called like one that hides the caller, and {min(found.public)} files it with the name"
                path = (*self.findings.path(ask.id), *way.path)
                hint = f"write {PRIVATE}: yes under with, or call the choice otherwise"
                self.findings.add("F411", path, said, hint=hint, severity="W")

    def _first(self, ask: Ask, way: Way, known: Known) -> FirstFilings:
        return FilingSearch(self.findings, self.flow, self.earlier.of(ask.id), by_choice=True).from_screen(
            way.go, known
        )

    def _follow(self, ask: Ask, way: Way, known: Known, who: str, language: str) -> None:
        for name in sorted(self._first(ask, way, known).public):
            self._tell(name, (*self.findings.path(ask.id), *way.path), who, language)

    def _look_at_name(self, filing: Do) -> None:
        """A screen that is called like one that hides the caller, in whatever language the flow speaks."""
        path = (*self.findings.path(filing.id), "with", PRIVATE)
        told = any(name == filing.id for name, _ in self.told)
        if is_word_of_hiding(filing.id) and not told and not self.findings.is_shorthand(filing.id):
            said = f"{filing.id} is called like a filing that hides the caller, and files with the name"
            self.findings.add("F411", path, said, hint=f"write {PRIVATE}: yes under with", severity="W")

    def _look_behind(self, filing: Do) -> None:
        """What is said after a public filing, unless the same is said after what is hidden in any case."""
        for outcome in filing.then:
            if outcome in (*HIDDEN, REPEAT, "else"):
                continue
            for last in last_screens(self.flow, filing, outcome):
                texts = [last.text] if last.sms is None else [last.text, last.sms]
                language = next(filter(None, (promises_to_hide(text, told=True) for text in texts)), "")
                if language:
                    way = (*self.findings.path(filing.id), "then", outcome)
                    self._tell(filing.id, way, f"screen {last.id}", language, shared=last.id in self.private_ends)

    @cached_property
    def private_ends(self) -> frozenset[str]:
        """The last screens that private filings lead to."""
        ways = [
            (filing, outcome)
            for filing in self.filings
            for outcome in filing.then
            if filing.id in self.private or outcome in HIDDEN
        ]
        self.findings.spend(8 * len(ways))
        return frozenset(last.id for way in ways for last in last_screens(self.flow, *way))

    def _tell(self, name: str, way: Path, who: str, language: str, *, shared: bool = False) -> None:
        """A public filing that also follows where nothing was promised is right: then the way to it is wrong."""
        action = self.flow.screens[name]
        other = any(each in self.private for each in self.filings_like(action))
        at_way = shared or (way[-2] != "then" and (name in self.usual or other))
        path = way if at_way else (*self.findings.path(name), "with", PRIVATE)
        if (name, path) in self.told:
            return
        self.told.add((name, path))
        said = f"{who} says [{language}] that the name stays hidden, but {name} files it with the name"
        hint = f"write {PRIVATE}: yes under with"
        if at_way:
            where = next(iter(sorted(self.private)), "")
            hint = f"lead to {where}, which hides it, or change the words" if where else "change the words"
        self.findings.add("F411", path, said, hint=hint)

    def filings_like(self, screen: object) -> Iterator[str]:
        """The other filings with the same action."""
        for each in self.filings:
            if isinstance(screen, Do) and each.action == screen.action and each.id != screen.id:
                yield each.id


def _is_promised(ask: Ask, way: Way) -> bool:
    return bool(promises_to_hide(ask.text)) or (isinstance(way.of, Option) and bool(offers_to_hide(way.of)))
