"""Who calls and who works in the made months, where, and in which words. Nobody of them exists."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec import Struct

# No network was ever given +92 39: whatever is sent to these numbers reaches nobody.
RANGE = "+9239"
LANGUAGES = {"ur-Latn": 58, "ur": 27, "en": 15}  # in a hundred
SHOWN = {"ur-Latn": "Roman Urdu", "ur": "اردو", "en": "English"}  # as the first screen has them
NETWORKS = {"41001": 38, "41004": 24, "41006": 24, "41003": 12, "41008": 2}
PLACES = {  # district: how many call from there, and how they write it
    "lahore": (20, ("lahore", "lahor", "lhr", "Lahore")),
    "faisalabad": (11, ("faisalabad", "fsd", "fesalabad")),
    "rawalpindi": (9, ("rawalpindi", "pindi", "rwp")),
    "multan": (9, ("multan", "Multan", "mltan")),
    "gujranwala": (7, ("gujranwala", "gujranwla", "grw")),
    "sialkot": (5, ("sialkot", "syalkot")),
    "bahawalpur": (5, ("bahawalpur", "bahawal pur", "bwp")),
    "sargodha": (5, ("sargodha", "sargoda")),
    "karachi_east": (6, ("karachi east", "khi east")),
    "hyderabad": (4, ("hyderabad", "hyderabd")),
    "sukkur": (3, ("sukkur", "sakhar")),
    "peshawar": (7, ("peshawar", "pishawar", "psh")),
    "mardan": (3, ("mardan", "mardaan")),
    "quetta": (4, ("quetta", "kweta")),
    "islamabad": (5, ("islamabad", "isb")),
}
URDU_PLACES = {
    "lahore": "لاہور",
    "multan": "ملتان",
    "peshawar": "پشاور",
    "quetta": "کوئٹہ",
    "karachi_east": "کراچی شرقی",
}
WORDS = {
    "ur-Latn": (
        "Gali {n} mein {d} din se pani nahi aya",
        "Masjid ke samne gutter ubal raha hai, {d} din ho gaye",
        "Mohalla {n} ki street lights band hain",
        "Bijli ka transformer {d} din se kharab, koi nahi aya",
        "School ke bahar kachra para hai, badboo hai",
        "Bill {n}00 zyada aya hai, meter theek hai",
        "Hospital mein dawai nahi milti, bahar se mangwate hain",
        "Sarak {d} mahine se tooti hui, gaari nahi guzarti",
        "Patwari fard ke paise mangta hai",
        "Ration ki dukan par rate se zyada le rahe hain",
    ),
    "ur": (
        "گلی {n} میں {d} دن سے پانی نہیں",
        "مسجد کے سامنے گٹر بند ہے",
        "محلہ {n} کی لائٹیں بند ہیں",
        "ٹرانسفارمر {d} دن سے خراب ہے",
        "سڑک ٹوٹی ہوئی ہے، بچے گرتے ہیں",
        "ہسپتال میں دوا نہیں ملتی",
    ),
    "en": (
        "No water in street {n} for {d} days",
        "Street light number {n} is broken near the school",
        "Garbage not collected for {d} days, block {n}",
        "Wrong electricity bill, meter reads {n}00 units less",
        "Road near the bus stop broken since {d} weeks",
    ),
}
WRONG = {  # what people type where an option's key is asked for, and how often
    "11": 30, "pani": 14, "1#": 12, "22": 10, "bijli": 7, "8484": 6, "ji": 6, "haan": 5, "hello": 4, "a": 3, "100": 3,
}  # fmt: skip
WRONG_PLACES = {"mera gaon": 5, "punjab": 4, "1 lahore": 3, "ghar": 3, "chak 42": 6, "tehsil": 3}
WRONG_NUMBERS = {"123": 3, "1": 5, "shikayat": 2, "nahi pata": 3}
CLOSING = (
    "Team ne mauqe par ja kar kaam mukammal kar diya.",
    "Line ki safai ho gayi, ab theek chal raha hai.",
    "Naya hissa laga diya gaya, mauqe par dekha.",
    "Bill durust kar diya, naya bill agle hafte milega.",
    "Amla bheja gaya, masla hal kar diya gaya hai.",
)
REFUSING = ("Qanoon is ki ijazat nahi deta, tafseel daftar se lein.", "Yeh mamla adalat mein hai, faisla wahin hoga.")
WAITING = ("Machine kharab hai, is hafte theek ho jayegi.", "Samaan ka intezar hai, agle hafte kaam hoga.")

FIRST = (
    "Adeel", "Aisha", "Akram", "Amina", "Arif", "Asad", "Asma", "Babar", "Bilal", "Bushra", "Danish", "Ejaz",
    "Faisal", "Farah", "Fouzia", "Ghazala", "Habib", "Hamid", "Hassan", "Huma", "Irfan", "Jamila", "Javed",
    "Kashif", "Khalid", "Kiran", "Lubna", "Mahmood", "Maryam", "Mehwish", "Mubashir", "Nadeem", "Nadia",
    "Naveed", "Noreen", "Omar", "Qasim", "Rashid", "Rehana", "Rizwan", "Saba", "Sadia", "Saleem", "Samina",
    "Shahid", "Shazia", "Sohail", "Sumera", "Tahir", "Tanveer", "Uzma", "Waqar", "Yasmin", "Zahid", "Zainab",
    "Zubair",
)  # fmt: skip
LAST = (
    "Abbasi", "Afridi", "Ahmed", "Akhtar", "Ali", "Anwar", "Aslam", "Awan", "Baloch", "Bhatti", "Bhutta",
    "Cheema", "Chaudhry", "Durrani", "Gill", "Gondal", "Hashmi", "Iqbal", "Janjua", "Kakar", "Khattak",
    "Khokhar", "Lodhi", "Malik", "Mengal", "Mirza", "Mughal", "Niazi", "Qazi", "Qureshi", "Raja", "Rana",
    "Rehman", "Sheikh", "Siddiqui", "Soomro", "Tareen", "Virk", "Warraich", "Yousafzai",
)  # fmt: skip


class Caller(Struct):
    """Somebody with a phone, and what they have filed."""

    phone: str
    network: str
    language: str
    district: str
    known: bool = False  # they called before
    numbers: list[str] = []  # msgspec makes one for each
    left_at: float = 0.0  # when they left a call unfinished, as a timestamp


def weighted_choice(random: Random, weights: dict[str, int]) -> str:
    """One of these, as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]


def caller(random: Random, count: int) -> Caller:
    """The `count`th caller."""
    district = random.choices(list(PLACES), [weight for weight, _ in PLACES.values()])[0]
    return Caller(_phone(count), weighted_choice(random, NETWORKS), weighted_choice(random, LANGUAGES), district)


def staff(random: Random) -> Iterator[tuple[str, str]]:
    """Names and phones of people who work at offices, without end, none of them twice."""
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    random.shuffle(names)
    for count, name in enumerate(names):
        yield name, _phone(9_000_000 + count)


def place(random: Random, by: Caller) -> str:
    """Their district as they type it."""
    if by.language == "ur" and by.district in URDU_PLACES and random.random() < 0.7:
        return URDU_PLACES[by.district]
    return random.choice(PLACES[by.district][1])


def words(random: Random, language: str) -> str:
    """What they say of it."""
    return random.choice(WORDS[language]).format(n=random.randrange(2, 60), d=random.randrange(2, 9))


def _phone(count: int) -> str:
    return f"{RANGE}{count:08d}"
