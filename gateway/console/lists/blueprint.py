"""The blueprint of the lists of a draft. Its views are in the other modules of this folder."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lists", __name__, url_prefix="/drafts/<int:draft_id>")
