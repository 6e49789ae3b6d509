"""Somebody in office who asks for money, in the words of an SMS: "patwari paise mangta hai fard ke".

Such a complaint goes to an oversight office and never to the office of the accused, so this is decided before the
subject. Words are compared by their sound. No native reader has checked these.
"""

from itertools import pairwise

from flows.text import phonetics
from flows.text.normalization import words


def _sounds(said: str) -> frozenset[str]:
    return frozenset(phonetics.sound(word.folded) for word in words(said))


# Enough alone.
_BRIBE = _sounds(
    "rishwat rishvat rishwt reshwat rishwatkhor rishwatkhori rashwat bribe bribes bribed bribery kickback"
    " kickbacks رشوت رشوتیں"
)
_DENIED = _sounds("nahi nhi not no نہیں")
# What is asked for.
_MONEY = _sounds(
    "paisa paise paisay paison paiso paysay pesa pese pesy peso pesay peise paesay rupay rupaye rupees rupee rs"
    " rupiya rupiye hazar hazaar lakh raqam money cash amount thousand thousands kharcha kharche kharch nazrana"
    " mithai commission bhatta پیسے پیسہ پیسوں پیسا روپے روپیہ روپئے رقم ہزار لاکھ خرچہ خرچے نذرانہ نذرانے مٹھائی"
    " کمیشن نقد"
)
_HUNDRED = 3  # digits of an amount
_THOUSANDS = (["k"], ["lac"])
_GIVE = _sounds("do dou doge dogay dein dain dedo dena deni deta pay دو دوگے دیں دینے دینا")
# How it is asked for.
_ASKS = _sounds(
    "mang mangta mangte mangtay mangti mangy manga mange mangi mangay mangne mangny maang maangta maangte maangti"
    " maanga maange maangi maangay mngta mngte mngti mnga mnge mangraha talab demand demands demanding demanded"
    " ask asks asking asked want wants wanted wanting extort extorting extorts مانگ مانگا مانگے مانگی مانگتا"
    " مانگتے مانگتی مانگنے مانگتیں طلب مطالبہ"
)
_TAKES = _sounds(
    "leta lete letay leti lety liye lie liya lia li lay lun le lenay lene lena take takes taking took taken"
    " charge charges charged charging collect collects collecting khata khate khati kha khaye khatay batorta"
    " wasool wasul vasool vasul bina bagair baghair beghair without bager unless لیتا لیتے لیتی لیے لیا لی لے لیں"
    " لینے وصول کھاتا کھاتے کھاتی کھا بغیر بنا"
)
# Whose office it is.
_HEALTH = _sounds(
    "doctor dr daktar doctar nurse nurses hospital hospitals haspatal hsptl aspatal dispensary compounder bhu"
    " rhc dhq thq lhw wardboy ward midwife ambulance ultrasound dispenser ڈاکٹر نرس ہسپتال اسپتال ہاسپٹل ڈسپنسری"
    " کمپاؤنڈر وارڈ ایمبولینس دائی"
)
_OFFICE = _HEALTH | _sounds(
    "patwari patwary patvari patwaari patwar tehsildar tahsildar naib qanungo kanungo girdawar arazi registrar"
    " registry thana thane thanay thanedar thanidar police polis pulis sho asi si io muharrir moharrar muharar"
    " constable sipahi havaldar tafteeshi inspector warden wardan traffic chowki sdo xen lineman linemen laineman"
    " wapda lesco mepco fesco gepco iesco pesco hesco sepco qesco kelectric clerk clark klark babu peon chaprasi"
    " qasid naibqasid mulazim mulazmeen ahlkar ahalkar officer officers afsar official officials sarkari govt"
    " government daftar office secretary sectary nazim chairman councillor councilor counsellor teacher teachers"
    " ustad headmaster headmistress principal head nadra passport excise licence license council baldia tma"
    " municipal committee wasa ssgc sngpl judge reader munshi court kachehri katchery beldar zilladar ziledar"
    " forester guard tt postman dakiya dakia irrigation revenue pensioner superident mlo technician assistant"
    " operator auditor engineer chowkidar ahlmad jail hawalat malkhana invigilator examiner vaccinator valve"
    " daroga zakat forest livestock fia postmaster overseer bildar tte sbca lda kda mda cda treasury accountant"
    " audit customs surveyor survey dc ac supervisor superintendent incharge staff amla amle bisp benazir"
    " domicile pwd sanitary patrol tubewell canal deo aeo dsp contractor sub پٹواری تحصیلدار نائب قانونگو رجسٹرار"
    " تھانہ تھانے تھانیدار پولیس ایس ایچ محرر سپاہی کانسٹیبل حوالدار انسپکٹر وارڈن ٹریفک چوکی لائن مین لائنمین"
    " واپڈا لیسکو میپکو فیسکو کلرک بابو چپڑاسی قاصد ملازم ملازمین اہلکار اہلکاروں افسر افسران سرکاری دفتر سیکرٹری"
    " سیکریٹری ناظم چیئرمین کونسلر ٹیچر استاد ہیڈماسٹر پرنسپل نادرا پاسپورٹ ایکسائز کونسل بلدیہ کمیٹی واسا جج"
    " ریڈر منشی عدالت کچہری بیلدار ضلعدار فارسٹ ڈاکیا ڈاکیہ خزانہ اکاؤنٹنٹ سپروائزر انچارج عملہ عملے بینظیر آڈیٹر"
    " انجینئر چوکیدار جیل نگران زکوٰۃ جنگلات کسٹم اوورسیئر ڈومیسائل آیا اسسٹنٹ آپریٹر ڈی"
)
# Who also takes money, and is no office; and what is a price rather than a bribe.
_SELLER = _sounds(
    "dukan dukandar dukaandar dukandaar shop shopkeeper shopkeepers rickshaw riksha bus wagon van kiraya fare"
    " conductor petrol pump hotel academy tanker tankers landlord kirayedar seth company karobar sabzi gosht"
    " jazzcash easypaisa agent retailer device pos medical store pharmacy private tuition دکان دکاندار رکشہ بس"
    " ویگن کرایہ کنڈیکٹر پٹرول پمپ ہوٹل ٹینکر مالک پرائیویٹ ایجنٹ ڈیوائس"
)
_FRAUD = _sounds("fraud fraudia scam scammer call caller otp فراڈ کال")
_PRICE = _sounds("bill bills bil fee fees fes tax notice qist instalment installment بل فیس ٹیکس نوٹس قسط")
_NEAR = 5  # words between money and how it is asked for
_TEA = (_sounds("chai chaye chay chaey چائے"), _sounds("pani paani پانی"))
_PAW = (_sounds("mutthi muthi jeb hath مٹھی جیب"), _sounds("garam garm گرم"))


def is_bribe(text: str) -> bool:
    """True if somebody in office asks for money."""
    said = _heard(text)
    heard = frozenset(said)
    if heard & _BRIBE:
        return True
    if not heard & _OFFICE or heard & _FRAUD:
        return False
    if _pair(said, *_TEA) or _pair(said, *_PAW):
        return True
    if _asked(said, _ASKS):
        return True
    return not heard & (_SELLER | _PRICE) and (_asked(said, _TAKES) or _told_to_give(said))


def asks_for_money(text: str) -> bool:
    """True if money was asked for, whoever did: said of an office that everybody knows, "unho ne paise mange"."""
    said = _heard(text)
    return not _DENIED & set(said) and (bool(_BRIBE & set(said)) or _asked(said, _ASKS))


def names_health(text: str) -> bool:
    """True if the words name a hospital or somebody who works in one."""
    return not _HEALTH.isdisjoint(_heard(text))


def _heard(text: str) -> list[str]:
    return [phonetics.sound(word.folded) for word in words(text)]


def _asked(said: list[str], verbs: frozenset[str]) -> bool:
    money = _money(said)
    return any(word in verbs and abs(at - each) <= _NEAR for at, word in enumerate(said) for each in money)


def _told_to_give(said: list[str]) -> bool:
    """Somebody says "3000 do": money, and right behind it that it is to be given."""
    return any(word in _GIVE for at in _money(said) for word in said[at + 1 : at + 3])


def _money(said: list[str]) -> list[int]:
    """Where money is: a word for it, an amount of three digits, or one in thousands ("20k")."""
    return [
        at
        for at, word in enumerate(said)
        if word in _MONEY or (word.isdecimal() and (len(word) >= _HUNDRED or said[at + 1 : at + 2] in _THOUSANDS))
    ]


def _pair(said: list[str], first: frozenset[str], second: frozenset[str]) -> bool:
    return any(one in first and two in second for one, two in pairwise(said))
