"""In which language somebody is answered who never chose one."""

from __future__ import annotations

import pytest

from flows.engine.language_detection import detect_language
from tests.flows.library import shipped

TABLE = """
ur-Latn: bijli nahi hai
ur-Latn: masla hal ni hua
ur-Latn: is gali me pani nahi aata
ur-Latn: SHIKAYAT gutter band Shah Alam Lahore
ur-Latn: NEW gutter blocked
ur-Latn: STATUS
ur-Latn: 482719300
ur-Latn: 😀
ur-Latn: ?
ur-Latn: 2 din se light ni aa rai
en: water is not coming
en: my complaint is not solved
en: What is the status of my complaint
en: there is no gas in our street
ur: بجلی نہیں ہے
ur: NEW گٹر بند ہے
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_it_is_the_first_language_of_the_flow_unless_the_words_are_plainly_another(line: str) -> None:
    language, _, words = line.partition(": ")
    assert detect_language(words, shipped("by_text")) == language
