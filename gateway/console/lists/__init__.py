"""The lists of a draft: their rows changed by hand, or by a CSV file after a look at what it changes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lists", __name__, url_prefix="/drafts/<int:draft_id>")

from gateway.console.lists import acts, beginning, incoming, pages  # noqa: E402 - they add views

__all__ = ["acts", "beginning", "blueprint", "incoming", "pages"]
