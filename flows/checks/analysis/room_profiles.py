"""What a screen holds on the networks a flow may be checked for."""

from flows.engine.render import PREFIX
from flows.menu.model import Room

PROFILES = {
    "usual": Room(),  # 160/70 everywhere, up to 182/80 on some networks
    "wide": Room(gsm_safe=182 + PREFIX, ucs2_safe=80 + PREFIX),  # all 182/80 are shown
    "strict": Room(gsm_hard=160 - PREFIX, ucs2_hard=70 - PREFIX),  # nothing beyond 160/70 is shown
    "latin": Room(ucs2=False),  # without UCS-2: Urdu script cannot be shown
}
