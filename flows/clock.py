"""Dates of a complaint: when its answer is due, and how a date reads on a small screen."""

from __future__ import annotations

from datetime import date, timedelta

_LATIN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_URDU = ("جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر")


def due_on(received: date, days: int) -> date:
    """The day an answer is due, `days` calendar days after `received`; ValueError for negative days."""
    if days < 0:
        raise ValueError(f"an answer cannot be due {-days} days before the complaint")
    return received + timedelta(days=days)


def show_date(day: date | str, language: str) -> str:
    """A date or ISO date as day and month: "24 Jun", and "24 جون" in Urdu script.

    The digits are 0-9 in every language, as on phones. ValueError for a string that is not an ISO date.
    """
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    months = _URDU if language == "ur" else _LATIN
    return f"{day.day} {months[day.month - 1]}"
