"""The blueprint of the translations. Its views are in the other modules of this folder."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("words", __name__, url_prefix="/drafts/<int:draft_id>")
