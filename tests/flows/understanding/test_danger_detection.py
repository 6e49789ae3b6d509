"""Which words are a cry for help, and which only hold a word of one."""

from __future__ import annotations

import pytest

from sessions.cases.rules.danger_files import danger_in
from tests.flows.library import shipped

FLOW = shipped("by_text")

CRIES = """
aag
aag lag gai
ag lg gyi he
ghar me aag lagi he
AAG LAG GAYI HAI JALDI
آگ لگ گئی
گھر میں آگ لگی ہے
fire
my house is on fire
goli
goli chal gai
goliyan chal rahi hain
goli mari hai
گولی
گولی چل گئی
khudkushi
khudkushi karna chahta hun
khudkhushi
khud kushi
خودکشی
suicide
i want to kill myself
marna chahti hun
utha lia
utha liya hai
mere bhai ko utha lia
meri beti ko utha kar le gaye
agwa
aghwa ho gaya
اغوا
bachao
mujhe bachaao
بچاؤ
shohar marta hai
shohar mujhe marta he
shauhar maarta hai
shoher ne mara
شوہر مارتا ہے
my husband beats me
help aag lag gai
aag lagi hai koi nahi aaya
kisi ne mere bhai ko goli mari
goli mere bhai ki tang par lagi
police ki goli lagi
i want to die
mere bete ko gari mein utha liya
"""

HARMLESS = """
bukhar ki goli hospital mein nahi
sui gas ki aag kam hai
kachre ko aag lagate hain
meter utha liya
shohar mar gaya pension nahi mili
fire brigade ki gari nahi hai
janwar mar rahe hain
kura utha kar nahi le jate
bijli band hai
koi aag nahi lagi
aag nahi lagi
goli nahi chali
dawai ki goli nahi mili hospital mein
bukhar ki goli lagti hai
chuhe mar goli nahi mili
machar mar spray nahi hua
bijli chali gayi hai aur bimar ko goli bhi nahi
main khushi se khud likh raha hun
i want the road fixed or people will die
bijli walay meter utha kar le gaye bache garmi mein hain
mere bhai ka motor utha liya
help
"""


@pytest.mark.parametrize("words", CRIES.strip().splitlines())
def test_a_cry_for_help_is_heard_however_it_is_spelt(words: str) -> None:
    assert danger_in(words, FLOW) is not None


@pytest.mark.parametrize("words", HARMLESS.strip().splitlines())
def test_words_that_only_hold_one_are_no_cry(words: str) -> None:
    assert danger_in(words, FLOW) is None
