"""The long strand: filed, taken up, late twice, closed, not solved, one level higher, solved. It begins on a Monday."""

from __future__ import annotations

from gateway.development.story.people import CLEAN, COME, FARZANA, GUTTER, HINA, IMRAN, LID, NASREEN, TARIQ, WAIT
from gateway.development.story.story_player import Answers, Play

MENU: Answers = (("Zaban", "Roman Urdu"), ("Shikayat line", "Nayi shikayat"))
FILING: Answers = (
    *MENU,
    ("Masla kis ka hai?", "Pani, safai"),
    ("Pani, safai", "Gutter"),
    ("Zilay ka naam", "lahore"),
    ("Lahore.", GUTTER),
    ("Jawab 8 Jun tak", "Bhejein"),
)


def play_gutter(play: Play) -> str:
    """Until Nasreen says that it is solved. Returns the tracking number."""
    play.at("2026-06-01 09:12", "The gutter has boiled over for nine days. Nasreen dials *8484#.")
    number = play.files(NASREEN, FILING, "Darj ho gai")
    play.gets(NASREEN, number, "Gutter", "Jawab 8 Jun tak")
    play.gets(IMRAN, number, f"ACK {number}")
    play.at("2026-06-01 11:40", "The officer whom it came to takes it up from his own phone.")
    play.texts(IMRAN, f"ACK {number.replace('-', '')}")
    play.gets(IMRAN, f"{number}: yours now, due 8 Jun")
    play.gets(NASREEN, number, "kaam shuru kar diya")
    _late(play, number)
    _closed(play, number)
    _not_solved(play, number)
    _solved(play, number)
    return number


def _late(play: Play, number: str) -> None:
    play.until("2026-06-05 18:00", "Nothing happens. Four fifths of the time are over: the officer is reminded.")
    play.gets(IMRAN, number, "reply due 8 Jun, none sent", on="2026-06-05")
    play.until("2026-06-08 17:00", "The day that Nasreen was told is over: it goes to the supervisor, and she is told.")
    play.gets(NASREEN, number, "waqt par jawab nahi mila", on="2026-06-08")
    play.gets(FARZANA, number, "late, the reply was due 8 Jun. It is yours now", on="2026-06-08")
    play.at("2026-06-09 09:30", "The supervisor wants to close it at once. First she owes Nasreen a word.")
    play.texts(FARZANA, f"DONE {number} {LID}")
    play.gets(FARZANA, number, "is late. First tell its citizen why")
    play.texts(FARZANA, f"LATE {number} {COME}")
    play.gets(FARZANA, number, "your words went to its citizen")
    play.gets(NASREEN, number, "dair ho gayi, jawab 8 Jun tak tha", COME[:40])
    play.until("2026-06-11 18:00", "Half the time again is over: it goes to the head of the office.")
    play.gets(NASREEN, number, "waqt par jawab nahi mila", on="2026-06-11")
    play.gets(TARIQ, number, "It is yours now", on="2026-06-11")


def _closed(play: Play, number: str) -> None:
    play.at("2026-06-12 10:05", "The head writes to her too, and closes it an hour later.")
    play.texts(TARIQ, f"LATE {number} {WAIT}")
    play.gets(TARIQ, number, "your words went to its citizen")
    play.gets(NASREEN, number, WAIT[:40])
    play.at("2026-06-12 11:20", "Closed, says the office. Nasreen is asked.")
    play.texts(TARIQ, f"DONE {number} {LID}")
    play.gets(TARIQ, number, "who is asked whether it is solved")
    play.gets(NASREEN, number, LID[:30], "1 Haan 2 Nahi 3 Kuch")


def _not_solved(play: Play, number: str) -> None:
    play.at("2026-06-12 18:20", "It is not solved: 2, and why: 1, nothing was done.")
    play.texts(NASREEN, "2")
    play.gets(NASREEN, number, "kyun?", "1 Kuch nahi hua")
    play.gets(HINA, number, f"ACK {number}")
    play.texts(NASREEN, "1")
    play.gets(NASREEN, number)
    play.at("2026-06-13 09:00", "It went one level higher, out of the office. Who closed it cannot have it again.")
    play.texts(TARIQ, f"ACK {number}")
    play.gets(TARIQ, "you have no case with this number")


def _solved(play: Play, number: str) -> None:
    play.at("2026-06-15 09:05", "Somebody outside the water office takes it up, and goes there.")
    play.texts(HINA, f"ACK {number}")
    play.gets(HINA, f"{number}: yours now, due 17 Jun")
    play.gets(NASREEN, number, "kaam shuru kar diya", without=(LID[:20],))
    play.at("2026-06-15 15:10", "Closed again. Nasreen is asked again.")
    play.texts(HINA, f"DONE {number} {CLEAN}")
    play.gets(HINA, number, "who is asked whether it is solved")
    play.gets(NASREEN, number, CLEAN[:30], "1 Haan 2 Nahi 3 Kuch")
    play.at("2026-06-15 18:30", "Solved: 1. Only now it counts as solved.")
    play.texts(NASREEN, "1")
    play.gets(NASREEN, number, "masla hal")
