"""The blueprint of the lists of a draft: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lists", __name__, url_prefix="/drafts/<int:draft_id>")
