"""The blueprint of the translations: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("words", __name__, url_prefix="/drafts/<int:draft_id>")
