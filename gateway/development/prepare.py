"""What must be in the database before the doors open: its tables, the shipped flow, the codes that lead to it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Config, ConfigError
from gateway.flowfiles import FlowFileError, read_flow
from sessions import publishing
from storage.database import Database, migrate, open_database

LIBRARY = Path(__file__).parents[2] / "flows" / "library"
BESIDE = {"power_cut": "*8485#", "survey": "*8486#"}  # flows beside the complaint line, and the codes they name


def prepare(database: Database, config: Config, now: datetime) -> str:
    """Migrates, publishes each shipped flow that changed, and routes the codes. Returns what is wrong, or ""."""
    migrate(database)
    for flow in ("complaints", *BESIDE):
        if problem := _publish(database, LIBRARY / f"{flow}.yaml", now):
            return problem
    # Last the codes of the settings: where they are one of the others', the complaint line keeps it.
    for code, flow in (*((code, flow) for flow, code in BESIDE.items()), *_main_codes(config)):
        publishing.route(database, code, flow)
    return ""


def _main_codes(config: Config) -> tuple[tuple[str, str], ...]:
    return (config.service_code, "complaints"), (config.short_code, "complaints")


def _publish(database: Database, path: Path, now: datetime) -> str:
    """Publishes one flow if it changed, and says so. Returns what is wrong, or ""."""
    files, main = read_flow(path)
    found = publishing.publish(database, now, files, main, author="make run", message="The flow that ships")
    if isinstance(found, publishing.Unfit):
        first = next(problem for problem in found.problems if problem.severity == "E")
        return f"{path.parent / first.file}:{first.line}: {first.code} {first.message} (flask flows check shows all)"
    print(f"{found.flow} revision {found.number}{'' if found.changed else ', unchanged'}")
    return ""


def main() -> None:
    """Prepares the database that the environment names; one line on stderr and exit code 1 where it cannot."""
    try:
        config = Config.from_env()
        database = open_database(config.database_url)
        problem = prepare(database, config, datetime.now(UTC))
    except (ConfigError, FlowFileError) as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - whatever the database says, the person needs one line
        problem = f"The database cannot be used: {str(error).splitlines()[0]} Check DATABASE_URL."
    if problem:
        sys.exit(problem)


if __name__ == "__main__":
    main()
