"""All checks of what the languages of a flow say, over texts that are read once."""

from flows.checks.analysis.findings import Findings
from flows.checks.languages.column_languages import check_column_languages
from flows.checks.languages.exchanged_texts import check_exchanged_texts
from flows.checks.languages.known_lines import known_lines
from flows.checks.languages.language_names import check_language_names
from flows.checks.languages.numbers import check_numbers
from flows.checks.languages.phone_numbers import check_phone_numbers
from flows.checks.languages.said_texts import keys_of, said_texts
from flows.checks.languages.service_numbers import check_service_numbers
from flows.checks.languages.stated_limits import check_stated_limits
from flows.checks.languages.yes_and_no import check_yes_and_no


def check_languages(findings: Findings) -> None:
    """Report what the languages of a flow say otherwise, and what callers are wrongly told."""
    service = {**findings.around.service, **findings.flow.service}  # what the flow itself says; F213 tells what wins
    texts = said_texts(findings, service)
    lines = known_lines(findings.flow, service, findings.around.helplines)
    check_numbers(findings, texts, lines)
    keys = keys_of(texts)
    check_yes_and_no(findings, texts, keys)
    check_stated_limits(findings, texts)
    check_exchanged_texts(findings, texts, keys)
    check_column_languages(findings, texts)
    check_language_names(findings, keys)
    check_phone_numbers(findings, texts, lines)
    check_service_numbers(findings)
