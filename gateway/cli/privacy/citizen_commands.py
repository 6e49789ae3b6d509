"""`sunwai citizen`: hand out, hold or erase what is held about a phone, and erase again after a restore."""

import os
from pathlib import Path
from typing import cast

import click

from flows.text.printable import pluralize
from gateway.settings.values import phone_numbers
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, Usage, accept, sunwai
from sessions.redis.redis_client import open_redis
from sessions.retention import citizen_erasure, citizen_export, legal_holds
from sessions.retention.citizen_erasure import REASONS, CitizenErasure, ErasureRequest, Reason
from sessions.retention.erasure_journal import ErasureJournal
from sessions.retention.live_calls import forget_calls
from storage.menus import revisions

citizen = CommandGroup("citizen", help="What is held about one phone: export, hold or erase it (docs/privacy.md).")
PATIENCE = 2.0  # seconds that Redis may take
_PHONE = click.argument("phone")


@citizen.command("export")
@_PHONE
@click.option(
    "--to", "file", type=click.Path(path_type=Path), required=True, help="FILE.json and FILE.txt are written."
)
def export(phone: str, file: Path) -> None:
    """Write all that is held about PHONE to FILE.json and FILE.txt, which nobody else can read."""
    app = sunwai()
    paths = [Path(f"{file}.json"), Path(f"{file}.txt")]
    for path in paths:
        if path.exists():
            raise Usage(f"{path} exists already: name another file.")
    done = accept(citizen_export.export_citizen(app.database, _read_phone(phone), app.clock(), command_actor()))
    for path, content in zip(paths, (done.json, done.text.encode()), strict=True):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
        click.echo(str(path))


@citizen.command("erase")
@_PHONE
@click.option("--reason", type=click.Choice(REASONS), help="Why, for the first person, who asks.")
@click.option("--confirm", is_flag=True, help="For the second person, who agrees. It cannot be undone.")
@click.option("--withdraw", is_flag=True, help="Nothing is to be erased after all.")
@click.option("--open-cases", is_flag=True, help="Also while somebody works on a case of this phone.")
def erase(phone: str, reason: str | None, confirm: bool, withdraw: bool, open_cases: bool) -> None:
    """Erase the number, words and texts of PHONE. One person asks with --reason, another adds --confirm.

    What stays: that there were cases, their kinds, places, offices, days and outcomes.
    """
    if sum((reason is not None, confirm, withdraw)) != 1:
        raise Usage("Ask with --reason, agree with --confirm, or take it back with --withdraw: one of them.")
    act, phone = _erasure(), _read_phone(phone)
    if reason is not None:
        asked = accept(citizen_erasure.request_erasure(act, phone, cast("Reason", reason), open_cases=open_cases))
        click.echo(
            f"Held about this phone: {_counts(asked)}. All numbers and words in it will be erased; nothing is yet."
        )
        click.echo(
            "Asked for. Within a week another person, from their own login: sunwai citizen erase PHONE --confirm"
        )
    elif withdraw:
        accept(citizen_erasure.withdraw_erasure(act, phone))
        click.echo("Nothing will be erased.")
    else:
        done = accept(citizen_erasure.confirm_erasure(act, phone))
        click.echo(f"Erased: all numbers and words in {_counts(done)}.")
        click.echo("Backups still hold it: after a restore the sweep erases it again.")


@citizen.command("hold")
@_PHONE
@click.option("--reason", help="Why nothing of this phone may be removed: which court or inquiry needs it.")
@click.option("--lift", is_flag=True, help="The rules apply again.")
def hold(phone: str, reason: str | None, lift: bool) -> None:
    """Keep all of PHONE until the hold is lifted: no rule and no erasure removes anything."""
    if (reason is None) != lift:
        raise Usage("Give a --reason, or --lift the hold.")
    app = sunwai()
    accept(legal_holds.change_hold(app.database, _read_phone(phone), reason or "", app.clock(), command_actor()))
    click.echo("The hold is lifted." if lift else "Held until somebody lifts it: sunwai citizen hold PHONE --lift")


@citizen.command("replay")
def replay() -> None:
    """Erase again what a restored backup brought back. The sweep does it by itself when it starts."""
    app = sunwai()
    done = citizen_erasure.replay_journal(app.database, ErasureJournal(_journal()), app.clock())
    click.echo(f"{pluralize(done, 'phone')} erased again.")


def _counts(request: ErasureRequest) -> str:
    """What is held, in words."""
    return "; ".join(["the number", *(f"{name}: {count:,}" for name, count in request.held.items())])


def _erasure() -> CitizenErasure:
    app = sunwai()
    redis = open_redis(app.settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    with app.database.read() as db:
        codes = {code for each in revisions.list_live_flows(db) for code in each.codes} | {app.settings.service_code}
    return CitizenErasure(
        app.database,
        app.policy,
        ErasureJournal(_journal()),
        lambda phone: forget_calls(redis, app.session_keys, phone, codes),
        command_actor(),
        app.clock(),
    )


def _journal() -> str:
    if not sunwai().settings.erasure_journal:
        raise Usage(
            "Set ERASURE_JOURNAL to a file outside the database: a restored backup would bring back what was erased."
        )
    return sunwai().settings.erasure_journal


def _read_phone(raw: str) -> str:
    """The number as it is stored; `-` asks for it, so that it stands in no history of a shell and no list of processes.

    What is typed is never repeated: it may be somebody's number.
    """
    if raw == "-":
        raw = click.prompt("Phone", type=str)
    phone = phone_numbers.parse_national_number(raw, sunwai().settings.country)
    if phone is None:
        raise Usage("That is not a mobile number: write it as 03017654321.")
    return phone
