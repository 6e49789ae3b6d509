"""Promises to the caller: that an SMS comes, or that somebody calls, visits or answers.

By the first part of a language's tag; a language that is not here promises nothing. Words under a condition ("if you
get an SMS") promise nothing either.
"""

import re

from flows.checks.words.closing_words import says_if, sentences_of
from flows.checks.words.language_tags import language_of, word_pattern

_SMS = {
    "en": r"(?:sms|text|message)s? (?:is|are|will be) (?:coming|on (?:its|the) way|sent)"
    r"|(?:sms|text|message) will (?:come|follow|reach)|(?:get|receive) an? (?:sms|text|message)|will (?:text"
    r"|sms) you",
    "ur": r"(?:sms|message|paigham) (?:bhi )?(?:aa? ?rah[ai]|aa?y?e ?g[ai]|aye ?g[ai]|mile ?g[ai]|bheja|bhej)"
    r"|(?:sms|ایس ایم ایس|میسج|پیغام) (?:بھی )?(?:آ رہا|آئے گا|آ جائے گا|ملے گا|بھیجا|بھیج)",
    "fr": r"(?:vous (?:recevrez|allez recevoir)|nous vous enverrons) (?:un|par|le) ?(?:sms|texto|message)"
    r"|un sms (?:arrive|suit)",
    "es": r"(?:recibirás?|le enviaremos|te enviaremos) (?:un|el) (?:sms|mensaje)|(?:sms|mensaje) (?:llegará|viene)",
    "pt": r"(?:receberá|enviaremos|vai receber) (?:uma?|o|a) (?:sms|mensagem)",
    "sw": r"utapokea (?:sms|ujumbe)|(?:sms|ujumbe) (?:unakuja|utatumwa|itatumwa|inakuja)|tutakutumia (?:sms|ujumbe)",
    "wo": r"dinañu (?:la )?yónnee",
    "ha": r"za (?:mu|a) aika (?:maka|miki|muku)? ?(?:da )?(?:sms|sak[oō])|(?:sms|sak[oō]) (?:yana|na) zuwa",
    "hi": r"(?:sms|एसएमएस|सन्देश|संदेश) (?:आ रहा|आएगा|भेजा जाएगा|मिलेगा)",
    "ne": r"(?:sms|एसएमएस|सन्देश|संदेश) (?:आउँदैछ|आउनेछ|पठाइनेछ)",
    "bn": r"(?:sms|এসএমএস|বার্তা) (?:আসছে|আসবে|পাঠানো হবে|পাবেন)",
    "ar": r"ستصلك رسالة|سنرسل (?:لك|إليك) رسالة",
    "ps": r"(?:sms|پیغام) (?:درځي|به درشي)",
    "sd": r"(?:sms|پیغام|پيغام) (?:ايندو|اچي)",
    "tl": r"(?:may )?(?:darating|matatanggap|makakatanggap) (?:na|kayo ng|ka ng) (?:sms|text)|ite-?text (?:ka|kayo)",
    "id": r"(?:sms|pesan) (?:akan )?(?:dikirim|datang|menyusul)|(?:anda )?akan menerima (?:sms|pesan)",
    "tr": r"(?:sms|mesaj) (?:gelecek|gönderilecek|geliyor)|(?:sms|mesaj) alacaksınız",
}
_CONTACT = {
    "en": r"(?:will|['’]ll|shall|(?:is|are) going to) (?:then |soon |now |also )?(?:call|phone|ring|contact"
    r"|visit|reach|answer"
    r"|inform|reply to|respond to|write to|come to|get back to|be in touch with|text|sms|send) you(?! to)"
    r"|(?:will|['’]ll) (?:get back|be in touch|call back|reply|come to (?:your|see))"
    r"|you (?:will|['’]ll) (?:be (?:called|contacted|visited|informed|told)|hear from|(?:get|receive) (?:a"
    r"|an) (?:call|visit"
    r"|answer|reply))|expect (?:a|our|an) (?:call|visit|answer|reply)",
    "ur": r"(?:call|phone|fone|rabta|raabta|jawab|daura) (?:bhi )?(?:kar\w* ?g[aei]\w*|karen ?ge|dein ge"
    r"|de ?g[aei]|denge"
    r"|aa?ye? ?g[aei]|mile ?g[aei])|(?:aap ke|aap k) (?:ghar|paas) aa?ye?\w* ?g[aei]"
    r"|(?:کال|فون|رابطہ|جواب|دورہ) (?:بھی )?(?:کر\w* گ[اےی]|کریں گے|دیں گے|دے گا|آئے گ[اےی]|ملے گ[اےی])",
    "fr": r"(?:vous|t['’]|te) (?:appelle|rappelle|contacte|recontacte|répond|visite|rendr)\w*r(?:a|ont|ons)"
    r"|vous (?:répondr(?:a|ons|ont)|recevrez (?:un appel|une réponse|une visite))|serez (?:rappel|appel|contact"
    r"|recontact)ée?",
    "es": r"(?:le|te|lo|la|los|les) (?:llamar|contactar|visitar|responder|contestar|avisar|buscar)(?:á|án|emos)"
    r"|nos (?:comunicaremos|pondremos en contacto)|recibirás? (?:una (?:llamada|respuesta|visita))",
    "pt": r"(?:ligaremos|retornaremos|entraremos em contat?o|vamos (?:ligar|visitar|responder))"
    r"|(?:responderemos|visitaremos)|(?:vai|irá|vão) (?:te |lhe )?(?:ligar|visitar|responder|contactar)"
    r"|receberá uma (?:ligação|resposta|visita)",
    "sw": r"(?:tu|wa|a)taku(?:pigia|jibu|tembelea|fikia|tafuta|arifu)|utapigiwa|utajibiwa|utatembelewa|utaarifiwa"
    r"|tutawasiliana|(?:wa|a)tawasiliana",
    "ha": r"za (?:mu|a|su) (?:kira|tuntu[bɓ]\w*|amsa|ziyarce) ?(?:ka|ki|ku|maka|muku)?|zai (?:kira|zo wurin"
    r"|tuntu[bɓ])\w*",
    "wo": r"dinañu (?:la )?(?:woo|tontu|seetsi)|dina la (?:woo|tontu)",
    "hi": r"(?:कॉल|फ़ोन|फोन|संपर्क|सम्पर्क|जवाब) (?:करेंगे|करेगा|देंगे|देगा|आएगा|मिलेगा)",
    "ne": r"(?:फोन|सम्पर्क|संपर्क|जवाफ|कल) (?:गर्ने\w*|गर्छौं|दिने\w*|आउने\w*)",
    "bn": r"(?:কল|ফোন|যোগাযোগ|উত্তর) (?:করব\w*|করা হবে|দেব\w*|দেওয়া হবে|আসবে|পাবেন)",
    "pa": r"(?:ਕਾਲ|ਫੋਨ|ਫ਼ੋਨ|ਸੰਪਰਕ|ਜਵਾਬ) (?:ਕਰਾਂਗੇ|ਕਰੇਗਾ|ਕਰਨਗੇ|ਦੇਵਾਂਗੇ|ਦੇਵੇਗਾ|ਆਵੇਗਾ)",
    "ps": r"(?:اړیکه|زنګ|ځواب) به \w+|به (?:درته|درسره) (?:زنګ|اړیکه|ځواب)",
    "sd": r"(?:فون|رابطو|جواب) (?:ڪند\w+|ڏيند\w+|ايندو|ملندو)",
    "fa": r"(?:با شما )?تماس (?:خواهیم|خواهد|می ?گیریم|می ?گیرد)|پاسخ خواهیم داد",
    "ar": r"(?:سن|سي|ست|سوف ن|سوف ي|سوف ت)(?:تصل|رد عليك|زور|جيب|تواصل)\w*",
    "tl": r"tatawagan? (?:ka|kayo|namin)|tatawag (?:kami|sila|ang \w+) sa|makikipag-?ugnayan|bibisitahin"
    r"|bibisita (?:kami|ang)"
    r"|sasagutin (?:ka|kayo|namin)|babalikan (?:ka|kayo)",
    "id": r"akan (?:menghubungi|menelepon|membalas|mengunjungi|datang ke|dihubungi|ditelepon)",
    "ms": r"akan (?:menghubungi|menelefon|membalas|melawat|dihubungi)",
    "tr": r"(?:sizi|size) (?:arayaca\w+|ziyaret edece\w+|dönece\w+|dönüş yapaca\w+|cevap verece\w+|ulaşaca\w+)"
    r"|aranacaksınız",
    "am": r"እንደውላለን|ይደውላሉ|እንገናኛለን|መልስ (?:እንሰጣለን|ይሰጡዎታል)|ይደወልልዎታል",
    "so": r"waan ku soo wic\w+|waa lagu soo wic\w+|waan kuu jawaab\w+",
    "rw": r"(?:tu|ba|a)zaguhamagara|(?:tu|ba)zagusubiza|(?:tu|ba)zagusura",
    "zu": r"sizo?kushayela|bazo?kushayela|sizo?kuphendula",
    "lg": r"(?:tu|ba)jja kuku(?:bira|ddamu|kyalira)",
    "ru": r"(?:вам|с вами) (?:перезвон|позвон|ответ|свяж)\w+|(?:мы )?(?:перезвоним|позвоним|свяжемся|ответим)",
    "de": r"(?:rufen|melden uns|besuchen|antworten) (?:sie|bei ihnen|ihnen)|werden (?:sie )?(?:angerufen"
    r"|kontaktiert)",
}
_NEGATED = re.compile(
    r"(?<!\w)(?:no|not|never|nobody|none|nahi|nahin|koi|non|ne|pas|personne|nunca|nadie|não|ninguém|hakuna"
    r"|hat\w+|ba|babu|walang?"
    r"|hindi|tidak|tak|نہیں|کوئی|لن|لا|नहीं|না|değil|kimse|nicht|niemand|не|никто)(?!\w)",
    re.IGNORECASE,
)


_SMS_WORDS = {tag: word_pattern(words) for tag, words in _SMS.items()}
_CONTACT_WORDS = {tag: word_pattern(words) for tag, words in _CONTACT.items()}


def promised_sms(said: str, tag: str) -> str:
    """The words of a text that promise an SMS, or ""."""
    return _promise(_SMS_WORDS, said, tag)


def promised_contact(said: str, tag: str) -> str:
    """The words of a text that promise that somebody calls, visits or answers, or ""."""
    return _promise(_CONTACT_WORDS, said, tag)


def _promise(known: dict[str, re.Pattern[str]], said: str, tag: str) -> str:
    pattern = known.get(language_of(tag))
    if pattern is None or not (found := pattern.search(said)):
        return ""
    for sentence in sentences_of(said):
        if (found := pattern.search(sentence)) and not says_if(sentence, tag):
            before = sentence[: found.start()][-30:]
            if not _NEGATED.search(before):
                return found[0]
    return ""
