"""How a date reads on a small screen."""

from datetime import date

from flows.text.languages import months


def show_date(day: date | str, language: str, month: str = "") -> str:
    """A date or ISO date as day and month: "24 Jun", and "24 جون" in Urdu. `month` is another word for the month.

    The digits are 0-9 in every language, as on phones. ValueError for a string that is not an ISO date.
    """
    day = _date(day)
    return f"{day.day} {month or months(language)[day.month - 1]}"


def month_code(day: date | str) -> str:
    """The month of a date as a code: `jan` to `dec`."""
    return months("en")[_date(day).month - 1].lower()


def _date(day: date | str) -> date:
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day
