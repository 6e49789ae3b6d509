"""`flask flows graph`: a flow as a picture drawn by Graphviz, or as an outline if that is not installed."""

import shutil
import subprocess
from pathlib import Path

import click

from flows.diagrams import graphviz
from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.text.printable import pluralize
from gateway.cli.flows.command_group import flows
from gateway.flow_folder.files import read_flow, write_all
from gateway.terminal.errors import Usage, command
from gateway.terminal.flow_arguments import FILE, FORCE, refuse_place

DRAWN = ("svg", "pdf", "png")  # by Graphviz; .dot and .gv are its own language, .txt is the outline
SECONDS = 120  # a flow of 300 screens takes a few
INSTALL = "install Graphviz (Debian: apt-get install graphviz) for the picture"


@flows.command("graph", with_appcontext=False)
@FILE
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="flow.svg, .pdf, .png, .dot or .txt")
@click.option("--language", help="Language of the words (en, ur, ...); by default the one others are translated from.")
@FORCE
def graph(file: Path, out: Path | None, language: str | None, force: bool) -> None:
    """Draw the screens of the flow FILE with their numbered options. Without -o, print an outline.

    Dashed arrows are followed when something fails; dotted ones skip a screen.
    """
    files, main = read_flow(file)
    flow = parse_flow(files, main).flow
    if flow is None or not flow.screens:
        raise Usage(f"{file}: there is nothing to draw: {command('check', file)} says what is wrong.")
    language = _language(flow, language)
    if out is None:
        click.echo(graphviz.outline(flow, language), nl=False)
        return
    form = out.suffix.lower().lstrip(".")
    if form not in (*DRAWN, "dot", "gv", "txt"):
        raise Usage(f"{out}: use a file name that ends in .svg, .pdf, .png, .dot or .txt.")
    program = shutil.which("dot") if form in DRAWN else None
    refuse_place(out if program or form not in DRAWN else out.with_suffix(".txt"), force)
    if program:
        _draw(program, graphviz.dot(flow, language), form, out)
    elif form in ("dot", "gv"):
        write_all(out.parent, {out.name: graphviz.dot(flow, language).encode()})
    else:
        plain = out.with_suffix(".txt")
        write_all(plain.parent, {plain.name: graphviz.outline(flow, language).encode()})
        if plain != out:
            click.echo(f"No picture: the program `dot` is not installed. An outline is in {plain}; {INSTALL}.")
            return
    click.echo(f"{flow.name}: {pluralize(len(flow.screens), 'screen')} in {out}")


def _language(flow: Flow, wanted: str | None) -> str:
    if wanted is None:
        return base_language(flow)
    if wanted not in flow.languages:
        raise Usage(f"The flow has no language {wanted}: use one of {', '.join(flow.languages)}.")
    return wanted


def _draw(program: str, source: str, form: str, out: Path) -> None:
    command = [program, f"-T{form}", "-o", str(out.resolve())]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell, and nothing of the flow is in the command
    except (OSError, subprocess.TimeoutExpired) as error:
        raise click.ClickException(f"Graphviz did not finish ({type(error).__name__}): try -o flow.txt.") from None
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise click.ClickException(f"Graphviz could not draw it: {said}")
