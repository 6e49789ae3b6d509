"""Why a flow could not be copied, in a sentence."""

from __future__ import annotations

from gateway.console.site.i18n import _
from sessions.drafts import flow_copy
from sessions.drafts.flow_copy import CopyFailure


def why_not(done: CopyFailure, name: str) -> str:
    """One sentence for a copy that could not be made."""
    match done.why:
        case "name":
            return _(
                "A flow is named with small letters, digits and _, a letter first, at most %(n)s of them: water_line.",
                n=flow_copy.LONGEST_NAME,
            )
        case "live":
            return _("There is a flow named %(name)s already: choose another name.", name=name)
        case "drafted":
            return _("Draft %(id)s is of a new flow named %(name)s: choose another name, or go on with that draft.",
                     id=done.draft, name=name)  # fmt: skip
        case "damaged":
            return _("The files of this revision do not match its hash: choose another revision.")
        case "missing":
            return _("There is no such revision: go back and choose one from the list.")
    return _("These files cannot be read as a flow: choose another revision.")
