"""`python -m gateway.development.checks_page > docs/operators/checks.md`: each code, with a flow that trips it.

It also writes the examples for the console, whose pages of help show the same.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.checks.analysis.catalogue import CHECKS, LEFT_OUT
from flows.menu.diagnostics import Problem
from gateway.console.help.pages import EXAMPLES

MARK = re.compile(r" *#? *<- here")
SEVERITIES = {"E": "error: blocks publishing", "W": "warning: publishing requires a reason", "I": "note"}
HEAD = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")


def page(examples: Mapping[str, tuple[Sequence[str], Sequence[Problem]]]) -> str:
    """The page. An example has the files of a code's flow that have the problem, and what is found there."""
    sections = [HEAD, "| code | severity | what is wrong |\n| --- | --- | --- |"]
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
    if LEFT_OUT:
        sections.append(
            "## Codes that do not exist\n\n" + "\n".join(f"* {code}: {why}" for code, why in LEFT_OUT.items())
        )
    return "\n\n".join(section.strip("\n") for section in sections) + "\n"


def help_examples(examples: Mapping[str, tuple[Sequence[str], Sequence[Problem]]]) -> bytes:
    """The same examples as JSON, one code a line, for the console's pages of help."""
    lines = (f"{json.dumps(code)}: {_of_help(code, *examples[code])}" for code in CHECKS)
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _of_help(code: str, texts: Sequence[str], found: Sequence[Problem]) -> str:
    said = [each for each in found if each.code == code]
    places = [{"place": f"{each.file}:{each.line}", "message": each.message, "hint": each.hint} for each in said]
    return json.dumps({"files": [excerpt(text) for text in texts], "found": places}, ensure_ascii=False)


def excerpt(text: str) -> str:
    """A fixture without the remark that marks its problem."""
    return "\n".join(MARK.sub("", line).rstrip() for line in text.strip("\n").splitlines())


def _fenced(text: str) -> str:
    return f"```{'csv' if text.startswith(('code,', '# data: offices')) else 'yaml'}\n{excerpt(text)}\n```"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def main() -> None:
    """Print the page, and write the examples of the console. Its examples are the fixtures of the tests."""
    from tests.flows.fixtures import example, first_of

    examples = {code: example(first_of(code)) for code in CHECKS}
    EXAMPLES.write_bytes(help_examples(examples))
    print(page(examples), end="")


if __name__ == "__main__":
    main()
