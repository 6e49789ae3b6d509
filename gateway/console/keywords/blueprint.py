"""The blueprint of the keywords: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("keywords", __name__)
