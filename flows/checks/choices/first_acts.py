"""What a way comes to first: acts that store something, before or after another question, and last screens."""

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.walks.exploration import stores
from flows.menu.model import Ask, Do, End
from flows.menu.screen_kinds import ways_of


class FirstActs(Struct, frozen=True):
    """The screens that a way comes to first: acts `at_once`, acts `later` (past a question), and `ends` without one."""

    at_once: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()

    @property
    def acts(self) -> frozenset[str]:
        """All acts that store something."""
        return self.at_once | self.later


def first_acts(findings: Findings, name: str, before: frozenset[str]) -> FirstActs:
    """What follows first where a way comes to a screen; none goes on through `before`, where a call has come from."""
    flow = findings.flow
    waiting, seen = [(name, False)], {(name, False)}
    at_once, later, ends = set[str](), set[str](), set[str]()
    while waiting:
        at, asked = waiting.pop()
        screen = flow.screens.get(at)
        findings.spend(1)
        if screen is None or at in before:
            continue
        if isinstance(screen, End):
            ends.add(at)
        elif isinstance(screen, Do) and stores(screen.action):
            (later if asked else at_once).add(at)
        else:
            for way in ways_of(screen):
                follows = (way.go or "", asked or (isinstance(screen, Ask) and way.manner != "passed"))
                if way.manner != "failed" and follows not in seen:
                    seen.add(follows)
                    waiting.append(follows)
    return FirstActs(frozenset(at_once), frozenset(later), frozenset(ends))
