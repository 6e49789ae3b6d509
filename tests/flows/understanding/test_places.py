"""Where the words of an SMS are: everyday words are places only where something says so, and then they are asked."""

from __future__ import annotations

import pytest

from flows.understanding import category_and_district
from flows.understanding.places import place
from tests.flows.library import shipped
from tests.flows.understanding.gazetteer import cases, small_flow
from tests.flows.understanding.recorded import told

FLOW = small_flow()
SAID = """
bijli band lahore -> lahore
multan mein pani nahi -> multan
gutter band hai -> nothing
tank mein pani nahi -> tank ?
zila tank mein pani nahi -> tank
pani ka tank -> nothing
tank hospital ganda hai -> tank ?
tank city mein chori -> tank
bagh mein kachra -> bagh ?
tehsil bagh -> bagh
naya bagh ka kachra -> nothing
sui gas nahi aati -> nothing
sui mein bijli nahi -> kharan ?
sui -> kharan ?
gas -> nothing
khyber pakhtunkhwa police -> nothing
pani nahi sadiqabad -> rahim_yar_khan
sadiqabad se multan tak kiraya zyada -> multan rahim_yar_khan:sadiqabad ?
kharian to lahore road -> lahore gujrat:kharian ?
sadiqabad multan road par gari -> rahim_yar_khan
saddar mein chori -> east:saddar rawalpindi:saddar ?
chori saddar rawalpindi -> rawalpindi
garden mein light nahi -> west ?
garden light -> nothing
khanpur gutter -> rahim_yar_khan:khanpur swabi:khanpur ?
khanpur ka gutter -> rahim_yar_khan:khanpur swabi:khanpur ?
aliabad gutter -> multan:aliabad ?
lahor mein pani -> lahore
chota lahor -> swabi:lahor ?
mirpur mathlo mein bijli nahi -> multan:mathelo mirpur ?
mirpur kas gutter -> mirpur_khas mirpur ?
mirpur mein gutter -> mirpur
lahoree gate -> nothing
faisalabaad mein gas -> faisalabad
sadikabad mein bijli -> rahim_yar_khan:sadiqabad ?
sadikabad bijli nahi -> rahim_yar_khan:sadiqabad ?
sadiqbad mein bijli -> rahim_yar_khan:sadiqabad ?
sadiqbad bijli -> nothing
kharyan mein -> gujrat:kharian kharan ?
lahore aur multan -> lahore multan ?
multan road par pani -> multan ?
multan road kharab -> multan
multan rd pe -> multan ?
multan road -> multan
mpk pani -> mirpur_khas
xx -> nothing
tankk mein -> nothing
nasirabad mein -> nasirabad multan:nasir_town ?
nasirabad bijli -> nasirabad multan:nasir_town ?
naseerabad -> nasirabad
sohan bijli -> swabi
soan mein -> gujrat
hub chowki -> kharan
dar gai mein -> swabi:dargai ?
ملتان میں پانی نہیں -> multan
پانی بند ہے صادق آباد -> rahim_yar_khan
باغ میں کچرا -> bagh ?
ضلع باغ -> bagh
ملتاں -> multan
garden west gutter -> nothing
metropol gutter -> metro
saddar metropol gutter -> east
near sadiqabad -> rahim_yar_khan
in kharian -> gujrat
pani in kharan -> kharan
kharan ka pani -> kharan
gujrat kharian mein -> gujrat
kharian gujrat -> gujrat
sui northern walon se -> nothing
mirpur ka -> mirpur
mirpur khas -> mirpur_khas
lhr -> lahore
mul mein -> multan
pindi gheb mein -> gujrat
pindi geb ka pul -> gujrat:gheb rawalpindi ?
rawalpindi se pindi gheb -> rawalpindi gujrat:gheb ?
kharian se nasirabad tak -> nasirabad multan:nasir_town ?
nasirabad se kharian tak -> nasirabad multan:nasir_town ?
sadiqabad aur pindi -> rawalpindi rahim_yar_khan:sadiqabad ?
"""
NO_PLACE = """
sui gas nahi aa rahi | bara baje se bijli nahi | raat bara baje light gayi | pani ka tank khali hai
mithi cheez | pani ki tanki toot gayi | bela hua | haveli ke peeche kachra | kachi sarak pe keechar
khyber pakhtunkhwa police ne maara | kot ke pass gutter | khan sahib meri baat suno
malik sahab ne qabza kiya | chaudhry ka beta tang karta hai | main road kharab hai | mera naam rustam hai
mere bhai ghazi ko police le gayi | drug ka karobar | g 10 din ho gaye | dak khana band hai
kahan se paisay aaye | mehar bani karein | allah ka karam | der se aate hain | data nahi chal raha
پانی کا ٹینک خالی ہے | سوئی گیس نہیں آ رہی | کچی سڑک خراب ہے | بارہ بجے سے بجلی نہیں | حویلی کے ساتھ گٹر
water tank leaking on main road | no gas since morning | my name is malik khan
Mardan aur khawateen ki line aik
"""
NAMED = """
sadiqabad mein bijli nahi -> rahim_yar_khan
bijli band jaranwala -> faisalabad
khanpur hospital no doctor -> rahim_yar_khan shikarpur haripur ?
tehsil tank mein school band -> tank
tank mein pani nahi -> tank ?
karachi korangi mein gutter -> korangi
gulshan iqbal karachi mein pani nahi -> karachi_east
saddar karachi mein chori -> karachi_south
nowshera virkan mein gas nahi -> gujranwala
mian channu se lahore tak kiraya -> lahore khanewal ?
صادق آباد میں بجلی نہیں -> rahim_yar_khan
جڑانوالہ میں پانی نہیں -> faisalabad
G-10 islamabad mein pani nahi -> islamabad
G-10, 3 din se bijli nahi -> islamabad ?
"""


@pytest.mark.parametrize(("words", "meant"), cases(SAID))
def test_words_name_a_district(words: str, meant: str) -> None:
    assert told(place(words, FLOW, "district")) == meant


def test_a_word_for_the_subject_is_no_place_without_a_marker() -> None:
    assert told(place("sohan bijli", FLOW, "district")) == "swabi"
    assert told(place("sohan bijli", FLOW, "district", {"sohan"})) == "nothing"
    assert told(place("sohan", FLOW, "district", {"sohan"})) == "nothing"
    assert told(place("sohan mein bijli", FLOW, "district", {"sohan"})) == "swabi ?"
    assert told(place("zila sohan", FLOW, "district", {"sohan"})) == "swabi"
    assert told(place("multn mein", FLOW, "district", {"multn"})) == "nothing"
    assert told(place("multn mein", FLOW, "district")) == "multan ?"


@pytest.mark.parametrize(
    "words", [each.strip() for line in NO_PLACE.split("\n") for each in line.split("|") if each.strip()]
)
def test_everyday_words_are_no_place(words: str) -> None:
    found = category_and_district.district(words, shipped("by_text"))
    assert (found.code, found.others) == (None, ())


@pytest.mark.parametrize(("words", "meant"), cases(NAMED))
def test_towns_and_areas_are_found_in_a_text(words: str, meant: str) -> None:
    found = category_and_district.district(words, shipped("by_text"))
    assert (found.code or " ".join((*found.others, "?"))) == meant
