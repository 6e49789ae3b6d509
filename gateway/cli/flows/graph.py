"""`flask flows graph`: a flow file as a picture, drawn by Graphviz, or as an outline where that is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click

from flows.diagrams import graphviz
from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.text.printable import pluralize
from gateway.flow_folder.files import read_flow
from gateway.terminal.errors import Usage, command, one_line_errors
from gateway.terminal.flow_arguments import FILE, FORCE, refuse_place

DRAWN = ("svg", "pdf", "png")  # by Graphviz; .dot and .gv are its own language, .txt the outline
SECONDS = 120  # a flow of 300 screens takes a few
INSTALL = "install Graphviz (Debian: apt-get install graphviz) for the picture"


@click.command("graph")
@FILE
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="flow.svg, .pdf, .png, .dot or .txt")
@click.option("--language", help="Whose words are shown (en, ur, ...); by default those others are translated from.")
@FORCE
@one_line_errors
def graph(file: Path, out: Path | None, language: str | None, force: bool) -> None:
    """Draw the screens of the flow FILE with their numbered options; without -o an outline is shown here.

    Dashed arrows are taken when something fails, dotted ones pass a screen over.
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
        raise Usage(f"{out}: name a file that ends in .svg, .pdf, .png, .dot or .txt.")
    program = shutil.which("dot") if form in DRAWN else None
    refuse_place(out if program or form not in DRAWN else out.with_suffix(".txt"), force)
    if program:
        _draw(program, graphviz.dot(flow, language), form, out)
    elif form in ("dot", "gv"):
        _write(out, graphviz.dot(flow, language))
    else:
        plain = out.with_suffix(".txt")
        _write(plain, graphviz.outline(flow, language))
        if plain != out:
            click.echo(f"No picture: the program `dot` is not here. An outline is in {plain}; {INSTALL}.")
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


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Usage(f"{out}: it cannot be written: {error.strerror}.") from None
