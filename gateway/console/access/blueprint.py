"""The blueprint of the access: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("access", __name__)
