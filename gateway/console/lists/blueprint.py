"""The lists of a draft: their rows changed by hand, or by a CSV file after a look at what it changes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lists", __name__, url_prefix="/drafts/<int:draft_id>")
