"""An answer that nobody answers: reminded after three days, closed without a word after seven."""

from __future__ import annotations

from gateway.development.story.people import ADNAN, GULZAR, LAMPS, LIT
from gateway.development.story.story_player import Play, number_in


def play_lamps(play: Play) -> str:
    """Until it is closed. Returns the tracking number."""
    play.at("2026-06-19 20:15", "Gulzar wants Urdu. One SMS is enough to complain.")
    play.texts(GULZAR, "اردو")
    play.gets(GULZAR, "ایس ایم ایس اردو میں آئیں گے")
    play.texts(GULZAR, LAMPS)
    number = number_in(play.gets(GULZAR, "درج", "اسٹریٹ لائٹ"))
    play.gets(ADNAN, number, f"ACK {number}")
    play.at("2026-06-22 09:40", "The local council takes it up.")
    play.texts(ADNAN, f"ACK {number}")
    play.gets(ADNAN, f"{number}: yours now")
    play.gets(GULZAR, number, "نے کام شروع کر دیا")
    play.at("2026-06-23 12:00", "The lamps burn, says the council. Gulzar is asked, and the text reaches his phone.")
    play.texts(ADNAN, f"DONE {number} {LIT}")
    play.gets(ADNAN, number, "who is asked whether it is solved")
    play.gets(GULZAR, number, LIT[:30], "جواب: 1 ہاں 2 نہیں 3 کچھ")
    play.until("2026-06-26 13:00", "Three days later he is asked once more.")
    play.gets(GULZAR, number, "آپ کا جواب نہیں ملا", on="2026-06-26")
    play.until("2026-06-30 13:00", "After seven days it is closed. Nobody may say that he was content.")
    play.gets(GULZAR, number, "جواب نہ ملنے پر بند", on="2026-06-30")
    return number
