"""Which language an SMS is written in, if its sender never chose one."""

import math
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from flows.engine.variables import needs_ucs2
from flows.menu.model import Flow
from flows.text.normalization import words

ENGLISH = "en"
# Words of one language and not of the other. Not here: English words that are used in Urdu too, such as "school" and
# "gas". What is a word of both ("is", "the", "us") counts for both.
_ENGLISH = frozenset(
    word.folded
    for word in words(
        "a an the is are was were am be been being has have had having my our your his her him them their this that"
        " these those there it its i we you they she us of for from with without and but or as than then if because"
        " so at by on into onto over under near not no don dont doesn doesnt didn didnt isn cant cannot won wont"
        " since what when where how why who which whose whom can could will would shall should may might must did"
        " does done doing please here again always never every everyone everybody everything nobody nothing someone"
        " somebody something anybody anyone anything any all both each other another same only just also too very"
        " more most less much many few some several still yet already now today tomorrow yesterday week weeks month"
        " months year years day days night morning evening afternoon hour hours minutes ago after before until till"
        " during while about against between behind inside outside around through down up off out back away last"
        " next first second whole half old big small huge long short good bad better best worse worst dirty clean"
        " broken open opened closed shut dead alive sick ill hungry poor rich full empty early missing lost stolen"
        " stuck false true wrong right real own free available beautiful happy fine alright okay hey thanks thank"
        " thanx obliged dear respected goodbye bye noted received welcome got get gets getting give gives given"
        " gave take takes taken took taking ask asks asked asking tell tells told say says said saying speak go"
        " goes going gone went come comes coming came keep keeps kept put puts make makes made making send sends"
        " sent sending call calls called calling find found see seen saw look looks looking watch know knows known"
        " think want wants wanted wanting need needs needed use uses used using work works working worked try tried"
        " pay pays paid paying buy bought sell sells sold selling cheat cheated cheating charge charges charged"
        " charging cost costs eat live lives living lived leave leaves left leaving stand stops stopped"
        " stopping started begin began fall falls fallen fell falling fix fixed repair repaired clear check"
        " checked reply answer wait waiting waited helps helping let show shows shown hear heard feel feels write"
        " written wrote read learn teach teaches run runs running ran walk drive drives driving turn turned move"
        " moved cut cuts hit hits hitting beat beats beating beaten kill kills killing killed dies died dying burn"
        " burns burning burnt burst fight fighting fought attack attacked stabbed shot shots shoot shooting injured"
        " hurt bleeding blood fire smoke trapped drown drowning rape raped touch touched touching threat threaten"
        " threatens threatening threatened harass harassed harassing harasses abuse abused abusing kidnap kidnapped"
        " arrested arrest refuse refuses refused deny denied demand demands demanded demanding force forced forcing"
        " reject rejected delay delayed pending issued applied apply approve approved appointed register registered"
        " receive collect collects collected deducted deducts deduct leak leaks leaking leaked overflow overflowing"
        " flowing smell smells smelling smelly water garbage trash rubbish sewage street streets lights dark"
        " darkness wire wires pole poles people person man men woman women child children kids boy boys girl girls"
        " mother father brother sister wife husband son daughter uncle neighbour neighbours neighbor family house"
        " home village town road roads hole holes money salary wages price prices food milk meat bread medicine"
        " medicines illegal illegally land owner official officially rude behavior whenever wherever however though"
        " although across along among per urgent offer win click sale cheap loss classes hello hi unsubscribe"
    )
)
_URDU = frozenset(
    word.folded
    for word in words(
        "hai hain hun hoon ka ki ke ko kay se say mein main mai me men par pe py ne nay ny aur ya bhi b k h nahi na"
        " kya koi kab kahan kaise kyun kyu kis kisi yeh ye woh wo mera meri mere hamara hamari hamare humara humari"
        " aap apna apni apne hum mujhe hamen humein unka unki unke iska iski uska uski ho hua hui huye hue gaya"
        " gayi gai gae gaye rahi raha rahe ab abhi tak din wala wali wale walay walon walo log logon tha thi thay"
        " kar karo karta karti karte karna karne karwana kr kro krta krte krna krne karen karein kia kiya kiye liya"
        " lia liye lie lene leta lete leti diya dia diye dete deta deti dena dene do den dein bana bani bane banta"
        " jata jati jate jana jane jao ata ati ate aata aati aate ana aana aya aaya ayi aayi aye sab kuch bohat"
        " bohot bahut bht boht zyada ziada sath saath bina phir lekin magar agar jab tab jo kal aaj roz sirf bas"
        " mat kam khatam kharab band chal chala mang mangta mangte maang ghar gali sarak pani paani bijli paise"
        " paisay kaam sahab bhai baji beta beti bacha bache bachay bachi bachon larki larka aurat aurton mila mili"
        " mile milta milti milte le de aj bhej bhejo batao bata bataen plz jaldi kitne kitna mahine maheene saal"
        " hafte salam janab yahan wahan idhar udhar pas pass kehta kehte kehti keh bola bolta bolte suno sunta"
        " sunte dekho dekh raat subah sham un ek aik teen char panch"
    )
)


LIKELIER = 3.0  # by how much, as a logarithm, another language than the first must be likelier for Latin letters
_UNSEEN = 0.5  # how often a pair of letters counts that the flow never uses
_ALL_PAIRS = 2000  # pairs of letters that a language has, roughly


def detect_language(text: str, flow: Flow) -> str | None:
    """The language to answer in; None where the flow has none.

    It is English where the small words say so. Of several languages in the script of the text it is the one whose words
    in the flow are spelt most like it, so a new language needs no rules here. Everything else is the flow's first one.
    """
    first = next(iter(flow.languages), None)
    foreign = any(each.isalpha() and not unicodedata.name(each, "").startswith("LATIN") for each in text)
    if not foreign and ENGLISH in flow.languages and is_english(text):
        return ENGLISH
    alike = [tag for tag in flow.languages if needs_ucs2(flow, tag) == foreign and (foreign or tag != ENGLISH)]
    if len(alike) < 2:
        return alike[0] if foreign and alike else first
    likely = {tag: _likelihood(text, flow.words_by_language.get(tag, "")) for tag in alike}
    best = max(alike, key=lambda tag: likely[tag])
    return best if foreign or likely[best] - likely.get(first or "", 0.0) > LIKELIER else first


def _likelihood(text: str, known: str) -> float:
    """How likely a text is, as a logarithm, in the language of these words: by the pairs of letters in both."""
    pairs = _pairs(known)
    whole = pairs.total() + _UNSEEN * _ALL_PAIRS
    return sum(many * math.log((pairs[pair] + _UNSEEN) / whole) for pair, many in _count_pairs(text).items())


@lru_cache(maxsize=32)
def _pairs(known: str) -> Counter[str]:
    return _count_pairs(known)


def _count_pairs(text: str) -> Counter[str]:
    said = "".join(each if each.isalpha() else " " for each in text.casefold())
    spaced = f" {' '.join(said.split())} "
    return Counter(map("".join, pairwise(spaced)))


def is_english(text: str) -> bool:
    """True for words in Latin letters with more small words of English than of Roman Urdu."""
    said = [word.folded for word in words(text)]
    return sum(word in _ENGLISH for word in said) > sum(word in _URDU for word in said)
