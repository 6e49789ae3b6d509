"""Every text of a draft beside its translations: what is missing, stale or too long; and the translators' workbook."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("words", __name__, url_prefix="/drafts/<int:draft_id>")
