"""A promise to hide the caller is known by its words, and secrets of other things are none, in many languages."""

from __future__ import annotations

import pytest

from flows.checks.protection.hidden_words import offers_to_hide, promises_to_hide
from flows.menu.model import Option


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "Send, hide my name"),
        ("en", "Women's desk. Your name stays hidden. Send?"),
        ("en", "Your complaint is confidential."),
        ("en", "Send without my name"),
        ("en", "Your name is never shown to the office"),
        ("ur", "بھیجیں، نام خفیہ"),
        ("ur-Latn", "Aap ka naam khufia rahega"),
        ("ur-Latn", "Naam nahi bataya jayega"),
        ("es", "Su nombre queda oculto."),
        ("es", "Enviar, reporte anónimo"),
        ("fr", "Votre nom reste caché."),
        ("fr", "Envoyer sans mon nom"),
        ("sw", "Jina lako litafichwa"),
        ("fil", "Nakatago ang pangalan mo"),
        ("ha", "An boye sunanka"),
        ("id", "Identitas Anda dirahasiakan."),
        ("tr", "Adınız gizli kalır"),
    ],
)
def test_a_promise_to_hide_the_caller_is_read(tag: str, words: str) -> None:
    assert promises_to_hide({tag: (words,)}) == tag


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "Hidden charges"),
        ("en", "My name is not on the list"),
        ("en", "You pay hidden charges"),
        ("en", "Secret police"),
        ("en", "Anonymous phone calls"),
        ("en", "Hide your name?"),
        ("en", "Confidential papers lost"),
        ("ur", "خفیہ کیمرہ"),
        ("ur-Latn", "Khufia police"),
        ("ur-Latn", "Fehrist mein naam nahi"),
        ("es", "Cobros ocultos"),
        ("es", "Secretaría de salud"),
        ("es", "Llamadas anónimas"),
        ("fr", "Frais cachés"),
        ("fr", "Le cachet manque"),
        ("fr", "Lettres anonymes"),
        ("sw", "Ada zilizofichwa"),
        ("ar", "شركة سرية"),
        ("ar", "رقم مجهول"),
        ("tr", "Gizli ücret"),
        ("id", "Biaya rahasia"),
        ("fil", "Lihim na singil"),
    ],
)
def test_a_secret_of_something_else_is_no_promise(tag: str, words: str) -> None:
    assert promises_to_hide({tag: (words,)}) == ""


def test_a_choice_that_is_called_hidden_needs_no_name_in_its_words() -> None:
    assert offers_to_hide(Option("hide", "1", {"ur": ("خفیہ",)}, "file")) == "ur"
    assert offers_to_hide(Option("charges", "1", {"en": ("Hidden charges",)}, "file")) == ""
