"""Somebody in office who asks for money is recognised, whoever they are and whatever it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understanding.bribe_detection import is_bribe, names_health
from flows.understanding.category_and_district import category
from tests.flows.library import shipped

OVERSIGHT = {"ace", "harass_omb", "oversight_desk", "police_oversight"}
ACCUSED = """
patwari tehsildar thanedar sho muharrir constable inspector warden lineman sdo clerk babu chaprasi doctor nurse
teacher headmaster nadra passport excise beldar postman judge munshi
پٹواری تحصیلدار تھانیدار محرر سپاہی انسپکٹر وارڈن کلرک چپڑاسی ڈاکٹر نرس ٹیچر استاد نادرا
"""
ASKED = """
{} paise mangta hai
{} paisay mang raha hai fard ke
{} ne 5000 mange
{} 20k demand kar raha hai
the {} asked for 3000 rupees
{} wants money for my file
{} ko paise diye baghair kaam nahi hota
{} chai pani mangta hai
{} kehta hai 2000 do
{} rishwat leta hai
{} پیسے مانگتا ہے
{} نے پانچ ہزار روپے لیے
{} رشوت مانگ رہا ہے
"""


@pytest.mark.parametrize("asked", ASKED.strip().splitlines())
@pytest.mark.parametrize("accused", ACCUSED.split())
def test_money_asked_in_an_office_never_reaches_that_office(accused: str, asked: str) -> None:
    text = asked.format(accused)
    flow = shipped("by_text")
    assert is_bribe(text)
    row = flow.rows["category"][category(text, flow).code or ""]
    assert row.columns["office"] in OVERSIGHT or row.columns["against"]
    assert row.columns["sensitive"] == "yes"  # so it is private


@pytest.mark.parametrize(
    "text",
    [
        "rishwat",
        "bribe",
        "رشوت",
        "mutthi garam karni parti hai clerk ki",
        "SHO ki jeb garam karo tab parcha hota hai",
        "ASI 30 hazar do warna case",
        "meter reader kehta he 2 lac do",
        "lineman 15 k leta hai",
        "without money the clerk does not sign",
        "doctor kehta hai 500 dein",
    ],
)
def test_other_ways_to_say_it_are_recognised(text: str) -> None:
    assert is_bribe(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "patwari fard nahi deta",
        "doctor ghair hazir hai",
        "dukandar zyada paise leta hai",
        "rickshaw wala 500 mangta hai",
        "the shopkeeper takes more money than the price",
        "bijli ka bill 9000 aya hai wapda wale kuch nahi karte",
        "private school ki fees 5000 leta hai",
        "conductor ne zyada kiraya liya traffic police kuch nahi karti",
        "mere paise mobile company ne kaat liye",
        "pension ke paise nahi mile",
        "tankhwah ke 3000 nahi mile",
        "fraud call ayi police wala ban kar paise mangta hai",
        "ek aadmi paise mangta hai",
        "teacher 12 bachon ko marta hai",
        "wapda ka 1 transformer do bar jal gaya",
        "دکاندار زیادہ پیسے لیتا ہے",
        "chai ki dukan ka pani ganda hai",
        "hospital mein pani nahi",
        "school mein garam pani aur chai nahi milti",
        "thane ki jeep garam ho kar band ho gayi",
        "hath garam pani se jal gaya",
    ],
)
def test_prices_bills_sellers_and_strangers_are_no_bribe(text: str) -> None:
    assert not is_bribe(text)


def test_money_and_the_asking_must_be_near_each_other() -> None:
    between = " ".join(["lafz"] * 4)
    assert is_bribe(f"clerk paise {between} mangta hai") and is_bribe(f"clerk mangta {between} paise")
    assert not is_bribe(f"clerk paise {between} lafz mangta hai")
    assert is_bribe("clerk 500 aur do") and not is_bribe("clerk 500 log aur do")


def test_only_an_amount_of_three_digits_or_in_thousands_is_money() -> None:
    assert is_bribe("clerk ne 100 mange") and not is_bribe("clerk ne 10 mange")
    assert is_bribe("clerk ne 10 k mange") and not is_bribe("clerk ne 10 kaam mange")


def test_a_hospital_has_a_category_of_its_own_for_it() -> None:
    flow = shipped("by_text")
    assert names_health("nurse") and names_health("ڈاکٹر") and not names_health("patwari")
    assert category("nurse ne paise mange", flow).code == "hlt04"
    assert category("patwari ne paise mange", flow).code == "cor01"


@given(st.text())
def test_any_text_is_a_bribe_or_none(text: str) -> None:
    assert is_bribe(text) in (True, False)
