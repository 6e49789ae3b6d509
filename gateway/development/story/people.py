"""Who is in the story. All of them, their numbers and their words are made up."""

from __future__ import annotations

from gateway.development.story.story_player import Person

NASREEN = Person("Nasreen", "citizen, a basic phone", "+923004418275")
YUSUF = Person("Yusuf", "citizen, a phone the family shares", "+923017709436")
GULZAR = Person("Gulzar", "citizen", "+923026150983")

IMRAN = Person("Imran Sadiq", "officer, water office Lahore", "+923053318204")
FARZANA = Person("Farzana Malik", "supervisor, water office Lahore", "+923064427915")
TARIQ = Person("Tariq Mehmood", "head, water office Lahore", "+923075536826")
HINA = Person("Hina Qureshi", "oversight, local government Punjab", "+923086645737")
AKBAR = Person("Akbar Khan", "officer, police Lahore", "+923097754648")
RABIA = Person("Rabia Anwar", "police complaints desk Punjab", "+923018863559")
ADNAN = Person("Adnan Butt", "officer, local council Lahore", "+923029972461")

CITIZENS = (NASREEN, YUSUF, GULZAR)
STAFF = (  # who, in what part, at which office
    (IMRAN, "officer", "water-lahore"),
    (FARZANA, "supervisor", "water-lahore"),
    (TARIQ, "head", "water-lahore"),
    (HINA, "oversight", "lg-dept-punjab"),
    (AKBAR, "officer", "police-lahore"),
    (RABIA, "oversight", "police-oversight-punjab"),
    (ADNAN, "officer", "lg-lahore"),
)
EVERYBODY = (*CITIZENS, *(person for person, _, _ in STAFF))

# What citizens and staff wrote, each in words that stand nowhere else.
GUTTER = "Gali 14 Mughalpura: gutter 9 din se ubal raha hai"
COME = "Imran se 3 martaba kaha, machine kharab hai, Jumeraat tak aayegi"
WAIT = "Naya pump aa gaya, thekedar peer ko lagayega"
LID = "Dhakkan laga diya aur nali saaf kar di. Mauqe par dekha."
CLEAN = "Nayi line dal di, gali sookhi hai. Main ne mauqe par dekha."
BEATEN = "Thana Shafiqabad ke Sub Inspector ne bhai ko be wajah mara"
HEARD = "Afsar ko hata diya gaya, aap ka bayan likha. Phone kiya tha."
LAMPS = "شکایت اسٹریٹ لائٹ خراب ہے، گلی 27 سمن آباد لاہور"
LIT = "Chaar balb badal diye, mauqe par dekha, sab jal rahe hain."
WORDS = (GUTTER, COME, WAIT, LID, CLEAN, BEATEN, HEARD, LAMPS.removeprefix("شکایت "), LIT)
