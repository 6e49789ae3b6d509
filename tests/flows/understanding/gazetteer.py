"""A small list of districts and places, for tests of what names mean."""

from __future__ import annotations

from msgspec.structs import replace

from flows.menu.model import Flow, Row
from tests.flows.library import shipped

# code | name | in Urdu | aliases | everyday words | part of
DISTRICTS = """
lahore|Lahore|لاہور|lhr;lahor||
multan|Multan|ملتان|mul||
mirpur|Mirpur|میرپور|||
mirpur_khas|Mirpur Khas|میرپور خاص|mirpurkhas;mpk||
rahim_yar_khan|Rahim Yar Khan|رحیم یار خان|ryk;rahimyar khan||
rawalpindi|Rawalpindi|راولپنڈی|pindi||
faisalabad|Faisalabad|فیصل آباد|lyallpur||
kharan|Kharan|خاران|||
tank|Tank|ٹانک||Tank|
bagh|Bagh|باغ||yes|
metro|Metropol|میٹرو شہر|mtp||
east|Metropol East|مشرق|||metro
west|Metropol West|مغرب|||metro
nasirabad|Nasirabad|نصیر آباد|naseerabad||
swabi|Swabi|صوابی|||
gujrat|Gujrat|گجرات|||
"""
# code | name | in Urdu | aliases | districts | verified | everyday words
PLACES = """
sadiqabad|Sadiqabad|صادق آباد||rahim_yar_khan|yes|
kharian|Kharian|کھاریاں|Khariyan|gujrat|yes|
khanpur|Khanpur|خان پور|Khan Pur|rahim_yar_khan;swabi||
aliabad|Aliabad|علی آباد||multan||
lahor|Lahor||Chota Lahor|swabi||
nasir_town|Nasirabad|||multan|yes|
saddar|Saddar|صدر||east;rawalpindi||
garden|Garden|گارڈن||west|yes|yes
mathelo|Mirpur Mathelo|میرپور ماتھیلو||multan|yes|
pindi_town|Pindi|||gujrat||
gheb|Pindi Gheb|پنڈی گھیب||gujrat|yes|
sui|Sui|سوئی||kharan|yes|yes
dargai|Dargai|||swabi|yes|
hub|Hub Chowki|||kharan|yes|
nowhere|Old Town|||gone|yes|
province|Khyber Pakhtunkhwa|خیبر پختونخوا|KPK|||
chak|Chak Beli Khan|||rawalpindi|yes|
sohan|Sohan|||swabi|yes|
soan|Soan|||gujrat|yes|
"""


def small_flow() -> Flow:
    """A flow by SMS whose districts and places are these."""
    lists = {"district": _rows(DISTRICTS, ("common_word", "part_of")), "place": _rows(PLACES, PLACE_COLUMNS)}
    return replace(shipped("by_text"), lists=lists)


PLACE_COLUMNS = ("district", "verified", "common_word")


def _rows(table: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    found = []
    for line in table.strip().splitlines():
        code, name, urdu, aliases, *cells = line.split("|")
        text = {tag: words for tag, words in (("en", name), ("ur", urdu)) if words}
        found.append(Row(code, text, dict(zip(columns, cells, strict=True)), tuple(filter(None, aliases.split(";")))))
    return tuple(found)


def cases(table: str) -> list[tuple[str, str]]:
    """The lines "words -> what they mean" of a table; a question ends with ?."""
    found = [tuple(line.split(" -> ")) for line in table.splitlines() if " -> " in line]
    return [(words, meant.strip()) for words, meant in found]
