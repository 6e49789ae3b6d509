"""`flask model`: train a model of texts, look at its card, compare it, and publish it or an earlier one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.text.printable import one_line, pluralize
from flows.training.card_text import compare_scores, describe_card
from flows.training.evaluation import scores_on
from flows.training.examples import (
    Example,
    UnreadableExamples,
    examples_of_filings,
    examples_of_rows,
    parse_examples,
)
from flows.training.model_training import TrainingNeedError, train
from flows.understanding.text_model import TextModel, UnreadableModel
from gateway.cli.flows.publish import AUTHOR, person
from gateway.flow_folder.files import read_flow
from gateway.flow_folder.product_files import LIBRARY, MODEL
from gateway.terminal.errors import CommandGroup, Usage, sunwai, when
from sessions.models import model_publication
from sessions.models.training_filings import list_training_filings

model = CommandGroup("model", help="The model that helps to understand texts: train, judge, publish, roll back.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HELD_OUT = "held_out.csv"
FILINGS = "filings by call"


@model.command("train")
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--examples", type=FILE, multiple=True, help="A CSV file of example sentences; may be repeated.")
@click.option("--held-out", type=FILE, help="Texts to judge it with, which it is not trained on.")
@click.option("--filings", is_flag=True, help="Also learn from what callers wrote after they chose a category.")
def train_model(to: Path, examples: tuple[Path, ...], held_out: Path | None, *, filings: bool) -> None:
    """Train a model and write it to TO. Nothing is published.

    By default it learns from the example sentences that ship (flows/model/examples). Needs scikit-learn.
    """
    flow, folder = _flow(), MODEL / "examples"
    chosen = examples or tuple(sorted(path for path in folder.glob("*.csv") if path.name != HELD_OUT))
    sources = {path.name: _examples(path) for path in chosen}
    days: dict[str, tuple[str, str]] = {}
    if filings and (found := list_training_filings(sunwai().database, flow)):
        sources[FILINGS] = examples_of_filings((words, code) for words, code, _ in found)
        days[FILINGS] = (_day(found[0][2]), _day(found[-1][2]))
    short = examples_of_rows(flow.lists.get("category", ()))
    try:
        content = train(sources, short, _examples(held_out or folder / HELD_OUT), flow, days=days)
    except TrainingNeedError as error:
        raise click.ClickException(str(error)) from None
    to.write_bytes(content)
    click.echo("\n".join(describe_card(TextModel(content).card)))
    click.echo(f"Written to {to} ({pluralize(len(content), 'byte')}). Compare it: flask model compare {to}")


@model.command("card")
@click.argument("which", default="")
def card(which: str) -> None:
    """Show the card of WHICH: a file, the number of a published model, or by default the model in use."""
    click.echo("\n".join(describe_card(_read(_content(which)).card)))


@model.command("list")
def list_models() -> None:
    """List the models that were published, newest first. The first one is in use."""
    for each in model_publication.history(sunwai().database):
        back = f", number {each.rolls_back} again" if each.rolls_back is not None else ""
        click.echo(f"{each.number}  {when(each.published_at)}  {each.author}: {each.message}{back}")
    click.echo("0  the model that ships")
    if not sunwai().settings.text_model:
        click.echo("No model is used: TEXT_MODEL is no.")


@model.command("compare")
@click.argument("file", type=FILE)
@click.option("--on", type=FILE, help="The texts to compare on; by default, those that ship for judging.")
def compare(file: Path, on: Path | None) -> None:
    """Compare the model in FILE with the one in use, on texts that neither was trained on."""
    texts = _examples(on or MODEL / "examples" / HELD_OUT)
    in_use, new = _read(_content("")), _read(file.read_bytes())
    click.echo("\n".join(compare_scores(scores_on(new, texts), scores_on(in_use, texts))))


@model.command("publish")
@click.argument("file", type=FILE)
@click.option("--message", required=True, help="What is different and why, in one sentence.")
@AUTHOR
def publish(file: Path, message: str, author: str | None) -> None:
    """Use the model in FILE from now on. Running processes follow within seconds."""
    try:
        done = model_publication.publish(
            sunwai().database, sunwai().clock(), file.read_bytes(), person(author), one_line(message)
        )
    except UnreadableModel as error:
        raise click.ClickException(f"Not published: {error}") from None
    _tell(done)


@model.command("rollback")
@click.argument("number", type=click.IntRange(0, 1_000_000))
@click.option("--message", default="", help="Why; by default, which model it was rolled back to.")
@AUTHOR
def rollback(number: int, message: str, author: str | None) -> None:
    """Use published model NUMBER again, or with 0 the one that ships. It becomes a new number; nothing is deleted."""
    app = sunwai()
    said = one_line(message) or f"Back to model {number}"
    try:
        done = model_publication.roll_back(
            app.database, app.clock(), number, app.models.shipped(), person(author), said
        )
    except UnreadableModel as error:
        raise click.ClickException(f"Not rolled back: {error}") from None
    if done is None:
        raise click.ClickException(f"There is no model {number}: flask model list shows all.")
    _tell(done)


def _tell(done: model_publication.PublishedModel) -> None:
    said = "is in use now" if done.changed else "is in use already: nothing changed"
    click.echo(f"Model {done.number} {said}. To undo this: flask model rollback {max(done.number - 1, 0)}")


def _content(which: str) -> bytes:
    app = sunwai()
    if which and not which.isdecimal():
        return Path(which).read_bytes()
    number = int(which) if which else model_publication.number_in_use(app.database)
    found = model_publication.content_of(app.database, number, app.models.shipped())
    if found is None:
        raise click.ClickException(f"There is no model {number}: flask model list shows all.")
    return found


def _read(content: bytes) -> TextModel:
    try:
        return TextModel(content)
    except UnreadableModel as error:
        raise click.ClickException(str(error)) from None


def _examples(path: Path) -> tuple[Example, ...]:
    try:
        return parse_examples(path.read_text(encoding="utf-8"))
    except (UnreadableExamples, UnicodeDecodeError) as error:
        raise Usage(f"{path}: {error}") from None


def _flow() -> Flow:
    """The flow that answers texts, or the one that ships."""
    app = sunwai()
    app.shelf.refresh()
    published = app.texting.published(app.settings.short_code)
    if published is not None:
        return published.flow
    files, main = read_flow(LIBRARY / "by_text.yaml")
    shipped = parse_flow(files, main).flow
    if shipped is None:
        raise click.ClickException("The flow that ships cannot be read: install Sunwai again.")
    return shipped


def _day(at: datetime) -> str:
    return at.date().isoformat()
