"""What everyday words of an SMS mean: answers as people write them, and what stops and starts texts."""

from __future__ import annotations

import pytest

from flows.menu.keyword_rule import ANSWERS
from flows.understanding.intents import Intent, explain_intent
from tests.flows.library import shipped

RULES = shipped("by_text").keywords
NUMBER = "482719300"

SOLVED = """
1
1.
1 haan
1 theek hai
haan
han
Haan!
haan ji
han g
ji haan
jee haan
ji han
g haan
jihaan
hanji
ji
jee
g
ji bilkul
bilkul
yes
yes sir
Yes, thank you
yess
yep
haan shukriya
ji haan bohat shukriya
hal ho gaya
hal hogaya
hal hogya
hal ho gya
hal ho gia
hal hua
masla hal ho gaya
masla hal ho gaya hai
masla hal ho gya shukriya
msla hal ho gya
mera masla hal ho gaya hai
ab masla hal ho gaya
shikayat hal ho gayi
hamara kaam ho gaya
kaam ho gaya
kam ho gya
kaam ho gaya hai shukria
ho gaya
ho gya
hogaya
hogya
ho gaya hai
ho chuka hai
theek
theek hai
thik hai
thk hai
theek ho gaya
thk ho gya
thik ho gya
theek hogaya hai
sab theek ho gaya
sahi ho gaya
sahi hai
haan ho gaya
haan masla hal ho gaya
ji ho gaya
ji hal ho gaya shukriya
alhamdulillah hal ho gaya
Allah ka shukar hai ho gaya
solved
it is solved
problem solved
my problem is solved
issue resolved
yes solved
yes it is done
done
fixed now
it has been fixed
resolved thanks
ہاں
ہاں جی
جی
جی ہاں
ہو گیا
ہوگیا
حل ہو گیا
مسئلہ حل ہو گیا
مسئلہ حل ہوگیا ہے
میرا مسئلہ حل ہو گیا شکریہ
کام ہو گیا
ٹھیک ہے
ٹھیک ہو گیا
جی ہاں بہت شکریہ
۱
۱ ہاں
bilkul theek
bilkul theek hai ji
hanji theek hai
jihaan hal ho gaya
بالکل ٹھیک ہے
koi masla nahi
ab koi masla nahi hai
ab theek hai koi masla nahi
اب کوئی مسئلہ نہیں
"""

NOT_SOLVED = """
2
2 nahi
2 nahi hua
2 hal nahi hua
2 no
2 appeal
۲ نہیں
nahi
nahin
naheen
nhi
nai
nae
nahi ji
ji nahi
g nhi
jee nahin
nahi sir
nahi hua
nhi hua
nahi hui
nai hua
nahi ho raha
nahi ho saka
nahi hua abhi tak
abhi tak nahi
abi tak nahi
abi tak nahi hua
abhi tk nhi hua
abhi nahi
abhi bhi nahi hua
ab tak nahi hua
hal nahi hua
hal nhi hua
hal nahin howa
hal nahi hui
masla hal nahi hua
masla hal nhi hua
msla hal nai hoa
maslah hal nahi huwa
mera masla hal nahi hua
mera masla abhi tak hal nahi hua
masla abhi tak hal nahi hua
abhi tak masla hal nahi hua
shikayat hal nahi hui
meri shikayat hal nahi hui
meri shikayat abhi tak hal nahi hui hai
kuch nahi hua
kuch nhi hua
kuch bhi nahi hua
abhi tak kuch nahi hua
kuch nahi
koi kaam nahi hua
kaam nahi hua
kam nahi hua
koi nahi aya
koi nahi aaya abhi tak
koi action nahi hua
theek nahi hua
thk nhi hua
theek nahi hai
nahi theek nahi hua
bilkul nahi
no
No.
n
no sir
nope
not
not yet
not solved
no not solved
not solved yet
it is not solved
my problem is not solved
still not solved
problem not solved
not resolved
not fixed
not done
not done yet
nothing done
nothing happened
no action
still pending
waisa hi hai
masla baqi hai
jhoot
نہیں
نہیں جی
جی نہیں
نہی
نہیں ہوا
ابھی نہیں
ابھی تک نہیں
ابھی تک نہیں ہوا
حل نہیں ہوا
مسئلہ حل نہیں ہوا
مسئلہ ابھی تک حل نہیں ہوا
میرا مسئلہ حل نہیں ہوا
شکایت حل نہیں ہوئی
کچھ نہیں ہوا
کوئی نہیں آیا
کام نہیں ہوا
koi masla nahi hal hua
masla hal ni hua
mera masla abhi hal nai hoa
masla abhi b wesa hi he
shikayat hal ni hui
koi aya ni abi tak
"""

PARTLY = """
3
3 kuch
kuch
kuch kuch
kuch hua
thora
thora sa
thora hua hai
thora bohat
thoda
adha
aadha kaam hua
half
half done
partly
partly solved
partially
کچھ
کچھ ہوا
تھوڑا
تھوڑا سا
آدھا
۳
"""

STOPS = """
STOP
Stop.
stop!
STOPP
stop 8484
pls stop
plz stop
stop please
please stop
stop sms
stop msgs
STOP SMS PLEASE
stop this
stop now
STOP sending me this
stop texting me
stop karo
stop kar do
stop krdo
sms stop karo
STOPALL
STOP ALL
UNSUBSCRIBE
unsub
UNREG
END
QUIT
CANCEL
OPTOUT
opt out
REVOKE
BAND
band 8484
BAND KARO
band kro
band kr do
band kardo
band karein
yeh band karo
ye sms band karo
SMS BAND KARO
sms band kar dein please
msg band kro
mujhe sms mat bhejo
sms mat bhejo
msg mat bhejo
sms na bhejo
mat bhejo
message na bhejein
sms nahi chahiye
mujhe sms nahi chahiye
mujhe sms nhi chahiye
no more sms
sms roko
sms rok do
بند
بند کرو
بند کریں
ایس ایم ایس بند کرو
میسج بند کر دیں
میسج نہ بھیجیں
مجھے میسج مت بھیجو
براہ کرم بند کریں
"""

STARTS = """
START
start please
pls start
start again please
start sms
sms start karo
start karo
dobara start karo
sms dobara shuru karo
shuru karo
ON
sms on karo
REG
UNSTOP
شروع
شروع کریں
"""

STATUS = """
status
status batao
status please
my complaint status
what is the status of my complaint
haal batayein
hal kya hai
meri shikayat ka kya hua
shikayat ka kya hua
mera masla kab hal hoga
meri shikayat ka kya bana
kya hua
kab tak hoga
masla hal ho gaya kya
میری شکایت کا کیا ہوا
kab ho ga
"""

WITHDRAW = """
WITHDRAW
wapis
shikayat wapis leni hai
shikayat wapis leta hun
shikayat wapas lena chahta hun
meri shikayat wapis le lo
wapis leni hai
شکایت واپس لینی ہے
"""

NUMBERS = """
shikayat ka jawab nahi aya
shikayat number bhool gaya
shikayat ka number batao
meri shikayat ka number kya hai
شکایت کا نمبر بتائیں
"""

HELPS = """
help
please help
help me
meri madad karein
shikayat kaise karte hain
shikayat kese karni hai
how to complain
madad chahiye
مدد کریں
"""

SENTENCES = """
Start hui thi bijli phir chali gayi
start se hi pani ganda hai
Stop pe bus nahi rukti
bus stop par light nahi
stop the corruption in thana
stop giving wrong bills
Band naali saaf karein
bijli band hai
gas band karo
pani band kar diya
band hai gutter
school band kar do
sms band hai
end of the street no light
cancel kiya gaya mera card
quit nahi kar sakta
on Mall Road the light is off
reg. my electricity bill
shuru se bijli nahi
بند گٹر صاف کریں
سکول بند کرو
"""


MEANT = {
    "yes": SOLVED,
    "no": NOT_SOLVED,
    "partly": PARTLY,
    "status": STATUS,
    "withdraw": WITHDRAW,
    "numbers": NUMBERS,
    "help": HELPS,
    "stop": STOPS,
    "start": STARTS,
}


def read(text: str) -> Intent:
    return explain_intent(text, RULES).intent


def rows(*tables: tuple[str, str]) -> list[tuple[str, str]]:
    return [(line, kind) for kind, lines in tables for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("text", "kind"), rows(*MEANT.items()))
def test_everyday_words_are_understood_as_people_mean_them(text: str, kind: str) -> None:
    intent = read(text)
    assert intent.kind == kind
    assert kind not in ANSWERS or not intent.rest, "no key would be read from it"


@pytest.mark.parametrize(("text", "kind"), rows(("yes", SOLVED), ("no", NOT_SOLVED), ("partly", PARTLY)))
def test_an_answer_is_the_same_behind_or_before_a_tracking_number(text: str, kind: str) -> None:
    assert read(f"{NUMBER} {text}") == Intent(kind, NUMBER)
    assert read(f"{text} {NUMBER}") == Intent(kind, NUMBER)


@pytest.mark.parametrize("text", SENTENCES.strip().splitlines())
def test_a_sentence_never_switches_texts_off_or_on(text: str) -> None:
    assert read(text).kind not in ("stop", "start")
    assert read(f"{NUMBER} {text}").kind not in ("stop", "start")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("482719300 band", Intent("details", NUMBER, "band")),
        ("482719300 band karo", Intent("details", NUMBER, "band karo")),
        ("482719300 STOP", Intent("stop", NUMBER)),
        ("482719300 stop please", Intent("stop", NUMBER)),
        ("band 482719300", Intent("stop", NUMBER)),
        ("482719304 stop", Intent("stop")),
    ],
)
def test_behind_a_number_only_stop_itself_stops_texts(text: str, intent: Intent) -> None:
    assert read(text) == intent


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("masla hal nahi hua gutter abhi bhi band hai", "no", "gutter abhi bhi band hai"),
        ("nahi, abhi bhi pani nahi aata", "no", "abhi bhi pani nahi aata"),
        ("masla hal ni hua paani abi b ganda", "no", "paani abi b ganda"),
        ("kuch nahi hua sirf photo li", "no", "sirf photo li"),
        ("abhi tak nahi aaye log", "no", "aaye log"),
        ("not solved, water is still dirty", "no", "water is still dirty"),
        ("مسئلہ حل نہیں ہوا گٹر بند ہے", "no", "گٹر بند ہے"),
    ],
)
def test_words_behind_not_solved_are_the_reason(text: str, kind: str, rest: str) -> None:
    assert read(text) == Intent(kind, None, rest)


@pytest.mark.parametrize(
    "text",
    [
        "haan lekin abhi bhi kharab hai",
        "ho gaya tha phir kharab ho gaya",
        "hal ho gaya?",
        "ho gaya kya",
        "masla hal ho gaya kya?",
        "ab theek?",
        "Problem fixed?",
        f"{NUMBER} masla solved?",
        "theek se kaam nahi kiya",
        "theek nahi",
        "1 nahi",
        "nahi 1",
        "haan 2",
        "haan 125",
        "125 haan ji",
        "2 haan",
        "1 hafta ho gaya",
        "ok",
        "yes but not solved",
        "haan masla hai",
        "haan ji masla hai",
        "ji masla hai",
        "yes problem",
        "haan shikayat hai",
        "ہاں مسئلہ ہے",
    ],
)
def test_what_is_not_plainly_yes_closes_nothing(text: str) -> None:
    intent = read(text)
    assert intent.kind != "yes" or intent.rest


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MASLA gutter band hai", "new"),
        ("masla bijli ka hai", "new"),
        ("nai shikayat gutter band", "new"),
        ("nayi shikayat", "new"),
        ("SHIKAYAT kaam nahi hua sarak ka", "new"),
        ("hal", "status"),
        ("haal kya hai", "status"),
        ("hal batao", "status"),
        ("dobara", "reopen"),
        ("SHIKAYAT wapis paise nahi diye dukan ne", "new"),
        ("SHIKAYAT number plate nahi mili", "new"),
        ("2 din se bijli nahi", "unknown"),
        ("bijli nahi hai", "unknown"),
    ],
)
def test_other_words_keep_their_meaning_beside_the_everyday_ones(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize("words", ["wapis leni hai", "wapas lena chahta hun", "shikayat wapis le lo"])
def test_a_complaint_is_taken_back_behind_its_number(words: str) -> None:
    assert read(f"{NUMBER} {words}") == Intent("withdraw", NUMBER)
