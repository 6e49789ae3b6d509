"""What a form changes of some fields, merged with what others saved while it was open."""

from collections.abc import Mapping

from msgspec import Struct

from flows.editing.csv_import import unix
from sessions.drafts.draft_editing import content_hash


class FieldEdit(Struct, frozen=True):
    """The fields of a form, and the hashes of the values that it was made from."""

    fields: dict[str, str]
    seen: dict[str, str]

    def changed(self) -> dict[str, str]:
        """The fields that no longer have the value that the form was made from."""
        return {name: words for name, words in self.fields.items() if field_hash(words) != self.seen.get(name, "")}

    def clashes(self, now: Mapping[str, str]) -> dict[str, str]:
        """What somebody else wrote into fields that this form changes to something else."""
        changed = self.changed().items()
        return {
            name: now.get(name, "")
            for name, words in changed
            if field_hash(now.get(name, "")) not in (self.seen.get(name, ""), field_hash(words))
        }


def field_hash(words: str) -> str:
    """The hash by which a form remembers a value; line ends do not count."""
    return content_hash(unix(words))
