"""The variables that a translation leaves out, as grave as the checks find them, before its words are in a draft."""

from collections.abc import Mapping

from msgspec.structs import replace

from flows.checks.analysis.findings import CheckContext, Findings
from flows.checks.analysis.text_index import base_text, variables
from flows.checks.texts.missing_texts import left_out_severity
from flows.engine.variables import base_language
from flows.menu.diagnostics import ParsedFlow, Severity
from flows.translation.text_fit import parse_template


class LeftOutGrades:
    """Grades what the texts of one flow would leave out; `service` are words that the installation's settings give."""

    def __init__(self, parsed: ParsedFlow, service: Mapping[str, str]) -> None:
        self._findings = Findings(parsed, parsed.flow, CheckContext(service=service)) if parsed.flow else None
        self._texts = {".".join(each.path): each for each in self._findings.texts} if self._findings else {}

    def left_out(self, place: str, words: Mapping[str, str], tag: str) -> dict[str, Severity]:
        """The variables that a text (`screens.menu.ask`) would leave out in one language, each with its grade.

        `words` are its new words by language, where they differ from the flow's. {} for a text that is not there.
        """
        findings, each = self._findings, self._texts.get(place)
        if findings is None or each is None or tag == base_language(findings.flow):
            return {}
        text = {**each.text, **{other: parse_template(said)[0] for other, said in words.items()}}
        own, base = text.get(tag, ()), base_text(findings.flow, text) or ()
        gone = [name for name in dict.fromkeys(variables(base)) if name not in variables(own)]
        changed = replace(each, text=text)
        return {name: left_out_severity(findings, changed, tag, name)[0] for name in gone if own}
