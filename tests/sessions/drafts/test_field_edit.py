"""A form and somebody else's save of the same fields: nobody's change is lost, and only real conflicts are shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessions.drafts.field_edit import FieldEdit, field_hash

WORDS = st.sampled_from(["", "one", "two", "two\r\nlines", "two\nlines"])
FIELDS = st.dictionaries(st.sampled_from("abc"), WORDS, min_size=1)


@given(FIELDS, st.data())
def test_a_field_that_one_changed_is_saved_and_one_that_both_changed_is_shown(
    shown: dict[str, str], data: st.DataObject
) -> None:
    typed = {name: data.draw(WORDS) for name in shown}
    saved = {name: data.draw(WORDS) for name in shown}
    edit = FieldEdit(typed, {name: field_hash(words) for name, words in shown.items()})
    changed, clashes = edit.changed(), edit.clashes(saved)
    for name, before in shown.items():
        mine, theirs = field_hash(typed[name]), field_hash(saved[name])
        assert (name in changed) == (mine != field_hash(before))
        assert (name in clashes) == (mine != field_hash(before) != theirs != mine)
    assert clashes.items() <= saved.items()


def test_line_ends_are_no_change() -> None:
    edit = FieldEdit({"en": "two\r\nlines"}, {"en": field_hash("two\nlines")})
    assert edit.changed() == {}
