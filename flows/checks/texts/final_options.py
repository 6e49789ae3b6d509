"""F309: an option that ends the flow, such as the one that sends, stands on the first page of its screen."""

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.variables import longest_values
from flows.checks.texts.screen_overflow import all_options, worst_pages
from flows.engine.screen_facts import ends_flow
from flows.engine.sms_channel import is_texted
from flows.engine.variables import can_show, choose, fill, lookup
from flows.menu.model import Ask, Flow, Option, Value


def check_final_options(findings: Findings) -> None:
    """Report options that end the flow and are behind the key `more`, with every variable at its longest."""
    flow, room = all_options(findings.flow), findings.around.room
    if is_texted(flow):
        return
    for language in (tag for tag in flow.languages if can_show(flow, tag, room)):
        values = longest_values(flow, findings.known, language)
        for screen in flow.asks:
            final = [option for option in screen.options if option.shown and ends_flow(flow, option)]
            first = worst_pages(flow, screen, language, room, values)[0][0].split("\n") if final else []
            for option in final:
                if _first_line(flow, option, language, values) not in first:
                    _report(findings, screen, option, language)


def _first_line(flow: Flow, option: Option, language: str, values: dict[str, Value]) -> str:
    return f"{option.key} {fill(choose(option.text, language, flow), lookup(flow, values, language))}".split("\n")[0]


def _report(findings: Findings, screen: Ask, option: Option, language: str) -> None:
    path = (*findings.path(screen.id), "choose", option.code)
    said = f"{option.code!r} ends the flow, but a caller must first press {findings.flow.keys['more'].key} to see it"
    findings.add("F309", path, said, language=language, hint="shorten the options, or put this one first")
