"""What a button of the form of a screen did to its options, also where the form has none."""

import pytest

from flows.editing.screen_form import ScreenForm
from gateway.console.editor.typed_page import changed_option

EMPTY = ScreenForm("menu", "ask", {}, {})


@pytest.mark.parametrize("act", ["move-0", "move-7", "insert-0", "add"])
def test_a_button_changes_nothing_in_a_form_without_options(act: str) -> None:
    assert changed_option(act, "1", EMPTY, EMPTY) is None
