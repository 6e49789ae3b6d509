"""Everything wrong in the data files that ship: `python -m gateway.development.library_check`.

A life cycle or calendar that cannot be used stops every process at its start, also `flask flows check`. This reads them
without any of the rest.
"""

from importlib.resources import files

from flows.checks.data_files.data_file import NOTHING
from flows.checks.data_files.data_kinds import check_data_files


def library_problems() -> list[str]:
    """A line for everything found in the life cycle and the calendar that ship; [] if they can be used as they are."""
    library = files("flows") / "library"
    found = {name: (library / name).read_text(encoding="utf-8") for name in ("lifecycle.yaml", "calendar.yaml")}
    return [f"{library}/{each}" for each in check_data_files(found, found, NOTHING)]


if __name__ == "__main__":
    if problems := library_problems():
        raise SystemExit("\n".join(problems))
