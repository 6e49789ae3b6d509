"""Complaints as people text them, in Roman Urdu, English and Urdu: each is taken for the kind that it is about."""

from __future__ import annotations

import pytest

from flows.understanding import category_and_district
from flows.understanding.classification import Classification
from tests.flows.library import shipped

SAID = """
# mun01 No/low water
pani nahi aa raha
paani nhi aa rha
water is not coming
tap has no water
پانی نہیں آ رہا
# mun02 Dirty water
khara pani aa raha hai nalkay se
ganda pani aa raha hai
pani mein badboo hai
# mun03 Sewer/manhole
pani khara hai gali mein
gali mein pani khara hai
barish ka pani jama hai
barish ka pani nahi nikla
standing water in street
street mein ganda pani khara hai
گلی میں پانی کھڑا ہے
gatar ka dhakan nahi hai
manhole khula hai
gutter overflow ho raha hai
# mun04 Garbage
kuray ka dher laga hai
koi safai karne nahi aata
garbage not collected
# mun05 Street light
street light kharab hai
gali ki light kharab hai
# mun06 Encroachment
dukan walay ne rasta band kar diya
footpath par qabza
# nrg01 No power
light chali gayi
light nahi hai
light nahi aa rahi
bijli nhi aa rahi
load shading bohat hai
transformer jal gaya
voltage kam hai
لائٹ نہیں ہے
بجلی نہیں آ رہی
# nrg02 Fallen wire
taar gir gayi hai
bijli ki tar gir gayi
wire has fallen on road
electric pole is sparking
بجلی کی تار گر گئی
# nrg03 Wrong bill
bill bohat zyada aya hai
bijli ka bil ghalat hai
electricity bill is too high
# nrg05 No/low gas
gas nahi aa rahi
choolha nahi jal raha gas nahi
# nrg06 Gas leak
gas ki smell aa rahi hai
gas leak ho gayi
گیس لیک ہو رہی ہے
# edu01 Teacher absent
school mein ustad nahi aate
teacher nahi ata
# edu06 Beating/abuse
school mein teacher bachon ko mar raha hai
teacher beats children
ustad ne bachay ko mara
# hlt01 Staff absent
hospital mein doctor nahi hai
# hlt02 No medicine
hospital mein dawai nahi
# hlt03 Bad treatment
bukhar ki goli hospital mein nahi
# hlt04 Asked for money
doctor paise mangta hai
# hlt06 Vaccine, LHW
dengue spray nahi hua
dengue machar bohat hain
machar mar spray karein
malaria phail raha hai
fogging nahi hui
ڈینگی سپرے کریں
mosquito spray needed
bache ko teeka nahi laga
# pol01 FIR not lodged
police fir nahi kaat rahi
FIR darj nahi ho rahi
# pol04 Theft, drugs
motorcycle chori ho gayi
mobile cheen liya
ghar mein daka para
my phone was snatched
chori ho gayi ghar mein
موٹر سائیکل چوری ہو گئی
# pol05 Threats
mujhe koi mar raha hai
koi mar raha hai
koi mujhe maar raha hai
koi maar raha hai bachao
someone is beating me
someone is trying to kill me
mujhe jaan se mar dega
goli chala di
firing ho rahi hai
کوئی مار رہا ہے
مجھے کوئی مار رہا ہے
jaan se marne ki dhamki
goli lagi hai
humein mar rahe hain
mujhe mar rahe hain log
# lnd01 Fard, intiqal
patwari fard nahi deta
# lnd03 Illegal seizure
meri zameen par qabza ho gaya
someone occupied my land
# idw01 ID card
shanakhti card nahi ban raha
# idw03 BISP money
bisp ke paise nahi mile
benazir ki qist nahi mili
# idw04 Cut from payment
agent ne paise kaat liye
# idw06 Pension
pension nahi mili
# trn01 Broken road
sarak tooti hui hai
road par khadday hain
road is broken
# trn02 Bridge, highway
pul toot gaya
# trn03 Fares, buses
kiraya zyada lete hain
# trn05 Train
train late hai
# prc01 Overcharging
cheeni mehngi hai
# prc02 Bad food
doodh mein milawat
# prc03 Hoarding
atta nahi mil raha
# prc05 Short measure
petrol kam dalte hain
# agr01 Canal water
nehar mein pani nahi
fasal ko pani nahi mil raha
# agr02 Seed, fertiliser
khad nahi mil rahi
fasal par spray
# agr03 Livestock
janwar mar rahe hain bimari se
# agr04 Flood relief
sailab aa gaya
# agr05 Smoke, factory
factory ka dhuan
# agr06 Trees cut
darakht kaat rahe hain
# tel01 SIM, network
sim band ho gayi
signal nahi aate
# tel02 Spam, scam SMS
fraud call aayi
# tel03 Bank, wallet
easypaisa se paise nikal gaye
# tel04 Online abuse
facebook par blackmail kar raha hai
# cor01 Bribe, funds
police rishwat mangti hai
patwari paise mangta hai
# rgt01 Violence at home
shohar marta hai
shohar mujhe mar raha hai
my husband beats me
شوہر مارتا ہے
susral wale marte hain
# rgt02 Child missing/abuse
mera bacha gum ho gaya
mera beta ghar nahi aya laapata hai
beti ko utha kar le gaye
میرا بچہ گم ہو گیا
bachi gum ho gayi
# rgt03 Work harassment
boss harass karta hai
# rgt04 Forced marriage
beti ki zabardasti shadi kar rahe hain
# rgt05 Disability
mazoor card nahi bana
# rgt06 Wages, labour
tankhwah nahi mili
3 mahine se salary nahi mili
seth mazdoori nahi deta
"""


def rows() -> list[tuple[str, str]]:
    """Every sentence and the code of the heading it stands under."""
    found: list[tuple[str, str]] = []
    code = ""
    for line in SAID.strip().splitlines():
        if line.startswith("#"):
            code = line.split()[1]
        else:
            found.append((line, code))
    return found


@pytest.mark.parametrize(("words", "code"), rows())
def test_a_complaint_in_everyday_words_is_taken_for_what_it_is_about(words: str, code: str) -> None:
    assert category_and_district.category(words, shipped("by_text")) == Classification(code)


@pytest.mark.parametrize(("words", "code"), rows())
def test_a_complaint_in_everyday_words_names_no_district(words: str, code: str) -> None:
    assert category_and_district.district(words, shipped("by_text")) == Classification()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("hospital mein safai nahi", {"hlt03", "mun04"}),
    ],
)
def test_where_two_kinds_may_be_meant_both_are_offered(words: str, codes: set[str]) -> None:
    found = category_and_district.category(words, shipped("by_text"))
    assert (found.code, set(found.others)) == (None, codes)


@pytest.mark.parametrize("words", [words for words, code in rows() if code in ("pol05", "rgt01", "rgt02")])
def test_who_is_in_danger_is_never_taken_for_somebody_who_can_wait(words: str) -> None:
    flow = shipped("by_text")
    code = category_and_district.category(words, flow).code or ""
    assert flow.rows["category"][code].columns["emergency"] == "yes"
