"""The blueprint of the pages for publishing: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lifecycle", __name__)
