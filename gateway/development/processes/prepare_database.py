"""What must be in the database before the doors open: tables, the shipped flows and their codes, the offices."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.cases.office_file import case_codes_of, read_offices
from gateway.flow_folder.files import FlowFileError, read_flow, read_text
from gateway.settings.config import Config
from gateway.settings.key_ring_settings import key_source_of, refuse_keys
from gateway.settings.loader import ConfigError, load_config
from sessions.cases.rules.case_policy import CasePolicy, case_policy
from sessions.publishing import publication, revision_history, short_codes
from sessions.staff import office_import
from storage.connection.database import Database, open_database
from storage.encryption.data_keys import unlock
from storage.migrations.runner import migrate

LIBRARY = Path(__file__).parents[3] / "flows" / "library"
AUTHOR = "make run"
LINE, TEXTED = "complaints", "by_text"  # the complaint line, for those who dial and for those who text
OFFICES = "offices.csv"  # which office is responsible for what; much of it is not verified
BESIDE = {"power_cut": "*8485#", "survey": "*8486#"}  # the other flows, and their codes


def prepare(database: Database, config: Config, now: datetime) -> str:
    """Migrate, publish each shipped flow that changed, assign the codes, and import the shipped offices.

    Returns what is wrong, or "". What people published, assigned and imported themselves stays as it is.
    """
    migrate(database)
    known = {each.flow for each in publication.list_published_flows(database)}
    policy = case_policy(config.lifecycle, config.calendar, config.timezone)
    for flow in (LINE, TEXTED, *BESIDE):
        if problem := _publish(database, flow, now, policy):
            return problem
    _route(database, config, first=TEXTED not in known)
    return _import(database, now.astimezone(ZoneInfo(config.timezone)).date())


def _import(database: Database, today: date) -> str:
    """Import the shipped offices if there are none. Returns what is wrong, or ""."""
    if office_import.load_office_book(database, today).offices:
        return ""
    listed = read_offices(read_text(LIBRARY, OFFICES), OFFICES, case_codes_of(office_import.live_flows(database)))
    if listed.faults:
        return f"{LIBRARY / OFFICES}:{listed.faults[0].line}: {listed.faults[0].message}"
    office_import.apply_office_import(
        database, listed.book, today, office_import.preview_office_import(database, listed.book, today)
    )
    print(f"{len(listed.book.offices)} offices, as shipped")
    return ""


def _route(database: Database, config: Config, *, first: bool) -> None:
    """Assign the codes to their flows. The `first` flow for texts takes the short code over from the complaint line."""
    leads = {code: each.flow for each in publication.list_published_flows(database) for code in each.codes}
    wanted = {code: flow for flow, code in BESIDE.items()}
    # Then the codes in the settings: if one is also the code of another flow, the complaint line has it.
    wanted |= {config.service_code: LINE, config.short_code: TEXTED}
    for code, flow in wanted.items():
        there = leads.get(code)
        if there is None or BESIDE.get(there) == code or (first and flow == TEXTED and there == LINE):
            short_codes.assign_code(database, code, flow)


def _publish(database: Database, flow: str, now: datetime, policy: CasePolicy) -> str:
    """Publish one flow if it changed, and print that. Returns what is wrong, or ""."""
    live = revision_history.find_revision(database, flow)
    path = LIBRARY / f"{flow}.yaml"
    if live is not None and live.author != AUTHOR:
        compare = f"flask flows diff live {path}"
        print(f"{flow} revision {live.number} of {live.author} stays; to compare it with ours: {compare}")
        return ""
    files, main = read_flow(path)
    note = publication.RevisionNote(AUTHOR, "The flow that ships")
    found = publication.publish(database, now, files, main, note, policy=policy)
    if isinstance(found, publication.PublishFailure):
        first = next(problem for problem in found.problems if problem.severity == "E")
        return f"{path.parent / first.file}:{first.line}: {first.code} {first.message} (flask flows check shows all)"
    print(f"{found.flow} revision {found.number}{'' if found.changed else ', unchanged'}")
    return ""


def main() -> None:
    """Prepare the database that the environment names; if that fails, one line on stderr and exit code 1."""
    try:
        config = load_config()
        database = open_database(config.database_url)
        unlock(database, key_source_of(config))
        migrate(database)
        problem = refuse_keys(config, database) or prepare(database, config, datetime.now(UTC))
    except (ConfigError, FlowFileError) as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - whatever the database says, one line is enough
        problem = f"The database cannot be used: {str(error).splitlines()[0]} Check DATABASE_URL."
    if problem:
        sys.exit(problem)


if __name__ == "__main__":
    main()
