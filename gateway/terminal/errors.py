"""What every command shares: the application it works for, and errors in one line without a traceback."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import click
from flask import current_app, has_app_context
from flask.cli import AppGroup
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError, SQLAlchemyError

from gateway.flow_folder.files import FlowFileError
from gateway.settings.key_ring_settings import refuse_keys_of_command
from gateway.settings.local_time import minute_words
from gateway.terminal import audited_commands
from sessions.cases.core.act_record import Refusal
from storage.connection import error_codes
from storage.connection.database import NotDurable
from storage.encryption.key_ring import UnknownKey, UnusableKeys

if TYPE_CHECKING:
    from gateway.endpoints.application import Sunwai

P = ParamSpec("P")
R = TypeVar("R")

UNREACHABLE = ("08", "57P", "28", "3D")  # PostgreSQL: no connection, shut down, not let in, no such database
USAGE = 2  # exit code: the command could not be run as given


class RowId(click.ParamType[int]):
    """The id of a row, as large as any of our databases can store. The help of an option does not show its range."""

    name = "integer"
    _range = click.IntRange(1, 2**31 - 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Fails as click's own types do."""
        return self._range.convert(value, param, ctx)


ROW_ID = RowId()


class Usage(click.ClickException):
    """Something is wrong with the command itself; exit code 2."""

    exit_code = USAGE


def sunwai() -> Sunwai:
    """The application whose command is running."""
    return cast("Sunwai", current_app)


def accept(done: R | Refusal) -> R:
    """The result of an act. Raises ClickException with the message of a refusal."""
    if isinstance(done, Refusal):
        raise click.ClickException(done.message)
    return done


def command(*words: object) -> str:
    """`flask flows …` as it can be typed: words with spaces or special characters of the shell are quoted."""
    return " ".join(["flask flows", *(shlex.quote(str(word)) for word in words)])


def when(at: datetime) -> str:
    """A time for people to read, in the time zone of the setting TIMEZONE: `2026-11-30 19:03 PKT`."""
    return minute_words(at, sunwai().settings.timezone)


def one_line_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Report a file or a database that cannot be used in one line that says what to do."""

    @functools.wraps(command)
    def wrapped(*given: P.args, **named: P.kwargs) -> R:
        try:
            _demand_keys()
            return command(*given, **named)
        except FlowFileError as error:
            raise Usage(str(error)) from None
        except BrokenPipeError:
            raise  # the reader of our output has gone (`| head`): click ends the command silently
        except OSError as error:
            raise Usage(f"{error.filename or 'A file'}: it cannot be used: {error.strerror}.") from None
        except (NotDurable, UnusableKeys, UnknownKey) as error:
            raise click.ClickException(str(error)) from None
        except (InternalError, OperationalError, ProgrammingError) as error:
            raise click.ClickException(_database(error)) from None
        except SQLAlchemyError as error:
            raise click.ClickException(f"The database refused ({type(error).__name__}). Nothing was changed.") from None

    return wrapped


def _demand_keys() -> None:
    """Refuse to open a database in production with no keys or with another's. Raises ClickException."""
    context = click.get_current_context(silent=True)
    if context is None or not has_app_context():
        return
    if audited_commands.command_path(context) in audited_commands.WITHOUT_KEYS:
        return
    if refused := refuse_keys_of_command(sunwai().settings, sunwai().database):
        raise click.ClickException(refused)


def leave_entry(command: Callable[P, R]) -> Callable[P, R]:
    """Store the audit entry of a command before it does anything, if it leaves one."""

    @functools.wraps(command)
    def wrapped(*given: P.args, **named: P.kwargs) -> R:
        path = audited_commands.command_path(click.get_current_context())
        if (entry := audited_commands.AUDITED.get(path)) is not None:
            audited_commands.note_command(sunwai(), entry, path, named)
        return command(*given, **named)

    return wrapped


class CommandGroup(AppGroup):
    """A group of commands. Each leaves its audit entry, and reports an unusable file or database in one line."""

    def command(self, *given: Any, **named: Any) -> Callable[[Callable[..., Any]], click.Command]:  # type: ignore[override]
        """As AppGroup.command."""
        declare = super().command(*given, **named)
        return lambda function: declare(one_line_errors(leave_entry(function)))


def _database(error: SQLAlchemyError) -> str:
    said = str(getattr(error, "orig", "")).casefold()
    if "no such table" in said or "does not exist" in said:
        return "The database has no tables for Sunwai yet, or has older ones. Run `flask migrate`."
    if "readonly" in said or "read-only" in said:
        return (
            "The database is read-only from here. Nothing was changed. Check which user may write to it (DATABASE_URL)."
        )
    if error_codes.code(error) == error_codes.HELD_UP:
        why = error_codes.WORDS[error_codes.HELD_UP]
        return f"The database gave up: {why}. What was not finished was not changed. Try again."
    if "locked" in said or "timeout" in said:
        return "The database is busy. Nothing was changed. Try again in a few seconds."
    if words := error_codes.explain_error(error):
        return f"The database cannot be used: {words}. Nothing was changed."
    found = error_codes.code(error)
    if found and not found.startswith(UNREACHABLE):
        return f"The database refused a statement ({found}). Nothing was changed. Its own log may say more."
    return (
        "The database cannot be reached. Nothing was changed. Check that it is running and that DATABASE_URL is right."
    )
