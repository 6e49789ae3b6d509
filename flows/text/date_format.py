"""How a date reads on a small screen."""

from __future__ import annotations

from datetime import date

_LATIN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_URDU = ("جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر")


def show_date(day: date | str, language: str) -> str:
    """A date or ISO date as day and month: "24 Jun", and "24 جون" in Urdu script.

    The digits are 0-9 in every language, as on phones. ValueError for a string that is not an ISO date.
    """
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    months = _URDU if language == "ur" else _LATIN
    return f"{day.day} {months[day.month - 1]}"
