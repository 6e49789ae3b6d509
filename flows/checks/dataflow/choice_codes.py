"""F422: the code of a choice shown where people read the words of it."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in, variables
from flows.engine.variables import base_language, choose
from flows.menu.diagnostics import Path
from flows.menu.model import Flow, Option
from flows.menu.notation import template
from flows.menu.screen_kinds import option_saves


def check_choice_codes(findings: Findings) -> None:
    """Report variables that hold the code of an option and stand in a text, or in words that are joined."""
    codes = _saved_codes(findings.flow)
    for path, name, reader in _shown(findings) if codes else ():
        option = codes.get(name)
        if option is not None:
            words = template(choose(option.text, base_language(findings.flow), findings.flow))
            message = f"{{{name}}} is the code of a choice, so {reader} read {option.code!r} and not {words!r}"
            hint = "offer the choices from a list with choose_from: then its words are shown"
            findings.add("F422", path, message, hint=hint)


def _saved_codes(flow: Flow) -> dict[str, Option]:
    """Variables that only options save, each with the first option whose code does not read as its words do."""
    options: dict[str, list[Option]] = {}
    otherwise = set(flow.kinds)
    for ask in flow.asks:
        saved = option_saves(ask)
        if ask.options and saved:
            options.setdefault(saved, []).extend(ask.options)
        elif ask.save and ask.answer is not None:
            otherwise.add(ask.save)
    found = {name: next((each for each in given if _unlike(each)), None) for name, given in options.items()}
    return {name: option for name, option in found.items() if option is not None and name not in otherwise}


def _unlike(option: Option) -> bool:
    """True where a language has other words than the code; a digit reads the same in all of them."""
    said = {template(parts).casefold() for parts in option.text.values()}
    return not option.code.isdigit() and said != {option.code.replace("_", " ").casefold()}


def _shown(findings: Findings) -> Iterator[tuple[Path, str, str]]:
    """Each variable of a text or of joined words, with its place and who reads it."""
    for each in findings.texts:
        if each.role not in ("show", "event"):
            yield from ((each.path, name, "callers") for name in names_in(each.text))
    for screen in findings.flow.actions:
        for argument, parts in screen.joined.items():
            path = (*findings.path(screen.id), "with", argument)
            yield from ((path, name, "officers") for name in dict.fromkeys(variables(parts)))
