"""`python -m gateway.development.checks_page > docs/operators/checks.md`: each code, with a flow that trips it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.checks.analysis.catalogue import CHECKS, LEFT_OUT
from flows.menu.diagnostics import Problem

MARK = re.compile(r" *#? *<- here")
SEVERITIES = {"E": "error: blocks publishing", "W": "warning: asks for a reason", "I": "note"}
HEAD = """# What `flask flows check` finds

Made from the checks and the fixtures of their tests by
`python -m gateway.development.checks_page > docs/operators/checks.md`.

```
flask flows check FILE [--format text|json|sarif|github] [--fail-on error|warning|info] [--profile NETWORK]
```

A finding reads `file:line: CODE screen[language]: what a caller would meet (what to do)`. Errors (E) block publishing,
warnings (W) ask for a reason, notes (I) inform. Exit code 0: fit to publish. 1: findings as grave as `--fail-on` (error
by default). 2: the file cannot be read.

| profile | a screen holds |
| --- | --- |
| `usual` | 160 letters, or 70 with Urdu script, everywhere; up to 182 or 80 on some networks |
| `wide` | 182 or 80 everywhere |
| `strict` | 160 or 70 and no more: F303 is F301 |
| `latin` | no Urdu script at all: those who chose it see the nearest language in Latin letters |

A flow by SMS (`channel: sms`) is measured by two SMS, 306 letters or 134, whatever the profile.

`--before FILE` compares with an older copy, as publishing does with the live revision (F506, F902). Scripted calls in
`transcripts/` are played (F901).

**Stale translations.** `flask flows translated FILE > translations.yaml` writes a hash of the base text beside each
translation; with `translations: translations.yaml` in the flow, F205 finds the texts whose base has changed since.
Run it again once they are translated anew. Rows of lists are told of, too. The console keeps the file up to date with
every save: a translation is of the base text as it was when it was written or said to be right.

**Languages without screens.** `ussd_languages: [en, ur-Latn]` names the languages that screens are written in; texts
sent by SMS still need all of `languages`.

The examples leave out what every flow of them has: `languages: {en: English, ur: اردو}`, the lists `area` and `street`,
the `errors`, and a screen to choose the language.
"""


def page(examples: Mapping[str, tuple[Sequence[str], Sequence[Problem]]]) -> str:
    """The page. An example is a code's flow, the file of it that has the fault if another, and what is found there."""
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
    """A fixture without the remark that says where its fault is."""
    return "\n".join(MARK.sub("", line).rstrip() for line in text.strip("\n").splitlines())


def _fenced(text: str) -> str:
    return f"```{'csv' if text.startswith('code,') else 'yaml'}\n{excerpt(text)}\n```"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def main() -> None:
    """Print the page, its examples being the fixtures of the tests."""
    from tests.flows.fixtures import example

    print(page({code: example(f"{code}_bad.yaml") for code in CHECKS}), end="")


if __name__ == "__main__":
    main()
