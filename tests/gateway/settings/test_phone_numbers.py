"""Phone numbers are whole E.164 numbers or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings.values.phone_numbers import Phones, parse_national_number

PHONES = Phones(("92", "254"))


@pytest.mark.parametrize(
    "phone",
    ["+923001234567", "+923331234567", "+254711000111", "+2348012345678", "+12025550123", "+924235761999"],
)
def test_a_possible_mobile_number_of_any_country_is_read_as_it_is(phone: str) -> None:
    assert PHONES.read(phone) == phone


def test_a_plus_sign_that_nobody_escaped_is_still_a_plus_sign() -> None:
    assert PHONES.read(" 923001234567") == "+923001234567"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "+",
        "03001234567",
        "923001234567",
        "+923001234567\n",
        "+92300123456",
        "+9230012345678",
        "+92300123456789012345",
        "+1234",
        "+999123456789",
        "+٩٢٣٠٠١٢٣٤٥٦٧",
        "+92 300 1234567",
        "+92-300-1234567",
        "+1800FLOWERS",
        "  923001234567",
        "+92\x00300123456",
        "'; drop table contacts; --",
        "JAZZ",
    ],
)
def test_anything_else_is_no_number(raw: str) -> None:
    assert PHONES.read(raw) is None


@given(st.text(max_size=30))
def test_what_is_read_is_always_plain_e164(raw: str) -> None:
    phone = PHONES.read(raw)
    assert phone is None or (phone.isascii() and phone[0] == "+" and phone[1:].isdigit() and len(phone) <= 16)


def test_only_the_countries_we_serve_are_texted() -> None:
    assert PHONES.may_be_texted("+923001234567")
    assert not PHONES.may_be_texted("+12025550123")


def test_no_calling_codes_means_that_nobody_is_texted_and_numbers_are_still_read() -> None:
    nowhere = Phones(())
    assert nowhere.read("+923001234567") == "+923001234567"
    assert not nowhere.may_be_texted("+923001234567")


@pytest.mark.parametrize("raw", ["03001234567", "0300 123 4567", "0300-1234567", "+92 300 1234567", "00923001234567"])
def test_a_number_as_people_write_it_is_the_whole_number(raw: str) -> None:
    assert parse_national_number(raw, "PK") == "+923001234567"


@pytest.mark.parametrize(
    "raw", ["", "12", "0300", "0300CALLNOW", "03001234567 ext 5", "0300123456789012", "tel:03001234567"]
)
def test_what_is_no_whole_mobile_number_is_not_made_one(raw: str) -> None:
    assert parse_national_number(raw, "PK") is None
