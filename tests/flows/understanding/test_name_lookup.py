"""What a typed name means: certainly one row, rows to ask about, or nothing; a table of each kind of evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understanding.classification import Classification, split_candidate
from flows.understanding.name_lookup import is_name, look_up
from tests.flows.library import shipped
from tests.flows.understanding import recorded
from tests.flows.understanding.gazetteer import cases, small_flow
from tests.flows.understanding.recorded import told

FLOW = small_flow()
# words -> a row (certain), rows with ? (asked about, best first, with the place that was meant), or nothing.
TYPED = """
Lahore -> lahore
LAHORE -> lahore
لاہور -> lahore
lhr -> lahore
lahor -> lahore
lahoree -> lahore swabi:lahor ?
lahoer -> lahore swabi:lahor ?
Lhaore -> lahore swabi:lahor ?
Chota Lahor -> swabi:lahor ?
choti lahor -> swabi:lahor lahore ?
mul -> multan
multan -> multan
ملتاں -> multan
Mooltan -> multan
Multn -> multan ?
mltan -> multan ?
multan city -> multan
zila multan -> multan
Multan ke qareeb -> multan
hamara zila multan hai -> multan
mirpur -> mirpur
mirpur khas -> mirpur_khas
mirpur kas -> mirpur_khas mirpur ?
mirpur khaas -> mirpur_khas
mirpurkhas -> mirpur_khas
Mirpur Mathelo -> multan
mirpur mathlo -> multan:mathelo mirpur ?
mirpur xyz -> mirpur
naya mirpur -> mirpur
khas mirpur -> mirpur
rahim yar khan -> rahim_yar_khan
rahim yar -> rahim_yar_khan ?
rahimyarkhan -> rahim_yar_khan
rahim -> rahim_yar_khan ?
ryk -> rahim_yar_khan
RYK city -> rahim_yar_khan
raheem yaar khan -> rahim_yar_khan
rahim yar kan -> rahim_yar_khan
Rawalpindi -> rawalpindi
rawalpndi -> rawalpindi
ravalpindi -> rawalpindi
rawlpndi -> rawalpindi ?
pindi -> rawalpindi gujrat:pindi_town ?
pindi gheb -> gujrat
pindi geb -> gujrat:gheb rawalpindi ?
gheb -> nothing
faisalabad -> faisalabad
faisal abad -> faisalabad
faisalbad -> faisalabad
fasalabad -> faisalabad
faisalabad multan -> faisalabad multan ?
kharan -> kharan
kharian -> gujrat
Khariyan -> gujrat
kharia -> gujrat:kharian kharan ?
kharyan -> gujrat:kharian kharan ?
tank -> tank
ٹانک -> tank
tank hospital -> tank
zila tank -> tank
tank ka masla -> tank ?
bagh -> bagh
bagh mein -> bagh
باغ -> bagh
naya bagh -> bagh ?
metropol -> metro
mtp -> metro
metropol east -> east
metropol est -> east west metro ?
east -> nothing
saddar -> east:saddar rawalpindi:saddar ?
saddar metropol -> east
saddar rawalpindi -> rawalpindi
saddar multan -> multan
garden -> west
garden metropol -> metro
garden west -> west:garden ?
nasirabad -> nasirabad multan:nasir_town ?
naseerabad -> nasirabad
nasirabaad -> nasirabad multan:nasir_town ?
sadiqabad -> rahim_yar_khan
sadiq abad -> rahim_yar_khan
Sadikabad -> rahim_yar_khan
sadiqabad rahim yar khan -> rahim_yar_khan
sadiqabad multan -> multan
tehsil sadiqabad -> rahim_yar_khan
sadiqbad -> rahim_yar_khan:sadiqabad ?
sadi -> rahim_yar_khan:sadiqabad ?
sad -> east:saddar rawalpindi:saddar rahim_yar_khan:sadiqabad ?
sa -> nothing
khanpur -> rahim_yar_khan:khanpur swabi:khanpur ?
khan pur -> rahim_yar_khan:khanpur swabi:khanpur ?
khanpur rahim yar khan -> rahim_yar_khan
khanpur sadiqabad -> rahim_yar_khan
khanpoor -> rahim_yar_khan:khanpur swabi:khanpur ?
aliabad -> multan:aliabad ?
aliabad multan -> multan
ali -> multan:aliabad ?
sui -> kharan
sui gas -> kharan ?
سوئی -> kharan
dargai -> swabi
dar gai -> swabi
hub chowki -> kharan
hub -> kharan:hub ?
chowki -> kharan:hub ?
old town -> nothing
khyber pakhtunkhwa -> nothing
KPK -> nothing
khyber -> nothing
chak beli khan -> rawalpindi
chak beli -> rawalpindi:chak ?
beli khan -> rawalpindi:chak ?
sohan -> swabi
soan -> gujrat
sohn -> swabi:sohan gujrat:soan ?
swabi -> swabi
sawabi -> swabi ?
xyzxyz -> nothing
 -> nothing
.. -> nothing
gujrat kharian -> gujrat
kharian gujrat -> gujrat
gujrat lahore -> gujrat lahore ?
gali 4 multan -> multan
near sadiqabad -> rahim_yar_khan
pathan goth -> nothing
khan -> kharan rahim_yar_khan:khanpur swabi:khanpur gujrat:kharian ?
lahore multan faisalabad -> lahore multan faisalabad ?
multn road -> multan ?
mera ilaqa kharn hai -> kharan gujrat:kharian ?
Faisalabad se -> faisalabad
fslabad -> faisalabad ?
metropol wst -> west metro ?
mirpur mathelo khas -> multan
ghe -> nothing
khyber multan -> multan
Faisalabadd -> faisalabad
rawalpindii -> rawalpindi
rawlpindi -> rawalpindi
rahim yarkhan -> rahim_yar_khan
nasirabda -> nasirabad multan:nasir_town ?
kharin -> gujrat:kharian kharan ?
mulatan -> multan ?
sadqabd -> rahim_yar_khan:sadiqabad ?
"""


@pytest.mark.parametrize(("typed", "meant"), cases(TYPED))
def test_a_typed_name_means(typed: str, meant: str) -> None:
    assert told(look_up(FLOW, "district", typed)) == meant


def test_rows_that_are_left_out_are_not_found_by_any_evidence() -> None:
    for typed, meant in cases(TYPED):
        rows = {split_candidate(each)[0] for each in meant.split()}
        for row in rows - {"?", "nothing"}:
            found = look_up(FLOW, "district", typed, lambda code, row=row: code != row)  # type: ignore[misc]
            assert row not in (found.code, *found.others), typed


def test_a_name_letter_for_letter() -> None:
    assert all(
        is_name(FLOW, "district", words)
        for words in ("Multan", "sadiqabad", "Sadiq  Abad", "khan pur", "metro pol", "لاہور")
    )
    assert not any(is_name(FLOW, "district", words) for words in ("Multn", "", "dar gai", "Multan city", "KPK"))


def test_a_list_without_places_has_its_own_names_only() -> None:
    assert look_up(FLOW, "place", "Sadiqabad").code == "sadiqabad"
    assert look_up(FLOW, "office", "Sadiqabad") == Classification()


def test_of_longer_names_the_one_nearest_to_any_word_beside_comes_first() -> None:
    found = look_up(shipped(), "district", "karachi wst east side")
    assert found.others[:2] == ("karachi_west", "karachi_east")
    assert look_up(shipped(), "district", "uppar chitral").others == ("upper_chitral", "lower_chitral")


def test_an_answer_is_read_to_a_certain_length() -> None:
    assert look_up(FLOW, "district", "x" * 153 + " multan").code == "multan"
    assert look_up(FLOW, "district", "x" * 154 + " multan").code is None


@given(st.text())
def test_certain_and_uncertain_are_never_both(typed: str) -> None:
    found = look_up(shipped(), "district", typed)
    rows = shipped().rows["district"]
    assert not (found.code and found.others)
    assert {*found.others, *([found.code] if found.code else [])} <= set(rows)
    assert len(found.others) == len(set(found.others)) <= 7
    assert [split_candidate(each)[0] for each in found.candidates] == list(found.others)


@pytest.mark.parametrize(("typed", "wrong"), [
    ("Sadiqabad", "hunza"), ("Kharian", "kharan"), ("Kamalia", "keamari"), ("Kotri", "kotli"), ("DHA", "kachhi"),
    ("Mian Channu", "mianwali"), ("Khyber Pakhtunkhwa", "khyber"), ("Nowshera Virkan", "nowshera"),
    ("Mirpur Mathelo", "mirpur"), ("Pindi Gheb", "rawalpindi"), ("Dera Ismail Khan", "dera_ghazi_khan"),
    ("lower dir upper", "upper_dir"),
])  # fmt: skip
def test_a_town_is_no_district_elsewhere(typed: str, wrong: str) -> None:
    found = look_up(shipped(), "district", typed)
    assert wrong not in (found.code, *found.others)


def test_names_mean_what_was_recorded() -> None:
    """Thousands of names, misspelt and in sentences; a change that is meant is recorded again."""
    assert list(recorded.lines()) == recorded.FILE.read_text(encoding="utf-8").splitlines()
