"""The comments on a draft, put where its overview shows them."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gateway.console.diff.diff_view import Group
from sessions.drafts.review_comments import Thread


class CommentTry(Struct, frozen=True):
    """A comment that somebody typed (`said`) and that could not be stored: why (`wrong`), and where they typed it.

    An answer has the id of the comment that it `answers`.
    """

    said: str = ""
    wrong: str = ""
    place: str = ""
    answers: int | None = None


NOTHING_TYPED = CommentTry()


class DraftComments(Struct, frozen=True):
    """Comments by where they are shown: at the change they are about, by its key (`screen.menu`), or below all.

    `elsewhere` are about what no longer differs, or is not on this page.
    """

    of_draft: tuple[Thread, ...] = ()
    by_change: dict[str, list[Thread]] = {}
    elsewhere: tuple[Thread, ...] = ()
    open_count: int = 0
    unsent: CommentTry = NOTHING_TYPED

    @staticmethod
    def abouts(group: Group) -> list[tuple[str, str]]:
        """What a comment on a group may be about more precisely: the place and words of each change shown in it."""
        found = dict.fromkeys(each.about for each in group.changes if each.about)
        return [(f"{group.key} {about}", about) for about in found]

    @property
    def count(self) -> int:
        """How many there are, without answers."""
        return len(self.of_draft) + sum(map(len, self.by_change.values())) + len(self.elsewhere)


def change_key(place: str) -> str:
    """The key of the change that a place lies in: `list.category` of `list.category row mun01`."""
    return place.partition(" ")[0]


def arrange_comments(
    threads: Sequence[Thread], keys: Iterable[str], unsent: CommentTry = NOTHING_TYPED
) -> DraftComments:
    """Comments by where they are shown; `keys` are those of the changes on the page."""
    by_change: dict[str, list[Thread]] = {key: [] for key in keys}
    elsewhere: list[Thread] = []
    for each in threads:
        if each.comment.place:
            by_change.get(change_key(each.comment.place), elsewhere).append(each)
    return DraftComments(
        tuple(each for each in threads if not each.comment.place),
        by_change,
        tuple(elsewhere),
        sum(each.open for each in threads),
        unsent,
    )
