"""A complaint about the police: past the police, with the name hidden and texts that say nothing."""

from __future__ import annotations

from gateway.development.story.late_case import MENU
from gateway.development.story.people import AKBAR, BEATEN, HEARD, RABIA, YUSUF
from gateway.development.story.story_player import Answers, Play

TELLING = ("police", "thana", "shafiqabad", "ziadti", "bhai", "afsar", "bayan")  # what no text of this case may hold
FILING: Answers = (
    *MENU,
    ("Masla kis ka hai?", "Police"),
    ("Police, jurm", "Police ki ziadti"),
    ("Zilay ka naam", "lahore"),
    ("Lahore.", BEATEN),
    ("Naam chhupa rahega", "Bhejein"),
)


def play_police(play: Play) -> str:
    """Until Yusuf says that it is settled. Returns the tracking number."""
    play.at("2026-06-16 14:05", "Yusuf complains about a police station. The family shares his phone.")
    number = play.files(YUSUF, FILING, "naam chhupa hai")
    play.gets(YUSUF, number, "mil gayi", without=TELLING)
    play.gets(RABIA, number, f"ACK {number}", without=TELLING)
    play.says("The police got nothing of it: the desk above them has it. What if an officer knew the number?")
    play.texts(AKBAR, f"ACK {number}")
    play.gets(AKBAR, "you have no case with this number", without=(*TELLING, number))
    play.at("2026-06-17 10:15", "The complaints desk takes it up. The text to Yusuf says only that there is news.")
    play.texts(RABIA, f"ACK {number}")
    play.gets(RABIA, f"{number}: yours now", without=TELLING)
    play.gets(YUSUF, number, "nayi khabar hai", without=TELLING)
    play.says("What a command shows: to somebody of the police nothing, to the desk no phone and no name.")
    play.operator("complaints", "show", number, "--as", AKBAR.name, says="There is no complaint", refused=True)
    play.operator("complaints", "show", number, "--as", RABIA.name, says="hidden")
    play.at("2026-06-18 12:30", "It is settled, says the desk. What it wrote can be read by dialling only.")
    play.texts(RABIA, f"DONE {number} {HEARD}")
    play.gets(RABIA, number, "who is asked whether it is solved", without=TELLING)
    play.gets(YUSUF, number, "kaam hua?", "1 Haan 2 Nahi 3 Kuch", without=TELLING)
    play.at("2026-06-18 21:10", "Yusuf dials when he is alone, reads it, and says yes.")
    play.dials(YUSUF, YES, f"{number} band")
    return number


YES: Answers = (
    ("Shikayat line", "Meri shikayatein"),
    ("Aap ki shikayatein", "1"),
    (HEARD[:30], "Haan, hal hua"),
)
