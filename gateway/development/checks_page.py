"""`python -m gateway.development.checks_page > docs/operators/checks.md`: each code, with a flow that trips it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.checks.analysis.catalogue import CHECKS, LEFT_OUT
from flows.menu.diagnostics import Problem

MARK = re.compile(r" *#? *<- here")
SEVERITIES = {"E": "error: blocks publishing", "W": "warning: asks for a reason", "I": "note"}
HEAD = """# Checks

`flask flows check` finds problems before a caller meets them. This page explains every code. It is generated from the
checks and from the fixtures of their tests: `python -m gateway.development.checks_page > docs/operators/checks.md`.

```
flask flows check FILE [--format text|json|sarif|github] [--fail-on error|warning|info] [--profile NETWORK]
```

A finding has the form `file:line: CODE screen[language]: what a caller would meet (what to do)`. Errors (E) block
publishing, warnings (W) ask for a reason, and notes (I) inform you. The exit code is 0 if you can publish, 1 if there
are findings as severe as `--fail-on` (error by default), and 2 if the file cannot be read.

| profile | what a screen holds |
| --- | --- |
| `usual` | 160 characters, or 70 with Urdu script, everywhere; up to 182 or 80 on some networks |
| `wide` | 182 or 80 everywhere |
| `strict` | 160 or 70 and no more: F303 is F301 |
| `latin` | no Urdu script: people who chose it see the nearest language in Latin script |

A flow by SMS (`channel: sms`) is measured by two SMS, which is 306 characters or 134, whatever the profile.

`--before FILE` compares the flow with an older copy, as publishing does with the live revision (F506, F902). The
scripted calls in `transcripts/` are played (F901).

**Translations that are out of date.** `flask flows translated FILE > translations.yaml` writes a hash of the base text
for each translation. If the flow has `translations: translations.yaml`, F205 finds texts whose base text has changed
since then, including rows of lists. Run the command again when they have been translated again. The console updates the
file with every save: it records the base text at the time when a translation was written or confirmed.

**Languages without screens.** `ussd_languages: [en, ur-Latn]` names the languages that screens are written in. Texts
sent by SMS still need all of `languages`.

The examples leave out what every one of their flows has: `languages: {en: English, ur: اردو}`, the lists `area` and
`street`, the `errors`, and a screen to choose the language.
"""


def page(examples: Mapping[str, tuple[Sequence[str], Sequence[Problem]]]) -> str:
    """The page. An example has the files of a code's flow that have the problem, and what is found there."""
    sections = [HEAD, "| code | | |\n| --- | --- | --- |"]
    rows = [f"| [{code}](#{code.lower()}) | {check.severity} | {check.summary} |" for code, check in CHECKS.items()]
    sections[-1] = "\n".join([sections[-1], *rows])
    for code, check in CHECKS.items():
        texts, found = examples[code]
        shown = "\n\n".join(_fenced(text) for text in texts)
        told = "\n".join(str(problem) for problem in found if problem.code == code)
        sections.append(
            f"## {code}\n\n**{_sentence(check.summary)}** ({check.severity}, {SEVERITIES[check.severity]})\n\n"
            f"{check.about}\n\n{shown}\n\n```\n{told}\n```"
        )
    sections.append("## Not found here\n\n" + "\n".join(f"* {code}: {why}" for code, why in LEFT_OUT.items()))
    return "\n\n".join(section.strip("\n") for section in sections) + "\n"


def excerpt(text: str) -> str:
    """A fixture without the remark that marks its problem."""
    return "\n".join(MARK.sub("", line).rstrip() for line in text.strip("\n").splitlines())


def _fenced(text: str) -> str:
    return f"```{'csv' if text.startswith('code,') else 'yaml'}\n{excerpt(text)}\n```"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def main() -> None:
    """Print the page. Its examples are the fixtures of the tests."""
    from tests.flows.fixtures import example

    print(page({code: example(f"{code}_bad.yaml") for code in CHECKS}), end="")


if __name__ == "__main__":
    main()
