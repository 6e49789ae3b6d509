"""What kind of message a text is when no keyword says it: a matter for a person, an advertisement, or neither."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from flows.menu.keyword_rule import POLITE, SPAM, Rule
from flows.menu.model import Flow
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district
from flows.understanding.text_model import COMPLAINT, Prediction

SEVERAL = 3  # content words of a matter that no keyword names
FEW = 2  # … where the model takes it for a complaint
LIKELY = 0.5  # the probability from which the model is asked about it
SURE = 0.9  # … and from which one content word is enough
WEAK = 2  # words that advertisements use among others: so many different ones make one

# Words that only hold a sentence together: they say nothing about a matter. No native reader has checked them.
_FUNCTION = frozenset(
    normalize_keyword(
        "a an the this that these those it its he she they we i you me my our your his her their us them him"
        " is are was were am be been being has have had do does did done will would can could shall should may must"
        " of in on at to for from by with and or but if so as not no yes too very just also then there here now again"
        " what who how when where why which any some all please pls sir madam dear hello hi"
        " ka ke ki ko kay se sy say par pe pr per mein main me mn men ne nay aur ya bhi to tou hi na nahi ji jee g"
        " hai hain he h ho hun hoon hua hui hue gaya gayi gaye tha thi thay raha rahi rahe kar karo karein kiya kia"
        " yeh ye yah woh wo is us in un ye mera meri mere hamara hamari hamare aap ap apka apki apna apni apne hum ham"
        " mujhe hamein kya kia kyun koi kuch sab ab abhi tak phir jo jab agar lekin wala wali wale sahib saab bhai"
        " janab madam kab kahan kaise kitna"
        " کا کے کی کو میں سے پر نے اور یا بھی تو ہی نہ نہیں جی ہے ہیں ہو ہوں ہوا ہوئی گیا گئی تھا تھی رہا رہی رہے کر"
        " کرو کریں کیا یہ وہ اس ان میرا میری ہمارا ہماری آپ ہم مجھے ہمیں کیوں کوئی کچھ سب اب ابھی تک پھر جو جب اگر"
        " لیکن والا والی والے صاحب بھائی جناب کب کہاں کیسے"
    )
)
# Who writes these tells of an advertisement, and sends none.
_ABOUT_SPAM = frozenset(
    normalize_keyword(
        "i me my we our us mujhe mera meri mere hamara hamari hamare they lost otp"
        " مجھے میرا میری میرے ہمارا ہماری ہمارے"
        " fraud froud farad fraad scam dhoka dhokha dhokay jhoot jhoota fake shikayat complaint report loot looted"
        " thagi blackmail cheated cheat complain فراڈ دھوکہ دھوکا جھوٹ شکایت ٹھگی"
    )
)


# A sentence asks how a complaint stands if it names one and has one of the questions in it.
_A_COMPLAINT = frozenset(
    normalize_keyword(
        "shikayat shikayt shikayat complaint complain complaints case application request darkhwast darkhast fariyad"
        " شکایت درخواست شکائت کیس"
    )
)
_HOW_IT_STANDS = tuple(
    normalize_keyword(said)
    for said in (
        *("status", "update", "progress", "kya bana", "kia bana", "kya hua", "kia hua", "kya huwa", "kahan tak"),
        *("kab tak", "kab hal", "kab hogi", "kab hoga", "koi jawab", "koi khabar", "koi action", "koi karwai"),
        *("kis stage", "pending", "what happened", "any news", "any reply", "any action", "how long", "when will"),
        *("haal batao", "haal batayen", "bata dein", "pohanchi", "pahunchi", "which officer", "who has my"),
        *("کیا بنا", "کیا ہوا", "کہاں تک", "کب تک", "کوئی جواب", "کوئی خبر", "کارروائی", "کاروائی", "اپڈیٹ", "پیش رفت"),
        *("سٹیٹس", "اسٹیٹس", "کس مرحلے", "کب حل"),
    )
)
_THANKS = frozenset(
    normalize_keyword(
        "thanks thank thnx thx tnx shukriya shukria shukrya meherbani mehrbani meharbani jazak jazakallah jaza dua"
        " duayen duaen duain شکریہ مہربانی نوازش جزاک دعا دعائیں"
    )
)
_SETTLED = tuple(
    normalize_keyword(said)
    for said in (
        *("ho gaya", "hogaya", "hogya", "ho gayi", "ho gai", "hogai", "aa gaya", "aa gai", "aa gayi", "agaya", "agya"),
        *("agai", "agayi", "mil gaya", "mil gai", "mil gayi", "theek ho", "hal hua", "kaam hua", "fixed", "solved"),
        *("resolved", "restored", "repaired", "received", "was done", "is back", "came back", "kar diya", "kar di"),
        *("ہو گیا", "ہوگیا", "ہو گئی", "ہوگئی", "آ گیا", "آگیا", "آ گئی", "آگئی", "مل گیا", "مل گئی", "ٹھیک", "حل"),
        *("دی", "دیا"),
    )
)
# With one of these a sentence of thanks tells of something that is still wrong.
_STILL_WRONG = frozenset(
    normalize_keyword(
        "nahi no not but lekin magar phir dobara again still abhi masla problem issue please help madad band kharab"
        " never cannot cant dont doesnt نہیں لیکن مگر پھر دوبارہ ابھی مسئلہ بند خراب مدد"
    )
)
_BROKEN = frozenset(
    normalize_keyword(
        "broken leaking damaged dirty wrong blocked ghalat galat ganda gandi gande khula khuli tuta toota tooti tuti"
        " jal jala jali phata phati rishwat paise bribe غلط گندا گندی کھلا کھلی ٹوٹا ٹوٹی جل رشوت"
    )
)
_SERVICE = frozenset(
    normalize_keyword("number sms service line helpline shikayat complaint complain msg نمبر سروس شکایت پیغام لائن")
)
_ABOUT_SERVICE = tuple(
    normalize_keyword(said)
    for said in (
        *("free", "muft", "charge", "charged", "charges", "kaise kar", "kaise karte", "kaise karein", "kaise darj"),
        *("kar sakte", "kar sakta", "kar sakti", "kr sakte", "kr skte", "how do i", "how can i", "how to", "can i"),
        *("who reads", "kaun parhta", "kon parhta", "kis ka number", "kis ka hai", "what is this", "yeh kya"),
        *("مفت", "کیسے", "کر سکتے", "کر سکتا", "کر سکتی", "کون پڑھتا", "کس کا نمبر"),
    )
)
LONG_QUESTION = 14  # words: a longer text tells of a matter
# What people write about a case without naming it: when it will be done, that nothing was done, that it is done.
_WHEN = tuple(
    normalize_keyword(said)
    for said in (
        *("kab tak", "kab theek", "kab hal", "kab hoga", "kab ho ga", "kab hogi", "kab ho gi", "kab aye", "kab aaye"),
        *("kab ayega", "kab aayega", "kab ayegi", "kab aayegi", "kab ayenge", "kab aayenge", "kab aa", "kab bane"),
        *("kab banega", "kab banegi", "kab lagega", "kab lagegi", "kab karenge", "kab karoge", "kab kam", "kab kaam"),
        *("kitne din", "kitna time", "kitna waqt", "kitni der", "when will", "when are", "when is", "how long"),
        *("how many days", "how much time", "کب تک", "کب ٹھیک", "کب حل", "کب ہو", "کب ہوگا", "کب ہوگی", "کب آئے"),
        *("کب آئیں", "کب کریں", "کتنے دن", "کتنی دیر", "کتنا وقت", "کتنا ٹائم"),
    )
)
_NOTHING_DONE = tuple(
    normalize_keyword(said)
    for said in (
        *(
            f"koi {no} {came}"
            for no in ("nahi", "bhi nahi")
            for came in ("aya", "aaya", "ayi", "aayi", "aye", "aaye", "ata", "aata", "aa")
        ),
        *("kuch nahi hua", "kuch nahi kiya", "kuch nahi kia", "kuch bhi nahi", "kaam nahi hua", "kam nahi hua"),
        *("koi karwai nahi", "koi karwayi nahi", "koi action nahi", "koi jawab nahi", "koi amal nahi"),
        *("nobody came", "nobody has come", "nobody is coming", "no one came", "no one has come", "noone came"),
        *("no action", "no response", "no reply", "nothing happened", "nothing done", "nothing has been done"),
        *("nothing was done", "still nothing", "still waiting", "کوئی نہیں آ", "کوئی نہیں آیا", "کوئی نہیں آئی"),
        *("کوئی بھی نہیں آیا", "کچھ نہیں ہوا", "کچھ نہیں کیا", "کچھ بھی نہیں", "کام نہیں ہوا", "کوئی کارروائی نہیں"),
        *("کوئی کاروائی نہیں", "کوئی جواب نہیں"),
    )
)
_YET = tuple(
    normalize_keyword(said)
    for said in (
        *("abhi tak", "ab tak", "abhi bhi", "ab bhi", "still", "not yet"),
        *("ابھی تک", "اب تک", "ابھی بھی", "اب بھی"),
    )
)
_DONE = tuple(
    normalize_keyword(said)
    for said in (
        *("hal ho gaya", "hal ho gai", "hal ho gayi", "hal hogaya", "hal hogya", "hal ho chuka", "hal ho chuki"),
        *("hal hua", "theek ho gaya", "theek ho gai", "theek ho gayi", "theek hogaya", "theek hogya", "theek hogai"),
        *("theek kar diya", "theek kar di", "sahi ho gaya", "sahi ho gayi", "masla khatam", "masla khatm"),
        *("problem khatam", "ab theek hai", "ab theek he", "ab theek ho", "ab sab theek", "kaam ho gaya"),
        *("kam ho gaya", "solved", "resolved", "fixed", "repaired"),
        *("restored", "is ok now", "is fine now", "حل ہو گیا", "حل ہو گئی", "حل ہوگیا", "حل ہوگئی", "حل ہو چک"),
        *("ٹھیک ہو گیا", "ٹھیک ہو گئی", "ٹھیک ہوگیا", "ٹھیک ہوگئی", "ٹھیک کر دیا", "مسئلہ ختم", "اب ٹھیک ہے"),
        *("اب ٹھیک ہو", "کام ہو گیا"),
    )
)
_BACK = tuple(
    normalize_keyword(said)
    for said in (
        *("aa gaya", "aa gai", "aa gayi", "agaya", "agayi", "agai", "agya", "is back", "came back", "has come"),
        *("آ گیا", "آگیا", "آ گئی", "آگئی"),
    )
)
_SUPPLY = frozenset(
    normalize_keyword(
        "bijli light lite current electricity power pani water gas supply wapis wapas ab now hamari haan han yes"
        " بجلی لائٹ پانی گیس واپس ہاں"
    )
)
_FINE = frozenset(normalize_keyword("theek sahi fine ok okay good solved resolved working works ٹھیک صحیح حل"))
_NOT_FINE = frozenset(normalize_keyword("nahi na not no never isnt kharab band نہیں نہ خراب بند"))
_IN_PART = frozenset(normalize_keyword("aadha adha thora thoda kuch baqi baki half partly some آدھا تھوڑا کچھ باقی"))
_A_PROBLEM = frozenset(normalize_keyword("masla problem issue مسئلہ"))  # which is over, beside those words
_BACK_WORDS = frozenset(word for said in _BACK for word in said)
_SPOT = frozenset(
    normalize_keyword(
        "gali galli mohalla muhalla mohallah street road near behind opposite paas qareeb samne saamne peeche peechay"
        " chowk block sector phase colony society chak house makan گلی محلہ محلے سڑک روڈ پاس قریب سامنے پیچھے چوک بلاک"
        " سیکٹر کالونی چک مکان"
    )
)
_HAPPENS = frozenset(
    normalize_keyword(
        "hain raha rahi rahe di diya gaya gayi gaye hua hui are was were ہیں رہا رہی رہے دی دیا گیا گئی ہوا"
    )
)
_SHORT = 8  # words: more are a matter of their own
_A_LIE = frozenset(
    normalize_keyword(
        "jhoot jhooth jhut jhot jhoota jhoote jhooti jhootay jhoothe jhootha jhoothi lie lies lied lying liar liars"
        " false fake bakwas bakwaas nonsense rubbish جھوٹ جھوٹا جھوٹے جھوٹی بکواس"
    )
)
_IN_WORDS_ALONE = tuple(
    normalize_keyword(said)
    for said in (
        *("kaghaz par", "kaghaz pe", "kaghazon par", "kaghazon mein", "kaghazon main", "kaghzon mein", "kaghzon par"),
        *("kagaz par", "kagaz pe", "kagzon mein", "on paper", "on papers", "kisne kaha", "kis ne kaha", "kisne bola"),
        *("kis ne bola", "kaun kehta", "kon kehta", "who said", "who says", "who told", "کاغذ پر", "کاغذوں میں"),
        *("کاغذوں پر", "کس نے کہا", "کسنے کہا", "کون کہتا"),
    )
)
# Who asks, demands, doubts or tells what others say, or for how long, has not said that a matter is over.
_DEMAND = frozenset(
    normalize_keyword(
        "karo karein karen kardo kardein karwao karwa karwain karwaein karao chahiye chahye jald jaldi want wants need"
        " needs must should get soon کرو کریں کردو کروائیں کرواؤ چاہیے جلد جلدی"
    )
)
_NO_NEWS = _DEMAND | frozenset(
    normalize_keyword(
        "be being who whom when what why how if unless until will told tell tells say says said saying claim claims"
        " claimed marked written wrote one day days hour hours kis kisne kaun kon kab kya kyun kyu agar jab warna keh"
        " kehte kehta kehti kaha kahte bol bole bolte bola likha likh hoga hogi paise paisa rishwat manga mange mangte"
        " zulm din ghanta ghante chahta chahti chahte bata batao batana کس کسنے کون کب کیا کیوں اگر جب ورنہ کہہ کہتے"
        " کہتا کہا بول بولا بولتے لکھا ہوگا ہوگی پیسے رشوت مانگے ظلم دن گھنٹے چاہتا چاہتی چاہتے بتا بتاؤ"
    )
)
_TO_FIX = frozenset(
    normalize_keyword("theek sahi hal fix fixed solve solved resolve resolved repair repaired ٹھیک صحیح حل")
)
_DO_IT = tuple(normalize_keyword(said) for said in ("kar do", "kar dein", "kar den", "کر دو", "کر دیں"))


def asks_status(text: str) -> bool:
    """True for a sentence that asks how a complaint stands: "meri shikayat ka kya bana, 10 din ho gaye"."""
    said = normalize_keyword(text)
    return not _A_COMPLAINT.isdisjoint(said) and any(_within(each, said) for each in _HOW_IT_STANDS)


def gives_thanks(text: str) -> bool:
    """True for thanks that tell of nothing that is still wrong: "shukriya, bijli aa gayi"."""
    said = normalize_keyword(text)
    if _THANKS.isdisjoint(said) or not _STILL_WRONG.isdisjoint(said):
        return False
    return any(_within(each, said) for each in _SETTLED) or len(content_words(text)) <= SEVERAL


def asks_about_service(text: str) -> bool:
    """True for a short question about this service: is it free, who reads it, what may be complained about."""
    said = normalize_keyword(text)
    if len(said) > LONG_QUESTION or _SERVICE.isdisjoint(said) or "نہیں" in said or "nahi" in said:
        return False
    return any(_within(each, said) for each in _ABOUT_SERVICE)


def names_matter(text: str, flow: Flow) -> bool:
    """True for words that name a kind of complaint, and also where it is or that something is wrong.

    How it may be complained about is asked without those: "shikayat kaise karun, bijli ka bill ghalat hai" is a matter.
    """
    kind, place = category_and_district.category(text, flow), category_and_district.district(text, flow)
    wrong = not (_STILL_WRONG | _BROKEN).isdisjoint(normalize_keyword(text))
    return bool(kind.code or kind.others) and bool(wrong or place.code or place.others)


def asks_when(text: str) -> bool:
    """True for a short text that asks when something will be done: "kab theek hogi"."""
    return _says(text, _WHEN)


def tells_of_delay(text: str) -> bool:
    """True for a short text that complains of waiting: "koi nahi aya", "abhi tak nahi hua"."""
    return _says(text, _NOTHING_DONE) or (tells_of_still(text) and len(content_words(text)) < FEW)


def tells_of_still(text: str) -> bool:
    """True for a short text that says "still" or "not yet" of something wrong: "ab bhi theek hai" is none."""
    said = normalize_keyword(text)
    return _says(text, _YET) and (_FINE.isdisjoint(said) or not _NOT_FINE.isdisjoint(said))


def tells_spot(text: str) -> bool:
    """True for a few words that say where in a town something is: "hamari gali mein". What happens there is more."""
    said = normalize_keyword(text)
    beside = content_words(text) - _SPOT - _SERVICE
    few = not beside or (len(beside) <= FEW and _HAPPENS.isdisjoint(said))
    return len(said) <= _SHORT and not _SPOT.isdisjoint(said) and few


def denies(text: str) -> bool:
    """True for words that say "not solved" in another way, where it is asked: "jhoot bol rahe hain"."""
    lie = not _A_LIE.isdisjoint(normalize_keyword(text)) or _says(text, _IN_WORDS_ALONE)
    return lie or _says(text, _NOTHING_DONE) or tells_of_still(text)


def demands(text: str) -> bool:
    """True for a few words that want a matter to be put right: "ab theek karo", "i want it fixed"."""
    said = normalize_keyword(text)
    if len(said) > _SHORT or _TO_FIX.isdisjoint(said) or not _THANKS.isdisjoint(said):
        return False
    return not _DEMAND.isdisjoint(said) or _says(text, _DO_IT)


def tells_of_wrong(text: str) -> bool:
    """True for words one of which says that something is wrong: of a matter that they name it is no good news."""
    return not _STILL_WRONG.isdisjoint(normalize_keyword(text))


def tells_of_success(text: str) -> bool:
    """True for a short text that says that a matter is over: "masla hal ho gaya", "bijli aa gayi"."""
    if _says(text, _WHEN) or "?" in text or "؟" in text:
        return False
    over = ((_STILL_WRONG - _A_PROBLEM) | _IN_PART | _NO_NEWS).isdisjoint(normalize_keyword(text))
    return (over and not denies(text)) and (
        _says(text, _DONE) or (_says(text, _BACK) and content_words(text) <= _SUPPLY | _THANKS | _BACK_WORDS)
    )


def _says(text: str, phrases: Sequence[tuple[str, ...]]) -> bool:
    said = normalize_keyword(text)
    return len(said) <= LONG_QUESTION and any(_within(each, said) for each in phrases)


def content_words(text: str, rules: Sequence[Rule] = ()) -> frozenset[str]:
    """The different words of a text that say something: no digits, no function words and no polite ones."""
    polite = _polite(tuple(rules))
    said = {word for word in normalize_keyword(text) if not word.isdecimal() and len(word) > 1}
    return frozenset(said - _FUNCTION - polite)


def is_matter(text: str, flow: Flow, prediction: Prediction | None = None) -> bool:
    """True for words that a person should read as a complaint: they name a kind of it, or there are several of them.

    Where the model takes them for a complaint, two are enough, or one if it is sure. What it thinks never makes a
    matter none.
    """
    found = category_and_district.category(text, flow)
    if found.code is not None or found.others:
        return True
    said = content_words(text, flow.keywords)
    probability = prediction.kind_probability(COMPLAINT) if prediction is not None else 0.0
    return len(said) >= (1 if probability >= SURE else FEW if probability >= LIKELY else SEVERAL)


def spam_rule(text: str, rules: Sequence[Rule]) -> tuple[int, str] | None:
    """The rule of the intent `spam` that takes a text for an advertisement, by position, and its keyword; or None.

    One of its `words` is enough, anywhere in the text; of those under `alone` there must be two. A text that tells of
    a fraud is none.
    """
    said = normalize_keyword(text)
    if not _ABOUT_SPAM.isdisjoint(said):
        return None
    found = [each for each in _spam_keywords(tuple(rules)) if _within(each.key, said)]
    sure = next((each for each in found if each.enough), None)
    taken = sure or (found[0] if len(found) >= WEAK else None)
    return (taken.rule, taken.keyword) if taken is not None else None


class _SpamKeyword(Struct, frozen=True):
    """Words of advertisements; `enough`: they need no others."""

    rule: int
    keyword: str
    key: tuple[str, ...]
    enough: bool


@lru_cache(maxsize=32)
def _spam_keywords(rules: tuple[Rule, ...]) -> tuple[_SpamKeyword, ...]:
    return tuple(
        _SpamKeyword(at, keyword, key, keyword in rule.words)
        for at, rule in enumerate(rules)
        if rule.intent == SPAM
        for keyword in (*rule.words, *rule.alone)
        if (key := normalize_keyword(keyword))
    )


def _within(key: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return key[0] in said and any(said[at : at + len(key)] == key for at in range(len(said) - len(key) + 1))


@lru_cache(maxsize=32)
def _polite(rules: tuple[Rule, ...]) -> frozenset[str]:
    words = (word for rule in rules if rule.intent in POLITE for word in (*rule.words, *rule.alone))
    return frozenset(folded for word in words for folded in normalize_keyword(word))
