"""What phones are shown on the networks that a call may be rehearsed on."""

from msgspec import Struct

from flows.engine.render import PREFIX
from flows.menu.model import Room
from flows.text import gsm

USUAL = Room()


class Network(Struct, frozen=True):
    """`room` is what our screens are made for there; `surely` and `most` what it shows, in septets and UCS-2 units.

    What is longer than `surely` may be cut on some networks of this kind, what is longer than `most` is.
    """

    room: Room
    surely: tuple[int, int]
    most: tuple[int, int]

    def holds(self, encoding: gsm.Encoding) -> tuple[int, int]:
        """Units of an encoding that are shown for sure, and at most."""
        at = 0 if encoding == "GSM-7" or not self.room.ucs2 else 1
        return self.surely[at], self.most[at]


_SAFE = (USUAL.gsm_safe - PREFIX, USUAL.ucs2_safe - PREFIX)
_MOST = (USUAL.gsm_hard, USUAL.ucs2_hard)

NETWORKS = {
    "usual": Network(USUAL, _SAFE, _MOST),  # 160/70 everywhere, up to 182/80 on some
    "wide": Network(USUAL, _MOST, _MOST),  # all of 160 octets: 182/80
    "octets144": Network(USUAL, (164, 72), (164, 72)),  # 144 octets and no more
    "strict": Network(USUAL, _SAFE, _SAFE),  # 160/70 with the `CON ` before it, and no more
    "latin": Network(Room(ucs2=False), _SAFE, _MOST),  # an old one: Urdu script cannot be shown
}
