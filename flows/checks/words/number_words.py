"""Numbers that are written as words, and words of time, by the first part of a language's tag: "three", "teen", a week.

They only forgive: who writes "three days" in one language and "3 din" in another says the same. A word counts in its
own language alone ("do" is two in Urdu), and an article is no number, except before a word of time ("a week").
"""

from collections.abc import Mapping

from flows.checks.words.language_tags import language_of, whole_words

# Each number with its words, apart by commas.
_NUMBERS = {
    "en": "0 zero none, 1 one once single, 2 two twice both couple, 3 three thrice, 4 four, 5 five, 6 six, 7 seven,"
    " 8 eight, 9 nine, 10 ten, 11 eleven, 12 twelve dozen noon midnight, 14 fourteen, 15 fifteen, 20 twenty, 24"
    " twentyfour, 30 thirty, 40 forty, 50 fifty, 60 sixty, 90 ninety, 100 hundred, 1000 thousand",
    "ur": "0 sifar صفر, 1 aik ek ik ایک, 2 do donon dono دو دونوں, 3 teen tin تین, 4 char chaar چار, 5 panch paanch"
    " پانچ, 6 chhe chay che چھ چھے, 7 saat sat سات, 8 aath آٹھ, 9 nau نو, 10 das دس, 11 gyarah گیارہ, 12 barah bara"
    " بارہ, 14 chaudah چودہ, 15 pandrah پندرہ, 20 bees بیس, 24 chobis چوبیس, 30 tees تیس, 40 chalis چالیس, 50 pachas"
    " پچاس, 60 saath ساٹھ, 90 nabbe نوے, 100 sau سو, 1000 hazar hazaar ہزار",
    "hi": "0 shunya शून्य, 1 ek एक, 2 do दो दोनों, 3 teen तीन, 4 char चार, 5 panch पाँच पांच, 6 chhah छह छः, 7 saat सात,"
    " 8 aath आठ, 9 nau नौ, 10 das दस, 12 barah बारह, 15 pandrah पंद्रह, 20 bees बीस, 24 chaubis चौबीस, 30 tees तीस, 50"
    " pachas पचास, 90 नब्बे, 100 sau सौ, 1000 hazar हजार हज़ार",
    "ne": "0 sunya शून्य, 1 ek एक, 2 dui दुई दुवै, 3 tin तीन, 4 char चार, 5 pach पाँच, 6 chha छ, 7 sat सात, 8 aath आठ,"
    " 9 nau नौ, 10 das दस, 12 बाह्र, 15 pandhra पन्ध्र, 20 bis बीस, 24 चौबीस, 30 tis तीस, 50 पचास, 100 saya सय, 1000"
    " hajar हजार",
    "bn": "1 ek এক, 2 dui দুই, 3 tin তিন, 4 char চার, 5 panch পাঁচ, 6 chhoy ছয়, 7 sat সাত, 8 at আট, 9 noy নয়, 10 dosh"
    " দশ, 12 বারো, 15 পনেরো, 20 বিশ, 24 চব্বিশ, 30 ত্রিশ, 100 একশ, 1000 হাজার",
    "pa": "1 ik ikk ਇੱਕ ਇਕ اک, 2 do ਦੋ دو, 3 tin ਤਿੰਨ تن, 4 char ਚਾਰ چار, 5 panj ਪੰਜ پنج, 6 chhe ਛੇ, 7 satt ਸੱਤ ست, 8"
    " atth ਅੱਠ اٹھ, 9 ਨੌਂ, 10 das ਦਸ دس, 15 ਪੰਦਰਾਂ, 100 ਸੌ سو",
    "ps": "1 yaw یو یوه, 2 dwa دوه دوې, 3 dre درې, 4 څلور, 5 پنځه, 6 شپږ, 7 اووه, 8 اته, 9 نهه, 10 لس, 15 پنځلس, 20 شل,"
    " 24 څلورویشت, 30 دېرش, 100 سل, 1000 زر",
    "sd": "1 hik هڪ, 2 ba ٻه ٻئي, 3 ti ٽي, 4 چار, 5 پنج, 6 ڇهه, 7 ست, 8 اٺ, 9 نو, 10 ڏهه, 15 پندرهن, 20 ويهه, 30 ٽيهه,"
    " 100 سؤ, 1000 هزار",
    "fa": "0 صفر, 1 یک, 2 دو, 3 سه, 4 چهار, 5 پنج, 6 شش, 7 هفت, 8 هشت, 9 نه, 10 ده, 12 دوازده, 15 پانزده, 20 بیست, 24"
    " بیستوچهار, 30 سی, 100 صد, 1000 هزار",
    "ar": "0 صفر, 1 واحد واحدة, 2 اثنان اثنين, 3 ثلاثة ثلاث, 4 أربعة أربع, 5 خمسة خمس, 6 ستة ست, 7 سبعة سبع, 8 ثمانية"
    " ثماني, 9 تسعة تسع, 10 عشرة عشر, 20 عشرون عشرين, 30 ثلاثون ثلاثين, 100 مئة مائة, 1000 ألف",
    "fr": "0 zéro aucun aucune, 2 deux, 3 trois, 4 quatre, 5 cinq, 6 six, 7 sept, 8 huit, 9 neuf, 10 dix, 11 onze, 12"
    " douze midi minuit, 14 quatorze, 15 quinze quinzaine, 20 vingt, 30 trente, 40 quarante, 50 cinquante, 60 soixante,"
    " 100 cent, 1000 mille",
    "es": "0 cero, 1 uno, 2 dos ambos ambas, 3 tres, 4 cuatro, 5 cinco, 6 seis, 7 siete, 8 ocho, 9 nueve, 10 diez, 11"
    " once, 12 doce, 14 catorce, 15 quince quincena, 20 veinte, 24 veinticuatro, 30 treinta, 40 cuarenta, 48"
    " cuarentaiocho, 50 cincuenta, 60 sesenta, 90 noventa, 100 cien ciento, 1000 mil",
    "pt": "0 zero, 2 dois duas, 3 três, 4 quatro, 5 cinco, 6 seis, 7 sete, 8 oito, 9 nove, 10 dez, 12 doze, 15 quinze"
    " quinzena, 20 vinte, 30 trinta, 50 cinquenta, 100 cem cento, 1000 mil",
    "sw": "0 sifuri, 1 moja mmoja, 2 mbili wawili miwili, 3 tatu watatu mitatu, 4 nne wanne minne, 5 tano watano,"
    " 6 sita, 7 saba, 8 nane wanane, 9 tisa, 10 kumi, 20 ishirini, 30 thelathini, 40 arobaini, 50 hamsini, 60 sitini,"
    " 90 tisini, 100 mia, 1000 elfu",
    "wo": "1 benn, 2 ñaar naar, 3 ñett nett, 4 ñeent neent, 5 juróom jurom, 10 fukk, 20 ñaarfukk, 100 téeméer teemeer,"
    " 1000 junni",
    "ha": "1 daya, 2 biyu, 3 uku, 4 huɗu hudu, 5 biyar, 6 shida, 7 bakwai, 8 takwas, 9 tara, 10 goma, 20 ashirin, 30"
    " talatin, 100 ɗari dari, 1000 dubu",
    "yo": "1 ọ̀kan okan kan, 2 méjì meji, 3 mẹ́ta meta, 4 mẹ́rin merin, 5 márùn ún marun, 6 mẹ́fà mefa, 7 méje meje, 10"
    " mẹ́wàá mewa",
    "so": "1 hal kow, 2 laba labo, 3 saddex, 4 afar, 5 shan, 6 lix, 7 toddoba, 8 siddeed, 9 sagaal, 10 toban, 15"
    " shanyotoban, 20 labaatan, 30 soddon, 100 boqol, 1000 kun",
    "am": "1 አንድ, 2 ሁለት, 3 ሶስት ሦስት, 4 አራት, 5 አምስት, 6 ስድስት, 7 ሰባት, 8 ስምንት, 9 ዘጠኝ, 10 አስር አሥር, 20 ሃያ, 30 ሰላሳ, 100 መቶ,"
    " 1000 ሺህ",
    "rw": "1 rimwe umwe imwe kimwe, 2 abiri ebyiri kabiri, 3 atatu eshatu gatatu, 4 ane enye, 5 atanu eshanu, 6"
    " atandatu, 7 arindwi, 8 umunani, 9 icyenda, 10 icumi, 100 ijana, 1000 igihumbi",
    "lg": "1 emu omu, 2 bbiri babiri, 3 ssatu satu, 4 nnya, 5 ttaano, 6 mukaaga, 7 musanvu, 8 munaana, 9 mwenda, 10"
    " kkumi, 100 kikumi",
    "zu": "1 eyodwa elilodwa, 2 amabili ezimbili, 3 amathathu ezintathu, 4 amane, 5 amahlanu ezinhlanu, 10 ayishumi",
    "id": "0 nol, 1 satu, 2 dua kedua, 3 tiga, 4 empat, 5 lima, 6 enam, 7 tujuh, 8 delapan, 9 sembilan, 10 sepuluh, 100"
    " seratus, 1000 seribu",
    "ms": "0 kosong, 1 satu, 2 dua, 3 tiga, 4 empat, 5 lima, 6 enam, 7 tujuh, 8 lapan, 9 sembilan, 10 sepuluh, 100"
    " seratus, 1000 seribu",
    "tl": "0 sero, 1 isa isang uno, 2 dalawa dalawang dos, 3 tatlo tatlong tres, 4 apat kuwatro, 5 lima limang singko,"
    " 6 anim sais, 7 pito pitong siyete, 8 walo walong otso, 9 siyam nuwebe, 10 sampu sampung diyes, 12 dose, 15 kinse,"
    " 20 bente, 30 trenta, 50 singkuwenta, 100 sandaan daan, 1000 libo sanlibo",
    "tr": "0 sıfır, 1 bir, 2 iki, 3 üç, 4 dört, 5 beş, 6 altı, 7 yedi, 8 sekiz, 9 dokuz, 10 on, 15 onbeş, 20 yirmi, 30"
    " otuz, 100 yüz, 1000 bin",
    "ru": "0 ноль, 1 один одна одну, 2 два две двух, 3 три трёх трех, 4 четыре, 5 пять пяти, 6 шесть, 7 семь, 8 восемь,"
    " 9 девять, 10 десять, 15 пятнадцать, 20 двадцать, 30 тридцать, 100 сто, 1000 тысяча",
    "de": "0 null, 1 eins, 2 zwei beide beiden, 3 drei, 4 vier, 5 fünf, 6 sechs, 7 sieben, 8 acht, 9 neun, 10 zehn, 12"
    " zwölf, 15 fünfzehn, 20 zwanzig, 24 vierundzwanzig, 30 dreißig, 100 hundert, 1000 tausend",
}
# The hours that a unit of time lasts, with its words.
_UNITS = {
    "en": "1 hour hours hr hrs hourly, 24 day days daily, 168 week weeks weekly, 336 fortnight, 720 month months"
    " monthly, 2160 quarter, 8760 year years yearly",
    "ur": "1 ghanta ghante ghantay ghanton گھنٹہ گھنٹے گھنٹوں, 24 din dino dinon roz دن دنوں روز, 168 hafta hafte "
    " haftay hafton ہفتہ ہفتے ہفتوں, 720 mahina mahine mahinay mahinon maah mah mahana ماہ مہینہ مہینے مہینوں,"
    " 8760 saal sal salana سال سالانہ",
    "hi": "1 ghanta ghante घंटा घंटे घंटों घण्टे, 24 din दिन दिनों रोज़, 168 hafta हफ्ता हफ्ते सप्ताह, 720 mahina mahine"
    " महीना महीने महीनों माह, 8760 saal साल वर्ष",
    "ne": "1 घण्टा घन्टा ghanta, 24 din दिन दिनमा दिनभित्र, 168 hapta हप्ता साता, 720 mahina महिना, 8760 barsa वर्ष साल",
    "bn": "1 ঘণ্টা ঘন্টা, 24 din দিন দিনের, 168 সপ্তাহ, 720 মাস মাসের, 8760 বছর",
    "pa": "1 ਘੰਟੇ ਘੰਟਾ گھنٹے, 24 din ਦਿਨ ਦਿਨਾਂ دن, 168 ਹਫ਼ਤੇ ਹਫਤੇ ہفتے, 720 ਮਹੀਨੇ مہینے, 8760 ਸਾਲ سال",
    "ps": "1 ساعت ساعته ساعتونه, 24 ورځ ورځې ورځو, 168 اونۍ اونیو, 720 میاشت میاشتې, 8760 کال کاله",
    "sd": "1 ڪلاڪ ڪلاڪن, 24 ڏينهن ڏينهنن, 168 هفتو هفتي هفتا هفتن, 720 مهينو مهيني مهينا, 8760 سال",
    "fa": "1 ساعت, 24 روز روزه, 168 هفته, 720 ماه, 8760 سال",
    "ar": "1 ساعة ساعات, 2 ساعتين ساعتان, 24 يوم أيام يوما, 48 يومين يومان, 168 أسبوع أسابيع, 336 أسبوعين أسبوعان, 720"
    " شهر أشهر شهور, 1440 شهرين شهران, 8760 سنة عام سنوات",
    "fr": "1 heure heures, 24 jour jours journée, 168 semaine semaines, 720 mois, 2160 trimestre, 8760 année années",
    "es": "1 hora horas, 24 día días dia dias, 168 semana semanas, 720 mes meses, 2160 trimestre, 8760 año años",
    "pt": "1 hora horas, 24 dia dias, 168 semana semanas, 720 mês mes meses, 2160 trimestre, 8760 ano anos",
    "sw": "1 saa masaa, 24 siku, 168 wiki juma majuma, 720 mwezi miezi, 8760 mwaka miaka",
    "wo": "1 waxtu waxtoom, 24 fan bis bés, 168 ayubés ayubis semen, 720 weer, 8760 at",
    "ha": "1 awa awoyi, 24 kwana kwanaki rana, 168 mako makonni, 720 wata watanni, 8760 shekara shekaru",
    "yo": "1 wakati, 24 ọjọ́ ojo, 168 ọ̀sẹ̀ ose, 720 oṣù osu, 8760 ọdún odun",
    "so": "1 saac saacadood saacadod, 24 maalin maalmood cisho, 168 toddobaad usbuuc, 720 bil bilood, 8760 sano sanad",
    "am": "1 ሰዓት ሰዓታት, 24 ቀን ቀናት, 168 ሳምንት ሳምንታት, 720 ወር ወራት, 8760 ዓመት ዓመታት",
    "rw": "1 isaha amasaha, 24 umunsi iminsi, 168 icyumweru ibyumweru, 720 ukwezi amezi, 8760 umwaka imyaka",
    "lg": "1 essaawa saawa, 24 olunaku ennaku, 168 wiiki, 720 omwezi emyezi, 8760 omwaka emyaka",
    "zu": "1 ihora amahora, 24 usuku izinsuku, 168 isonto amasonto iviki amaviki, 720 inyanga izinyanga, 8760 unyaka",
    "id": "1 jam, 24 hari, 168 minggu pekan seminggu, 720 bulan sebulan, 8760 tahun setahun",
    "ms": "1 jam, 24 hari, 168 minggu seminggu, 720 bulan sebulan, 8760 tahun setahun",
    "tl": "1 oras, 24 araw, 168 linggo, 720 buwan, 8760 taon",
    "tr": "1 saat saate, 24 gün güne gündür, 168 hafta haftada haftaya, 720 ay ayda aya, 8760 yıl yılda",
    "ru": "1 час часа часов, 24 день дня дней сутки суток, 168 неделя недели недель неделю, 720 месяц месяца месяцев,"
    " 8760 год года лет",
    "de": "1 stunde stunden, 24 tag tage tagen, 168 woche wochen, 720 monat monate monaten, 8760 jahr jahre jahren",
}


def _by_word(said: Mapping[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for tag, listed in said.items():
        for each in listed.split(","):
            number, *named = each.split()
            for word in named:
                folded = whole_words(word)
                if len(folded) == 1:
                    found.setdefault(tag, {}).setdefault(folded[0], int(number))
    return found


_NUMBER_OF = _by_word(_NUMBERS)
_HOURS_OF = _by_word(_UNITS)


def hours_of(folded: str, tag: str) -> int:
    """The hours that a unit of time lasts, named by a normalized word of a language; 0 for any other word."""
    return _HOURS_OF.get(language_of(tag), {}).get(folded, 0)


def numbers_in_words(said: str, tag: str) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers that a text may say in words of its language, and the times, in hours: "two weeks" are 2 and 336.

    A unit of time alone is one of it: "in a week", "hafte mein".
    """
    language = language_of(tag)
    numbers, units = _NUMBER_OF.get(language, {}), _HOURS_OF.get(language, {})
    meant, hours, before = set[int](), set[int](), 0
    for word in whole_words(said):
        number = numbers.get(word, 0)
        if word in numbers:
            meant.add(number)
        if unit := units.get(word):
            hours.add((before or 1) * unit)
        before = number
    return frozenset(meant), frozenset(hours)
