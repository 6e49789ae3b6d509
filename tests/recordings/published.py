"""What the outside relies on: addresses, commands with their help, settings, checks, metrics and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import click
from sqlalchemy import text

from tests.flows.fixtures import example, first_of
from tests.recordings.product import CHECKS, LEFT_OUT, Sunwai, checks_page, settings_page

WIDTH = 120  # columns of help


def record(app: Sunwai) -> dict[str, str]:
    """A file for each kind of promise. The application is in development: it has every address there is."""
    return {
        "addresses.txt": "".join(_addresses(app)),
        "commands.txt": "".join(_commands(app.cli, "flask")),
        "settings.md": settings_page(),
        "checks.txt": _checks(),
        "checks.md": checks_page({code: example(first_of(code)) for code in CHECKS}),
        "metrics.txt": _metrics(app),
        "health.txt": _health(app),
        "tables.txt": "".join(_tables(app)),
    }


def _addresses(app: Sunwai) -> Iterator[str]:
    """Each rule with its methods and the name that pages find it by."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        methods = " ".join(sorted(rule.methods or ()))
        host = f" host={rule.host}" if rule.host else ""
        yield f"{rule.rule} [{methods}] {rule.endpoint}{host}\n"


def _commands(command: click.Command, path: str) -> Iterator[str]:
    """A command's help, its parameters as a script relies on them, and all below it."""
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    yield f"== {path}\n{command.get_help(context)}\n"
    for each in command.params:
        told = each.to_info_dict()
        found = {name: told.get(name) for name in PARAMETER if told.get(name) not in (None, False, [], ())}
        yield f"-- {json.dumps(found, default=str, sort_keys=True)}\n"
    yield "\n"
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(command.commands[name], f"{path} {name}")


PARAMETER = ("name", "param_type_name", "opts", "secondary_opts", "required", "nargs", "multiple", "is_flag", "count",
             "hidden", "envvar", "default", "prompt")  # fmt: skip


def _checks() -> str:
    found = [f"{code} {check.severity} {check.summary}\n    {check.about}\n" for code, check in sorted(CHECKS.items())]
    return "".join(found) + "".join(f"{code} left out: {why}\n" for code, why in sorted(LEFT_OUT.items()))


def _metrics(app: Sunwai) -> str:
    """Names, kinds and help of all; labels of gauges. Which counters have samples depends on what ran before."""
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200, answer.text
    found: list[str] = []
    gauge = False
    for line in answer.text.splitlines():
        if line.startswith("# TYPE"):
            gauge = line.endswith(" gauge")
        if line.startswith("#") or gauge:
            found.append(line if line.startswith("#") else line.rsplit(" ", 1)[0])
    return "".join(f"{line}\n" for line in found)


def _health(app: Sunwai) -> str:
    """What the addresses for watchers say of an installation whose worker and sweep are not at work."""
    client = app.test_client()
    found = [(path, client.get(path)) for path in ("/healthz", "/readyz", "/nowhere", "/hooks/africastalking/x/sms")]
    return "".join(
        f"GET {path} {answer.status} {answer.content_type}\n{answer.text.rstrip()}\n" for path, answer in found
    )


def _tables(app: Sunwai) -> Iterator[str]:
    """The schema, in SQLite's own words, and which migration it stands at."""
    query = text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name")
    with app.database.engine.connect() as connection:
        yield f"alembic: {connection.scalar(text('SELECT version_num FROM alembic_version'))}\n"
        for kind, name, sql in connection.execute(query):
            yield f"{kind} {name}: {_foreign_keys_in_order(' '.join(sql.split()))}\n"


def _foreign_keys_in_order(sql: str) -> str:
    """A table that was written anew has its foreign keys in an order that differs from process to process."""
    keys = re.compile(r"(?:CONSTRAINT \w+ )?FOREIGN KEY\(\w+\) REFERENCES \w+ \(\w+\)")
    ordered = iter(sorted(keys.findall(sql)))
    return keys.sub(lambda _: next(ordered), sql)
