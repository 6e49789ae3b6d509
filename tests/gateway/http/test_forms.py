"""A callback's form is read whole and exactly, or refused."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http import forms
from gateway.http.forms import FORM, MOST_BYTES, BadForm
from gateway.monitoring.logs import WORD

FIVE = b"sessionId=ATUid_1&serviceCode=%2A8484%23&phoneNumber=%2B923001234567&networkCode=41001&text="


class Dribble(io.BytesIO):
    """A stream that hands over a few bytes at a time, as a socket may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(7, size) if size is not None and size >= 0 else 7)


def environ(body: bytes, **other: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(body),
    } | other


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=80), min_size=1, max_size=forms.MOST_FIELDS))
def test_any_form_that_a_browser_would_write_is_read_back_exactly(fields: dict[str, str]) -> None:
    assert forms.parse_form(urlencode(fields).encode()) == fields


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with contextlib.suppress(BadForm):
        assert forms.parse_form(raw)


@given(st.lists(st.sampled_from(["1", "=", "+", "%2B", "%2A", "%23", "%2a", "%26", "%3D", "%25", "%D8%B6", "%", "2A"])))
def test_escapes_are_read_alike_whether_or_not_all_of_them_are_those_of_numbers_and_codes(parts: list[str]) -> None:
    value = "".join(parts)
    read = unquote_plus(value) if re.search("%(?![0-9A-Fa-f]{2})", value) is None else None
    raw = f"a=1&text={value}&%2A=+".encode()
    if read is None or "\ufffd" in read:
        with pytest.raises(BadForm, match=r"hexadecimal|UTF-8"):
            forms.parse_form(raw)
    else:
        assert forms.parse_form(raw) == {"a": "1", "text": read, "*": " "}


def test_an_empty_value_is_a_value() -> None:
    assert forms.parse_form(FIVE)["text"] == ""


def test_an_equals_sign_inside_a_value_belongs_to_the_value() -> None:
    assert forms.parse_form(b"text=1%2A2=3=") == {"text": "1*2=3="}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not_a_form"),
        (b"text", "not_a_form"),
        (b"text=1&", "not_a_form"),
        (b"&text=1", "not_a_form"),
        (b'{"text":"1"}', "not_a_form"),
        (b"text=1&text=2", "field_twice"),
        (b"text=1&te%78t=2", "field_twice"),
        (b"text=%FF", "not_unicode"),
        (b"text=\xff", "not_unicode"),
        (b"text=%ED%A0%80", "not_unicode"),
        (b"text=%C3", "not_unicode"),
        (b"text=%", "escape"),
        (b"text=%2", "escape"),
        (b"text=%ZZ", "escape"),
        (b"text=100%25%", "escape"),
        ("text=%٢٣".encode(), "escape"),
        (b"&".join(b"f%d=1" % n for n in range(21)), "too_many_fields"),
        (b"&" * 15_000, "too_many_fields"),
        (b"text=" + b"a" * MOST_BYTES, "too_long"),
    ],
)
def test_a_damaged_body_is_refused_and_never_an_empty_form(body: bytes, problem: str) -> None:
    with pytest.raises(BadForm) as refused:
        forms.parse_form(body)
    assert refused.value.problem == problem
    assert WORD.fullmatch(problem), "it would be left out of the log"


def test_exactly_the_largest_body_and_the_most_fields_are_read() -> None:
    fields = b"&".join(b"f%d=1" % n for n in range(19))
    body = fields + b"&text=" + b"a" * (MOST_BYTES - len(fields) - 6)
    assert len(body) == MOST_BYTES
    assert len(forms.receive(environ(body))) == 20


@pytest.mark.parametrize(
    ("other", "problem", "status"),
    [
        ({"REQUEST_METHOD": "GET"}, "method", 400),
        ({"REQUEST_METHOD": "PUT"}, "method", 400),
        ({"QUERY_STRING": "text=1"}, "query_string", 400),
        ({"CONTENT_TYPE": "application/json"}, "content_type", 400),
        ({"CONTENT_TYPE": "multipart/form-data; boundary=x"}, "content_type", 400),
        ({"CONTENT_TYPE": ""}, "content_type", 400),
        ({"CONTENT_TYPE": f"{FORM}; charset=utf-16"}, "content_type", 400),
        ({"CONTENT_LENGTH": "20000000"}, "too_long", 413),
        ({"CONTENT_LENGTH": "9" * 5000}, "too_long", 413),
        ({"CONTENT_LENGTH": "-1"}, "length", 400),
        ({"CONTENT_LENGTH": "1²"}, "length", 400),
        ({"CONTENT_LENGTH": str(len(FIVE) + 1)}, "cut_short", 400),
        ({"CONTENT_LENGTH": None}, "not_a_form", 400),
    ],
)
def test_a_request_that_is_no_form_post_is_refused(other: dict[str, Any], problem: str, status: int) -> None:
    with pytest.raises(BadForm) as refused:
        forms.receive(environ(FIVE, **other))
    assert (refused.value.problem, refused.value.status) == (problem, status)


def test_a_long_body_is_refused_by_its_stated_length_without_reading_it() -> None:
    stream = io.BytesIO(b"a" * 20_000_000)
    with pytest.raises(BadForm):
        forms.receive(environ(b"", CONTENT_LENGTH="20000000", **{"wsgi.input": stream}))
    assert stream.tell() == 0


def test_a_chunked_body_is_read_to_its_end_and_no_further_than_the_limit() -> None:
    chunked: dict[str, Any] = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert forms.receive(environ(FIVE, **chunked))["sessionId"] == "ATUid_1"
    assert forms.receive(environ(FIVE, **chunked, **{"wsgi.input": Dribble(FIVE)}))["sessionId"] == "ATUid_1"
    endless = io.BytesIO(b"a" * 20_000_000)
    with pytest.raises(BadForm) as refused:
        forms.receive(environ(b"", **chunked, **{"wsgi.input": endless}))
    assert refused.value.status == 413
    assert endless.tell() <= MOST_BYTES + 1


def test_a_body_that_arrives_in_pieces_is_read_whole() -> None:
    assert forms.receive(environ(FIVE, **{"wsgi.input": Dribble(FIVE)}))["networkCode"] == "41001"


@pytest.mark.parametrize(
    "kind", [f"{FORM}; charset=UTF-8", f'{FORM};charset="utf-8"', "Application/X-WWW-Form-URLEncoded"]
)
def test_the_usual_spellings_of_the_content_type_are_taken(kind: str) -> None:
    assert forms.receive(environ(FIVE, CONTENT_TYPE=kind))["text"] == ""


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("plain", "plain"),
        ("a\x00b", "ab"),
        ("line\r\nnext\tword", "line next word"),
        ("\x1b[31mred", "[31mred"),
        ("\ufeffmark", "mark"),
        ("\u202eturned\u202c", "turned"),
        ("sep\u2028arate", "sep arate"),
        ("می\u200cشود 👩\u200d👧", "می\u200cشود 👩\u200d👧"),
        ("a*b{c}%d", "a*b{c}%d"),
    ],
)
def test_free_text_loses_what_nobody_sees_and_keeps_the_rest(given_text: str, kept: str) -> None:
    assert forms.clean(given_text) == kept


@given(st.text(), st.text())
def test_cleaning_keeps_earlier_input_a_prefix_of_later_input(first: str, second: str) -> None:
    assert forms.clean(f"{first}*{second}").startswith(forms.clean(first) + "*")


@given(st.text())
def test_cleaned_text_is_one_line_without_controls_and_stays_as_it_is(text: str) -> None:
    cleaned = forms.clean(text)
    assert forms.clean(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
    assert "\x00" not in cleaned


def test_the_shape_of_a_form_tells_no_value_and_no_made_up_name() -> None:
    form = {"from": "+923001234567", "text": "water", "my name is Ayesha": "x", "a1": ""}
    assert forms.shape(form) == {"from": 13, "text": 5, "(other)": 0}
