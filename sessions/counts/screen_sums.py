"""The sums of screens by month and by day, compared with the counts that they are sums of."""

from sessions.counts.case_counts import see_one_moment
from storage.connection.database import Database
from storage.menus import screen_counts
from storage.menus.screen_counts import WrongSum

AT_ONCE = 500  # sums that are corrected in one transaction


def find_wrong_sums(database: Database) -> list[WrongSum]:
    """Every sum that is wrong, month by month; all statements see one moment."""
    with database.read.begin() as db:
        see_one_moment(db)
        months = screen_counts.counted_months(db)
        return [each for month in months for each in screen_counts.wrong_sums(db, month)]


def repair(database: Database) -> list[WrongSum]:
    """Correct every sum that is wrong; what was wrong."""
    found = find_wrong_sums(database)
    for first in range(0, len(found), AT_ONCE):
        with database.write.begin() as db:
            screen_counts.correct_sums(db, found[first : first + AT_ONCE])
    return found
